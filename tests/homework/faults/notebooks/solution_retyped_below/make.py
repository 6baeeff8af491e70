from tests.homework.faults.recipe import own, place, source


def make(right, released):
    text = source(right, "cross_corr_2d")
    del right["cells"][place(right, "cross_corr_2d")]
    right["cells"].append(own(text))
