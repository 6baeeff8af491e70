"""What a student put into the cells of a release, as typed: `answers.json`, next to the receipt.

Pages about answers are made from this file alone, since the autograded notebook contains only what nbgrader's pages can
render safely. The text is the student's: escape it, never run it, never change it. Pictures have been re-encoded.
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
from homework.submission.template import NotebookCell
from homework.untrusted.pictures import Pictures

ANSWERS = "answers.json"


class Picture(msgspec.Struct, frozen=True):
    """A picture that is attached to an answer. In the file `png` is base64."""

    name: str
    width: int
    height: int
    png: bytes


class Answer(msgspec.Struct, frozen=True):
    """A written answer. `sha256` covers its text and its pictures.

    `lost` are the names of attachments that cannot be shown as pictures.
    """

    state: State
    source: str
    sha256: str
    pictures: list[Picture]
    lost: list[str] = []


class Code(msgspec.Struct, frozen=True):
    """The content of an exercise's solution cell."""

    state: State
    source: str


class Answers(msgspec.Struct, frozen=True, kw_only=True, tag_field="schema", tag=1):
    """Everything that one student wrote into solution cells. `sha256` is the submission's."""

    assignment: str
    student: str
    sha256: str | None
    answers: dict[str, Answer]
    code: dict[str, Code]

    @classmethod
    def of(
        cls, result: Result, cells: Iterable[NotebookCell], states: dict[str, State], pictures: Pictures
    ) -> Answers:
        """The answers in `cells`, the cells of a rebuilt notebook; `states` are those of its solution cells."""
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
        return cls.parse((folder / ANSWERS).read_bytes())

    @classmethod
    def parse(cls, text: str | bytes) -> Answers:
        """The answers in the content of a file. Raises ValueError."""
        data: Any = json.loads(text)
        try:
            return msgspec.convert(data, type=cls)
        except (msgspec.ValidationError, RecursionError) as error:
            raise ValueError(str(error)) from error


def _digest(source: str, pictures: Iterable[Picture]) -> str:
    content = [source, *(hashlib.sha256(picture.png).hexdigest() for picture in pictures)]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()
