from tests.homework.faults.recipe import source, stub, write


def make(right, released):
    names = ("cross_corr_2d", "spatial_batchnorm_forward")
    texts = [stub(right, released, name) for name in names]
    write(
        right,
        "spatial_batchnorm_backward",
        "\n\n".join([*texts, source(right, "spatial_batchnorm_backward")]),
    )
