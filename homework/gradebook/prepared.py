"""The text of all files to record for a graded submission. Workers produce it, so that the writer only writes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING

from homework import __version__
from homework.gradebook.notebook import NotebookBuilder
from homework.results import Receipt, Recorded, Result
from homework.submission.answers import Answers
from homework.untrusted.pictures import Pictures

if TYPE_CHECKING:
    from homework.grading import GradedSubmission, Grader


@dataclass(frozen=True)
class Prepared:
    """A result, and the text of its files: the autograded notebook, the receipt, and what the student typed.

    `answers` are digests of the cells that the student filled in, by cell.
    """

    result: Result
    notebook: str
    receipt: str
    typed: str
    answers: dict[str, str]


def prepare(grader: Grader, graded: GradedSubmission) -> Prepared:
    """`graded`, prepared for recording. `homework.pool` calls this in its workers."""
    return prepared(_builder(grader), graded)


@lru_cache(maxsize=1)
def _builder(grader: Grader) -> NotebookBuilder:
    return NotebookBuilder(grader.assignment)


def prepared(builder: NotebookBuilder, graded: GradedSubmission) -> Prepared:
    """`graded`, prepared for recording."""
    answers = answers_of(graded)
    recorded = Recorded(
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        by=f"homework {__version__}, nbgrader {_nbgrader_version()}",
        answers=answers,
    )
    pictures = Pictures()
    typed = Answers.of(graded.result, (cell for cell, _ in graded.cells), graded.states, pictures)
    notebook = json.dumps(builder.build(graded, pictures), ensure_ascii=False)
    receipt = Receipt.of(graded.result, recorded)
    return Prepared(graded.result, f"{notebook}\n", receipt.text(), typed.text(), answers)


@cache
def _nbgrader_version() -> str:
    return version("nbgrader")


def answers_of(graded: GradedSubmission) -> dict[str, str]:
    """A digest of each solution cell that the student filled in, by cell."""
    answers = {}
    for cell, _ in graded.cells:
        if cell.own and cell.name:
            content = json.dumps([cell.source, cell.attachments], sort_keys=True)
            answers[cell.name] = hashlib.sha256(content.encode()).hexdigest()[:16]
    return answers
