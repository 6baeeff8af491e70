from tests.homework.faults.recipe import place


def make(right, released):
    names = ("cross_corr_2d", "spatial_batchnorm_forward", "spatial_batchnorm_backward")
    for name in names:
        right["cells"].append(right["cells"].pop(place(right, name)))
