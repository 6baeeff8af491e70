"""What was handed in, before it is read as a notebook."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from os import scandir
from pathlib import Path

from homework.errors import UsageError
from homework.results import ExerciseResult
from homework.submission.choose import files_below, is_hidden
from homework.submission.read import Refusal, Unreadable, read_bytes

_MOST_BESIDE = 1000  # files next to a notebook that are looked at
_LONGEST_SHOWN = 80


@dataclass(frozen=True)
class Part:
    """What is judged of a submission, where that is not everything.

    `known` are results of other exercises that were found earlier, in the `tier` of the sandbox: in another one they do
    not count, and everything is judged. Cells below the grade cells of `exercises` are not run unless `all_cells`, nor
    are the cells `left_out`.
    """

    exercises: frozenset[str]
    known: tuple[ExerciseResult, ...] = ()
    tier: str = ""
    all_cells: bool = False
    left_out: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Submission:
    """What one student handed in: the bytes of the notebook, or the problem if there are none.

    `notes` say what was odd about the way it was handed in. `files` are the other files that the assignment asks for,
    by name: the bytes, or why the file was refused. They are not parsed here. `part` is what is judged of it, if not
    all. `documents` are the digests of files next to it that may hold answers, by name (None if one cannot be read).
    """

    student: str
    data: bytes | None
    problem: str = ""
    notes: tuple[str, ...] = ()
    files: Mapping[str, bytes | Refusal] = field(default_factory=dict)
    part: Part | None = None
    documents: Mapping[str, str | None] = field(default_factory=dict)

    @classmethod
    def of_file(
        cls, student: str, path: Path, notes: tuple[str, ...] = (), hands_in: Mapping[str, int] = {}
    ) -> Submission:
        """Read a submitted notebook, and the files `hands_in` next to it (name and largest size in bytes).

        Links are never followed. An error in the notebook becomes the problem; one in another file becomes a note.
        """
        files = {name: _content(path.with_name(name), most) for name, most in hands_in.items()}
        refused = {name: why for name, why in files.items() if isinstance(why, Refusal)}
        notes = (*notes, *(_note(path.with_name(name), why, hands_in[name]) for name, why in refused.items()))
        try:
            return cls(student, read_bytes(path), "", notes, files)
        except Unreadable as problem:
            return cls(student, None, str(problem), notes, files)

    @property
    def taken(self) -> dict[str, bytes]:
        """The content of the files that were not refused, by name."""
        return {name: content for name, content in self.files.items() if isinstance(content, bytes)}

    @cached_property
    def sha256(self) -> str | None:
        """The digest of the notebook, or None."""
        return None if self.data is None else hashlib.sha256(self.data).hexdigest()

    @property
    def digests(self) -> dict[str, str | None]:
        """The digest of each file; None for one that was refused."""
        return {
            name: hashlib.sha256(content).hexdigest() if isinstance(content, bytes) else None
            for name, content in self.files.items()
        }


def _content(path: Path, most: int) -> bytes | Refusal:
    try:
        return read_bytes(path, most)
    except Unreadable as problem:
        return problem.refusal


def _note(path: Path, why: Refusal, most: int) -> str:
    name = path.name
    return {
        Refusal.MISSING: f"{name} was not handed in{_instead_of(path)}",
        Refusal.LINK: f"{name} is a link, so it was ignored: hand in the file itself",
        Refusal.IRREGULAR: f"{name} is not a regular file, so it was ignored",
        Refusal.TOO_LARGE: f"{name} is too large, so it was ignored: it may have at most {most} bytes",
        Refusal.UNREADABLE: f"{name} could not be read, so it was ignored",
    }[why]


def _instead_of(path: Path) -> str:
    """Which file was probably meant to be `path`, in words: one of its kind, such as `scale (1).bin`."""
    with suppress(OSError), scandir(path.parent) as entries:
        beside = [one.name for one in islice(entries, _MOST_BESIDE)]
        alike = sorted(one for one in beside if Path(one).suffix.casefold() == path.suffix)
        if alike:
            return (
                f"; next to the notebook is {alike[0][:_LONGEST_SHOWN]!r}: if that is it, name it {path.name}"
            )
    return ""


def submissions_of(paths: list[Path], assignment: str, hands_in: Mapping[str, int] = {}) -> list[Submission]:
    """One submission for each notebook in `paths`, in the order given. Folders are searched for notebooks.

    A student is named after the file, or after its folders if the file is named after the assignment. The files
    `hands_in` are read from the same folder. Raises UsageError for a path that does not exist and for a folder without
    notebooks.
    """
    found: list[tuple[str, Path]] = []
    for path in paths:
        if path.is_dir():
            files = sorted(
                file
                for file in map(Path, files_below(path))
                if file.suffix.casefold() == ".ipynb"
                and not any(map(is_hidden, file.relative_to(path).parts))
            )
            if not files:
                raise UsageError(f"{path} contains no notebook")
            found += [(_student(file, path, assignment), file) for file in files]
        elif path.exists() or path.is_symlink():
            found.append((_student(path, path.parent, assignment), path))
        else:
            raise UsageError(f"{path} does not exist")
    submissions = []
    seen: dict[str, int] = {}
    for student, path in found:
        seen[student] = seen.get(student, 0) + 1
        name = student if seen[student] == 1 else f"{student} ({seen[student]})"
        submissions.append(Submission.of_file(name, path, hands_in=hands_in))
    return submissions


def _student(path: Path, top: Path, assignment: str) -> str:
    if path.stem != assignment:
        return path.stem
    folders = [part for part in path.resolve().parent.relative_to(top.resolve()).parts if part != assignment]
    if folders:
        return "/".join(folders)
    parent = path.resolve().parent
    return parent.parent.name if parent.name == assignment else parent.name
