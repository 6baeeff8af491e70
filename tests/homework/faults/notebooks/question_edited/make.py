from tests.homework.faults.recipe import source, write


def make(right, released):
    write(right, "question_warmup_a", source(right, "question_warmup_a") + "\n\n(ask about this!)")
