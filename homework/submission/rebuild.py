"""Rebuild a submission on its release, so that the form of the notebook can be trusted.

Theory of operation. `rebuild` walks through the released notebook, the *template*. Its own cells are taken from the
template, a solution cell gets the student's source, and a cell that the student added follows the same template cell as
in the submission. Of the student's metadata only the name of a cell is read; tags, outputs and everything else are
dropped, except the pictures that were displayed by a cell that is not run here (tag `train` of the template).

Before that, work that is in the wrong place is found (`recover.py`). Above all, a stub never overwrites a function that
the student defined elsewhere. All of this looks at lines of text only (`lines.py`).

Every repair is noted in words that the student can read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import pairwise

from homework.submission.lines import bare, joined
from homework.submission.read import SubmittedCell
from homework.submission.recover import functions_elsewhere, recognize
from homework.submission.template import NotebookCell, Template
from homework.submission.written import cut_apart, is_written, take_answers

_MOST_COPIES = 20  # of one cell; more are not made by hand
_MANY = 4  # more notes of the same kind are summed up in one


class State(StrEnum):
    """What a student did with a solution cell."""

    ANSWERED = "answered"
    BLANK = "blank"  # nothing but whitespace
    UNTOUCHED = "untouched"  # as it was released
    MISSING = "missing"  # there is no such cell


@dataclass
class Rebuilt:
    """A notebook rebuilt on its template, and notes about what was repaired."""

    cells: list[NotebookCell]
    notes: list[str]
    states: dict[str, State]  # of each solution cell, by name


def rebuild(
    template: Template, cells: list[SubmittedCell], documents: Mapping[str, str | None] = {}
) -> Rebuilt:
    """Rebuild a submission's `cells` on `template`. `documents` are digests of files that may hold answers, by name."""
    notes: list[str] = []
    cells = _last_copies(template, recognize(template, cut_apart(template, cells), notes), notes)
    order = [cell.name for cell in cells if cell.name in template.by_name]
    cells = take_answers(template, cells, notes, documents)
    elsewhere = functions_elsewhere(template, cells)
    groups = _group(template, cells)
    result: list[NotebookCell] = [_own(cell) for cell in groups.before]
    states: dict[str, State] = {}
    for form in template.cells:
        found = groups.named.get(form.name, [])
        if form.train:
            made = [_not_run(form, found)]
        elif template.is_solution(form.name):
            made = _solution(form, found, elsewhere.get(form.name, []), notes)
        else:
            made = _locked(form, found, notes)
        if template.is_solution(form.name):
            states[form.name] = _state(made[-1], found)
        result += made
        result += [_own(cell) for cell in groups.after.get(form.name, [])]
    places = [template.place(name) for name in dict.fromkeys(order)]
    if any(second < first for first, second in pairwise(places)):
        notes.append("cells had been reordered; they were put back in the order of the release")
    if any(_is_older(template, cell) for cell in cells):
        notes.append(
            "the notebook was made from an older release; its texts and examples are the current ones now"
        )
    if cells and not order:
        notes.append("none of the release's cells was found: is this the right notebook?")
    return Rebuilt(result, _summed_up(notes), states)


def _is_older(template: Template, cell: SubmittedCell) -> bool:
    """Whether a cell is as an older release had it."""
    form = template.by_name.get(cell.name)
    return cell.as_released and form is not None and bare(cell.source) != bare(form.source)


def _summed_up(notes: list[str]) -> list[str]:
    """`notes`, with those that say the same about many cells merged into one."""
    names: dict[str, list[str]] = {}
    said: list[str] = []  # of each note, without the cell's name
    for note in notes:
        part = re.match(r"cell (\w+) (.*)", note)
        said.append(re.sub(rf"\b{part[1]}\b", "its name", part[2]) if part else "")
        if part:
            names.setdefault(said[-1], []).append(part[1])
    result: list[str] = []
    for note, what in zip(notes, said, strict=True):
        if what and len(same := names[what]) > _MANY:
            note = f"cells {same[0]}, {same[1]} and {len(same) - 2} others: each {what}"
        result.append(note)
    return list(dict.fromkeys(result))


# ---------------------------------------------------------------------------------------------- cells in their places


@dataclass
class _Groups:
    named: dict[str, list[SubmittedCell]] = field(default_factory=dict)
    before: list[SubmittedCell] = field(default_factory=list)
    after: dict[str, list[SubmittedCell]] = field(default_factory=dict)


def _group(template: Template, cells: list[SubmittedCell]) -> _Groups:
    """Sort cells into the template's, by name, and those that the student added, by the template cell before them."""
    groups = _Groups()
    anchor: str | None = None
    for cell in cells:
        if cell.name in template.by_name:
            groups.named.setdefault(cell.name, []).append(cell)
            anchor = cell.name
        elif cell.source.strip() or cell.attachments:
            (groups.before if anchor is None else groups.after.setdefault(anchor, [])).append(cell)
    return groups


def _last_copies(template: Template, cells: list[SubmittedCell], notes: list[str]) -> list[SubmittedCell]:
    """The cells without all but the last copies of each cell of the template."""
    left = Counter(cell.name for cell in cells if cell.name in template.by_name)
    many = {name: count for name, count in left.items() if count > _MOST_COPIES}
    notes += [
        f"cell {name} appeared {count} times; only its last {_MOST_COPIES} copies were read"
        for name, count in many.items()
    ]
    kept = []
    for cell in cells:
        if left[cell.name] <= _MOST_COPIES:
            kept.append(cell)
        left[cell.name] -= 1
    return kept


def _locked(form: NotebookCell, found: list[SubmittedCell], notes: list[str]) -> list[NotebookCell]:
    """A template cell as it was released, with the student's edits of it: code before it, text after it."""
    edits = [
        cell for cell in found if not cell.as_released and bare(cell.source) not in ("", bare(form.source))
    ]
    if len(found) > 1:
        notes.append(f"cell {form.name} appeared {_times(len(found))}; one was kept")
    if not found and form.metadata:
        notes.append(f"cell {form.name} was missing; it was put back")
    if form.kind == "code":
        if edits:
            notes.append(
                f"cell {form.name} had been edited; the original was used, and the edit ran before it"
            )
        return [*(_own(replace(cell, kind="code")) for cell in edits), form]
    if edits:
        notes.append(
            f"cell {form.name} had been edited; the original was put back, and the edit is kept below it"
        )
    return [form, *map(_own, edits)]


def _solution(
    form: NotebookCell, found: list[SubmittedCell], elsewhere: list[SubmittedCell], notes: list[str]
) -> list[NotebookCell]:
    """A solution cell with what the student wrote, after the cells that have to run before it.

    Copies of a code cell run in order, each as a separate cell, so that an error in one does not stop the others; the
    last one is the solution. Texts are joined.
    """
    if not found and not elsewhere:
        notes.append(f"cell {form.name} was missing")
    written = [cell for cell in found if is_written(form, cell)]
    if len(found) > 1 and not _is_split(found):
        notes.append(f"cell {form.name} appeared {_times(len(found))}; {_which_counts(form, found, written)}")
    if any(cell.kind != form.kind for cell in written):
        notes.append(f"cell {form.name} had been turned into another kind of cell; it was turned back")
    if elsewhere:
        notes.append(
            f"cell {form.name} does not define {form.name}, but another cell does; a copy of that one was graded"
        )
    written += elsewhere
    if not written:
        return [form]
    attachments = {name: data for cell in written for name, data in cell.attachments.items()}
    sources = [cell.source for cell in written]
    if form.kind == "code":  # of equal copies the last one counts
        sources = list(dict.fromkeys(reversed(sources)))[::-1]
    sources = list(dict.fromkeys(sources))
    parts = joined(sources) if form.kind == "code" else ["\n\n".join(sources)]
    earlier = [NotebookCell("code", source, own=True) for source in parts[:-1]]
    return [*earlier, replace(form, source=parts[-1], attachments=attachments, own=True)]


def _which_counts(form: NotebookCell, found: list[SubmittedCell], written: list[SubmittedCell]) -> str:
    """Which copies of a solution cell are graded, in words."""
    if form.kind != "code":
        return "all of them are kept"
    if not written:
        return "none of them has been filled in"
    number = next(n for n, cell in enumerate(found, 1) if cell is written[-1])
    if number == len(found):
        return "the last one was graded"
    which = {1: "first"}.get(number, f"{number}th" if number > 3 else ("second", "third")[number - 2])
    return f"the {which} one was graded, since what follows it has not been filled in"


def _state(filled: NotebookCell, found: list[SubmittedCell]) -> State:
    if filled.own:
        return State.ANSWERED
    if not found:
        return State.MISSING
    return State.UNTOUCHED if any(cell.source.strip() for cell in found) else State.BLANK


def _not_run(form: NotebookCell, found: list[SubmittedCell]) -> NotebookCell:
    """A cell that is not run, as the student left it, with the pictures that it displayed."""
    sources = dict.fromkeys(cell.source for cell in found if bare(cell.source) not in ("", bare(form.source)))
    pictures = [picture for cell in found for picture in cell.pictures]
    return replace(form, source="\n\n".join(sources) or form.source, pictures=pictures, own=bool(sources))


def _is_split(found: list[SubmittedCell]) -> bool:
    return all(cell.kind == "code" for cell in found[1:]) and len(joined([c.source for c in found])) == 1


def _own(cell: SubmittedCell) -> NotebookCell:
    kind = "code" if cell.kind == "code" else "markdown"
    source = cell.source if cell.kind != "raw" else f"```\n{cell.source}\n```"
    return NotebookCell(kind, source, "", cell.attachments, own=True)


def _times(count: int) -> str:
    return "twice" if count == 2 else f"{count} times"
