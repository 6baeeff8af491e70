"""Read what students hand in.

Theory of operation. `read` takes arbitrary bytes and returns plain cells. It executes nothing and follows no links. It
keeps the source, kind, name and attachments of a cell. What cannot be a notebook is rejected, with a reason that the
student can read. `rebuild.py` turns the cells into a notebook that can be graded.
"""

from __future__ import annotations

import json
import os
import stat
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from homework.counted import counted
from homework.course.cells import is_as_released, name_of
from homework.untrusted.embedded import in_one_form
from homework.untrusted.text import printable

MAX_BYTES = 30 << 20
MAX_CELLS = 2000
MAX_SOURCE = 1 << 20
_MAX_PICTURES = 50  # of a cell
_ADDED = "created-in-deepnote-cell"  # in the text that Deepnote puts below a notebook
_LONGEST_SHOWN = 50_000  # characters of a cell's outputs that are looked at
_MOST_NOTES = 20
_DEEPEST = 200  # objects and lists in one another
_NESTED = {dict, list}  # of what JSON is read as
_TOO_DEEP = "The file is nested too deeply to be a notebook."


class Refusal(StrEnum):
    """Why a file was refused."""

    MISSING = "missing"
    LINK = "link"
    IRREGULAR = "irregular"  # a folder, a device, a pipe
    TOO_LARGE = "too large"
    UNREADABLE = "unreadable"


class Unreadable(Exception):
    """The submission is not a notebook that can be graded; the message tells the student why.

    `refusal` is the reason, if it is the file itself.
    """

    def __init__(self, text: str, refusal: Refusal = Refusal.UNREADABLE) -> None:
        super().__init__(text)
        self.refusal = refusal


@dataclass
class SubmittedCell:
    """One cell, reduced to what matters.

    `name` is its nbgrader grade_id, or "" for one that the student added. `pictures` are the PNG pictures among its
    outputs, in base64 as they were handed in, `shown` the text among them. `as_released`: it has the checksum of some
    release.
    """

    kind: str
    source: str
    name: str = ""
    attachments: dict[str, Any] = field(default_factory=dict)
    pictures: list[str] = field(default_factory=list)
    shown: str = ""
    as_released: bool = False


def read_bytes(path: Path, limit: int = MAX_BYTES) -> bytes:
    """The content of a regular file. Raises Unreadable for links, devices, and files larger than `limit` bytes."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        refusal = Refusal.MISSING if isinstance(error, FileNotFoundError) else Refusal.UNREADABLE
        refusal = Refusal.LINK if path.is_symlink() else refusal
        reason = "it is a link" if refusal is Refusal.LINK else (error.strerror or str(error))
        raise Unreadable(
            f"The file {printable(path.name, 100)} cannot be opened: {reason}.", refusal
        ) from None
    status = os.fstat(fd)
    if not stat.S_ISREG(status.st_mode):
        os.close(fd)
        raise Unreadable(f"{printable(path.name, 100)} is not a regular file.", Refusal.IRREGULAR)
    with os.fdopen(fd, "rb") as file:
        size = status.st_size
        if size <= limit:
            try:
                data = file.read(size + 1)  # memory is taken for as much as is asked for
                if len(data) > size:
                    data += file.read(limit - size)
            except OSError as error:
                raise Unreadable(f"The file cannot be read: {error.strerror}.") from None
            if len(data) <= limit:
                return data
            size = len(data)  # it grew meanwhile
    raise Unreadable(
        f"The file is {size / 1e6:.0f} MB; at most {limit / 1e6:.0f} MB are read. "
        "Clear the outputs (Edit > Clear Outputs of All Cells) and shrink the pictures.",
        Refusal.TOO_LARGE,
    )


def read(data: bytes) -> tuple[list[SubmittedCell], list[str]]:
    """The cells of a submitted notebook, and notes about what was odd. Raises Unreadable with the reason."""
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
    return result, _few(list(dict.fromkeys(notes)))


def _few(notes: list[str]) -> list[str]:
    """Notes that a person may read, with the number of the others."""
    others = len(notes) - _MOST_NOTES
    if others <= 0:
        return notes
    were = counted(others, "other cell was", "other cells were")
    return [*notes[:_MOST_NOTES], f"and {were} odd in these ways"]


def _parse(data: bytes, notes: list[str]) -> dict[str, Any]:
    if not data.strip():
        raise Unreadable("The file is empty.")
    if kind := _kind(data):
        raise Unreadable(f"The file is {kind}, not a notebook.")
    text = _text(data, notes)
    try:
        notebook = json.loads(text, parse_int=_number)
    except RecursionError:
        raise Unreadable(_TOO_DEEP) from None
    except ValueError:
        damaged = text.lstrip()[:1] == "{"
        hint = "it is cut off or damaged" if damaged else "it is something else, perhaps renamed"
        raise Unreadable(f"The file is not a notebook: {hint} (it is not JSON).") from None
    if _is_deep(notebook):
        raise Unreadable(_TOO_DEEP)
    if not isinstance(notebook, dict):
        raise Unreadable("The file is JSON, but not a notebook.")
    return notebook


def _is_deep(value: Any) -> bool:
    """Whether a value is nested more deeply than a notebook, on every Python: each has another limit of its own."""
    level = [value] if type(value) in _NESTED else []
    for _ in range(_DEEPEST):
        if not level:
            return False
        inside = [one.values() if type(one) is dict else one for one in level]
        # Most are lists of lines, and it is quicker to ask for all types in one go.
        nested = [values for values in inside if not _NESTED.isdisjoint(map(type, values))]
        level = [inner for values in nested for inner in values if type(inner) in _NESTED]
    return True


def _text(data: bytes, notes: list[str]) -> str:
    """The text of the file. UTF-16 (which Windows calls Unicode) and Windows-1252 are read too."""
    encoding = json.detect_encoding(data)
    name = "UTF-8" if encoding.startswith("utf-8") else encoding[:6].upper()
    try:
        text = data.decode("utf-8-sig" if name == "UTF-8" else encoding)
    except UnicodeDecodeError:
        text, name = data.decode("cp1252", "replace"), "Windows-1252"
        if text.lstrip()[:1] != "{":
            raise Unreadable("The file is not UTF-8 text, so it is not a notebook.") from None
    if name != "UTF-8":
        notes.append(f"the file was in {name}, not UTF-8; it was converted")
    return text


def _number(digits: str) -> int:
    """An integer, shortened: no number in a notebook matters here, and Python rejects one with thousands of digits."""
    return int(digits[:20])


_KINDS = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a ZIP archive",
    b"\x1f\x8b": "a gzip archive",
    b"Rar!": "a RAR archive",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"<": "a web page",
}


def _kind(data: bytes) -> str | None:
    """What kind of file this is instead of a notebook, if its first bytes tell."""
    start = data.lstrip()[:8]
    return next((kind for sign, kind in _KINDS.items() if start.startswith(sign)), None)


def _cell(raw: Any, notes: list[str], number: int) -> SubmittedCell | None:
    if not isinstance(raw, dict):
        notes.append(f"cell {number} was malformed and left out")
        return None
    source = raw.get("source", "")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        notes.append(f"cell {number} had no readable source and was left out")
        return None
    attachments = raw.get("attachments")
    attachments = attachments if isinstance(attachments, dict) else {}
    kind, typed = raw.get("cell_type"), source
    if not source.isascii():  # before addresses of pictures are read, which are bytes of UTF-8
        source = source.encode("utf-8", "replace").decode("utf-8")
    source = source.replace("\0", "\ufffd")
    if source != typed:
        notes.append(f"cell {number} contained characters that are not text; they were replaced")
    if kind != "code" and _ADDED in source:
        return None
    if kind != "code":  # a picture in the text may be larger than any text
        source, attachments = in_one_form(source, attachments)
    if len(source) > MAX_SOURCE:
        notes.append(f"cell {number} was cut to {MAX_SOURCE} characters")
        source = source[:MAX_SOURCE]
    clean = source.replace("\r\n", "\n").replace("\r", "\n")
    return SubmittedCell(
        kind if kind in ("code", "markdown") else "raw",
        clean,
        name_of(raw),
        attachments,
        _pictures(raw.get("outputs")),
        _text_shown(raw.get("outputs")),
        is_as_released(raw, clean) or (clean != typed and is_as_released(raw, typed)),
    )


def _pictures(outputs: Any) -> list[str]:
    """The PNG pictures among a cell's `outputs`, in base64. Whether they are pictures is for others to check."""
    found = []
    for output in outputs if isinstance(outputs, list) else ():
        data = output.get("data") if isinstance(output, dict) else None
        picture = data.get("image/png") if isinstance(data, dict) else None
        if isinstance(picture, list) and all(isinstance(line, str) for line in picture):
            picture = "".join(picture)
        if isinstance(picture, str):
            found.append(picture)
    return found[:_MAX_PICTURES]


def _text_shown(outputs: Any) -> str:
    """What a cell printed or displayed as text, in the student's own run; no warnings, errors or names of objects."""
    found: list[str] = []
    left = _LONGEST_SHOWN
    for output in outputs if isinstance(outputs, list) else ():
        if not isinstance(output, dict) or left <= 0:
            continue
        data = output.get("data")
        if isinstance(data, dict):
            text = next(
                (data[kind] for kind in ("text/markdown", "text/html", "text/plain") if kind in data), ""
            )
        else:
            text = output.get("text") if output.get("name") == "stdout" else ""
        if isinstance(text, list) and all(isinstance(line, str) for line in text):
            text = "".join(text)
        if isinstance(text, str):
            found.append(text[:left].encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd"))
            left -= len(text)
    return "\n".join(found)
