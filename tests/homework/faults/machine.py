"""What the recipes of broken systems share."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from homework.course import Course


def hand_in(course: Course, student: str, like: Path) -> Path:
    """Hand in for `student` what lies in another student's folder; the folder of the assignment."""
    shutil.copytree(like, course.submitted / student)
    return course.submitted / student / "hw1"


@contextmanager
def restored(path: Path) -> Iterator[Path]:
    """Put back at the end what is at `path` now: the backup that a person has."""
    data = path.read_bytes()
    yield path
    path.write_bytes(data)


@contextmanager
def full_disk(folder: Path, left: int, cleanup: ExitStack) -> Iterator[None]:
    """Let `folder` be a disk of its own with `left` bytes free; at the end there is room again."""
    aside = folder.with_name("aside")
    shutil.copytree(folder, aside, symlinks=True)
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", folder], check=True, capture_output=True
    )
    cleanup.callback(subprocess.run, ["umount", "--lazy", folder], check=True)
    shutil.copytree(aside, folder, symlinks=True, dirs_exist_ok=True)
    ballast = folder / "ballast"
    with ballast.open("wb") as file:
        file.write(bytes(shutil.disk_usage(folder).free - left))
    yield
    ballast.unlink()
