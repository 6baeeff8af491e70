from tests.homework.faults.recipe import source, stub, write


def make(right, released):
    write(
        right,
        "question_warmup_b",
        source(right, "question_warmup_b") + "\n\n" + stub(right, released, "warmup_b"),
    )
