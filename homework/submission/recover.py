"""Find work that is in the wrong place, as a teacher would find it.

Examples are a cell that lost its name, the lower half of a split cell, an answer next to its cell, and a function in
another cell.
"""

from __future__ import annotations

from dataclasses import replace

from homework.course.cells import grade_cell, is_question_cell, task_of
from homework.submission.lines import bare, continues, definitions, seems_to_define, words
from homework.submission.read import SubmittedCell
from homework.submission.template import NotebookCell, Template

_NO_CELL = NotebookCell("", "")


def recognize(template: Template, cells: list[SubmittedCell], notes: list[str]) -> list[SubmittedCell]:
    """Name cells that lost their name (copied elsewhere, split, saved by other editors) by their content."""
    present = {cell.name for cell in cells}
    texts = {bare(form.source): form.name for form in template.cells if not template.is_solution(form.name)}
    result = []
    previous = ""  # the template cell before
    above = SubmittedCell("", "")  # the cell before
    for cell in cells:
        name = cell.name
        if name not in template.by_name:
            name = texts.get(bare(cell.source), "") if cell.source.strip() else ""
            if not name and cell.kind == "code":
                if (
                    above.kind == "code"
                    and template.is_solution(above.name)
                    and continues(above.source, cell.source)
                ):
                    name = above.name
                    notes.append(f"cell {name} had been split; its parts were joined")
                else:
                    # An added cell that defines an exercise replaces its solution cell if that is missing.
                    defined = definitions(cell.source)
                    name = next((e for e in template.exercises if e not in present and e in defined), "")
            elif not name and is_question_cell(previous):
                answer = task_of(previous)
                name = answer if template.is_solution(answer) and answer not in present else ""
            if template.is_solution(name) and name not in present:
                notes.append(f"cell {name} had lost its name; it was recognized by its content")
                present.add(name)
        above = replace(cell, name=name)
        result.append(above)
        previous = name if name in template.by_name else previous
    return result


def take_answers(template: Template, cells: list[SubmittedCell], notes: list[str]) -> list[SubmittedCell]:
    """Move text that is next to an answer's cell, or in the question's, into the answer's cell if that is blank."""
    written = {cell.name for cell in cells if is_written(template.by_name.get(cell.name, _NO_CELL), cell)}
    blank = {
        form.name
        for form in template.cells
        if form.kind == "markdown" and template.is_solution(form.name) and form.name not in written
    }
    answers: dict[str, SubmittedCell] = {}
    texts: dict[str, list[str]] = {}
    result: list[SubmittedCell] = []
    answer = ""  # the question that the cells here belong to
    for cell in cells:
        named = cell.name in template.by_name
        if named:
            answer = task_of(cell.name)
        added = ""
        if answer in blank and cell.kind != "code":
            if not named:
                added = cell.source
            elif cell.name != answer:
                cell, added = _parted(template.by_name[cell.name], cell)
        if named or not added.strip():
            result.append(cell)
        if added.strip():
            if answer not in answers:
                answers[answer] = SubmittedCell("markdown", "", answer)
                result.append(answers[answer])
                notes.append(f"the answer to {answer} was outside its cell; it was moved there")
            texts.setdefault(answer, []).append(added.strip("\n"))
            answers[answer].attachments.update(cell.attachments)
    for name, parts in texts.items():
        answers[name].source = "\n\n".join(parts)
    return [cell for cell in result if cell.name not in answers or cell is answers[cell.name]]


def _parted(form: NotebookCell, cell: SubmittedCell) -> tuple[SubmittedCell, str]:
    """The locked cell `form` as it was released, and the text that the student added to it ("" if it was replaced)."""
    text, original = bare(cell.source), bare(form.source)
    if not original or original not in text:
        return cell, ""
    return replace(cell, source=form.source), text.replace(original, "", 1)


def functions_elsewhere(template: Template, cells: list[SubmittedCell]) -> dict[str, list[SubmittedCell]]:
    """For each exercise that is defined in other cells but not in its solution cell: the cells to copy into that.

    A definition between the solution cell and the grade cell runs in time and is not copied. Of several definitions
    the last one above the solution cell counts, otherwise the last one below the grade cell, with those cells below the
    grade cell that define what it mentions.
    """
    found: dict[str, list[SubmittedCell]] = {}
    placed: list[tuple[int, SubmittedCell, set[str]]] = []
    place = -1
    for cell in cells:
        form = template.by_name.get(cell.name)
        if form is not None:
            place = template.place(cell.name)
            if form.train:
                continue
        if cell.kind == "code" and (form is None or is_written(form, cell)):
            placed.append((place, cell, definitions(cell.source)))
    for exercise in filter(template.is_solution, template.exercises):
        start, end = template.place(exercise), template.place(grade_cell(exercise))
        written = [(cell, defined) for at, cell, defined in placed if cell.name == exercise]
        defining = [(at, cell) for at, cell, defined in placed if exercise in defined]
        if not defining or any(
            exercise in names or seems_to_define(cell.source, exercise) for cell, names in written
        ):
            continue
        if any(start <= at < end or cell.name == grade_cell(exercise) for at, cell in defining):
            continue
        above = [cell for at, cell in defining if at < start]
        if above:
            if not written:  # otherwise no stub overwrites it
                found[exercise] = [above[-1]]
            continue
        chosen = defining[-1][1]
        found[exercise] = [*_mentioned(chosen, [(c, names) for at, c, names in placed if at >= end]), chosen]
    return found


def _mentioned(chosen: SubmittedCell, below: list[tuple[SubmittedCell, set[str]]]) -> list[SubmittedCell]:
    """The cells in `below` that define what `chosen` mentions, directly or through other cells, in order."""
    needed = words(chosen.source)
    helpers: list[SubmittedCell] = []
    for cell, names in reversed(below):
        if cell is not chosen and names & needed:
            needed |= words(cell.source)
            helpers.append(cell)
    return helpers[::-1]


def is_written(form: NotebookCell, cell: SubmittedCell) -> bool:
    """Whether a student put something into a copy of the solution cell `form`."""
    return bare(cell.source) not in ("", bare(form.source)) or bool(cell.attachments)
