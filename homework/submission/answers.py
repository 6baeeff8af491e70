"""What a student put into the cells of a release, as typed: `answers.json` next to the receipt.

The only source for pages about answers, since the autograded notebook holds what nbgrader's pages can safely render.
The text is the student's: escape it, never run it, never change it. Pictures are decoded and encoded again by us.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from homework.results import Result
from homework.submission.rebuild import State
from homework.submission.template import RunCell
from homework.untrusted.pictures import Pictures

ANSWERS = "answers.json"


class Picture(msgspec.Struct, frozen=True):
    """A picture that an answer shows or attaches; `png` is base64 in the file."""

    name: str
    width: int
    height: int
    png: bytes


class Answer(msgspec.Struct, frozen=True):
    """A written answer; `sha256` is that of its text and its pictures.

    `lost`: the names of what was attached and is not a picture that can be shown.
    """

    state: State
    source: str
    sha256: str
    pictures: list[Picture]
    lost: list[str] = []


class Code(msgspec.Struct, frozen=True):
    """What stands in the solution cell of an exercise."""

    state: State
    source: str


class Answers(msgspec.Struct, frozen=True, kw_only=True, tag_field="schema", tag=1):
    """All that one student wrote into solution cells; `sha256` is the submission's."""

    assignment: str
    student: str
    sha256: str | None
    answers: dict[str, Answer]
    code: dict[str, Code]

    @classmethod
    def of(
        cls, result: Result, cells: Iterable[RunCell], states: dict[str, State], pictures: Pictures
    ) -> Answers:
        """The answers in the `cells` of a rebuilt notebook, whose solution cells are in `states`."""
        answers: dict[str, Answer] = {}
        code: dict[str, Code] = {}
        for cell in cells:
            state = states.get(cell.name)
            if state is None:
                continue
            source = cell.source if state in (State.ANSWERED, State.UNTOUCHED) else ""
            if cell.kind == "code":
                code[cell.name] = Code(state, source)
            else:
                shown, lost = pictures.attached(cell.attachments) if cell.own else ({}, [])
                of_cell = [Picture(name, one.width, one.height, one.png) for name, one in shown.items()]
                answers[cell.name] = Answer(state, source, _digest(source, of_cell), of_cell, lost)
        return cls(
            assignment=result.assignment,
            student=result.student,
            sha256=result.submission.sha256,
            answers=answers,
            code=code,
        )

    def text(self) -> str:
        """The content of the file."""
        return json.dumps(msgspec.to_builtins(self), ensure_ascii=False) + "\n"

    @classmethod
    def read(cls, folder: Path) -> Answers:
        """The answers in `autograded/<student>/<assignment>/`. Raises OSError, and ValueError for a damaged file."""
        data: Any = json.loads((folder / ANSWERS).read_bytes())
        try:
            return msgspec.convert(data, type=cls)
        except (msgspec.ValidationError, RecursionError) as error:
            raise ValueError(str(error)) from error


def _digest(source: str, pictures: Iterable[Picture]) -> str:
    content = [source, *(hashlib.sha256(picture.png).hexdigest() for picture in pictures)]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()
