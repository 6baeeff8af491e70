"""Answers that are known to go round, in a folder: FOLDER/TASK/*.py, .md, .txt or .ipynb."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from homework.errors import UsageError
from homework.submission.read import Unreadable, read, read_bytes

_ENDINGS = (".py", ".md", ".txt", ".ipynb")


def leaked(folder: Path, tasks: Collection[str]) -> dict[str, dict[str, str]]:
    """The texts in `folder` by task, called `(leaked: file)`. Raises UsageError if there are none."""
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder")
    found: dict[str, dict[str, str]] = {}
    for place in sorted(folder.iterdir()):
        if place.name not in tasks or not place.is_dir():
            continue
        for path in sorted(place.iterdir()):
            if path.suffix.casefold() in _ENDINGS and path.is_file():
                found.setdefault(place.name, {})[f"(leaked: {path.name})"] = _text(path)
    if not found:
        raise UsageError(
            f"{folder} has no file of a task, such as {folder}/{next(iter(tasks), 'TASK')}/seen.py "
            f"({', '.join(_ENDINGS)})"
        )
    return found


def _text(path: Path) -> str:
    try:
        data = read_bytes(path)
        if path.suffix.casefold() != ".ipynb":
            return data.decode("utf-8", "replace")
        return "\n\n".join(cell.source for cell in read(data)[0])
    except Unreadable as problem:
        raise UsageError(f"{path} cannot be read: {problem}") from None
