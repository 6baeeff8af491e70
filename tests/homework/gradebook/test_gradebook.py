"""The seam to nbgrader: real nbgrader, a real gradebook, the real sandbox."""

from __future__ import annotations

import asyncio
import base64
import copy
import csv
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import nbformat
import pytest
from bs4 import BeautifulSoup
from msgspec.structs import replace
from PIL import Image

from homework.commands.autograde import autograde
from homework.commands.regrade import regrade
from homework.course import Course
from homework.errors import CourseError, UsageError
from homework.gradebook import tables
from homework.gradebook.database import nbgrader_api, open_gradebook
from homework.gradebook.export import export_csv
from homework.gradebook.notebook import NotebookBuilder, judged
from homework.gradebook.record import Recorder
from homework.grading import GradedSubmission, Grader
from homework.judge import Bank
from homework.results import ExerciseResult, Receipt, Status, TestResult, Verdict, read_receipt
from homework.sandbox import SandboxUnavailable
from homework.submission.files import HandedIn, submissions
from homework.submission.handin import Submission
from homework.submission.template import Template
from homework.untrusted import markdown
from tests.homework.support import ROOT, copy_course, filled

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
    """A small picture, encoded as a notebook does."""
    data = io.BytesIO()
    Image.new("RGB", (30, 20), "red").save(data, "JPEG")
    return base64.b64encode(data.getvalue()).decode()


def named(notebook: dict[str, Any], name: str) -> dict[str, Any]:
    """The cell called `name`."""
    found: dict[str, Any] = next(
        cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") == name
    )
    return found


@pytest.fixture(scope="module")
def handed_in(course: Course, template: Template, references: dict[str, str]) -> dict[str, bytes]:
    """What the students of this class hand in."""
    bank = Bank("cross_corr_2d", course.solutions("hw1", "cross_corr_2d"))
    wrong = bank.code(bank.misconceptions["flipped_kernel"])
    answers = {name: f"About {name}: $a<b$ holds." for name in course.assignment("hw1").questions}
    hostile = filled(template, {**references, "warmup_a": HOSTILE})
    named(hostile, "warmup_a")["attachments"] = {
        "my sketch.jpg": {"image/jpeg": jpeg()},
        "drawing.svg": {"image/svg+xml": "<svg onload=alert(7)/>"},
        "bomb.png": {"image/png": jpeg()},
    }
    code = """
        from IPython.display import HTML, display
        display(HTML("<script>alert(8)</script>"))
        print("\\x1b[31m<script>alert(9)</script>")
        raise ValueError("<img src=x onerror=alert(10)>")
    """
    own = {
        "cell_type": "code",
        "metadata": {},
        "execution_count": None,
        "outputs": [],
        "source": code.replace("\n        ", "\n"),
    }
    hostile["cells"][3:3] = [
        own,
        {"cell_type": "markdown", "metadata": {}, "source": "<iframe src=javascript:alert(11)>"},
    ]
    notebooks = {
        "ada": filled(template, {**references, **answers}),
        "bob": filled(template, {"cross_corr_2d": wrong, "warmup_a": answers["warmup_a"]}),
        "blank": template.notebook,
        "mallory": hostile,
    }
    return {**{name: json.dumps(one).encode() for name, one in notebooks.items()}, "eve": b"%PDF-1.7"}


@pytest.fixture(scope="module")
def graded(grader: Grader, handed_in: dict[str, bytes]) -> dict[str, GradedSubmission]:
    """The class, graded once."""
    results = grader.grade([Submission(name, data) for name, data in handed_in.items()])
    return {one.result.student: one for one in results}


@pytest.fixture(scope="module")
def recorded_course(
    tmp_path_factory: pytest.TempPathFactory,
    handed_in: dict[str, bytes],
    grader: Grader,
    graded: dict[str, GradedSubmission],
) -> Course:
    """A course with the class handed in and recorded; not to be written into."""
    course = copy_course(tmp_path_factory.mktemp("class") / "my course")
    with (course.root / "nbgrader_config.py").open("a") as config:
        config.write(f"\nc.Homework.limits = {{'*': {asdict(grader.limits)!r}}}\n")
    for name, data in handed_in.items():
        folder = course.submitted / name / "hw1"
        folder.mkdir(parents=True)
        (folder / "hw1.ipynb").write_bytes(data)
    (course.submitted / "mallory" / "hw1" / "timestamp.txt").write_text("2026-11-20 12:00:00.5 UTC")
    with Recorder(course, "hw1") as recorder:
        for one in submissions(course, "hw1"):
            recorder.record(copy.deepcopy(graded[one.student]), one)
    return course


@pytest.fixture
def own(recorded_course: Course, tmp_path: Path) -> Course:
    """The recorded course, to write into."""
    shutil.copytree(recorded_course.root, tmp_path / "my course", symlinks=True)
    return Course(tmp_path / "my course")


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
    """Record `one` another time, with other sources in some of its cells."""
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
    """What a command said that must succeed."""
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said
    return said


# ---------------------------------------------------------------------------------------------- what is recorded


def test_the_gradebook_holds_what_the_grader_said(recorded_course: Course) -> None:
    """Exercises their points; answers wait for a person; what is blank is zero and waits for nobody."""
    ada, bob, blank = (grades(recorded_course, student) for student in ("ada", "bob", "blank"))
    assert ada["test_cross_corr_2d"] == (15.0, None, None, 0)
    assert ada["warmup_a"] == (None, None, None, 1)
    assert 0 < bob["test_cross_corr_2d"][0] < 15
    assert (bob["warmup_a"], bob["warmup_b"]) == ((None, None, None, 1), (0.0, None, None, 0))
    assert set(blank.values()) == {(0.0, None, None, 0)}


def test_what_cannot_be_read_is_zero_and_waits_for_a_person(recorded_course: Course) -> None:
    """All of it; Formgrader shows the empty notebook with the reason on top."""
    assert set(grades(recorded_course, "eve").values()) == {(0.0, None, None, 1)}
    notebook = json.loads((recorded_course.autograded / "eve" / "hw1" / "hw1.ipynb").read_text())
    assert "could not be read" in notebook["cells"][0]["source"]
    assert "no notebook" in notebook["cells"][0]["source"]
    assert named(notebook, "warmup_a")["source"] == "YOUR ANSWER HERE"


def test_a_fault_of_the_grader_is_never_a_zero(own: Course, graded: dict[str, GradedSubmission]) -> None:
    """No score, for a person to look at; a later grading puts it right."""
    fault = copy.deepcopy(graded["ada"])
    fault.result = replace(fault.result, status=Status.GRADER_FAULT, reason="the sandbox broke")
    again(own, fault)
    assert grades(own, "ada")["test_cross_corr_2d"] == (None, None, None, 1)
    again(own, graded["ada"])
    assert grades(own, "ada")["test_cross_corr_2d"] == (15.0, None, None, 0)


def test_the_receipt_is_the_result_and_how_it_was_recorded(
    recorded_course: Course, graded: dict[str, GradedSubmission]
) -> None:
    """Beside the notebook, under the published schema's names."""
    receipt = read_receipt(recorded_course.autograded / "ada" / "hw1")
    assert receipt is not None
    how = receipt.recorded
    assert receipt == Receipt.of(graded["ada"].result, how)
    assert set(how.answers) >= {"warmup_a", "cross_corr_2d"}
    assert how.by.startswith("homework ")


def test_the_assignment_is_registered_like_nbgrader_does(recorded_course: Course) -> None:
    """A fresh clone has a release and no gradebook: cells, points and texts come from source/."""
    with open_gradebook(recorded_course) as gradebook:
        notebook = gradebook.find_notebook("hw1", "hw1")
        assert notebook.max_score == recorded_course.assignment("hw1").max_points
        locked = gradebook.find_source_cell("test_cross_corr_2d", "hw1", "hw1")
        assert "BEGIN HIDDEN TESTS" in locked.source
        answer = gradebook.find_source_cell("warmup_a", "hw1", "hw1")
        assert answer.source == "YOUR ANSWER HERE"
        assert [course.id for course in gradebook.db.query(nbgrader_api().Course)] == ["eep590"]


def test_nbgrader_is_imported_without_jupyters_server() -> None:
    """That takes as long as the rest of it. Whoever asks nbgrader to load its extensions gets them all the same."""
    script = (
        "import sys\nfrom homework.gradebook.database import nbgrader_api\nnbgrader_api()\n"
        "print({'jupyter_server', 'nbconvert', 'rfc3987_syntax'} & set(sys.modules))\n"
        "import nbgrader\nfrom nbgrader.server_extensions import formgrader\n"
        "formgrader.load_jupyter_server_extension = print\nnbgrader.load_formgrader('loaded')\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\nloaded\n"


def test_a_new_gradebook_has_the_version_that_nbgrader_gives_it(recorded_course: Course) -> None:
    """Ours is read in this process; nbgrader's own way takes the command `alembic`, and seconds."""
    program = "import nbgrader.api; print(nbgrader.api.get_alembic_version())"
    theirs = subprocess.run(
        [sys.executable, "-c", program],
        env={"PATH": PATH_WITH_ALEMBIC},
        capture_output=True,
        text=True,
        check=True,
    )
    with sqlite3.connect(recorded_course.root / "gradebook.db") as connection:
        [(ours,)] = connection.execute("SELECT version_num FROM alembic_version")
    assert ours == theirs.stdout.strip()


def test_our_tables_are_nbgraders() -> None:
    """Names, columns and types; nbgrader's models have more."""
    theirs = nbgrader_api().Base.metadata.tables
    for table in tables.ALL:
        for column in table.c:
            kind = theirs[table.name].c[column.name].type
            assert isinstance(kind, type(column.type)), f"{table.name}.{column.name}"


# ---------------------------------------------------------------------------------------------- grading again


def test_grading_again_keeps_what_people_gave(own: Course, graded: dict[str, GradedSubmission]) -> None:
    """Manual scores, extra credit and comments stay, and nobody is asked to look again."""
    by_hand(own, "ada", "warmup_a", 2.0, "well said")
    by_hand(own, "ada", "test_cross_corr_2d", 14.0, "but slow")
    again(own, graded["ada"])
    assert grades(own, "ada")["warmup_a"] == (None, 2.0, 0.5, 0)
    assert grades(own, "ada")["test_cross_corr_2d"] == (15.0, 14.0, 0.5, 0)
    with open_gradebook(own) as gradebook:
        assert gradebook.find_comment("warmup_a", "hw1", "hw1", "ada").comment == "well said"
        assert gradebook.find_submission("hw1", "ada").score == pytest.approx(2.5 + 14.5 + 15 + 10 + 2.5)


def test_another_answer_asks_for_a_person_again(own: Course, graded: dict[str, GradedSubmission]) -> None:
    """The score stays until that person changes it."""
    by_hand(own, "ada", "warmup_a", 2.0)
    by_hand(own, "ada", "warmup_b", 1.0)
    by_hand(own, "ada", "test_cross_corr_2d", 14.0)
    again(own, graded["ada"], warmup_a="Something else.", cross_corr_2d="def cross_corr_2d(X, K): ...")
    assert grades(own, "ada")["warmup_a"] == (None, 2.0, 0.5, 1)
    assert grades(own, "ada")["warmup_b"] == (None, 1.0, 0.5, 0)
    assert grades(own, "ada")["test_cross_corr_2d"] == (15.0, 14.0, 0.5, 1)


def test_an_interrupted_recording_is_done_again(own: Course, graded: dict[str, GradedSubmission]) -> None:
    """A receipt with a successor beside it vouches for nothing; nothing stays half-written."""
    folder = own.autograded / "ada" / "hw1"
    (folder / "receipt.json.new").write_text("{")
    assert read_receipt(folder) is None
    again(own, graded["ada"])
    assert read_receipt(folder) is not None
    assert sorted(path.name for path in folder.iterdir()) == ["figures", "hw1.ipynb", "receipt.json"]


def test_a_database_that_fails_leaves_files_as_they_were(
    own: Course, graded: dict[str, GradedSubmission]
) -> None:
    """One transaction: all rows, or none and the old notebook."""
    notebook = own.autograded / "ada" / "hw1" / "hw1.ipynb"
    before = notebook.read_bytes()
    with sqlite3.connect(own.root / "gradebook.db") as connection:
        connection.execute(
            "CREATE TRIGGER t BEFORE UPDATE ON comment BEGIN SELECT RAISE(ABORT, 'disk full'); END"
        )
    connection.close()
    scores = grades(own, "ada")
    other = copy.deepcopy(graded["bob"])
    other.result = replace(other.result, student="ada")
    with pytest.raises(CourseError, match=r"gradebook sqlite.*disk full"):
        again(own, other)
    assert grades(own, "ada") == scores
    assert notebook.read_bytes() == before
    assert read_receipt(notebook.parent) is None  # so that the next run settles it


def test_unchanged_submissions_are_not_graded_again(
    own: Course, handed_in: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    """Same bytes, same time, same tests, and rows in the gradebook; otherwise there is work."""

    def graded_by_autograde() -> list[str]:
        autograde(own, "hw1")
        *lines, closing = capsys.readouterr().out.splitlines()
        assert closing.startswith(f"hw1: {len(lines)} graded, {5 - len(lines)} unchanged, 1 unreadable")
        return sorted(line.partition(":")[0] for line in lines)

    assert graded_by_autograde() == []
    (own.submitted / "bob" / "hw1" / "hw1.ipynb").write_bytes(handed_in["ada"])
    (own.submitted / "ada" / "hw1" / "timestamp.txt").write_text("2026-11-21 12:00 UTC")
    shutil.rmtree(own.autograded / "blank")
    assert graded_by_autograde() == ["ada", "blank", "bob"]
    assert graded_by_autograde() == []


def test_what_is_unchanged_needs_neither_torch_nor_nbgrader(own: Course) -> None:
    """The check of a class with nothing new is quick because it imports neither."""
    script = "import sys; from homework.cli import main; main(standalone_mode=False)\n"
    script += "print([name for name in ('torch', 'nbgrader', 'pytest') if name in sys.modules])"
    for command in (
        ["autograde", "hw1"],
        ["export", "-o", str(own.root / "grades.csv")],
        ["feedback", "hw1"],
    ):
        done = subprocess.run(
            [sys.executable, "-c", script, *command],
            capture_output=True,
            text=True,
            env={**os.environ, "HOMEWORK_COURSE": str(own.root)},
            cwd=ROOT,
            check=True,
        )
        assert done.stdout.splitlines()[-1] == "[]", done.stdout


def test_late_points_are_those_of_nbgraders_plugin(own: Course, graded: dict[str, GradedSubmission]) -> None:
    """The time is what timestamp.txt says; an extension counts; nonsense is no time and is noted."""
    with (own.root / "nbgrader_config.py").open("a") as config:
        config.write('c.AssignLatePenalties.plugin_class = "late.Hourly"\n')
    (own.root / "late.py").write_text(
        "from nbgrader.plugins import LateSubmissionPlugin\n\n\n"
        "class Hourly(LateSubmissionPlugin):\n"
        "    def late_submission_penalty(self, student_id, score, seconds):\n"
        "        return seconds / 3600\n"
    )
    with open_gradebook(own) as gradebook:
        gradebook.update_or_create_assignment("hw1", duedate="2026-11-20 10:00:00.5 UTC")
    mallory, ada = submissions(own, "hw1", ["mallory", "ada"])[::-1]
    (own.submitted / "ada" / "hw1" / "timestamp.txt").write_text("<b>soon</b>")
    with Recorder(own, "hw1") as recorder:
        recorder.record(copy.deepcopy(graded["mallory"]), mallory)
        recorder.record(copy.deepcopy(graded["ada"]), ada)
    with open_gradebook(own) as gradebook:
        assert gradebook.find_submission("hw1", "mallory").late_submission_penalty == pytest.approx(2.0)
        assert gradebook.find_submission("hw1", "ada").late_submission_penalty == 0
    banner = json.loads((own.autograded / "ada" / "hw1" / "hw1.ipynb").read_text())["cells"][0]["source"]
    assert "timestamp.txt holds no time" in banner.replace("\\", "")


def test_regrading_says_what_changes_and_why(own: Course) -> None:
    """Nothing is written before `apply`, and never what people gave."""
    by_hand(own, "bob", "warmup_a", 2.0, "well said")
    before = {path: path.read_bytes() for path in own.autograded.rglob("*") if path.is_file()}
    assert regrade(own, "hw1").changes == []
    with own.tests("hw1", "cross_corr_2d").open("a") as tests:
        tests.write('\n\ndef agree(*_, **__):\n    raise AssertionError("No.")\n')
    shutil.copyfile(own.submitted / "ada/hw1/hw1.ipynb", own.submitted / "blank/hw1/hw1.ipynb")
    done = regrade(own, "hw1", jobs=2)  # in processes of their own: this one has imported the tests already
    assert done.of == 5
    said = {change.student: change for change in done.changes}
    assert "eve" not in said, "an unreadable submission stays unreadable"
    ada = said["ada"]
    assert ada.now is not None
    assert ada.before == 42.5 > ada.now
    assert any("the tests changed" in why for why in ada.why)
    assert "the submission changed" not in ada.why
    assert "the submission changed" in said["blank"].why
    assert str(ada).startswith(f"ada: 42.5 → {ada.now:g}; cross_corr_2d 15 → {ada.now - 27.5:g}; because ")
    assert {path: path.read_bytes() for path in own.autograded.rglob("*") if path.is_file()} == before
    assert grades(own, "ada")["test_cross_corr_2d"][0] == 15.0
    regrade(own, "hw1", apply=True, jobs=2)
    assert grades(own, "ada")["test_cross_corr_2d"][0] == ada.now - 27.5
    assert grades(own, "bob")["warmup_a"] == (None, 2.0, 0.5, 0)
    assert regrade(own, "hw1", ["ada", "bob"], jobs=2).changes == []


# ---------------------------------------------------------------------------------------------- one writer


def test_a_second_grader_says_so_and_stops(own: Course) -> None:
    """In another process and in this one; when the first has ended, the way is free."""
    script = "import sys; from homework.gradebook.lock import only_writer; from pathlib import Path\n"
    script += "with only_writer(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    arguments = [sys.executable, "-c", script, str(own.autograded)]
    with subprocess.Popen(
        arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        with (
            pytest.raises(CourseError, match=rf"another grader \(process {first.pid}\)"),
            Recorder(own, "hw1"),
        ):
            pass
        first.kill()
    with Recorder(own, "hw1"), pytest.raises(CourseError, match="another grader"), Recorder(own, "hw1"):
        pass


def test_no_sandbox_nothing_recorded(own: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even what needs none."""
    shutil.copytree(own.submitted / "eve", own.submitted / "zoe")
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))  # bubblewrap is not there
    monkeypatch.setattr("homework.sandbox.inside.landlock.version", lambda: 0)  # nor Landlock
    with pytest.raises(SandboxUnavailable, match="bubblewrap"):
        autograde(own, "hw1", quiet=True)
    assert not (own.autograded / "zoe").exists()
    assert not grades(own, "zoe")


def test_a_damaged_gradebook_is_named(own: Course) -> None:
    """With what to do."""
    (own.root / "gradebook.db").write_text("no database" * 100)
    with (
        pytest.raises(CourseError, match=r"gradebook\.db cannot be used .*put a backup in its place"),
        Recorder(own, "hw1"),
    ):
        pass


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap makes the checkout read-only")
def test_a_read_only_checkout(own: Course) -> None:
    """Only submitted/, autograded/, feedback/ and the gradebook can be written; the sandbox is a real one."""
    own.feedback.mkdir()
    writable = [own.submitted, own.autograded, own.feedback, own.root / "gradebook.db"]
    arguments = [
        "bwrap",
        "--dev-bind",
        "/",
        "/",
        "--cap-add",
        "ALL",
        "--ro-bind",
        str(own.root),
        str(own.root),
    ]
    for path in writable:
        arguments += ["--bind", str(path), str(path)]
    command = [sys.executable, "-m", "homework", "autograde", "hw1", "--student=bob", "--force"]
    environment = {**os.environ, "HOMEWORK_COURSE": str(own.root)}
    done = subprocess.run(
        [*arguments, "--", *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "\nhw1: 1 graded, 0 unchanged\n" in done.stdout, done.stderr
    receipt = read_receipt(own.autograded / "bob" / "hw1")
    assert receipt is not None
    assert receipt.environment["probes"] == "passed"


# ---------------------------------------------------------------------------------------------- what is handed in


def test_what_is_found_in_submitted(own_course: Course, handed_in: dict[str, bytes]) -> None:
    """No link is followed, nothing is lost, and what was odd is said."""
    top = own_course.submitted

    def put(student: str, *names: str) -> None:
        (top / student / "hw1").mkdir(parents=True)
        for name in names:
            (top / student / "hw1" / name).write_bytes(handed_in["blank"])

    put("ada", "hw1.ipynb")
    put("bob", "Homework one (1).ipynb")
    put("cleo", "draft.ipynb", "final.ipynb")
    put("dan", "hw1.pdf")
    put("éva <b>", "hw1.ipynb", "old.ipynb")
    (top / "fred").symlink_to(top / "ada")
    (top / "gus").mkdir()
    (top / "gus" / "hw1").symlink_to(top / "ada" / "hw1")
    put("hal")
    (top / "hal" / "hw1" / "hw1.ipynb").symlink_to(ROOT / "source" / "hw1" / "hw1.ipynb")
    (top / os.fsdecode(b"ivo\xff")).mkdir()
    (top / os.fsdecode(b"ivo\xff") / "hw1").mkdir()
    (top / ".gitkeep").touch()
    found = {one.student: one for one in submissions(own_course, "hw1")}
    assert sorted(found) == ["ada", "bob", "cleo", "dan", "fred", "gus", "hal", "ivo\\xff", "éva ＜b＞"]
    said = {name: (one.read().problem, one.note) for name, one in found.items()}
    assert said["ada"] == ("", "")
    assert said["bob"] == ("", "Homework one (1).ipynb was taken for hw1.ipynb")
    assert "draft.ipynb, final.ipynb" in said["cleo"][0]
    assert "hw1.ipynb is missing" in said["dan"][0]
    assert "old.ipynb" in said["éva ＜b＞"][1]
    assert "is a link" in said["fred"][0]
    assert "is a link" in said["gus"][0]
    assert "is a link" in said["hal"][0]
    with pytest.raises(UsageError, match="zoe handed in nothing"):
        submissions(own_course, "hw1", ["zoe"])


def test_odd_students_are_recorded(own: Course, graded: dict[str, GradedSubmission]) -> None:
    """Names that are no text, or look like markup, are names like others."""
    with Recorder(own, "hw1") as recorder:
        for student in ("ivo\\xff", "éva <b>", "-rf", "*"):
            one = copy.deepcopy(graded["blank"])
            one.result = replace(one.result, student=student)
            recorder.record(one, HandedIn(student, None, None))
    for student in ("ivo\\xff", "éva <b>", "-rf", "*"):
        assert len(grades(own, student)) == 13


# ---------------------------------------------------------------------------------------------- what people see


def test_the_autograded_notebook_is_valid_and_inert(recorded_course: Course) -> None:
    """Text, and pictures that Pillow has drawn again, and nothing else of the student's."""
    notebook = json.loads((recorded_course.autograded / "mallory" / "hw1" / "hw1.ipynb").read_text())
    nbformat.validate(nbformat.from_dict(notebook))  # type: ignore[no-untyped-call]
    answer = named(notebook, "warmup_a")
    assert "![mine](attachment:picture-1.png)" in answer["source"]
    assert list(answer["attachments"]) == ["picture-1.png"]
    with Image.open(
        io.BytesIO(base64.b64decode(answer["attachments"]["picture-1.png"]["image/png"]))
    ) as picture:
        assert (picture.format, picture.size) == ("PNG", (30, 20))
    banner = notebook["cells"][0]["source"].replace("\\", "")
    assert "attachment drawing.svg of cell warmup_a is no picture" in banner
    assert "attachment bomb.png of cell warmup_a is no picture" in banner
    kinds = {
        kind for cell in notebook["cells"] for one in cell.get("outputs", []) for kind in one.get("data", {})
    }
    assert kinds <= {"text/plain", "image/png"}
    assert "\x1b" not in json.dumps(notebook).encode().decode("unicode_escape")


def test_graders_see_the_marking_scheme_and_the_judges_table(recorded_course: Course) -> None:
    """The scheme in the question's text; the table as the grade cell's last output."""
    notebook = json.loads((recorded_course.autograded / "bob" / "hw1" / "hw1.ipynb").read_text())
    assert "BEGIN MARK SCHEME" in named(notebook, "question_warmup_a")["source"]
    last = named(notebook, "test_cross_corr_2d")["outputs"][-1]
    assert last["metadata"] == {"homework": "judge"}
    table = last["data"]["text/plain"]
    assert table.startswith("Hidden tests of cross_corr_2d: ")
    assert "✗" in table
    assert "turned by 180°" in table
    assert "As above." in table


def test_too_much_output_is_cut_and_what_is_no_picture_noted(
    course: Course, graded: dict[str, GradedSubmission]
) -> None:
    """A notebook stays one that a browser can open."""
    one = copy.deepcopy(graded["blank"])
    outputs = next(outputs for cell, outputs in one.cells if cell.name == "setup")
    outputs[:] = [
        {"type": "stream", "name": "stdout", "text": "10%\r20%\n" + "x" * 10**6},
        {"type": "png", "png": b"\x89PNG"},
    ]
    notebook = NotebookBuilder(course.assignment("hw1")).build(one)
    (shown,) = named(notebook, "setup")["outputs"]
    assert shown["text"].startswith("20%\nx")
    assert len(shown["text"]) < 30_000
    assert "more characters are not shown" in shown["text"]
    assert "a picture displayed by cell setup could not be shown" in notebook["cells"][0]["source"]


def test_a_fault_in_the_table_is_no_zero() -> None:
    """It says that there are no points yet."""
    test = TestResult("t", "T.", 2, 0, Verdict.GRADER_FAULT, "broken", None)
    table = judged(ExerciseResult("e", 0.0, 2, 0.0, [test]))
    assert "no points yet" in table
    assert "? T." in table


@pytest.mark.parametrize(
    "text",
    [
        "<b>x</b>", "<!--x-->", "</p>", "<?php ?>", "<https://example.org>", "a\r<b>",
        "[x](javascript:1)", "[x]( javascript:1)", "[x](\njavascript:1)", "[x](<javascript:1>)", "[x](&#106;avascript:1)",
        "[x](java\\script:1)", "[x](data:text/html,1)", "[x](vbscript:1)", "[x](\u00a0javascript:1)", "[x](\tjavascript:1)",
        "[x]:javascript:1", "[x]: <javascript:1>", "[x]:\n javascript:1", "> [x]:\n> javascript:1", "[x\ny]: javascript:1",
        "[x]:\r> javascript:1", "![x](http://example.org/x.png)", "![x][y]\n\n[y]: http://example.org/x.png",
        '![a" onerror="alert(1)](attachment:p)', "![x](attachment:unknown)", "# <img src=x onerror=alert(1)>",
        "```mermaid\n</pre><script>1</script>\n```", "$<img src=x onerror=alert(1)>$", "| <b>a</b> |\n|---|\n| <i>b</i> |",
        '[x](https://example.org "t\\" onclick=\\"alert(1)")', "[x](https://example.org/\"onclick=alert(1))",
    ],
)  # fmt: skip
def test_markdown_of_students_is_inert(text: str) -> None:
    """In nbconvert, which nbgrader renders with: no element, address or picture but those that are allowed."""
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    attachments = {"picture-1.png": {"image/png": "AAAA"}}
    source = markdown.markdown(text, {"p": "picture-1.png"})
    html = MarkdownWithMath(renderer=IPythonRenderer(escape=False, attachments=attachments)).render(source)
    for element in BeautifulSoup(html, "html.parser").find_all(True):
        assert element.name in {
            "p",
            "a",
            "img",
            "h1",
            "pre",
            "div",
            "blockquote",
            "code",
            "em",
            *"table thead tbody tr th td".split(),
        }
        assert set(element.attrs) <= {"href", "src", "alt", "title", "id", "class"}, html
        assert str(element.get("href", "#")).startswith(("#", "https://example.org", "http://example.org"))
        assert str(element.get("src", "data:image/png;base64,")).startswith("data:image/png;base64,")


def test_harmless_markdown_stays_as_it_is() -> None:
    """Formulas, comparisons, links, code."""
    text = "$a < b$, `x[1:] + y`, [paper](https://arxiv.org/abs/1) and 3<4\n\n- *one*\n\n    for i in a[0]: pass\n"
    assert markdown.markdown(text, {}) == text


# ---------------------------------------------------------------------------------------------- nbgrader's own commands


@pytest.fixture(scope="module")
def after_nbgrader(
    recorded_course: Course, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Course, dict[str, str]]:
    """A course after `nbgrader autograde` of ada and `nbgrader generate_feedback` of the others."""
    root = tmp_path_factory.mktemp("nbgrader") / "my course"
    shutil.copytree(recorded_course.root, root, symlinks=True)
    course = Course(root)
    with sqlite3.connect(root / "gradebook.db") as connection:
        connection.execute("UPDATE grade SET auto_score = -1 WHERE auto_score = 15")
    connection.close()
    by_hand(course, "ada", "warmup_a", 1.5)
    by_hand(course, "bob", "warmup_a", 1.5, "nearly")
    feedback = start_nbgrader(course, "generate_feedback", "hw1", "--student=[!a]*")
    autograding = start_nbgrader(course, "autograde", "hw1", "--student=ada", "--force")
    return course, {"autograde": ended(autograding), "feedback": ended(feedback)}


def test_nbgrader_autograde_gives_the_same_scores(
    after_nbgrader: tuple[Course, dict[str, str]], graded: dict[str, GradedSubmission]
) -> None:
    """Through the sandbox and the hidden tests; what people gave stays, other students too."""
    course, said = after_nbgrader
    assert "ada: 42.5 of 42.5 points, 9 answers to review" in said["autograde"]
    rows = grades(course, "ada")
    for exercise in graded["ada"].result.exercises:
        assert rows[f"test_{exercise.name}"][0] == exercise.score
    assert rows["warmup_a"] == (None, 1.5, 0.5, 0)
    assert grades(course, "mallory")["test_cross_corr_2d"][0] == -1


def test_nbgraders_feedback_shows_results_and_no_secret(
    after_nbgrader: tuple[Course, dict[str, str]],
) -> None:
    """Scores, comments and the judge's table; no marking scheme, no receipt, nothing that runs."""
    course, _ = after_nbgrader
    html = (course.feedback / "bob" / "hw1" / "hw1.html").read_text()
    assert "turned by 180°" in html
    assert "nearly" in html
    assert "MARK SCHEME" not in html
    assert "HIDDEN TESTS" not in html
    scheme = named({"cells": course.assignment("hw1").cells}, "question_warmup_a")["source"]
    lines = scheme.split("BEGIN MARK SCHEME")[1].split("### END")[0].split("\n- ")[1:]
    assert lines
    assert not [line for line in lines if line.strip()[10:60] in html]
    assert 'src="figures/' not in html  # pictures are in the page
    assert not (course.feedback / "bob" / "hw1" / "receipt.json").exists()
    body = BeautifulSoup((course.feedback / "mallory" / "hw1" / "hw1.html").read_text(), "html.parser").find(
        id="notebook"
    )
    assert body is not None
    assert "alert(11)" in body.text
    for element in body.find_all(True):  # type: ignore[union-attr]
        assert element.name not in ("script", "iframe", "object", "embed", "svg")
        assert not [name for name in element.attrs if name.startswith("on")]
        assert not str(element.get("href", "")).lower().startswith(("javascript:", "data:"))


def test_formgraders_button_works_in_a_running_loop(own: Course, graded: dict[str, GradedSubmission]) -> None:
    """NbGraderAPI.autograde, as the Jupyter server calls it: the same scores, and the log."""
    from nbgrader.apps.api import NbGraderAPI
    from nbgrader.converters import Autograde
    from traitlets.config.loader import PyFileConfigLoader

    config = PyFileConfigLoader("nbgrader_config.py", path=str(own.root)).load_config()
    api_autograde = Autograde

    async def press(student: str, assignment: str = "hw1") -> dict[str, Any]:
        result: dict[str, Any] = NbGraderAPI(config=config).autograde(assignment, student)
        return result

    done = asyncio.run(press("bob"))
    assert done["success"], done
    assert "bob: " in done["log"]
    assert grades(own, "bob")["test_cross_corr_2d"][0] == graded["bob"].result.exercises[1].score
    refused = asyncio.run(press("nobody"))
    assert not refused["success"]
    assert "nothing was handed in by nobody" in refused["log"]
    (own.submitted / "ada" / "hw1" / "timestamp.txt").write_text("never")
    assert {one["student"] for one in NbGraderAPI(config=config).get_submissions("hw1")} == set(
        "ada blank bob eve mallory".split()
    )
    assert api_autograde is not None


def test_stock_nbgrader_gives_no_points_for_hidden_tests(
    own_course: Course, references: dict[str, str]
) -> None:
    """Without this configuration the guard in the hidden region stops a grade cell, of a right solution too."""
    (own_course.root / "nbgrader_config.py").write_text("c = get_config()\n")
    path = own_course.root / "source" / "hw1" / "hw1.ipynb"
    notebook = json.loads(path.read_text())
    kept = [named(notebook, name) for name in ("learning_rate_labels", "test_learning_rate_labels")]
    path.write_text(json.dumps({**notebook, "cells": kept}))
    ended(start_nbgrader(own_course, "generate_assignment", "hw1", "--force", PATH=PATH_WITH_ALEMBIC))
    released = json.loads((own_course.root / "release" / "hw1" / "hw1.ipynb").read_text())
    released["cells"][0]["source"] = references["learning_rate_labels"]
    folder = own_course.submitted / "ada" / "hw1"
    folder.mkdir(parents=True)
    (folder / "hw1.ipynb").write_text(json.dumps(released))
    ended(start_nbgrader(own_course, "autograde", "hw1", PATH=PATH_WITH_ALEMBIC))
    assert grades(own_course, "ada") == {"test_learning_rate_labels": (0.0, None, None, 0)}
    outputs = json.loads((own_course.autograded / "ada" / "hw1" / "hw1.ipynb").read_text())["cells"][1][
        "outputs"
    ]
    assert "hidden tests were not run" in json.dumps(outputs)


# ---------------------------------------------------------------------------------------------- exports


def test_grades_as_csv(own: Course, tmp_path: Path) -> None:
    """One row a student, quoted where need be; what a person gave counts; nothing is a formula."""
    by_hand(own, "bob", "warmup_a", 1.5)
    with open_gradebook(own) as gradebook:
        gradebook.add_student("zoe", last_name='=HYPERLINK("http://example.org")', first_name="Zoë, Anna")
    export_csv(own, tmp_path / "grades.csv")
    with (tmp_path / "grades.csv").open(newline="", encoding="utf-8") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert list(rows) == ["ada", "blank", "bob", "eve", "mallory", "zoe"]
    bob = rows["bob"]
    assert (bob["warmup_a"], bob["warmup_b"], bob["manual"], bob["to_review"]) == ("2", "0", "2", "0")
    assert float(bob["total"]) == float(bob["cross_corr_2d"]) + 2
    assert (bob["max"], bob["status"]) == ("65", "graded")
    assert (rows["ada"]["warmup_a"], rows["ada"]["to_review"]) == ("", "9")
    assert rows["eve"]["status"] == "unreadable"
    assert "no notebook" in rows["eve"]["notes"]
    assert rows["mallory"]["submitted"] == "2026-11-20 12:00:00.500000 UTC"
    assert rows["zoe"]["status"] == "missing"
    assert rows["zoe"]["last_name"].startswith("'=")
    assert rows["zoe"]["first_name"] == "Zoë, Anna"
    with pytest.raises(UsageError, match="no assignment"):
        export_csv(own, tmp_path / "grades.csv", ["hw9"])
    with pytest.raises(UsageError, match="cannot be written"):
        export_csv(own, tmp_path / "nowhere" / "grades.csv")


def test_nbgrader_export_writes_the_same_file(own: Course, tmp_path: Path) -> None:
    """The configuration names our exporter."""
    export_csv(own, tmp_path / "ours.csv", ["hw1"])
    ended(start_nbgrader(own, "export", "--to", str(tmp_path / "theirs.csv")))
    assert (tmp_path / "theirs.csv").read_text() == (tmp_path / "ours.csv").read_text()
