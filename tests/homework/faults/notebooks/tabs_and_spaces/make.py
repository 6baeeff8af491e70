from tests.homework.faults.recipe import above, own, source, write


def make(right, released):
    text = source(right, "cross_corr_2d")
    write(right, "cross_corr_2d", text.replace("    ", "\t"))
    above(right, "cross_corr_2d_text", own("if True:\n        x = 1\n\ty = 2"))
