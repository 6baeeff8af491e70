"""The list of equivalent mutants still matches the references. The mutants themselves: `make mutation`."""

from __future__ import annotations

import tomllib

from homework.course import Course
from tests.homework.support import ROOT


def test_equivalent_mutants_are_of_lines_that_exist() -> None:
    course = Course(ROOT)
    entries = tomllib.loads((ROOT / "tests" / "equivalent_mutants.toml").read_text())["mutant"]
    assert entries
    for entry in entries:
        reference = course.solutions(entry["assignment"], entry["exercise"]) / "reference.py"
        lines = [line.strip() for line in reference.read_text().splitlines()]
        assert entry["was"] in lines, (
            f"{reference} has no line {entry['was']!r} any more: run `make mutation`"
        )
        assert entry["becomes"] not in ("", entry["was"])
        assert entry["reason"]
