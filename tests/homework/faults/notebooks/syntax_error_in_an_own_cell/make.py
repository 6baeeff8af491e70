from tests.homework.faults.recipe import above, own


def make(right, released):
    above(right, "cross_corr_2d_text", own("for i in range(3) print(i)"), own("def f(:\n"))
