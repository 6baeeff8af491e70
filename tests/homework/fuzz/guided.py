"""Coverage-guided fuzzing of what reads untrusted bytes, where atheris can be installed (it is no dependency).

    .venv/bin/pip install atheris
    .venv/bin/python -m tests.homework.fuzz.guided notebook -max_total_time=600 corpus/
    .venv/bin/python -m tests.homework.fuzz.guided frame -max_total_time=600

The promises checked are those of `tests/homework/fuzz/test_fuzz.py`. What libFuzzer understands may follow the target's name.
"""

import sys

import atheris

with atheris.instrument_imports(
    include=[
        "homework.submission.read",
        "homework.submission.template",
        "homework.submission.rebuild",
        "homework.sandbox.inside.frames",
        "homework.sandbox.inside.values",
        "json",
    ]
):
    from homework.course import Course
    from homework.submission.template import Template
    from tests.homework.fuzz.test_fuzz import check_notebook, received
    from tests.homework.support import ROOT

TEMPLATE = Template.load(Course(ROOT).assignment("hw1").released_notebook)
TARGETS = {
    "notebook": lambda data: check_notebook(TEMPLATE, data),
    "frame": lambda data: received(data[: 1 << 16]),
}

if __name__ == "__main__":
    target = TARGETS[sys.argv.pop(1)]
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()
