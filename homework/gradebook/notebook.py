"""The autograded notebook, which people read in Formgrader and in nbgrader's feedback.

It is the rebuilt notebook with the outputs of the sandbox as text and pictures and, for graders, the marking schemes of
the source. A grade cell ends with the judge's table, and an answer about something that was drawn is followed by the
drawings. These are ours; everything else comes from the student or the student's code, and is made harmless.
"""

from __future__ import annotations

import base64
import re
import textwrap
from functools import cached_property
from typing import TYPE_CHECKING, Any

from homework.counted import counted
from homework.course import Assignment
from homework.course.cells import name_of
from homework.course.figures import embedded
from homework.drawings import sequences, standalone
from homework.results import ExerciseResult, Result, Status, Verdict
from homework.submission.template import NotebookCell, Template
from homework.untrusted import markdown
from homework.untrusted.embedded import BADGE, in_one_form, missing
from homework.untrusted.pictures import MAX_PICTURES, Pictures
from homework.untrusted.text import plain, printable

if TYPE_CHECKING:
    from homework.grading import GradedSubmission

_MAX_TEXT = 20_000  # characters of output a cell
_MAX_OUTPUTS = 100
_MOST_LOST = 5  # pictures of a cell that are named
_MOST_NOTES = 60  # about lost pictures of a notebook; then no more are looked for
_WIDTH = 100
_SIGNS = {Verdict.PASSED: "✓", Verdict.SKIPPED: "–", Verdict.GRADER_FAULT: "?"}
_NOT_RUN = "This cell is not run when grading. Pictures here are those of the student's own run.\n"


class NotebookBuilder:
    """Builds the autograded notebooks of an assignment."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        self.template = Template.load(assignment.released_notebook)

    @cached_property
    def _schemes(self) -> dict[str, str]:
        """The cells of the source with a marking scheme: text by name."""
        return {
            name_of(cell): in_one_form(embedded(cell["source"], self.assignment.source), {})[0]
            for cell in self.assignment.cells
            if cell["cell_type"] == "markdown" and "BEGIN MARK SCHEME" in cell["source"]
        }

    @cached_property
    def _shows(self) -> dict[str, str]:
        """The exercise whose drawings belong to an answer, by the name of the answer's cell."""
        return {task.answer_cell: task.shows for task in self.assignment.tasks.values() if task.shows}

    @cached_property
    def _released_text(self) -> str:
        """All that the release says, and so the pictures that it shows."""
        return "\n".join(cell.source for cell in self.template.cells)

    def build(self, graded: GradedSubmission, pictures: Pictures) -> dict[str, Any]:
        """The notebook (nbformat 4.5) of one graded submission, with its `pictures`.

        What cannot be shown is added to the result's notes.
        """
        result = graded.result
        exercises = {exercise.name: exercise for exercise in result.exercises}
        notes = result.submission.notes  # what is noted here is for the student, too
        lost: list[str] = []
        cells: list[dict[str, Any]] = []
        for cell, outputs in graded.cells or [(cell, []) for cell in self.template.cells]:
            built = self._cell(cell, outputs, lost, pictures)
            if cell.exercise in exercises:
                built["outputs"].append(_text_output(judged(exercises[cell.exercise]), {"homework": "judge"}))
            cells.append(built)
            shown = exercises.get(self._shows.get(cell.name, ""))
            if shown and (drawn := _drawn(shown)):
                cells.append(drawn)
        notes[:] = dict.fromkeys([*notes, *lost])
        if banner := _banner(result, notes):
            cells.insert(0, {"cell_type": "markdown", "metadata": {}, "source": banner})
        _number(cells)
        kernel = self.template.notebook.get("metadata", {})
        return {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {key: kernel[key] for key in ("kernelspec", "language_info") if key in kernel},
            "cells": cells,
        }

    def _cell(
        self, cell: NotebookCell, outputs: list[dict[str, Any]], notes: list[str], pictures: Pictures
    ) -> dict[str, Any]:
        """One cell; `notes` say which pictures were lost in it and in those above."""
        built: dict[str, Any] = {"cell_type": cell.kind, "metadata": cell.metadata}
        if cell.kind == "code":
            outputs = _outputs(outputs, _called(cell), notes, pictures)
            if cell.train:
                outputs.insert(0, _text_output(_NOT_RUN, {"homework": "train"}))
            return {
                **built,
                "execution_count": None,
                "source": markdown.source(cell.source),
                "outputs": outputs,
            }
        if not cell.own:
            text = self._schemes.get(cell.name, cell.source)
            return {
                **built,
                "source": text,
                **({"attachments": cell.attachments} if cell.attachments else {}),
            }
        shown, dropped = pictures.attached(cell.attachments)
        names = {name: f"picture-{number}.png" for number, name in enumerate(shown, 1)}
        attachments = {names[name]: {"image/png": one.base64} for name, one in shown.items()}
        lost = [f"the picture {name[:80]} in {_called(cell)} cannot be shown" for name in dropped]
        if len(notes) < _MOST_NOTES:  # each name is looked for in all that the release says
            lost += [
                f"the picture {name[:80]} in {_called(cell)} is not in the notebook, so nobody can see it; "
                "paste it into the cell"
                for name in missing(cell.source, cell.attachments)
                if name not in self._released_text and not BADGE.search(name)
            ]
        if len(lost) > _MOST_LOST:
            more = len(lost) - _MOST_LOST
            lost[_MOST_LOST:] = [f"{counted(more, 'other picture')} in {_called(cell)} cannot be shown"]
        notes += [note for note in map(printable, lost) if note not in notes]
        built["source"] = _with_all(markdown.markdown(cell.source, names), names)
        return {**built, "attachments": attachments} if attachments else built


def _with_all(text: str, names: dict[str, str]) -> str:
    """`text`, followed by the attached pictures that it does not show."""
    unseen = [name for name in names.values() if f"(attachment:{name})" not in text]
    return "\n\n".join([text, *(f"![{name}](attachment:{name})" for name in unseen)])


def judged(exercise: ExerciseResult) -> str:
    """The judge's table of one exercise, as text."""
    head = (
        "no points yet: the grader failed"
        if exercise.at_fault
        else f"{exercise.score:g} of {exercise.max:g} points"
    )
    lines = [f"Hidden tests of {exercise.name}: {head}", "─" * _WIDTH]
    said: set[str] = set()
    for test in exercise.tests:
        points = f"{test.score:g}/{test.points:g}"
        title = textwrap.wrap(plain(test.title), _WIDTH - len(points) - 4) or [test.name]
        lines.append(f"{_SIGNS.get(test.verdict, '✗')} {title[0]:{_WIDTH - len(points) - 3}} {points}")
        lines += [f"  {line}" for line in title[1:]]
        message = plain(test.message)
        for paragraph in ["As above."] if message in said else message.splitlines():
            lines += textwrap.wrap(paragraph, _WIDTH, initial_indent="    ", subsequent_indent="    ")
        said |= {message} - {""}
    return "\n".join(lines) + "\n"


def _drawn(exercise: ExerciseResult) -> dict[str, Any] | None:
    """A cell with the sequences that an exercise's tests have drawn, as attached pictures."""
    pictures = {
        f"drawing-{number}.svg": standalone(drawing).encode()
        for number, drawing in enumerate(sequences(exercise.tests), 1)
    }
    if not pictures:
        return None
    images = " ".join(f"![{exercise.name}](attachment:{name})" for name in pictures)
    return {
        "cell_type": "markdown",
        "metadata": {"homework": "drawings"},
        "source": f"Drawn by the grader, from {exercise.name}:\n\n{images}",
        "attachments": {
            name: {"image/svg+xml": base64.b64encode(picture).decode()} for name, picture in pictures.items()
        },
    }


def _called(cell: NotebookCell) -> str:
    return f"cell {cell.name}" if cell.name else "a cell that the student added"


def _banner(result: Result, notes: list[str]) -> str:
    heads = {
        Status.UNREADABLE: "**This submission could not be read**, so it was not graded. A person will look at it.",
        Status.GRADER_FAULT: (
            "**The grader failed on this submission**, so it has no score yet. A person will look at it."
        ),
    }
    lines = [heads.get(result.status, "")]
    if result.reason:
        lines.append(f"> {markdown.escaped(result.reason)}")
    if notes:
        lines.append("**Notes from the grader**")
        lines.append("\n".join(f"* {markdown.escaped(note)}" for note in dict.fromkeys(notes)))
    return "\n\n".join(line for line in lines if line)


def _outputs(
    outputs: list[dict[str, Any]], where: str, notes: list[str], pictures: Pictures
) -> list[dict[str, Any]]:
    """A cell's outputs in nbformat: text, and pictures that could be re-encoded. What is left out is noted."""
    shown: list[dict[str, Any]] = []
    left = _MAX_TEXT

    def cut(text: object) -> str:
        nonlocal left
        clean = plain(str(text)[: 10 * _MAX_TEXT])
        kept = clean[:left]
        left -= len(kept)
        if clean[len(kept) :]:
            more = counted(len(clean) - len(kept), "more character is", "more characters are")
            kept += f"\n… ({more} not shown)\n"
        return kept

    for output in outputs[:_MAX_OUTPUTS]:
        kind = output.get("type")
        if kind == "stream":
            name = "stderr" if output.get("name") == "stderr" else "stdout"
            shown.append({"output_type": "stream", "name": name, "text": cut(output.get("text", ""))})
        elif kind == "text":
            shown.append(_text_output(cut(output.get("text", ""))))
        elif kind == "error":
            name, value = cut(output.get("ename", ""))[:200], cut(output.get("evalue", ""))[:2000]
            traceback = [*cut(output.get("traceback", "")).split("\n"), f"{name}: {value}"]
            shown.append({"output_type": "error", "ename": name, "evalue": value, "traceback": traceback})
        elif kind == "png" and isinstance(output.get("png"), bytes):
            many = sum("image/png" in one.get("data", {}) for one in shown) >= MAX_PICTURES
            one = None if many else pictures.reencoded(output["png"])
            if one is None:
                notes.append(f"a picture displayed by {where} could not be shown")
            else:
                picture = {"image/png": one.base64, "text/plain": "<picture>"}
                shown.append({"output_type": "display_data", "metadata": {}, "data": picture})
    if len(outputs) > _MAX_OUTPUTS:
        notes.append(f"{where} displayed {len(outputs)} outputs; the first {_MAX_OUTPUTS} are shown")
    return shown


def _text_output(text: str, metadata: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"output_type": "display_data", "metadata": metadata or {}, "data": {"text/plain": text}}


def _number(cells: list[dict[str, Any]]) -> None:
    """Give each cell the id that nbformat 4.5 requires: its name if that is valid, otherwise a number."""
    used: set[str] = set()
    for index, cell in enumerate(cells):
        name = name_of(cell)
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name) or name in used:
            name = f"cell-{index}"
        used.add(name)
        cell["id"] = name
