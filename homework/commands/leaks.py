"""What a release must not hold: hidden tests, references, model answers and marking schemes, in whatever form."""

from __future__ import annotations

import ast
import base64
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any
from urllib.parse import quote

from homework.course import Assignment, Course
from homework.course.cells import label, name_of
from homework.errors import ReleaseError

_FORBIDDEN_MARKS = (
    "BEGIN SOLUTION",
    "BEGIN HIDDEN TESTS",
    "BEGIN MARK SCHEME",
    "homework.reference",
    "homework.judge",
)
# nbgrader leaves in the release what stands between marks that it does not know.
_MARKS = [
    f"### {edge} {what}" for what in ("SOLUTION", "HIDDEN TESTS", "MARK SCHEME") for edge in ("BEGIN", "END")
]
_MARKING = re.compile(
    r"^[^\S\n]*(?:#+|<!--|//|\"{3}|%+)[^\S\n]*([A-Za-z][A-Za-z_ \t-]{4,40}?)[^\w\n]*$", re.MULTILINE
)
_ALIKE = 0.8  # of letters
_REGIONS = re.compile(r"BEGIN (?:SOLUTION|MARK SCHEME|HIDDEN TESTS)[^\n]*\n(.*?)\n[^\n]*END ", re.DOTALL)
_BULLET = re.compile(
    r"^[\s>]*(?:[-*+•]|\d+[.)])?\s*(?:\([\d.]+ points?\))?"
)  # and the points of a marking scheme
_LONGEST_INNOCENT = 40  # characters of a line that may stand in a release and in a solution by coincidence


def instructors_cell(assignment: Assignment, file: str) -> str:
    """The cell whose part for instructors mentions a file beside the notebook; "" if none does."""
    return next((cell for cell, part in _instructors_parts(assignment) if mentions(part, file)), "")


def search(course: Course, assignment: Assignment, folder: Path) -> None:
    """Search released files for what must not be in them. Raises ReleaseError naming file and line."""
    code, prose = _secret_lines(course, assignment)
    pictures = _secret_pictures(assignment)
    public = (folder / assignment.notebook.name).read_text("utf-8")
    found: list[str] = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        where = pictures.get(_digest(path.read_bytes()))
        if where and not mentions(public, path.relative_to(folder).as_posix()):
            found.append(f"{path.name} is a picture of {where}")
        if path.suffix in (".png", ".jpg", ".jpeg", ".gif", ".webp"):
            continue
        text = path.read_text("utf-8", "replace")
        if path.suffix == ".ipynb":
            notebook = json.loads(text)
            text = "\n".join(_texts(notebook))
            found += [
                f"{path.name} holds a picture of {pictures[digest]}"
                for digest in _pictures(notebook["cells"])
                if digest in pictures
            ]
        found += [f"{path.name} contains {mark!r}" for mark in _FORBIDDEN_MARKS if mark in text]
        found += [
            f"{path.name} contains {typed!r}, which leaves what it should cut out: write {mark!r}"
            for typed, mark in misspelled_marks(text)
        ]
        lines = [_squeezed(line) for line in text.splitlines()]
        copied = {line: code[line] for line in sorted(code.keys() & set(lines))}
        joined = "".join(lines)  # prose may be wrapped, or have other text around it
        copied |= {line: prose[line] for line in sorted(prose) if line in joined}
        found += [f"{path.name} contains a line of {where}" for where in copied.values()]
    if found:
        raise ReleaseError(f"{assignment.name} would release what it must not: " + "; ".join(found[:5]))


def mentions(text: str, address: str) -> bool:
    """Whether `text` has an address, as it is or as it stands in a link."""
    forms = "|".join(re.escape(form) for form in (address, quote(address, safe=":/")))
    return re.search(rf"(?:{forms})(?![\w.%-])", text) is not None


def misspelled_marks(text: str) -> Iterator[tuple[str, str]]:
    """Lines that are nearly one of nbgrader's marks, such as `# Begin solution`, and the mark."""
    for line, words in {match[0].strip(): match[1] for match in _MARKING.finditer(text)}.items():
        typed = re.sub(r"[\W_]+", " ", words).strip().upper()
        alike = {mark: SequenceMatcher(None, typed, mark.removeprefix("### ")).ratio() for mark in _MARKS}
        mark = max(alike, key=alike.__getitem__)
        if alike[mark] > _ALIKE and line not in _MARKS:
            yield line, mark


def _instructors_parts(assignment: Assignment) -> Iterator[tuple[str, str]]:
    """The parts of the source notebook that students do not get, with the name of their cell."""
    for cell in assignment.cells:
        regions = _REGIONS.findall(cell["source"])
        if not regions and label(cell).solution:  # then nbgrader replaces all of it
            regions = [cell["source"]]
        for region in regions:
            yield name_of(cell), region


def _secret_lines(course: Course, assignment: Assignment) -> tuple[dict[str, str], dict[str, str]]:
    """Long lines of hidden tests and banks, and of marking schemes and model answers, with where they come from."""
    code: dict[str, str] = {}
    prose: dict[str, str] = {}

    def keep(secrets: dict[str, str], lines: list[str], where: str) -> None:
        secrets.update({_squeezed(line): where for line in lines if len(_squeezed(line)) > _LONGEST_INNOCENT})

    for exercise in assignment.exercises.values():
        for path in course.deciding_files(assignment.name, exercise):
            if path.suffix == ".py":
                keep(code, _statements(path), f"{path.name} of {exercise.name}")
    for choice in course.choices(assignment.name).values():
        keep(
            prose,
            [choice.source, *(option.why for option in choice.options.values())],
            f"the key of {choice.name}",
        )
    for cell in assignment.cells:
        name = name_of(cell)
        for region in _REGIONS.findall(cell["source"]):
            keep(
                prose if cell["cell_type"] == "markdown" else code,
                region.splitlines(),
                f"the instructors' part of cell {name}",
            )
    return code, prose


def _statements(path: Path) -> list[str]:
    """The lines of a Python file that do something: not imports, signatures and docstrings, which a stub has too."""
    lines = path.read_text("utf-8").splitlines()
    kept = []
    for node in ast.walk(ast.parse("\n".join(lines))):
        if not isinstance(node, ast.stmt) or isinstance(
            node, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
        ):
            continue
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            kept += lines[node.lineno - 1 : node.end_lineno]
    return kept


def _squeezed(line: str) -> str:
    """A line without what changes when it is copied into another text: its bullet, its points, and all spaces."""
    return "".join(_BULLET.sub("", line, count=1).split())


def _secret_pictures(assignment: Assignment) -> dict[str, str]:
    """The digests of pictures that were attached for instructors' parts, with where they come from."""
    secret: dict[str, str] = {}
    public: set[str] = set()
    for cell in assignment.cells:
        parts = _REGIONS.split(cell["source"])
        shown = "" if len(parts) == 1 and label(cell).solution else "".join(parts[::2])
        for name, bundle in cell.get("attachments", {}).items():
            digests = _pictures([{**cell, "attachments": {name: bundle}}])
            if mentions(shown, f"attachment:{name}"):
                public |= digests.keys()
            else:
                secret.update(digests)
    return {
        digest: f"the instructors' part of cell {name}"
        for digest, name in secret.items()
        if digest not in public
    }


def _pictures(cells: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The digests of the pictures attached to `cells`, with the name of the cell."""
    found = {}
    for cell in cells:
        for bundle in cell.get("attachments", {}).values():
            for data in bundle.values():
                text = "".join(data) if isinstance(data, list) else str(data)
                with suppress(ValueError):  # what is not base64 is a text, and searched as one
                    found[_digest(base64.b64decode(text))] = name_of(cell)
    return found


def _texts(value: Any) -> Iterator[str]:
    """All texts in a notebook's JSON, its metadata and outputs included; a list of lines is one text."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield key
            yield from _texts(one)
    elif isinstance(value, list) and all(isinstance(one, str) for one in value):
        yield "".join(value)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, str):
        yield value


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
