from tests.homework.faults.recipe import source, write


def make(right, released):
    write(
        right,
        "cross_corr_2d",
        "calls = 0\nseen = []\n"
        + source(right, "cross_corr_2d").replace(
            "h, w =", "global calls\n    calls += 1\n    seen.append(X)\n    h, w ="
        ),
    )
