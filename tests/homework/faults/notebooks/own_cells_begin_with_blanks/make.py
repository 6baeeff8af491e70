from tests.homework.faults.recipe import below, own


def make(right, released):
    below(right, "cross_corr_2d", own("    cross_corr_2d(torch.zeros(3, 3), torch.zeros(2, 2))"))
    below(right, "spatial_batchnorm_forward", own("  x = 3\n  print(x)"))
    below(right, "spatial_batchnorm_backward", own("\tprint('a')"))
