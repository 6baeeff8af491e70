"""The class page, for instructors: scores, tests that no one passes, questions of a quiz, misconceptions, whom to help.

It is written to `autograded/`, never to `feedback/`, which may be given to students as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from homework.report.feedback import heading
from homework.report.items import items
from homework.report.leaderboard import leaderboards
from homework.report.pages import write_page
from homework.report.summary import ClassSummary, summarize
from homework.results import Result, Status

if TYPE_CHECKING:
    from homework.course import Course

_MOST_BARS = 14
_MOST_RANKED = 12
_ENOUGH = 3  # with fewer submissions, a test that all fail means nothing


@dataclass(frozen=True)
class Bar:
    """One bar of the distribution, in the units of the SVG."""

    label: str
    count: int
    x: float
    y: float
    width: float
    height: float


def write_overview(course: Course, assignment: str, results: Iterable[Result] | ClassSummary) -> Path:
    """Write `autograded/overview_<assignment>.html` from the `results` of a class."""
    task = course.assignment(assignment)
    summary = summarize(results)
    choices = course.choices(assignment)
    return write_page(
        course.overview(assignment),
        "overview.html.j2",
        title=heading(task),
        assignment=assignment,
        summary=summary,
        bars=distribution(summary),
        items=items(choices, summary),
        exercises=[rates for name, rates in summary.exercises.items() if name not in choices],
        leaderboards=leaderboards(summary),
        suspicious=_ENOUGH,
        shown=_MOST_RANKED,
        unreadable=summary.of_status(Status.UNREADABLE),
        faults=summary.of_status(Status.GRADER_FAULT),
        rows=[(row, _link(course, assignment, row.student)) for row in summary.rows],
        environments=sorted(summary.environments),
    )


def _link(course: Course, assignment: str, student: str) -> str:
    """The address of a student's feedback page, or "" if there is none."""
    page = Path(student) / assignment / f"{assignment}.html"
    link = "../feedback/" + quote(str(page), errors="surrogateescape")
    return link if (course.feedback / page).is_file() else ""


def distribution(summary: ClassSummary, width: float = 640, height: float = 180) -> list[Bar]:
    """The bars of the distribution of scores, in a drawing of `width` × `height`."""
    full = summary.auto_max
    steps = (0.25, 0.5, 1, 2, 2.5, 5, 10, 20, 25, 50, 100)
    step = next((step for step in steps if full / step <= _MOST_BARS), full / _MOST_BARS)
    bins = max(1, -int(-full // step))
    counts = [0] * bins
    for score in summary.scores:
        counts[min(int(score / step + 1e-9), bins - 1)] += 1
    each, most = width / bins, max(counts, default=0) or 1
    bars = []
    for index, count in enumerate(counts):
        tall = (height - 20) * count / most
        label = f"{index * step:g}–{min((index + 1) * step, full):g}"
        bars.append(Bar(label, count, index * each + 3, height - tall, each - 6, tall))
    return bars
