"""Which file in a student's folder is the notebook.

Theory of operation. Students rename their copy, browsers append `.json`, archives add folders and twins of every file.
The file with the right name is taken, unless it is the untouched release (or cannot be read) and one other notebook
holds work. Without it, the only notebook that holds work is taken, whatever it is called. If several do, a person
decides. No link is followed, and only a few files are opened.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from homework.submission.read import Unreadable, read, read_bytes
from homework.submission.rebuild import rebuild
from homework.submission.template import Template
from homework.untrusted.text import printable

_SHOWN = 80  # characters of a name
_MOST_SHOWN = 5
_DEEPEST = 3  # folders in folders
_MOST_ENTRIES = 500
_MOST_OPENED = 12
# What a browser or an editor may add to the name of a notebook, or leave of it.
_ENDINGS = ("", ".json", ".txt", ".html", ".download", ".bak")
LMS_NOTE = "lms.json"  # what a learning management system said, which `homework collect` writes
OF_ITSELF = {"timestamp.txt", "submission_secret.txt", LMS_NOTE}
# Files in which people answer, or that they scan.
DOCUMENTS = {
    *(".pdf", ".doc", ".docx", ".odt", ".rtf", ".pages", ".md", ".txt", ".tex", ".html", ".htm"),
    *(".png", ".jpg", ".jpeg", ".gif", ".webp", ".heic", ".bmp", ".tif", ".tiff", ".svg"),
}
OF_SYSTEMS = ("__macosx", "__pycache__")


@dataclass(frozen=True)
class Choice:
    """The notebook, or the problem if there is none. `note` says what was odd.

    `documents` are names of other files that may hold answers.
    """

    path: Path | None
    problem: str = ""
    note: str = ""
    documents: tuple[str, ...] = ()


def is_hidden(name: str) -> bool:
    """Whether a file or folder is one of an operating system or an editor, such as macOS's `._hw1.ipynb`."""
    return name.startswith(".") or name.casefold() in OF_SYSTEMS


def files_below(folder: Path) -> Iterator[os.DirEntry[str]]:
    """All that is in `folder` and in folders in it but the folders, however deep they are; no link is followed."""
    folders = [os.fspath(folder)]
    while folders:
        try:
            with os.scandir(folders.pop()) as entries:
                inside = list(entries)
        except OSError:  # not to be read, or a path too long for the system
            continue
        folders += [entry.path for entry in inside if entry.is_dir(follow_symlinks=False)]
        yield from (entry for entry in inside if not entry.is_dir(follow_symlinks=False))


def choose(
    folder: Path, notebook: str, release: Callable[[], Template | None], known: Collection[str] = ()
) -> Choice:
    """Find the notebook in `folder`, which should be called `notebook`. `release` gives its template, if it is needed.

    `known` are the names of files that are released or asked for. Raises OSError if the folder cannot be read.
    """
    names = list(_files(folder, 0, [_MOST_ENTRIES]))
    chosen = _chosen(folder, notebook, names, release)
    taken = {*known, *((chosen.path.name,) if chosen.path else ())}
    others = [name for name in names if Path(name).name not in taken]
    modules = [name for name in others if name.casefold().endswith(".py")]
    said = f"{_shown(modules)} next to the notebook is not there when your code is graded: put it into the notebook"
    return replace(
        chosen,
        note="; ".join(filter(None, (chosen.note, said if modules and chosen.path else ""))),
        documents=tuple(name for name in others if Path(name).suffix.casefold() in DOCUMENTS),
    )


def _chosen(folder: Path, notebook: str, names: list[str], release: Callable[[], Template | None]) -> Choice:
    notebooks = [name for name in names if name.casefold().endswith(".ipynb") and name != notebook]
    beside = [name for name in notebooks if "/" not in name]
    if os.path.lexists(folder / notebook):
        return _named(folder, notebook, notebooks, beside, release)
    others = [name for name in names if name not in notebooks and _may_be_one(name)]
    for found in (beside, [name for name in notebooks if name not in beside], others):
        if found := found if found is not others else [name for name in found if _is_one(folder / name)]:
            return _one_of(folder, notebook, found, release)
    there = f"; the folder contains {_shown(names)}" if names else "; the folder is empty"
    return Choice(None, f"No notebook was handed in: {notebook} is missing{there}.")


def _named(
    folder: Path,
    notebook: str,
    others: list[str],
    beside: list[str],
    release: Callable[[], Template | None],
) -> Choice:
    """The choice where a notebook has the right name."""
    if others and not _holds_work(folder / notebook, release):
        worked = _different(
            folder, [name for name in others[:_MOST_OPENED] if _holds_work(folder / name, release)]
        )
        if len(worked) == 1:
            shown = _shown(worked)
            note = f"{notebook} is as it was released or cannot be read; {shown} was graded in its place"
            return Choice(folder / worked[0], note=note)
        if worked:
            return Choice(
                None, f"{notebook} is as it was released, but there are several others: {_shown(worked)}."
            )
    note = f"next to {notebook} there was also {_shown(beside)}, which was ignored" if beside else ""
    return Choice(folder / notebook, note=note)


def _one_of(folder: Path, notebook: str, found: list[str], release: Callable[[], Template | None]) -> Choice:
    """The choice among notebooks with other names."""
    if len(found) > 1:
        different = _different(folder, found[:_MOST_OPENED])
        worked = [name for name in different if _holds_work(folder / name, release)]
        found = worked or different
    if len(found) > 1:
        return Choice(
            None, f"No notebook called {notebook} was handed in, but several others: {_shown(found)}."
        )
    return Choice(folder / found[0], note=f"{_shown(found)} was graded as {notebook}")


def _files(folder: Path, depth: int, left: list[int], above: str = "") -> Iterator[str]:
    """The files in `folder` and in its folders, as paths from it; not hidden ones."""
    try:
        with os.scandir(folder) as entries:
            inside = sorted(entries, key=lambda entry: entry.name)
    except FileNotFoundError:
        return
    for entry in inside:
        left[0] -= 1
        if left[0] < 0:
            return
        if is_hidden(entry.name) or (not above and entry.name in OF_ITSELF):
            continue
        if entry.is_file(follow_symlinks=False):
            yield above + entry.name
    for entry in inside:
        if depth < _DEEPEST and entry.is_dir(follow_symlinks=False) and not is_hidden(entry.name):
            yield from _files(Path(entry.path), depth + 1, left, f"{above}{entry.name}/")


def _may_be_one(name: str) -> bool:
    last = Path(name).name.casefold()
    return ".ipynb" in last or os.path.splitext(last)[1] in _ENDINGS  # noqa: PTH122  Path has no suffix for "x."


def _is_one(path: Path) -> bool:
    try:
        return bool(read(read_bytes(path))[0])
    except Unreadable:
        return False


def _holds_work(path: Path, release: Callable[[], Template | None]) -> bool:
    try:
        return holds_work(read_bytes(path), release())
    except Unreadable:
        return False


def holds_work(notebook: bytes, template: Template | None) -> bool:
    """Whether a notebook contains anything of the student's own; False if it cannot be read."""
    try:
        cells, _ = read(notebook)
    except Unreadable:
        return False
    return template is None or any(cell.own for cell in rebuild(template, cells).cells)


def _different(folder: Path, names: list[str]) -> list[str]:
    """Of files with the same content the first."""
    contents: dict[bytes, str] = {}
    for name in names:
        try:
            contents.setdefault(read_bytes(folder / name), name)
        except Unreadable:
            contents.setdefault(b"\0" + name.encode("utf-8", "replace"), name)
    return list(contents.values())


def _shown(names: list[str]) -> str:
    return ", ".join(printable(name, _SHOWN) for name in names[:_MOST_SHOWN]) + (
        " …" if len(names) > _MOST_SHOWN else ""
    )
