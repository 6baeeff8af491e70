from tests.homework.faults.recipe import above, own, source, write


def make(right, released):
    above(
        right,
        "cross_corr_2d_text",
        own("from IPython.display import display\nfor i in range(99):\n    display('é' * 20_000)"),
        own("after = 1"),
    )
    write(right, "cross_corr_2d", "assert after == 1\n" + source(right, "cross_corr_2d"))
