from tests.homework.faults.recipe import source, write


def make(right, released):
    write(
        right,
        "learning_rate_labels",
        "".join(
            ">>> " + line
            for line in source(right, "learning_rate_labels").strip().splitlines(keepends=True)[-1:]
        ),
    )
