"""What a class hands in, and what nbgrader's gradebook then contains."""

from __future__ import annotations

import base64
import copy
import io
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

from PIL import Image

from homework.course import Course
from homework.gradebook.database import open_gradebook
from homework.gradebook.record import Recorder
from homework.grading import GradedSubmission
from tests.homework.support import ROOT

PATH_WITH_ALEMBIC = f"{Path(sys.executable).parent}:/usr/bin:/bin"
HOSTILE = """<script>alert(1)</script> <img src=x onerror=alert(2)> [a](javascript:alert(3)) [b][c]
![mine](attachment:my%20sketch.jpg) ![gone](attachment:gone.png) ![far](http://example.org/pixel.png)

[c]: javascript:alert(4)
> [c]:
> javascript:alert(5)

```mermaid
</pre><script>alert(6)</script>
```

### BEGIN MARK SCHEME
and no end
"""


def jpeg() -> str:
    """A small picture, encoded as in a notebook."""
    data = io.BytesIO()
    Image.new("RGB", (30, 20), "red").save(data, "JPEG")
    return base64.b64encode(data.getvalue()).decode()


def named(notebook: dict[str, Any], name: str) -> dict[str, Any]:
    """The cell called `name`."""
    found: dict[str, Any] = next(
        cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") == name
    )
    return found


def grades(course: Course, student: str) -> dict[str, tuple[Any, ...]]:
    """The rows (auto, manual, extra, needs review) of a student, by grade cell."""
    with sqlite3.connect(course.root / "gradebook.db") as connection:
        rows = connection.execute(
            """SELECT name, auto_score, manual_score, extra_credit, needs_manual_grade FROM grade
            JOIN base_cell ON base_cell.id = cell_id JOIN submitted_notebook s ON s.id = grade.notebook_id
            JOIN submitted_assignment a ON a.id = s.assignment_id WHERE student_id = ?""",
            (student,),
        ).fetchall()
    connection.close()
    return {name: tuple(rest) for name, *rest in rows}


def by_hand(course: Course, student: str, cell: str, score: float, comment: str = "") -> None:
    """What Formgrader writes when a person gives a score."""
    with open_gradebook(course) as gradebook:
        grade = gradebook.find_grade(cell, "hw1", "hw1", student)
        grade.manual_score, grade.extra_credit, grade.needs_manual_grade = score, 0.5, False
        gradebook.find_comment(cell.removeprefix("test_"), "hw1", "hw1", student).manual_comment = comment
        gradebook.db.commit()


def again(course: Course, one: GradedSubmission, **student_cells: str) -> None:
    """Record `one` again, with different sources in some of its cells."""
    one = copy.deepcopy(one)
    for cell, _ in one.cells:
        cell.source = student_cells.get(cell.name, cell.source)
    with Recorder(course, "hw1") as recorder:
        recorder.record(one)


def start_nbgrader(course: Course, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """Run nbgrader in the course, without the virtual environment activated."""
    python_path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=course.root,
        env={
            "PATH": "/usr/bin:/bin",
            "HOME": str(course.root.parent),
            "PYTHONPATH": python_path,
            **environment,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> str:
    """The output of a command that must succeed."""
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said
    return said
