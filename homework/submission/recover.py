"""Find work that is in the wrong place, as a teacher would find it.

Examples are a cell that lost its name, the lower half of a split cell, and a function in another cell. `written.py`
finds written answers.
"""

from __future__ import annotations

from dataclasses import replace

from homework.course.cells import grade_cell, is_question_cell, task_of
from homework.submission.lines import bare, continues, definitions, seems_to_define, words
from homework.submission.read import SubmittedCell
from homework.submission.template import Template
from homework.submission.written import is_written


def recognize(template: Template, cells: list[SubmittedCell], notes: list[str]) -> list[SubmittedCell]:
    """Name cells that lost their name (copied elsewhere, split, saved by other editors) by their content."""
    present = {cell.name for cell in cells}
    texts: dict[str, str] = {}
    for form in template.cells:  # a stub that several cells share, such as YOUR ANSWER HERE, tells nothing
        shared = bare(form.source) in texts and template.is_solution(form.name)
        texts[bare(form.source)] = "" if shared else form.name
    result = []
    previous = ""  # the template cell before
    above = SubmittedCell("", "")  # the cell before
    for cell in cells:
        name = cell.name
        if name not in template.by_name:
            name = texts.get(bare(cell.source), "") if cell.source.strip() else ""
            if name in present and template.is_solution(name):
                name = ""
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
