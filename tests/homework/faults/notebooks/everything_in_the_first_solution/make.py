from tests.homework.faults.recipe import place, source, write


def make(right, released):
    names = ("spatial_batchnorm_forward", "spatial_batchnorm_backward")
    write(right, "cross_corr_2d", "\n\n".join(source(right, name) for name in ("cross_corr_2d", *names)))
    for name in names:
        del right["cells"][place(right, name)]
