from tests.homework.faults.recipe import write


def make(right, released):
    for name in ("test_cross_corr_2d", "test_spatial_batchnorm_forward"):
        write(right, name, "print('All examples pass.')")
