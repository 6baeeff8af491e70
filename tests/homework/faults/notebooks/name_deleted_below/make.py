from tests.homework.faults.recipe import own


def make(right, released):
    right["cells"].append(own("del cross_corr_2d\n%reset -f"))
