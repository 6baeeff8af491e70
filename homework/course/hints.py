"""What a feedback page adds to the sentence about a mistake: `c.Homework.hints` and `c.Homework.handouts`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from homework.course.cells import name_of, text_cell
from homework.errors import CourseError

LEVELS = ("message", "link", "example")
_HEADING = re.compile(r"#{1,6}[ \t]+(.+?)(?:[ \t]+#*)?")
_POINTS = re.compile(r"\s*\([\d.]+ points?\)$")


def hint_levels(where: object, chosen: object) -> dict[str, str]:
    """The level of hints by assignment, `"*"` for all others. Raises CourseError for what cannot be one."""
    if not isinstance(chosen, Mapping):
        raise CourseError(
            f"{where}: c.Homework.hints must have a level for each assignment, or for all of them, as in "
            '{"*": "link"}'
        )
    for name, level in chosen.items():
        if level not in LEVELS:
            raise CourseError(
                f"{where}: c.Homework.hints[{name!r}] is {level!r}; write 'message', 'link' or 'example'"
            )
    return {str(name): level for name, level in chosen.items()}


def handout_pages(where: object, chosen: object) -> dict[str, str]:
    """The web pages of handouts by assignment, `"*"` for all others. Raises CourseError for what is no address."""
    if not isinstance(chosen, Mapping):
        raise CourseError(
            f"{where}: c.Homework.handouts must have an address for each assignment, or for all of them, as in "
            '{"*": "https://course.example.edu/{assignment}.html"}'
        )
    for name, address in chosen.items():
        if not isinstance(address, str) or not re.fullmatch(r"https?://\S+", address):
            raise CourseError(
                f"{where}: c.Homework.handouts[{name!r}] is {address!r}; write an address that begins with https://"
            )
    return {str(name): address for name, address in chosen.items()}


def section_of(cells: Iterable[Mapping[str, Any]], task: str) -> str:
    """The heading under which a task stands: the first in the cell with its text, else the last above; or "".

    A statement has headings of its own (*Conventions*, *Example*), below that of the task.
    """
    above = ""
    for cell in cells:
        name = name_of(cell)
        if name == task:
            break
        if cell["cell_type"] == "markdown" and (found := _headings(cell["source"])):
            if name == text_cell(task):
                return found[0]
            above = found[-1]
    return above


def _headings(text: str) -> list[str]:
    """The headings in a cell's text that students see: not in code, marking schemes and model answers."""
    found, skipped = [], False
    for line in text.splitlines():
        if line.lstrip().startswith(("```", "~~~")):
            skipped = not skipped
        elif line.startswith(("### BEGIN ", "### END ")):
            skipped = line.startswith("### BEGIN ")
        elif not skipped and (match := _HEADING.fullmatch(line)):
            found.append(match[1])
    return found


def without_points(heading: str) -> str:
    """A heading as people quote it: without "(15 points)"."""
    return _POINTS.sub("", heading)


def address_of(page: str, assignment: str, heading: str) -> str:
    """The address of a section on a handout's page, as Jupyter and nbconvert make it from the heading."""
    place = quote(heading.replace("`", "").replace(" ", "-"), safe="():,;!*'+&=@$")
    return f"{page.replace('{assignment}', assignment)}#{place}"
