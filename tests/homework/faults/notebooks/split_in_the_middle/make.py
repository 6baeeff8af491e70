from tests.homework.faults.recipe import below, copied, place, source


def make(right, released):
    lines = source(right, "spatial_batchnorm_forward").splitlines(keepends=True)
    below(right, "spatial_batchnorm_forward", copied(right, "spatial_batchnorm_forward"))
    at = place(right, "spatial_batchnorm_forward")
    cut = next(n for n, line in enumerate(lines) if "mean = bn_param" in line)
    right["cells"][at]["source"], right["cells"][at + 1]["source"] = lines[:cut], lines[cut:]
