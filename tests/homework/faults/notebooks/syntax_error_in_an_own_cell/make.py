from tests.homework.faults.recipe import above, own


def make(right, released):
    above(right, "warmup", own("for i in range(3) print(i)"), own("def f(:\n"))
