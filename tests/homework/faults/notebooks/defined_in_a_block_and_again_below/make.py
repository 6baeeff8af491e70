from tests.homework.faults.recipe import own, source, write


def make(right, released):
    function = source(right, "cross_corr_2d")
    write(
        right,
        "cross_corr_2d",
        "if True:\n" + "".join("    " + line for line in function.splitlines(keepends=True)),
    )
    write(
        right,
        "spatial_batchnorm_forward",
        source(right, "spatial_batchnorm_forward").replace("def spatial_batchnorm_forward", "def forward")
        + "\n\nnames = 1; spatial_batchnorm_forward = forward\n",
    )
    worse = (
        "def cross_corr_2d(X, K):\n    return X\n\n\ndef spatial_batchnorm_forward(*args):\n    return args\n"
    )
    right["cells"].append(own(worse))
