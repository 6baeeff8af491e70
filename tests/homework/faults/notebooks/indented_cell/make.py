from tests.homework.faults.recipe import source, write


def make(right, released):
    write(
        right,
        "cross_corr_2d",
        "".join("    " + line for line in source(right, "cross_corr_2d").splitlines(keepends=True)),
    )
