from tests.homework.faults.recipe import above, own, stub


def make(right, released):
    names = ("cross_corr_2d", "spatial_batchnorm_forward", "spatial_batchnorm_backward")
    above(right, "intro", own("\n\n".join(stub(right, released, name) for name in names)))
