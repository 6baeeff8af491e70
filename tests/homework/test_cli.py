"""The commands as people use them: what they print, what they write, how they end."""

from __future__ import annotations

import csv
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from homework.commands.demo import sample_class
from homework.course import Course
from homework.submission.splice import fill
from homework.submission.template import Template
from tests.homework.support import ROOT, copy_course, refuse_landlock, run_homework


def test_help_reads_like_a_manual() -> None:
    said = run_homework("--help").stdout
    for command in (
        "demo",
        "release",
        "roster",
        "collect",
        "autograde",
        "watch",
        "regrade",
        "grade",
        "splice",
        "solve",
        "check",
        "review",
        "feedback",
        "export",
        "report",
        "name",
        "similar",
        "gradescope",
        "doctor",
        "serve",
    ):
        assert f"\n  {command} " in said
        assert run_homework(command, "--help").returncode == 0
    assert "\n  A semester:  edit source/ -> homework release hw1 -> students" in said, "its lines are kept"
    assert "Exit status" in said


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["grade", "hw9", "x.ipynb"], 2, "there is no assignment 'hw9'; the assignments are: hw1"),
        (["grade", "hw1", "nowhere.ipynb"], 2, "nowhere.ipynb does not exist"),
        (["grade", "--assignment", "hw1", "nowhere.ipynb"], 2, "nowhere.ipynb does not exist"),
        (["grade", "hw1"], 2, "Missing argument 'NOTEBOOKS...'"),
        (["grade", "--assignment", "hw1"], 2, "Missing argument 'NOTEBOOKS...'"),
        (["grade"], 2, "Missing argument 'ASSIGNMENT'"),
        (["grade", "README.md"], 2, "README.md is not an assignment, which comes first"),
        (["release", "hw9"], 2, "no assignment 'hw9'"),
        (["review", "hw1", "--export", "a.csv", "--import", "b.csv", "--apply"], 2, "not both"),
        (["review", "hw1", "--apply"], 2, "--apply is an option of --import"),
        (["review", "hw1", "--names"], 2, "--names is an option of --export"),
        (["nonsense"], 2, "No such command"),
        (["splice", "hw1", "--code", __file__, "-o", "/tmp/x.ipynb"], 2, "none of the exercises"),
    ],
)
def test_wrong_usage_is_told_in_a_line(arguments: list[str], status: int, words: str) -> None:
    done = run_homework(*arguments)
    assert done.returncode == status
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not done.stdout


def test_no_course_is_told(tmp_path: Path) -> None:
    done = run_homework("check", course=tmp_path)
    assert done.returncode == 1
    assert "is not a course" in done.stderr


def _files() -> set[Path]:
    """All files of the course, except what Python and the tools cache."""
    places = [path for path in ROOT.iterdir() if not path.name.startswith(".")]
    files = {path for place in places for path in (place, *place.rglob("*"))}
    return {path for path in files if "__pycache__" not in path.parts}


def test_grade_prints_json_in_the_order_given(
    template: Template, references: dict[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "with space"
    folder.mkdir()
    names = ["zoe", "broken", "ada"]
    (folder / "zoe.ipynb").write_text(json.dumps(fill(template, references)))
    (folder / "broken.ipynb").write_text("no notebook")
    (folder / "ada.ipynb").write_text(json.dumps(template.notebook))
    before = _files()
    done = run_homework("grade", "hw1", "--json", *(str(folder / f"{name}.ipynb") for name in names))
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr
    assert [r["student"] for r in results] == names
    assert [r["status"] for r in results] == ["graded", "unreadable", "graded"]
    assert [r["score"]["auto"] for r in results] == [42.5, 0, 0]
    assert _files() == before, "the course was written to"


def test_grade_searches_folders_and_names_students_by_them(template: Template, tmp_path: Path) -> None:
    for student in ("ada", "bob"):
        folder = tmp_path / student / "hw1"
        folder.mkdir(parents=True)
        (folder / "hw1.ipynb").write_text(json.dumps(template.notebook))
    done = run_homework("grade", "-a", "hw1", "--json", str(tmp_path))
    assert [json.loads(line)["student"] for line in done.stdout.splitlines()] == ["ada", "bob"]


def test_without_a_sandbox_nothing_is_graded(template: Template, tmp_path: Path) -> None:
    notebook = tmp_path / "ada.ipynb"
    notebook.write_text(json.dumps(template.notebook))
    done = run_homework(
        "grade", "hw1", "--json", str(notebook), env={"PATH": "/nowhere"}, preexec_fn=refuse_landlock
    )
    assert done.returncode == 3
    assert "bubblewrap" in done.stderr
    assert not done.stdout


def test_splice_and_solve_write_gradable_notebooks(tmp_path: Path, course: Course) -> None:
    code, spliced, solved = tmp_path / "mine.py", tmp_path / "mine.ipynb", tmp_path / "solved.ipynb"
    code.write_text((course.solutions("hw1", "cross_corr_2d") / "reference.py").read_text())
    assert run_homework("splice", "hw1", "--code", str(code), "-o", str(spliced)).returncode == 0
    done = run_homework("solve", "hw1", "-o", str(solved))
    assert done.returncode == 0, done.stderr
    graded = run_homework("grade", "hw1", "--json", str(spliced), str(solved))
    assert [json.loads(line)["score"]["auto"] for line in graded.stdout.splitlines()] == [15, 42.5]
    text = solved.read_text()
    assert "Marking scheme" in text
    assert "BEGIN" not in text
    assert "# YOUR CODE HERE" not in text
    assert '"output_type"' in text, "the worked solution has outputs"


def test_release_is_what_source_generates() -> None:
    done = run_homework("release", "--check")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["hw1", "quiz1"])
def test_nbgrader_generates_the_same_release(own_course: Course, name: str) -> None:
    """`nbgrader generate_assignment` and Formgrader's button write what `homework release` writes."""
    folder = own_course.assignment(name).release
    ours = (folder / f"{name}.ipynb").read_bytes()
    shutil.rmtree(folder)
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"}
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", name]
    done = subprocess.run(
        command, cwd=own_course.root, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (folder / f"{name}.ipynb").read_bytes() == ours
    assert not (folder / "figures" / "scripts").exists()


def test_drift_of_the_release_is_found(own_course: Course) -> None:
    notebook = own_course.assignment("hw1").notebook
    notebook.write_text(notebook.read_text().replace("cross-correlation", "cross correlation"))
    (own_course.root / "release" / "hw1" / "stray.txt").write_text("x")
    done = run_homework("release", "--check", course=own_course.root)
    assert done.returncode == 1
    assert "hw1.ipynb is not what source/ generates" in done.stderr
    assert "stray.txt does not belong there" in done.stderr


def _edit_cell(course: Course, name: str, change: Any) -> None:
    path = course.assignment("hw1").notebook
    notebook = json.loads(path.read_text())
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == name:
            change(cell)
    path.write_text(json.dumps(notebook))


@pytest.mark.parametrize("command", ["release", "check"])
@pytest.mark.parametrize(
    ("breakage", "words"),
    [
        (lambda c: (c.root / "tests/hw1/test_cross_corr_2d.py").unlink(), "test_cross_corr_2d.py is missing"),
        (lambda c: shutil.rmtree(c.root / "solutions/hw1/cross_corr_2d"), "reference.py is missing"),
        (
            lambda c: (c.root / "solutions/hw1/cross_corr_2d/misconceptions.py").unlink(),
            "misconceptions.py is missing",
        ),
        (
            lambda c: _edit_cell(
                c, "test_cross_corr_2d", lambda x: x["metadata"]["nbgrader"].update(points=14)
            ),
            "sum to 15, but its grade cell has 14",
        ),
    ],
)
def test_an_incomplete_exercise_is_refused(
    own_course: Course, command: str, breakage: Any, words: str
) -> None:
    released = (own_course.root / "release/hw1/hw1.ipynb").read_text()
    breakage(own_course)
    done = run_homework(command, "hw1", course=own_course.root)
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert (own_course.root / "release/hw1/hw1.ipynb").read_text() == released, (
        "a refused release changes nothing"
    )


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("intro", "\nY = X.unfold(0, K.shape[0], 1).unfold(1, K.shape[1], 1)  # the idea\n", ""),
        ("intro", "\nfrom homework.judge import agree\n", "contains 'homework.judge'"),
    ],
)
def test_a_leak_is_refused(own_course: Course, name: str, text: str, words: str) -> None:
    """An answer pasted into the statement: found by its line, or by a leftover marker."""
    if not words:
        reference = (own_course.root / "solutions/hw1/spatial_batchnorm_forward/reference.py").read_text()
        text = max((line for line in reference.splitlines() if "=" in line and '"""' not in line), key=len)
        words = "a line of reference.py of spatial_batchnorm_forward"

    def paste(cell: dict[str, Any]) -> None:
        cell["source"] = "".join(cell["source"]) + "\n" + text

    _edit_cell(own_course, name, paste)
    done = run_homework("release", "hw1", course=own_course.root)
    assert done.returncode == 1
    assert words in done.stderr


def test_check_names_what_is_wrong_with_the_tests(own_course: Course) -> None:
    """A wrong solution that no test notices, and a right one that does not get full marks."""
    _keep_only(own_course, "learning_rate_labels")
    bank = own_course.root / "solutions/hw1/learning_rate_labels"
    answer = json.dumps(_labels(bank))
    (bank / "misconceptions.py").write_text(
        (bank / "misconceptions.py").read_text()
        + f"\n\n@misconception('Nothing is wrong.')\ndef survivor():\n    return {answer}\n"
    )
    (bank / "variants.py").write_text(
        (bank / "variants.py").read_text() + "\n\n@variant\ndef wrong_after_all():\n    return {}\n"
    )
    done = run_homework("check", "hw1", course=own_course.root)
    assert done.returncode == 1
    flat = " ".join((done.stdout + done.stderr).split())
    assert "misconception survivor survives" in flat
    assert "variant wrong_after_all must get full marks" in flat


def _keep_only(course: Course, kept: str) -> None:
    """Remove the other exercises from source and release, so that the check is fast."""
    others = set(course.assignment("hw1").exercises) - {kept}
    gone = others | {f"test_{name}" for name in others}
    for path in (course.assignment("hw1").notebook, course.assignment("hw1").released_notebook):
        notebook = json.loads(path.read_text())
        notebook["cells"] = [
            cell
            for cell in notebook["cells"]
            if cell["metadata"].get("nbgrader", {}).get("grade_id") not in gone
        ]
        path.write_text(json.dumps(notebook))


def _labels(bank: Path) -> dict[str, str]:
    from homework.judge.banks import load

    labels: dict[str, str] = load("functions", bank, "learning_rate_labels").reference
    return labels


def test_doctor_finds_this_machine_well() -> None:
    done = run_homework("doctor")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "sandbox: works (bubblewrap)" in done.stdout
    assert "HOMEWORK_SECRET" in done.stdout, "the default secret is a warning with its mend"


def test_doctor_names_what_is_missing() -> None:
    done = run_homework("doctor", env={"PATH": "/nowhere"}, preexec_fn=refuse_landlock)
    assert done.returncode == 1
    assert "apt-get install bubblewrap" in done.stdout


def test_demo_has_a_class_for_every_assignment(course: Course) -> None:
    for name, assignment in course.assignments.items():
        handed_in = sample_class(course, assignment)
        assert len(handed_in) == 24
        assert all(f"{name}.ipynb" in files for files in handed_in.values())


def test_demo_shows_everything(own_course: Course) -> None:
    for name in ("hw2", "hw3"):  # they ask for nothing that hw1 does not
        shutil.rmtree(own_course.root / "source" / name)
    own_course = Course(own_course.root)
    with (own_course.root / "nbgrader_config.py").open("a") as config:  # some of the class never end
        config.write("\nc.Homework.limits = {'*': {'seconds_per_call': 1}}\n")
    done = run_homework("demo", "--quiet", course=own_course.root)
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader((own_course.root / "grades.csv").read_text().splitlines()))
    for name in own_course.assignments:
        assert len(list(own_course.submitted.glob(f"*/{name}/{name}.ipynb"))) == 24
        assert len(list(own_course.feedback.glob(f"*/{name}/{name}.html"))) == 24
        assert sum(row["assignment"] == name for row in rows) == 24
    assert "flipped kernel" in done.stdout
    assert "unreadable" in done.stdout
    for text in ("feedback/", "grades.csv", "homework review"):
        assert text in done.stdout
    again = run_homework("autograde", "hw1", "--quiet", course=own_course.root)
    assert "24 unchanged" in again.stdout + again.stderr


def test_demo_never_touches_real_submissions(own_course: Course) -> None:
    real = own_course.submitted / "ada" / "hw1"
    real.mkdir(parents=True)
    done = run_homework("demo", course=own_course.root)
    assert done.returncode == 2
    assert "real submissions" in done.stderr
    assert list(real.iterdir()) == []


@pytest.fixture
def for_everybody() -> Iterator[Path]:
    """A folder that others can enter. Pytest closes its own to others whenever another run begins."""
    with tempfile.TemporaryDirectory(prefix="homework-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.mark.skipif(
    os.geteuid() != 0, reason="only root can become another user; the other tests run as this one"
)
def test_everything_works_for_an_ordinary_user_on_a_read_only_checkout(
    for_everybody: Path, template: Template, references: dict[str, str]
) -> None:
    """Without privileges, in a folder with a space, where only a class's data and the gradebook can be written."""
    course = copy_course(for_everybody / "my course")  # root's: read-only for everybody else
    (course.submitted / "ada" / "hw1").mkdir(parents=True)
    (course.submitted / "ada" / "hw1" / "hw1.ipynb").write_text(json.dumps(fill(template, references)))
    (course.root / "gradebook.db").touch()
    for place in (course.autograded, course.feedback):
        place.mkdir()
    for place in (course.autograded, course.feedback, course.root / "gradebook.db"):
        os.chown(place, 12345, 12345)
    table = course.feedback / "grades.csv"

    def run(*arguments: str) -> None:
        environment = ["env", "HOME=/nonexistent", f"HOMEWORK_COURSE={course.root}", "PATH=/usr/bin:/bin"]
        command = [*_as_ordinary_user(), *environment, sys.executable, "-m", "homework", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=120, check=False)
        assert done.returncode == 0, done.stderr

    run("autograde", "hw1", "--quiet")
    run("feedback", "hw1")
    run("export", "--output", str(table))
    (row,) = csv.DictReader(table.read_text().splitlines())
    assert (row["student"], float(row["auto"])) == ("ada", 42.5)
    assert "42.5" in (course.feedback / "ada" / "hw1" / "hw1.html").read_text()
    receipt = json.loads((course.autograded / "ada" / "hw1" / "receipt.json").read_text())
    assert receipt["environment"]["probes"] == "passed"


def _as_ordinary_user() -> list[str]:
    """A prefix that runs a command as uid 12345, in a mount namespace where Python and the checkout can be reached.

    They may be below /root, which other users cannot enter.
    """
    user = "setpriv --reuid=12345 --regid=12345 --clear-groups --"
    homes = {Path(path).resolve() for path in (sys.base_prefix, sys.prefix, ROOT)}
    homes = {path for path in homes if path.is_relative_to("/root")}
    homes = {path for path in homes if not homes & set(path.parents)}
    if not homes:
        return user.split()
    places = {f"/run/homework-{number}": shlex.quote(str(home)) for number, home in enumerate(sorted(homes))}
    steps = [
        "mount --make-rprivate /",
        *(f"mkdir -p {place} && mount --bind {home} {place}" for place, home in places.items()),
        "mount -t tmpfs -o mode=755 tmpfs /root",
        *(f"mkdir -p {home} && mount --bind {place} {home}" for place, home in places.items()),
        f'exec {user} "$@"',
    ]
    return ["unshare", "--mount", "sh", "-c", " && ".join(steps), "sh"]
