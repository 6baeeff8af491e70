"""A small course's results and pages, made without grading anything."""

from __future__ import annotations

import base64
import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from PIL import Image

from homework.course import Course
from homework.gradebook.scores import CellScore, SubmissionScore
from homework.report.feedback import write_feedback
from homework.results import Result
from homework.submission.answers import Answers
from homework.submission.rebuild import State
from homework.submission.template import NotebookCell
from homework.untrusted.pictures import Pictures

FLIPPED = "Your output equals the one for a kernel turned by 180°: use `K` as it is."
ENVIRONMENT = {
    "python": "3.11.7",
    "torch": "2.13.0",
    "numpy": "2.4.6",
    "homework": "0.1.0",
    "tests": "33c6773f478def35",
    "sandbox": "bubblewrap",
    "probes": "passed",
}


def cell(kind: str, source: str, name: str, **mark: Any) -> dict[str, Any]:
    """A notebook cell as nbgrader marks it."""
    nbgrader = {
        "schema_version": 3,
        "grade_id": name,
        "locked": True,
        "grade": False,
        "solution": False,
        **mark,
    }
    made = {
        "cell_type": kind,
        "id": name,
        "metadata": {"nbgrader": nbgrader},
        "source": source.splitlines(True),
    }
    return made | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def notebook(*cells: dict[str, Any]) -> str:
    """A notebook file's text."""
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)})


STUB = "def correlate(X, K):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
CELLS = [
    cell("markdown", "# Homework 1: Correlation\n\nText.", "intro"),
    cell("code", STUB, "correlate", solution=True, locked=False),
    cell("code", "assert correlate(3, 2) == 6", "test_correlate", grade=True, points=10),
    cell(
        "markdown", "### (a) Depth\n\nWhy?\n\n### BEGIN MARK SCHEME\n- (1 point) Says so.", "question_depth"
    ),
    cell("markdown", "YOUR ANSWER HERE", "depth", grade=True, solution=True, locked=False, points=2.5),
    cell("markdown", "### (b) Width\n\nWhy not?", "question_width"),
    cell("markdown", "YOUR ANSWER HERE", "width", grade=True, solution=True, locked=False, points=2.5),
]


def ending(
    name: str, verdict: str = "passed", points: float = 2, message: str = "", **more: Any
) -> dict[str, Any]:
    """How one hidden test ended."""
    score = points if verdict == "passed" else 0
    head = {"name": f"test_{name}", "title": f"Title of {name}.", "points": points, "score": score}
    return {**head, "verdict": verdict, "message": message, "misconception": None, **more}


RECORDED = {"at": "2026-11-02T10:00:00+00:00", "by": "homework", "answers": {}}
FAILED_BY_FLIP = [
    ending(n, "failed", 2, FLIPPED, misconception="flipped_kernel") for n in ("wide", "tall", "small")
]
OTHERS = [
    ending("zeros"),
    ending("types", "error", 2, "Your code raised TypeError (line 2 of cell correlate)."),
]


def result(student: str, tests: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """A result as `grade()` returns it."""
    score = sum(test["score"] for test in tests)
    exercise = {"name": "correlate", "score": score, "max": 10, "seconds": 0.01, "tests": tests}
    return {
        "schema": 1,
        "assignment": "hw1",
        "student": student,
        "status": "graded",
        "submission": {"sha256": "ab" * 32, "notes": []},
        "score": {"auto": score, "auto_max": 10, "to_review": ["depth"]},
        "exercises": [exercise],
        "environment": ENVIRONMENT,
        **more,
    }


def read(results: list[dict[str, Any]]) -> list[Result]:
    """The same, as the program's own type."""
    return [Result.from_json(json.dumps(one)) for one in results]


def given(penalty: float = 0.0, **cells: tuple[float | None, str, float, bool]) -> SubmissionScore:
    """What people gave, by cell: a score, a comment, extra credit, whether it waits for review."""
    return SubmissionScore(
        "hw1",
        "ada",
        ("", "", ""),
        penalty=penalty,
        cells={
            name: CellScore(name, True, 10, None, score, extra, again)
            for name, (score, _, extra, again) in cells.items()
        },
        comments={name: comment for name, (_, comment, _, _) in cells.items()},
    )


def without_score(student: str, status: str, reason: str) -> dict[str, Any]:
    """A result for a submission that could not be graded."""
    auto = 0 if status == "unreadable" else None
    score = {"auto": auto, "auto_max": 10, "to_review": ["depth", "width"]}
    return result(student, [ending("all", "skipped", 10, reason)], status=status, reason=reason, score=score)


def record(
    course: Course,
    graded: dict[str, Any],
    code: str = STUB,
    answer: str = "Because.",
    attachments: dict[str, Any] | None = None,
) -> Path:
    """Write what `homework autograde` writes for one submission: receipt, answers and the autograded notebook."""
    folder = course.autograded / graded["student"] / "hw1"
    folder.mkdir(parents=True)
    (folder / "receipt.json").write_text(json.dumps({**graded, "recorded": RECORDED}))
    states = dict.fromkeys(("correlate", "depth"), State.ANSWERED) if graded["status"] != "unreadable" else {}
    written = [
        NotebookCell("code", code, "correlate", own=True),
        NotebookCell("markdown", answer, "depth", attachments or {}, own=True),
    ]
    typed = Answers.of(read([graded])[0], written, states, Pictures())
    (folder / "answers.json").write_bytes(typed.text().encode("utf-8", "replace"))
    if states:
        texts = {"correlate": code, "depth": answer}
        cells = [{**c, "source": texts.get(c["id"], "".join(c["source"])).splitlines(True)} for c in CELLS]
        if attachments is not None:
            next(c for c in cells if c["id"] == "depth")["attachments"] = attachments
        (folder / "hw1.ipynb").write_text(notebook(*cells))
    return folder


def page_of(
    course: Course, graded: dict[str, Any], scores: dict[str, SubmissionScore] | None = None, **more: Any
) -> str:
    """The feedback page for one submission."""
    record(course, graded, **more)
    (path,) = write_feedback(course, "hw1", [graded["student"]], scores=scores or {})
    assert path == course.feedback / graded["student"] / "hw1" / "hw1.html"
    return path.read_text()


class Seen(HTMLParser):
    """The text of a page, and everything in it that could do something."""

    ACTIVE = frozenset(
        "script iframe object embed form base link input button audio video applet frame".split()
    )

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[str] = []
        self.links: list[dict[str, str | None]] = []
        self.pictures: list[dict[str, str | None]] = []
        self.dangers: list[str] = []
        self._hidden = False
        self.feed(html)
        self.close()
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append(tag)
        self._hidden = tag in ("style", "title") or (self._hidden and tag != "style")
        if tag in self.ACTIVE:
            self.dangers.append(f"<{tag}>")
        self.dangers += [f"{name} of <{tag}>" for name in values if name.startswith("on") or name == "srcdoc"]
        if tag == "a":
            self.links.append(values)
        if tag == "img":
            self.pictures.append(values)
        for name in ("href", "src", "xlink:href", "action", "data"):
            target = values.get(name) or ""
            allowed = r"#|\.\./feedback/" if tag == "a" else r"data:image/png;base64,[A-Za-z0-9+/=]+$"
            if tag == "a" and values.get("rel"):
                allowed = r"https?://|mailto:"
            if target and not re.match(allowed, target):
                self.dangers.append(f"{name}={target}")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("style", "title"):
            self._hidden = False

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.text += data + " "


def png(width: int = 3, height: int = 2, kind: str = "PNG") -> str:
    """A picture, base64-encoded."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(file, kind)
    return base64.b64encode(file.getvalue()).decode()


def a_class() -> list[dict[str, Any]]:
    """Three that flip the kernel, one right except for one test that no one passes, one blank, two for a person."""
    hard = ending("hard", "failed", 1, "Your output has other values than expected.")
    return [
        *(result(name, [*FAILED_BY_FLIP, hard]) for name in ("ada", "bob", "cyd")),
        result("dan", [ending("wide"), ending("tall"), ending("small"), hard]),
        result("eve", [ending(n, "error", 2, "not defined") for n in ("wide", "tall", "small")] + [hard]),
        without_score("fay", "unreadable", "The file is empty."),
        without_score("gus", "grader-fault", "a grading process died on this submission, twice"),
    ]
