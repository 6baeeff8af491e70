from tests.homework.faults.recipe import own, source, write


def make(right, released):
    text = source(right, "cross_corr_2d")
    write(right, "cross_corr_2d", "# see at the end")
    right["cells"].append(own(text))
