from tests.homework.faults.recipe import saved, write


def make(right, released):
    write(right, "warmup_a", "Deep networks are great \ud83d")
    return saved(right, ensure_ascii=True)
