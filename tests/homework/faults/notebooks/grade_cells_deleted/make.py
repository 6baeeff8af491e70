from tests.homework.faults.recipe import place


def make(right, released):
    for name in ("test_cross_corr_2d", "test_spatial_batchnorm_forward"):
        del right["cells"][place(right, name)]
