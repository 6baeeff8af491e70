from tests.homework.faults.recipe import below, own, source, write


def make(right, released):
    lines = source(right, "spatial_batchnorm_forward").splitlines(keepends=True)
    cut = next(n for n, line in enumerate(lines) if "mean = bn_param" in line)
    write(right, "spatial_batchnorm_forward", lines[:cut])
    below(right, "spatial_batchnorm_forward", own("".join(lines[cut:])))
