"""Rebuild a submission on its release: a notebook that can be trusted in form.

Theory of operation. `rebuild` walks the released notebook, the *template*: its own cells are taken from the template, a
solution cell gets the student's source, and the student's own cells follow the template cell that they followed in
the submission. Of the student's metadata only the name of a cell is looked at; tags, outputs and everything else are
dropped, but for the pictures that a cell displayed which is not run here (the tag `train` of the template).

Before that, work is found that stands in another place than its own, as a teacher would find it: a cell that lost its
name, the lower half of a split one, an answer beside its cell, a function in any other cell. Above all a stub is never
run over a function that the student defined elsewhere. All of it goes by the look of lines: a student's text is never
given to a parser, which text can be made to exhaust.

Whatever had to be repaired is noted in words that the student may read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from homework.course.cells import grade_cell, is_question_cell, task_of
from homework.submission.read import Cell
from homework.submission.template import RunCell, Template

_MANY = 4  # notes of the same kind that are one too many to read


class State(StrEnum):
    """What a student made of a solution cell."""

    ANSWERED = "answered"
    BLANK = "blank"  # nothing but space
    UNTOUCHED = "untouched"  # as it was released
    MISSING = "missing"  # there is no such cell


@dataclass
class Rebuilt:
    """A notebook rebuilt on its template, and the notes of what was repaired."""

    cells: list[RunCell]
    notes: list[str]
    states: dict[str, State]  # of each solution cell, by name


def rebuild(template: Template, cells: list[Cell]) -> Rebuilt:
    """Rebuild a submission's `cells` on `template`."""
    notes: list[str] = []
    cells = _recognise(template, cells, notes)
    cells = _take_answers(template, cells, notes)
    elsewhere = _functions_elsewhere(template, cells)
    groups = _group(template, cells)
    result: list[RunCell] = [_own(cell) for cell in groups.before]
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
    order = [cell.name for cell in cells if cell.name in template.by_name]
    places = [template.place(name) for name in dict.fromkeys(order)]
    if any(second < first for first, second in pairwise(places)):
        notes.append("cells had been reordered; they were put back in the order of the release")
    if cells and not order:
        notes.append("none of the release's cells was found: is this the right notebook?")
    return Rebuilt(result, _summed_up(notes), states)


def _summed_up(notes: list[str]) -> list[str]:
    """`notes`, where one says of many cells what others say of one each."""
    names: dict[str, list[str]] = {}
    parts = [re.match(r"cell (\w+) (.*)", note) for note in notes]
    for part in parts:
        if part is not None:
            names.setdefault(part[2], []).append(part[1])
    result: list[str] = []
    for note, part in zip(notes, parts, strict=True):
        if part is not None and len(same := names[part[2]]) > _MANY:
            note = f"cells {same[0]}, {same[1]} and {len(same) - 2} others: each {part[2]}"
        result.append(note)
    return list(dict.fromkeys(result))


# ---------------------------------------------------------------------------------------------- cells in their places


@dataclass
class _Groups:
    named: dict[str, list[Cell]] = field(default_factory=dict)
    before: list[Cell] = field(default_factory=list)
    after: dict[str, list[Cell]] = field(default_factory=dict)


def _group(template: Template, cells: list[Cell]) -> _Groups:
    """Sort cells into those of the template, by name, and the student's own, by the template cell before them."""
    groups = _Groups()
    anchor: str | None = None
    for cell in cells:
        if cell.name in template.by_name:
            groups.named.setdefault(cell.name, []).append(cell)
            anchor = cell.name
        elif cell.source.strip() or cell.attachments:
            (groups.before if anchor is None else groups.after.setdefault(anchor, [])).append(cell)
    return groups


def _locked(form: RunCell, found: list[Cell], notes: list[str]) -> list[RunCell]:
    """A cell of the template as it was released, with what the student made of it: code before it, text after it."""
    edits = [cell for cell in found if _bare(cell.source) not in ("", _bare(form.source))]
    if len(found) > 1:
        notes.append(f"cell {form.name} appeared {_times(len(found))}; one was kept")
    if not found and form.metadata:
        notes.append(f"cell {form.name} was missing; it was put back")
    if form.kind == "code":
        if edits:
            notes.append(f"cell {form.name} had been edited; the original was used, the edit ran before it")
        return [*(_own(replace(cell, kind="code")) for cell in edits), form]
    if edits:
        notes.append(
            f"cell {form.name} had been edited; the original was put back, the edit is kept below it"
        )
    return [form, *map(_own, edits)]


def _solution(form: RunCell, found: list[Cell], elsewhere: list[Cell], notes: list[str]) -> list[RunCell]:
    """A solution cell with what the student wrote, behind what has to run before it.

    Copies run in their order, each a cell of its own, so that an error in one does not cost the others; the last one
    is the solution. Texts are joined.
    """
    if not found and not elsewhere:
        notes.append(f"cell {form.name} was missing")
    if len(found) > 1 and not _is_split(found):
        notes.append(
            f"cell {form.name} appeared {_times(len(found))}; "
            + ("the last one was graded" if form.kind == "code" else "all of them are kept")
        )
    written = [cell for cell in found if _is_written(form, cell)]
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
    sources = list(dict.fromkeys(cell.source for cell in written))
    parts = _joined(sources) if form.kind == "code" else ["\n\n".join(sources)]
    earlier = [RunCell("code", source, own=True) for source in parts[:-1]]
    return [*earlier, replace(form, source=parts[-1], attachments=attachments, own=True)]


def _state(filled: RunCell, found: list[Cell]) -> State:
    if filled.own:
        return State.ANSWERED
    if not found:
        return State.MISSING
    return State.UNTOUCHED if any(cell.source.strip() for cell in found) else State.BLANK


def _not_run(form: RunCell, found: list[Cell]) -> RunCell:
    """A cell that is not run, as the student left it, with the pictures that it displayed to them."""
    sources = dict.fromkeys(
        cell.source for cell in found if _bare(cell.source) not in ("", _bare(form.source))
    )
    pictures = [picture for cell in found for picture in cell.pictures]
    return replace(form, source="\n\n".join(sources) or form.source, pictures=pictures, own=bool(sources))


def _is_written(form: RunCell, cell: Cell) -> bool:
    """Whether a student put something into a copy of the solution cell `form`."""
    return _bare(cell.source) not in ("", _bare(form.source)) or bool(cell.attachments)


def _joined(sources: list[str]) -> list[str]:
    """Code cells, with the parts of split ones put together."""
    parts: list[str] = []
    for source in sources:
        if parts and _continues(parts[-1], source):
            parts[-1] += "\n" + source
        else:
            parts.append(source)
    return parts


def _continues(upper: str, lower: str) -> bool:
    """Whether `lower` looks like the lower half of a split cell: it goes on where `upper` is not at an end.

    A cell may begin with blanks for no reason, too: Jupyter takes them away.
    """
    first = next((line for line in lower.splitlines() if line.strip()), "")
    blanks = _blanks(first)
    lines = [line for line in upper.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if not blanks or not lines:
        return False
    last = lines[-1].split("  #")[0].rstrip()
    if last.endswith((":", ",", "(", "[", "{", "\\")):
        return True
    levels: list[str] = []  # of the blocks that the last line stands in
    for line in lines:
        while levels and len(levels[-1]) > len(_blanks(line)):
            levels.pop()
        if not levels or levels[-1] != _blanks(line):
            levels.append(_blanks(line))
    ended = blanks == _blanks(last) and last.split()[0] in ("return", "raise", "break", "continue")
    return blanks in levels and not ended


def _blanks(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def _is_split(found: list[Cell]) -> bool:
    return all(cell.kind == "code" for cell in found[1:]) and len(_joined([c.source for c in found])) == 1


def _own(cell: Cell) -> RunCell:
    kind = "code" if cell.kind == "code" else "markdown"
    source = cell.source if cell.kind != "raw" else f"```\n{cell.source}\n```"
    return RunCell(kind, source, "", cell.attachments, own=True)


# ---------------------------------------------------------------------------------------------- finding work


def _recognise(template: Template, cells: list[Cell], notes: list[str]) -> list[Cell]:
    """Give cells that lost their name (copied elsewhere, split, other editors) the name that their content shows."""
    present = {cell.name for cell in cells}
    texts = {_bare(form.source): form.name for form in template.cells if not template.is_solution(form.name)}
    result = []
    previous = ""  # the template cell before
    above = Cell("", "")  # the cell before
    for cell in cells:
        name = cell.name
        if name not in template.by_name:
            name = texts.get(_bare(cell.source), "") if cell.source.strip() else ""
            if not name and cell.kind == "code":
                if (
                    above.kind == "code"
                    and template.is_solution(above.name)
                    and _continues(above.source, cell.source)
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


def _take_answers(template: Template, cells: list[Cell], notes: list[str]) -> list[Cell]:
    """Put texts that stand beside an answer's cell, or in its question's, into that cell if it is blank."""
    written = {cell.name for cell in cells if _is_written(template.by_name.get(cell.name, _NO_CELL), cell)}
    blank = {
        form.name
        for form in template.cells
        if form.kind == "markdown" and template.is_solution(form.name) and form.name not in written
    }
    answers: dict[str, Cell] = {}
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
                answers[answer] = Cell("markdown", added.strip("\n"), answer)
                result.append(answers[answer])
                notes.append(f"the answer to {answer} stood outside of its cell; it was put there")
            else:
                answers[answer].source += "\n\n" + added.strip("\n")
            answers[answer].attachments.update(cell.attachments)
    return [cell for cell in result if cell.name not in answers or cell is answers[cell.name]]


_NO_CELL = RunCell("", "")


def _parted(form: RunCell, cell: Cell) -> tuple[Cell, str]:
    """A copy of the locked cell `form` as it was released, and what the student added to it, "" if it is not that."""
    text, original = _bare(cell.source), _bare(form.source)
    if not original or original not in text:
        return cell, ""
    return replace(cell, source=form.source), text.replace(original, "", 1)


def _functions_elsewhere(template: Template, cells: list[Cell]) -> dict[str, list[Cell]]:
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
        if cell.kind == "code" and (form is None or _is_written(form, cell)):
            placed.append((place, cell, definitions(cell.source)))
    for exercise in filter(template.is_solution, template.exercises):
        start, end = template.place(exercise), template.place(grade_cell(exercise))
        written = [(cell, defined) for at, cell, defined in placed if cell.name == exercise]
        defining = [(at, cell) for at, cell, defined in placed if exercise in defined]
        if not defining or any(
            exercise in names or _seems_to_define(cell.source, exercise) for cell, names in written
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
    needed = _words(chosen.source)
    helpers: list[Cell] = []
    for cell, names in reversed(below):
        if cell is not chosen and names & needed:
            needed |= _words(cell.source)
            helpers.insert(0, cell)
    return helpers


_DEFINITION = re.compile(
    r"^(?:(?:async[ \t]+)?def|class)[ \t]+(\w+)|^(\w+)[ \t]*(?::[^=\n]+)?=(?!=)", re.MULTILINE
)


def definitions(source: str) -> set[str]:
    """The names that `source` defines at its top level, judged by the look of its lines."""
    return {function or variable for function, variable in _DEFINITION.findall(source)}


def _seems_to_define(source: str, name: str) -> bool:
    """Whether some line of `source` may define `name`, be it in a block, after a semicolon or in a tuple."""
    function = rf"(?:def|class)[ \t]{{1,9}}{name}\b"
    # Bounded, lest a text that repeats the name be read over and over again.
    variable = rf"(?<![\w.]){name}[ \t]{{0,9}}(?:,[\w \t,*]{{0,99}})?(?::[^=\n]{{1,99}})?=(?!=)"
    return re.search(f"{function}|{variable}", source) is not None


def _words(source: str) -> set[str]:
    return set(re.findall(r"[^\W\d]\w*", source))


@lru_cache(1024)  # most cells of a class are the release's
def _bare(source: str) -> str:
    """`source` without what editors change by themselves: blanks at line ends, blank lines around."""
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


def _times(count: int) -> str:
    return "twice" if count == 2 else f"{count} times"
