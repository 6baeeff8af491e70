"""Find written answers that are not in their cells. No answer is worth nothing while a text of the student's is left.

Theory of operation. Cells that were merged are cut apart at the headings of the release. Text next to an answer's cell,
or in the question's, belongs to that answer if its own cell is blank. If answers are still blank while the notebook has
text of the student's own that belongs to none, all of that text is put into each of them, with a note, so that a person
looks at it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from homework.course.cells import task_of
from homework.submission.likeness import (
    ReleasedTexts,
    only_comments,
    prose_in_code,
    remarks,
    says_something,
    sentences,
    shows_only,
)
from homework.submission.lines import bare, numbered
from homework.submission.read import SubmittedCell
from homework.submission.template import NotebookCell, Template

_NO_CELL = NotebookCell("", "")
_LONGEST_REPEATED = 50_000  # characters of text that is put into every blank answer
_MOST_REPEATED = 12  # pictures
_LONGEST_CUT = 1 << 20  # characters of a notebook in which texts are searched for; people write far less
_MOST_PARTS = 500  # that one cell is cut into
_MOST_NAMED = 5  # files
_ALL = "The whole text is further down in the notebook."


@lru_cache(4)
def texts_of(template: Template) -> ReleasedTexts:
    """The texts of a release, for comparison."""
    return ReleasedTexts(template)


def is_written(form: NotebookCell, cell: SubmittedCell) -> bool:
    """Whether a student put something into a copy of the solution cell `form`."""
    if cell.source == form.source:
        return bool(cell.attachments)
    return bare(cell.source) not in ("", bare(form.source)) or bool(cell.attachments)


def cut_apart(template: Template, cells: list[SubmittedCell]) -> list[SubmittedCell]:
    """Name text cells that are, perhaps edited, texts of the release, and cut those that hold several of them."""
    released = {bare(form.source) for form in template.cells}
    result: list[SubmittedCell] = []
    left = _LONGEST_CUT
    for cell in cells:
        text = cell.source
        if len(text) > left:
            result.append(cell)
            continue
        if cell.kind == "code":
            left -= len(text)
            text = "" if cell.name in template.by_name else prose_in_code(text)
            if text and only_comments(cell.source):  # it does nothing as code
                cell = replace(cell, kind="markdown", source=text)
        known = not text.strip() or cell.as_released or bare(text) in released
        if known or template.is_solution(cell.name):
            result.append(cell)
            continue
        left -= len(text)
        sections = texts_of(template).sections(text)
        if len(sections) > _MOST_PARTS:
            result.append(cell)
        elif len(sections) > 1 or (not cell.name and sections and sections[0][0]):
            result += _parts(cell, sections)
        elif cell.name not in template.by_name and (name := texts_of(template).likest(text)):
            result.append(replace(cell, kind="markdown", source=text, name=name))
        else:
            result.append(cell)
    return result


def _parts(cell: SubmittedCell, sections: list[tuple[str, str]]) -> Iterator[SubmittedCell]:
    left = dict(cell.attachments)
    for number, (name, text) in enumerate(sections):
        shown = {one: data for one, data in left.items() if f"attachment:{one}" in text}
        if number == len(sections) - 1:
            shown = left
        left = {one: data for one, data in left.items() if one not in shown}
        yield SubmittedCell("markdown", text, name or cell.name, shown)


def take_answers(
    template: Template,
    cells: list[SubmittedCell],
    notes: list[str],
    documents: Mapping[str, str | None] = {},
) -> list[SubmittedCell]:
    """Move text that is next to an answer's cell, or in the question's, into the answer's cell if that is blank.

    `documents` are digests of files next to the notebook that may hold answers, by name.
    """
    blank = _blank(template, cells)
    answers: dict[str, SubmittedCell] = {}
    texts: dict[str, list[str]] = {}
    result: list[SubmittedCell] = []
    answer = ""  # the question that the cells here belong to
    for cell in cells:
        named = cell.name in template.by_name
        if named:
            answer = task_of(cell.name)
        added, belongs = "", False
        if answer in blank and cell.kind != "code":
            if not named:
                added = cell.source
            elif cell.name != answer:
                cell, added = _parted(template, cell)
            belongs = says_something(added) or bool(cell.attachments and (added.strip() or not named))
        if named or not belongs:
            result.append(cell)
        if belongs:
            if answer not in answers:
                answers[answer] = SubmittedCell("markdown", "", answer)
                result.append(answers[answer])
                notes.append(f"the answer to {answer} was outside its cell; it was moved there")
            texts.setdefault(answer, []).append(added.strip("\n"))
            answers[answer].attachments.update(cell.attachments)
    for name, parts in texts.items():
        answers[name].source = "\n\n".join(parts)
    result = [cell for cell in result if cell.name not in answers or cell is answers[cell.name]]
    return _for_a_person(template, result, notes, documents)


def _parted(template: Template, cell: SubmittedCell) -> tuple[SubmittedCell, str]:
    """The text cell as it was released, and the text that the student added to it."""
    text = texts_of(template).by_name.get(cell.name)
    if text is None or cell.as_released:
        return cell, ""
    added = text.added(cell.source)
    return (
        (replace(cell, source=template.by_name[cell.name].source, attachments={}), added)
        if added
        else (cell, "")
    )


def _blank(template: Template, cells: list[SubmittedCell]) -> dict[str, None]:
    """The answers whose cells contain nothing of the student's."""
    written = {cell.name for cell in cells if is_written(template.by_name.get(cell.name, _NO_CELL), cell)}
    return {
        form.name: None
        for form in template.cells
        if form.kind == "markdown" and template.is_solution(form.name) and form.name not in written
    }


def _for_a_person(
    template: Template, cells: list[SubmittedCell], notes: list[str], documents: Mapping[str, str | None]
) -> list[SubmittedCell]:
    """Put text of the student's own that is in no answer into every blank answer, so that a person looks at it."""
    blank = _blank(template, cells)
    named = [*documents][:_MOST_NAMED]
    beside, were = ", ".join(named), "was" if len(documents) == 1 else "were"
    if not blank:
        if documents:
            notes.append(f"{beside} {were} handed in next to the notebook; only the notebook is graded")
        return cells
    own, spoken = [], []
    left = _LONGEST_CUT
    for number, cell in enumerate(cells):
        left -= len(cell.source)
        if left < 0:  # far more than people write: not searched, but not lost either
            own += [cell] if cell.kind != "code" and cell.name not in template.by_name else []
            continue
        own += _own_text(template, cell, number)
        if said := _said(template, cell):
            spoken.append((texts_of(template).spoken_of(said.source), said))
    # With a digest: another version of a file is another answer to mark.
    versions = ", ".join(f"{name} ({(documents[name] or 'unreadable')[:8]})" for name in named)
    filled: dict[str, SubmittedCell] = {}
    for name in blank:
        others = [cell for names, cell in spoken if name in names]
        if not (found := [*others, *own]) and not documents:
            continue
        text = "\n\n".join(cell.source.strip("\n") for cell in found)
        if len(text) > _LONGEST_REPEATED:
            text = f"{text[:_LONGEST_REPEATED]} …\n\n{_ALL}"
        pictures = {key: data for cell in found for key, data in cell.attachments.items()}
        attachments = dict(list(pictures.items())[:_MOST_REPEATED])
        if documents:
            text = f"{text}\n\nHanded in next to the notebook: {versions}".strip()
        filled[name] = SubmittedCell("markdown", text, name, attachments)
        where = "other cells have text of your own; that text was copied into it"
        where = where if found else f"{beside} {were} handed in next to the notebook"
        notes.append(f"cell {name} had no answer, but {where}, and a person will look at it")
    kept = [cell for cell in cells if cell.name not in filled]
    return [*kept, *filled.values()] if filled else cells


def _own_text(template: Template, cell: SubmittedCell, number: int) -> Iterator[SubmittedCell]:
    """What a cell that is no solution contains of the student's own words and pictures. `number` is its place."""
    form = template.by_name.get(cell.name)
    if cell.kind == "code":
        locked = form is not None and not template.is_solution(form.name) and not cell.as_released
        code = cell.source if form is None else _remarks_beyond(form, cell) if locked else ""
        text = prose_in_code(code)
        if not text and (form is None or template.is_solution(form.name)):
            text = sentences(cell.shown)  # of an answer that was read from a file, or typed into `input()`
        if text:
            yield SubmittedCell("markdown", text)
        if form is None and cell.pictures and shows_only(cell.source):
            shown = {f"cell-{number}-{n}.png": {"image/png": one} for n, one in enumerate(cell.pictures)}
            yield SubmittedCell("markdown", "\n".join(f"![](attachment:{name})" for name in shown), "", shown)
    elif form is None:
        if says_something(cell.source) or cell.attachments:
            yield replace(cell, kind="markdown")
    elif not template.is_solution(form.name) and not cell.as_released:
        released = texts_of(template).by_name.get(form.name)
        if text := released.added(cell.source) if released else "":
            yield replace(cell, kind="markdown", source=text)


def _said(template: Template, cell: SubmittedCell) -> SubmittedCell | None:
    """What may speak of a question: an answer to another one, the comments and strings of code; None otherwise."""
    form = template.by_name.get(cell.name, _NO_CELL)
    if cell.kind == "code":
        text = remarks(_beyond(form, cell))
        return SubmittedCell("markdown", text) if text else None
    return cell if template.is_solution(form.name) and form.kind == "markdown" else None


def _remarks_beyond(form: NotebookCell, cell: SubmittedCell) -> str:
    """The comments that a student added to a code cell of the release, as they stand in it."""
    added = (line.strip() for line in numbered(_beyond(form, cell)))
    return "\n".join(line for line in added if line.startswith("#"))


def _beyond(form: NotebookCell, cell: SubmittedCell) -> str:
    """The lines of a cell that the released one does not have."""
    released = {line.strip() for line in numbered(form.source)}
    return "\n".join(line for line in numbered(cell.source) if line.strip() not in released)
