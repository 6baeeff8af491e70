"""What was handed in, before anything of it is read as a notebook."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from homework.errors import UsageError
from homework.submission.read import Unreadable, read_bytes


@dataclass(frozen=True)
class Submission:
    """What one student handed in: the notebook's bytes, or the reason why there are none.

    `notes` say what was odd about how it was handed in.
    """

    student: str
    data: bytes | None
    problem: str = ""
    notes: tuple[str, ...] = ()

    @classmethod
    def of_file(cls, student: str, path: Path, notes: tuple[str, ...] = ()) -> Submission:
        """Read a submitted notebook, never following links. What is wrong with the file is kept as the problem."""
        try:
            return cls(student, read_bytes(path), "", notes)
        except Unreadable as problem:
            return cls(student, None, str(problem), notes)


def submissions_of(paths: list[Path], assignment: str) -> list[Submission]:
    """One submission for each notebook in `paths`, folders searched for notebooks, in the order given.

    A student is called after the file, or after its folders where the file is called after the assignment. Raises
    UsageError for a path that does not exist and a folder without notebooks.
    """
    found: list[tuple[str, Path]] = []
    for path in paths:
        if path.is_dir():
            files = sorted(file for file in path.rglob("*.ipynb") if ".ipynb_checkpoints" not in file.parts)
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
        submissions.append(Submission.of_file(name, path))
    return submissions


def _student(path: Path, top: Path, assignment: str) -> str:
    if path.stem != assignment:
        return path.stem
    folders = [part for part in path.resolve().parent.relative_to(top.resolve()).parts if part != assignment]
    if folders:
        return "/".join(folders)
    parent = path.resolve().parent
    return parent.parent.name if parent.name == assignment else parent.name
