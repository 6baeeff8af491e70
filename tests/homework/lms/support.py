"""A class that Canvas, Moodle, Blackboard and Brightspace know, and archives of what it handed in."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

from homework.course import Course
from homework.lms.collect import collect
from homework.lms.student import Collected
from tests.homework.support import ROOT

ROSTER = """\
student,last_name,first_name,email,canvas_id,moodle_id,login_id,section
ada,Lovelace,Ada,ada@x.edu,11,101,ada,A
bob_r,O'Brien,Seán,Bob@x.edu,12,102,bob_r,A
cy,Müller-Lüdenscheidt,Jörg,cy@x.edu,13,103,cy,B
li,李,小龍,li@x.edu,14,104,li,B
twin1,Smith,Alex,t1@x.edu,15,105,twin1,B
twin2,Smith,Alex,t2@x.edu,16,106,twin2,B
2021,Numeral,Nora,n@x.edu,17,107,2021,B
,Student,Test,,99,,,A
"""


def make_course(root: Path, roster: str = ROSTER) -> Course:
    """A course without anything but hw1 and a roster."""
    (root / "source" / "hw1").mkdir(parents=True)
    (root / "source" / "hw1" / "hw1.ipynb").write_bytes((ROOT / "source" / "hw1" / "hw1.ipynb").read_bytes())
    (root / "nbgrader_config.py").write_text(
        "c = get_config()\nc.Homework.timezone = 'America/Los_Angeles'\n"
    )
    if roster:
        (root / "lms.csv").write_text(roster, encoding="utf-8")
    return Course(root)


def archive(path: Path, entries: Mapping[str, str | bytes]) -> Path:
    """A zip file of these entries."""
    with zipfile.ZipFile(path, "w") as zipped:
        for name, content in entries.items():
            zipped.writestr(name, content)
    return path


def collected(course: Course, tmp_path: Path, *names: str, **options: object) -> Collected:
    """What becomes of an archive with these names; each entry's content is its name."""
    path = archive(tmp_path / "a.zip", {name: f"of {name}" for name in names})
    return collect(course, "hw1", path, **options)  # type: ignore[arg-type]


def taken(course: Course) -> dict[str, str]:
    """What is in submitted/, by student: the name of the entry that it comes from."""
    return {
        path.parent.parent.name: path.read_text().removeprefix("of ")
        for path in course.submitted.glob("*/hw1/hw1.ipynb")
    }


def note(course: Course, student: str) -> dict[str, object]:
    """What was written down about a student's entry."""
    found: dict[str, object] = json.loads((course.submitted / student / "hw1" / "lms.json").read_text())
    return found
