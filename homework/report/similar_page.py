"""What `homework similar` writes: a page with both sides of each pair, and the same pairs as CSV."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from homework.course import Course
from homework.gradebook.csv_fields import harmless
from homework.report.feedback import heading
from homework.report.pages import write_page
from homework.report.similar import BINS, Compared, Pair, similar
from homework.report.tokens import parts, shared, tokens
from homework.untrusted.text import printable, visible

_HEADER = (
    "assignment",
    "task",
    "kind",
    "left",
    "right",
    "similarity",
    "tokens_left",
    "tokens_right",
    "shared",
)
_MOST_SHOWN = 25  # pairs of a task that are side by side on the page
_LONGEST = 20_000  # characters of a side there


@dataclass(frozen=True)
class Shown:
    """A pair with both texts in parts, each with whether it is shared."""

    pair: Pair
    sides: tuple[list[tuple[bool, str]], list[tuple[bool, str]]]


def _shown(pair: Pair) -> Shown:
    texts = [visible(text[:_LONGEST]) for text in pair.texts]
    left, right = (tokens(pair.kind, text) for text in texts)
    runs = shared(pair.kind, left, right)
    return Shown(
        pair,
        (
            parts(texts[0], left, iter((a, size) for a, _, size in runs)),
            parts(texts[1], right, iter((b, size) for _, b, size in runs)),
        ),
    )


def histogram(one: Compared) -> list[tuple[str, int, float, bool]]:
    """The rows of a histogram: from where to where, how many pairs, the width of the bar in percent, whether listed."""
    last = max((i for i, count in enumerate(one.bins) if count), default=-1)
    first = next((i for i, count in enumerate(one.bins) if count), 0)
    most = max(one.bins, default=0) or 1
    return [
        (
            f"{i / BINS:.2f}–{(i + 1) / BINS:.2f}",
            one.bins[i],
            100 * one.bins[i] / most,
            i / BINS >= one.threshold - 1e-9,
        )
        for i in range(first, last + 1)
    ]


def write_similar(
    course: Course,
    assignment: str,
    against: Path | None = None,
    tell: Callable[[Compared], None] = lambda _: None,
) -> tuple[Path, list[Compared]]:
    """Write `report/<assignment>/similar.html` and `similar.csv`. Returns the page, and what was compared."""
    found = similar(course, assignment, against, tell)
    folder = course.root / "report" / assignment
    page = write_page(
        folder / "similar.html",
        "similar.html.j2",
        title=heading(course.assignment(assignment)),
        assignment=assignment,
        tasks=[(one, histogram(one), [_shown(pair) for pair in one.pairs[:_MOST_SHOWN]]) for one in found],
    )
    with (folder / "similar.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(_HEADER)
        for one in (pair for task in found for pair in task.pairs):
            left, right, said = (
                harmless(printable(text, 2000)) for text in (one.left, one.right, one.shared)
            )
            writer.writerow(
                [assignment, one.task, one.kind, left, right, f"{one.similarity:.3f}", *one.sizes, said]
            )
    return page, found
