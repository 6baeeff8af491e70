"""Find work that stands in another place than its own, as a teacher would find it.

A cell that lost its name, the lower half of a split one, an answer next to its cell, a function in any other cell.
"""

from __future__ import annotations

from dataclasses import replace

from homework.course.cells import grade_cell, is_question_cell, task_of
from homework.submission.lines import bare, continues, definitions, seems_to_define, words
from homework.submission.read import Cell
from homework.submission.template import RunCell, Template

_NO_CELL = RunCell("", "")


def recognise(template: Template, cells: list[Cell], notes: list[str]) -> list[Cell]:
    """Give cells that lost their name (copied elsewhere, split, other editors) the name that their content shows."""
    present = {cell.name for cell in cells}
    texts = {bare(form.source): form.name for form in template.cells if not template.is_solution(form.name)}
    result = []
    previous = ""  # the template cell before
    above = Cell("", "")  # the cell before
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
                    # An own cell that defines an exercise stands for its solution cell when that one is gone.
                    defined = definitions(cell.source)
                    name = next((e for e in template.exercises if e not in present and e in defined), "")
            elif not name and is_question_cell(previous):
                answer = task_of(previous)
                name = answer if template.is_solution(answer) and answer not in present else ""
            if template.is_solution(name) and name not in present:
                notes.append(f"cell {name} had lost its name; it was recognised by its content")
                present.add(name)
        above = replace(cell, name=name)
        result.append(above)
        previous = name if name in template.by_name else previous
    return result


def take_answers(template: Template, cells: list[Cell], notes: list[str]) -> list[Cell]:
    """Put texts that stand beside an answer's cell, or in its question's, into that cell if it is blank."""
    written = {cell.name for cell in cells if is_written(template.by_name.get(cell.name, _NO_CELL), cell)}
    blank = {
        form.name
        for form in template.cells
        if form.kind == "markdown" and template.is_solution(form.name) and form.name not in written
    }
    answers: dict[str, Cell] = {}
    texts: dict[str, list[str]] = {}
    result: list[Cell] = []
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
                answers[answer] = Cell("markdown", "", answer)
                result.append(answers[answer])
                notes.append(f"the answer to {answer} stood outside of its cell; it was put there")
            texts.setdefault(answer, []).append(added.strip("\n"))
            answers[answer].attachments.update(cell.attachments)
    for name, parts in texts.items():
        answers[name].source = "\n\n".join(parts)
    return [cell for cell in result if cell.name not in answers or cell is answers[cell.name]]


def _parted(form: RunCell, cell: Cell) -> tuple[Cell, str]:
    """A copy of the locked cell `form` as it was released, and what the student added to it, "" if it is not that."""
    text, original = bare(cell.source), bare(form.source)
    if not original or original not in text:
        return cell, ""
    return replace(cell, source=form.source), text.replace(original, "", 1)


def functions_elsewhere(template: Template, cells: list[Cell]) -> dict[str, list[Cell]]:
    """The code to put into the solution cells of exercises that other cells define and these do not.

    Where it would run in time, between the solution cell and the grade cell, nothing need be done. Of several cells
    that define the exercise the last one above counts; else the last one below, with the cells from the grade cell on
    that define what it mentions.
    """
    found: dict[str, list[Cell]] = {}
    placed: list[tuple[int, Cell, set[str]]] = []
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
            if not written:  # else nothing runs over it
                found[exercise] = [above[-1]]
            continue
        chosen = defining[-1][1]
        found[exercise] = [*_mentioned(chosen, [(c, names) for at, c, names in placed if at >= end]), chosen]
    return found


def _mentioned(chosen: Cell, below: list[tuple[Cell, set[str]]]) -> list[Cell]:
    """Of the cells `below` those that define what `chosen` mentions, or what these mention, in their order."""
    needed = words(chosen.source)
    helpers: list[Cell] = []
    for cell, names in reversed(below):
        if cell is not chosen and names & needed:
            needed |= words(cell.source)
            helpers.append(cell)
    return helpers[::-1]


def is_written(form: RunCell, cell: Cell) -> bool:
    """Whether a student put something into a copy of the solution cell `form`."""
    return bare(cell.source) not in ("", bare(form.source)) or bool(cell.attachments)
