"""Read what students hand in, and rebuild from it a notebook that can be trusted in form.

Theory of operation. `read` takes bytes that may be anything and gives plain cells, never executing, never following
links. `rebuild` walks the released notebook, the *template*: its own cells are taken from the template, a solution
cell gets the student's source, and the student's own cells follow the template cell that they followed in the
submission. Of the student's metadata only the name of a cell is looked at; tags, outputs and everything else are
dropped. Whatever had to be repaired is noted in words that the student may read.
"""

from __future__ import annotations

import ast
import json
import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from homework.errors import UsageError

MAX_BYTES = 30 << 20
MAX_CELLS = 2000
MAX_SOURCE = 1 << 20


class Unreadable(Exception):
    """The submission is no notebook that can be graded; the text says why, to the student."""


@dataclass
class Cell:
    """One cell, reduced to what matters. `name` is its nbgrader grade_id, "" for a cell of the student's own."""

    kind: str
    source: str
    name: str = ""
    attachments: dict[str, Any] = field(default_factory=dict)


@dataclass
class RunCell(Cell):
    """A cell of a rebuilt notebook. `own`: written by the student; `exercise`: set on a grade cell."""

    own: bool = False
    exercise: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass
class Rebuilt:
    """A notebook rebuilt on its template, and the notes of what was repaired."""

    cells: list[RunCell]
    notes: list[str]
    answers: dict[str, str]  # the student's text of each solution cell, by name; absent where untouched


# ---------------------------------------------------------------------------------------------- reading


def read_bytes(path: Path, limit: int = MAX_BYTES) -> bytes:
    """The content of a regular file. Raises Unreadable for links, devices, and files larger than `limit` bytes."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        reason = "it is a link" if path.is_symlink() else (error.strerror or str(error))
        raise Unreadable(f"The file {_printable(path.name)} cannot be opened: {reason}.") from None
    status = os.fstat(fd)
    if not stat.S_ISREG(status.st_mode):
        os.close(fd)
        raise Unreadable(f"{_printable(path.name)} is not a regular file.")
    with os.fdopen(fd, "rb") as file:
        if status.st_size > limit:
            raise Unreadable(
                f"The file is {status.st_size / 1e6:.0f} MB large; at most {limit / 1e6:.0f} MB are read. "
                "Clear the outputs (Edit > Clear Outputs of All Cells) and shrink the pictures."
            )
        return file.read(limit + 1)[:limit]


def read(data: bytes) -> tuple[list[Cell], list[str]]:
    """The cells of a submitted notebook, and notes of what was odd. Raises Unreadable with the reason."""
    notes: list[str] = []
    notebook = _parse(data, notes)
    version = notebook.get("nbformat")
    if version != 4:
        shown = version if type(version) is int else "unknown"
        raise Unreadable(
            f"The notebook has format version {shown}; only version 4 is read: save it with JupyterLab."
        )
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        raise Unreadable("The notebook has no list of cells.")
    if len(cells) > MAX_CELLS:
        raise Unreadable(f"The notebook has {len(cells)} cells; at most {MAX_CELLS} are read.")
    result = []
    for number, raw in enumerate(cells, 1):
        cell = _cell(raw, notes, number)
        if cell is not None:
            result.append(cell)
    return result, list(dict.fromkeys(notes))


def _parse(data: bytes, notes: list[str]) -> dict[str, Any]:
    if not data.strip():
        raise Unreadable("The file is empty.")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
        notes.append("the file was in UTF-16; it was converted")
    else:
        encoding = "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise Unreadable("The file is not UTF-8 text, so it is no notebook.") from None
    try:
        notebook = json.loads(text)
    except RecursionError:
        raise Unreadable("The file is nested too deeply to be a notebook.") from None
    except ValueError:
        start = text.lstrip()[:1]
        hint = "it breaks off or was damaged" if start == "{" else "it is something else, perhaps renamed"
        raise Unreadable(f"The file is no notebook: {hint} (it is not JSON).") from None
    if not isinstance(notebook, dict):
        raise Unreadable("The file is JSON, but no notebook.")
    return notebook


def _cell(raw: Any, notes: list[str], number: int) -> Cell | None:
    if not isinstance(raw, dict):
        notes.append(f"cell {number} was malformed and left out")
        return None
    source = raw.get("source", "")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        notes.append(f"cell {number} had no readable source and was left out")
        return None
    if len(source) > MAX_SOURCE:
        notes.append(f"cell {number} was cut to {MAX_SOURCE} characters")
        source = source[:MAX_SOURCE]
    clean = source.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd").replace("\r\n", "\n")
    if clean != source and clean != source.replace("\r\n", "\n"):
        notes.append(f"cell {number} held characters that are no text; they were replaced")
    kind = raw.get("cell_type")
    metadata = raw.get("metadata")
    mark = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = mark.get("grade_id") if isinstance(mark, dict) else None
    attachments = raw.get("attachments")
    return Cell(
        kind if kind in ("code", "markdown") else "raw",
        clean,
        name if isinstance(name, str) else "",
        attachments if isinstance(attachments, dict) else {},
    )


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else "\ufffd" for char in text)[:100]


# ---------------------------------------------------------------------------------------------- rebuilding


class Template:
    """A released notebook, the form that submissions are rebuilt on."""

    def __init__(self, notebook: dict[str, Any]) -> None:
        self.notebook = notebook
        self.cells: list[RunCell] = []
        for index, raw in enumerate(notebook["cells"]):
            mark = raw["metadata"].get("nbgrader", {})
            name = mark.get("grade_id", f"template_{index}")
            graded_code = raw["cell_type"] == "code" and mark.get("grade") and not mark.get("solution")
            self.cells.append(
                RunCell(
                    kind=raw["cell_type"],
                    source="".join(raw["source"]),
                    name=name,
                    attachments=raw.get("attachments", {}),
                    exercise=name.removeprefix("test_") if graded_code else "",
                    metadata={"nbgrader": mark} if mark else {},
                )
            )
        self.by_name = {cell.name: cell for cell in self.cells}
        self.exercises = [cell.exercise for cell in self.cells if cell.exercise]

    @classmethod
    def load(cls, path: Path) -> Template:
        """Read a released notebook."""
        return cls(json.loads(path.read_text()))

    def is_solution(self, name: str) -> bool:
        """Whether the cell called `name` is one that students fill."""
        return bool(name in self.by_name and self.by_name[name].metadata.get("nbgrader", {}).get("solution"))


def rebuild(template: Template, cells: list[Cell]) -> Rebuilt:
    """Rebuild a submission's `cells` on `template`."""
    notes: list[str] = []
    cells = _recognise(template, cells, notes)
    groups = _group(template, cells)
    result: list[RunCell] = [_own(cell) for cell in groups.before]
    answers: dict[str, str] = {}
    for form in template.cells:
        found = groups.named.get(form.name, [])
        if template.is_solution(form.name):
            filled = _solution(form, found, notes)
            if filled.own:
                answers[form.name] = filled.source
            result.append(filled)
        else:
            # What a student wrote into a locked cell is run before it, as a cell of the student's own.
            edited = [c for c in found if form.kind == "code" and _bare(c.source) != _bare(form.source)]
            if edited:
                notes.append(
                    f"cell {form.name} had been edited; the original was used, the edit ran before it"
                )
            if len(found) > 1:
                notes.append(f"cell {form.name} appeared {_times(len(found))}; one was kept")
            if not found and form.metadata:
                notes.append(f"cell {form.name} was missing; it was put back")
            result += [_own(cell) for cell in edited]
            result.append(form)
        result += [_own(cell) for cell in groups.after.get(form.name, [])]
    order = [cell.name for cell in cells if cell.name in template.by_name]
    positions = [list(template.by_name).index(name) for name in dict.fromkeys(order)]
    if positions != sorted(positions):
        notes.append("cells had been reordered; they were put back in the order of the release")
    if cells and not order:
        notes.append("none of the release's cells was found: is this the right notebook?")
    return Rebuilt(result, notes, answers)


@dataclass
class _Groups:
    named: dict[str, list[Cell]]
    before: list[Cell]
    after: dict[str, list[Cell]]


def _group(template: Template, cells: list[Cell]) -> _Groups:
    """Sort cells into those of the template, by name, and the student's own, by the template cell before them."""
    groups = _Groups({}, [], {})
    anchor: str | None = None
    for cell in cells:
        if cell.name in template.by_name:
            groups.named.setdefault(cell.name, []).append(cell)
            anchor = cell.name
        elif cell.source.strip() or cell.attachments:
            (groups.before if anchor is None else groups.after.setdefault(anchor, [])).append(cell)
    return groups


def _recognise(template: Template, cells: list[Cell], notes: list[str]) -> list[Cell]:
    """Give cells that lost their name (copied elsewhere, other editors) the name their content shows."""
    present = {cell.name for cell in cells}
    texts = {_bare(form.source): form.name for form in template.cells if not template.is_solution(form.name)}
    result = []
    previous = ""
    for cell in cells:
        name = cell.name
        if name not in template.by_name:
            name = texts.get(_bare(cell.source), "") if cell.source.strip() else ""
            if not name and cell.kind == "code":
                # An own cell that defines an exercise stands for its solution cell when that one is gone.
                defined = [e for e in template.exercises if e not in present and defines(cell.source, e)]
                name = defined[0] if defined else ""
            elif not name and previous.startswith("question_"):
                answer = previous.removeprefix("question_")
                name = answer if template.is_solution(answer) and answer not in present else ""
            if name and template.is_solution(name):
                notes.append(f"cell {name} had lost its name; it was recognised by its content")
                present.add(name)
        result.append(Cell(cell.kind, cell.source, name, cell.attachments))
        previous = name or previous
    return result


def _solution(form: RunCell, found: list[Cell], notes: list[str]) -> RunCell:
    """Fill a solution cell of the template with what the student wrote."""
    if not found:
        notes.append(f"cell {form.name} was missing")
        return form
    written = [cell for cell in found if _bare(cell.source) != _bare(form.source) or cell.attachments]
    if len(found) > 1:
        notes.append(
            f"cell {form.name} appeared {_times(len(found))}; "
            + ("the last one was graded" if form.kind == "code" else "all of them are kept")
        )
    if any(cell.kind != form.kind for cell in written):
        notes.append(f"cell {form.name} had been turned into another kind of cell; it was turned back")
    if not written:
        return form
    # All copies run in their order: of a copied cell the last definition stays, the halves of a split one join.
    source = "\n\n".join(dict.fromkeys(cell.source for cell in written))
    attachments = {name: data for cell in written for name, data in cell.attachments.items()}
    return RunCell(form.kind, source, form.name, attachments, own=True, metadata=form.metadata)


def _own(cell: Cell) -> RunCell:
    kind = "code" if cell.kind == "code" else "markdown"
    source = cell.source if cell.kind != "raw" else f"```\n{cell.source}\n```"
    return RunCell(kind, source, "", cell.attachments, own=True)


def _bare(source: str) -> str:
    """`source` without what editors change by themselves: blanks at line ends, blank lines around."""
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


def _times(count: int) -> str:
    return "twice" if count == 2 else f"{count} times"


# ---------------------------------------------------------------------------------------------- splicing


def defines(source: str, name: str) -> bool:
    """Whether `source` defines `name` at its top level, judged by the look of its lines."""
    pattern = rf"^(?:async\s+def|def|class)\s+{re.escape(name)}\b|^{re.escape(name)}\s*(?::[^=\n]+)?=(?!=)"
    return re.search(pattern, source, re.MULTILINE) is not None


def splice(template: Template, code: str) -> dict[str, Any]:
    """The released notebook with the functions that `code` defines in its solution cells.

    Imports and helpers go into the first cell filled, before its function. Raises UsageError when `code` is no
    Python or defines no exercise.
    """
    pieces = _pieces(code)
    wanted = [name for name in template.exercises if any(name in names for names, _, _ in pieces)]
    if not wanted:
        raise UsageError(f"the code defines none of the exercises: {', '.join(template.exercises)}")
    helpers = [text for names, text, quiet in pieces if quiet and not set(names) & set(wanted)]
    actions = [text for names, text, quiet in pieces if not quiet]
    sources = {}
    for name in wanted:
        own = [text for names, text, _ in pieces if name in names]
        sources[name] = "\n".join([*(helpers if name == wanted[0] else []), *own])
    sources[wanted[-1]] = "\n".join([sources[wanted[-1]], *actions])
    return fill(template, sources)


def fill(template: Template, sources: dict[str, str]) -> dict[str, Any]:
    """The released notebook with the cells named in `sources` replaced."""
    notebook: dict[str, Any] = json.loads(json.dumps(template.notebook))
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name in sources:
            cell["source"] = sources[name].strip("\n").splitlines(keepends=True)
    return notebook


def _pieces(code: str) -> list[tuple[list[str], str, bool]]:
    """The top-level statements of `code`: names bound, text with the comments above, whether it only defines."""
    try:
        tree = ast.parse(code)
    except SyntaxError as error:
        raise UsageError(f"the code is not valid Python: {error.msg} (line {error.lineno})") from None
    lines = code.splitlines()
    pieces = []
    start = 0
    for node in tree.body:
        end = node.end_lineno or node.lineno
        if end <= start:  # a second statement on the same line came along with the first
            continue
        quiet = isinstance(
            node,
            (
                ast.Import,
                ast.ImportFrom,
                ast.FunctionDef,
                ast.AsyncFunctionDef,
                ast.ClassDef,
                ast.Assign,
                ast.AnnAssign,
            ),
        ) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        pieces.append((_bound(node), "\n".join(lines[start:end]), quiet))
        start = end
    return pieces


def _bound(node: ast.stmt) -> list[str]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [node.name]
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return [alias.asname or alias.name for alias in node.names]
    targets = (
        node.targets
        if isinstance(node, ast.Assign)
        else [node.target]
        if isinstance(node, ast.AnnAssign)
        else []
    )
    return [name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)]
