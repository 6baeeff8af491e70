"""`homework students`: names and addresses of students, from a table as spreadsheets save it."""

from __future__ import annotations

import csv
from pathlib import Path

from homework.course import Course
from homework.errors import UsageError
from homework.gradebook.database import open_gradebook

_COLUMNS = ("id", "first_name", "last_name", "email")


def read_students(path: Path) -> list[dict[str, str]]:
    """The students in a CSV file, with the columns id, first_name, last_name and email; only id is required.

    A byte-order mark, UTF-16, Windows' encoding, semicolons and tabs are what Excel writes. Raises UsageError.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16", "replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")
    lines = text.splitlines()
    head = lines[0] if lines else ""
    delimiter = max(",;\t", key=head.count)
    rows = csv.DictReader(lines, delimiter=delimiter)
    names = {_plain(name): name for name in rows.fieldnames or ()}
    if "id" not in names:
        raise UsageError(f"{path} has no column `id`; its first line is: {head[:200]}")
    students = [
        {column: (row.get(names.get(column, "")) or "").strip() for column in _COLUMNS if column in names}
        for row in rows
    ]
    return [student for student in students if student["id"]]


def _plain(name: str | None) -> str:
    return (name or "").strip().strip('"').casefold().replace(" ", "_").replace("-", "_")


def import_students(course: Course, path: Path) -> int:
    """Add the students in a CSV file to the gradebook, or update them. Returns how many there are."""
    students = read_students(path)
    with open_gradebook(course) as gradebook:
        for student in students:
            name = student.pop("id")
            gradebook.update_or_create_student(
                name, **{key: value for key, value in student.items() if value}
            )
    return len(students)
