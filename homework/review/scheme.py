"""Read rubric items from the marking scheme in a question's text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from homework.course import Assignment

_SCHEME = re.compile(r"### BEGIN MARK SCHEME\n(.*?)(?:### END MARK SCHEME|\Z)", re.DOTALL)
_LINE = re.compile(r"^\s*[-*]\s*\((-?\d+(?:\.\d+)?) points?\)\s*(.*)$")


@dataclass(frozen=True)
class SchemeLine:
    """One line of a marking scheme."""

    points: float
    text: str


def split(source: str) -> tuple[str, list[SchemeLine]]:
    """The question without its marking scheme, and the lines of the scheme that give points."""
    found = _SCHEME.search(source)
    lines = [match for line in (found[1] if found else "").splitlines() if (match := _LINE.match(line))]
    items = [SchemeLine(float(match[1]), match[2].strip()) for match in lines]
    return _SCHEME.sub("", source).strip(), items


def model_answer(task: Assignment, question: str) -> str:
    """The model answer in the source notebook; "" if there is none."""
    for cell in task.cells:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == question:
            return (
                str(cell["source"]).replace("### BEGIN SOLUTION", "").replace("### END SOLUTION", "").strip()
            )
    return ""
