from tests.homework.faults.recipe import place, source, write


def make(right, released):
    write(right, "question_warmup_a", source(right, "question_warmup_a") + "\n\n" + source(right, "warmup_a"))
    del right["cells"][place(right, "warmup_a")]
