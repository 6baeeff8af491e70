#!/usr/bin/env bash
# What nbgrader makes of times, late penalties, names in archives and a second list of students.
#
# Makes a temporary folder with a virtual environment, installs pinned public packages, runs nbgrader's own
# commands on valid input and compares with what was seen; status 1 where a package does something else. One minute; not in CI.
# PYTHON names the interpreter (python3), PIP_INDEX_URL another index.
#
# Expected before: an offset in timestamp.txt is hours and minutes, an unknown zone is an error; the policy "zero" leaves a
# late submission without points; an archive's files go to the student whose name is in theirs; an empty field of a list of
# students changes nothing. Seen instead, in November 2026 (Python 3.11), with nbgrader 0.9.6:
#   1. "-0800" is 800 seconds, "PST" is read as UTC: work that is seven hours late is on time
#      https://github.com/jupyter/nbgrader/blob/main/nbgrader/utils.py (parse_utc)
#   2. the penalty is of the score when the tests were run: points that a person gives later are kept
#      https://github.com/jupyter/nbgrader/blob/main/nbgrader/preprocessors/latesubmissions.py
#   3. zip_collect, with the pattern that its help and documentation print, takes a_b's file for b's, also in the place of
#      b's own if that is older; a name with a hyphen is skipped
#      https://nbgrader.readthedocs.io/en/stable/user_guide/managing_assignment_files_manually.html
#   4. db student import erases what an empty field stands for
#      https://github.com/jupyter/nbgrader/blob/main/nbgrader/apps/dbapp.py
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-compile \
  nbgrader==0.9.6 ipykernel==7.4.0 nbformat==5.11.1 setuptools==84.2.1
cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import importlib.metadata as metadata
import os
import subprocess
import sys
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook

failures = 0


def see(what, found, expected):
    """Print what was found, and count it if it is not what was seen before."""
    global failures
    failures += found != expected
    print(f"{'as before' if found == expected else 'CHANGED  '}  {what}: {found}" + ("" if found == expected else f", was {expected}"))


os.environ["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
os.environ["HOME"] = str(Path.cwd())
v4 = nbformat.v4


def call(*command):
    done = subprocess.run(["nbgrader", *command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{command}: {done.stderr[-500:]}")


def nbgrader(name, kind, **flags):
    said = {"grade": False, "locked": False, "schema_version": 3, "solution": False, "task": False}
    return {"nbgrader": {**said, "grade_id": name, "cell_type": kind, **flags}}


cells = [
    v4.new_code_cell("def f(x):\n    return x", metadata=nbgrader("f", "code", solution=True)),
    v4.new_code_cell("assert f(1) == 1", metadata=nbgrader("test_f", "code", grade=True, locked=True, points=6)),
    v4.new_markdown_cell("words", metadata=nbgrader("why", "markdown", grade=True, solution=True, points=4)),
]
kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
Path("source/hw1").mkdir(parents=True)
nbformat.write(v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), "source/hw1/hw1.ipynb")
Path("nbgrader_config.py").write_text(r'''
c = get_config()
c.CourseDirectory.course_id = "course"
c.LateSubmissionPlugin.penalty_method = "zero"
c.FileNameCollectorPlugin.named_regexp = r".*_(?P<student_id>\w+)_attempt_(?P<timestamp>[0-9\-]+)_(?P<file_id>\w+)"
''')
call("generate_assignment", "hw1")
call("db", "assignment", "add", "hw1", "--duedate", "2026-01-01 12:00:00 UTC")
ZONES = {"offset": "-0800", "short": "PST", "named": "America/Los_Angeles"}
for student, zone in ZONES.items():
    folder = Path("submitted", student, "hw1")
    folder.mkdir(parents=True)
    notebook = nbformat.read("release/hw1/hw1.ipynb", as_version=4)
    notebook.cells[0].source, notebook.cells[2].source = cells[0].source, "my own words"
    nbformat.write(notebook, folder / "hw1.ipynb")
    (folder / "timestamp.txt").write_text(f"2026-01-01 11:00:00 {zone}")
call("autograde", "hw1", "--create")

print("nbgrader", metadata.version("nbgrader"))
with Gradebook("sqlite:///gradebook.db") as gradebook:
    late = {one.student.id: one for one in gradebook.assignment_submissions("hw1")}
    for student, expected in (("offset", "11:13:20"), ("short", "11:00:00"), ("named", "19:00:00")):
        see(f"1. 11:00 {ZONES[student]} in UTC", late[student].timestamp.time().isoformat(), expected)
    see("2. points and penalty after the tests", [late["named"].score, late["named"].late_submission_penalty], [6.0, 6.0])
    (written,) = [grade for grade in late["named"].notebooks[0].grades if grade.name == "why"]
    written.manual_score, written.needs_manual_grade = 4, False
    gradebook.db.commit()
call("generate_feedback", "hw1")
call("export")
(row,) = [line.split(",") for line in Path("grades.csv").read_text().splitlines() if ",named," in line]
see("2. exported after a person gave 4 points: points, penalty, score", row[7:10], ["10.0", "6.0", "4.0"])

archive = Path("downloaded/hw1/archive")
archive.mkdir(parents=True)
for student, hour in (("a_b", "11"), ("b", "10"), ("a-b", "10")):
    (archive / f"hw1_{student}_attempt_2026-01-01-{hour}-00-00_hw1.ipynb").write_text(student)
call("zip_collect", "hw1")
collected = {path.parts[1]: path.read_text() for path in Path("submitted").glob("*/hw1/hw1.ipynb")}
see("3. collected from a_b, b, a-b", {who: what for who, what in collected.items() if who not in ZONES}, {"b": "a_b"})

for table in ("id,first_name,last_name,email\nada,Ada,Lovelace,ada@example.org\n", "id,first_name,last_name,email\nada,,,\n"):
    Path("students.csv").write_text(table)
    call("db", "student", "import", "students.csv")
with Gradebook("sqlite:///gradebook.db") as gradebook:
    ada = gradebook.find_student("ada")
    see("4. names after a list with empty fields", [ada.first_name, ada.last_name, ada.email], [None, None, None])
print(f"\n{failures} changed")
sys.exit(failures > 0)
PYTHON
