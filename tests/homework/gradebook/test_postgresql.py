"""The gradebook in PostgreSQL: a real server, private to these tests."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text

from homework.commands.autograde import autograde
from homework.course import Course
from homework.errors import CourseError
from homework.gradebook.database import open_gradebook
from homework.gradebook.export import export_csv
from homework.gradebook.record import Recorder
from homework.report.feedback import write_feedback
from tests.homework.faults.test_kill import sever_postgresql
from tests.homework.support import ROOT, copy_course, hand_in_class, run_homework

_UNPRIVILEGED = 65534  # a server refuses to run as root


def _program(name: str) -> str | None:
    """A program of the server, which Debian does not put on the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: float(path.parts[-3]))
    return str(found[-1]) if found else shutil.which(name)


@pytest.fixture(scope="module")
def server() -> Iterator[Path]:
    """A server on a socket in its own folder. Yields the folder."""
    initdb, control = _program("initdb"), _program("pg_ctl")
    if initdb is None or control is None:
        why = "PostgreSQL is not installed (scripts/setup --tests installs it on Debian and Ubuntu)"
        if os.environ.get("CI") == "true":
            pytest.fail(why)
        pytest.skip(why)
    folder = Path(tempfile.mkdtemp(prefix="homework-pg-", dir="/tmp"))  # a socket's path must be short
    data = folder / "data"
    options: dict[str, Any] = {"cwd": folder, "check": True, "stdout": subprocess.DEVNULL}
    if os.geteuid() == 0:
        os.chown(folder, _UNPRIVILEGED, _UNPRIVILEGED)
        options.update(user=_UNPRIVILEGED, group=_UNPRIVILEGED, extra_groups=[])
    settings = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
    create = [initdb, "-D", data, "--username=grader", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
    start = [control, "-D", data, "-l", folder / "log", "-w", "-t", "120", "-o", settings, "start"]
    try:
        subprocess.run([*create, "--no-sync"], **options)
        subprocess.run(start, **options)
        yield folder
        subprocess.run([control, "-D", data, "-m", "immediate", "-w", "stop"], **options)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def url(server: Path) -> str:
    """The address of an empty database."""
    name = f"course_{uuid4().hex}"
    engine = create_engine(_url(server, "postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return _url(server, name)


def _url(server: Path, database: str) -> str:
    return f"postgresql+psycopg://grader@/{database}?host={server}"


def on_database(course: Course, url: str) -> Course:
    """`course` with its gradebook at `url`."""
    with (course.root / "nbgrader_config.py").open("a") as config:
        config.write(f"\nc.CourseDirectory.db_url = {url!r}\n")
    return Course(course.root)


def test_a_course_on_postgresql(own_course: Course, url: str) -> None:
    """Grade, mark, grade again, read as Formgrader does, give feedback, export."""
    course = on_database(own_course, url)
    hand_in_class(course, 3)
    (course.submitted / "s1" / "hw1" / "timestamp.txt").write_text("2026-11-20 12:00:00.5 UTC")
    first = autograde(course, "hw1", jobs=1)
    assert not (course.root / "gradebook.db").exists()
    with open_gradebook(course) as gradebook:
        grade = gradebook.find_grade("warmup_a", "hw1", "hw1", "s0")
        assert grade.needs_manual_grade
        grade.manual_score, grade.extra_credit, grade.needs_manual_grade = 2.0, 0.5, False
        gradebook.find_comment("warmup_a", "hw1", "hw1", "s0").manual_comment = "well said"
        gradebook.db.commit()
    assert "3 unchanged" in run_homework("autograde", "hw1", course=course.root).stdout
    autograde(course, "hw1", force=True, jobs=1)
    with open_gradebook(course) as gradebook:
        grade = gradebook.find_grade("warmup_a", "hw1", "hw1", "s0")
        assert (grade.manual_score, grade.extra_credit, grade.needs_manual_grade) == (2.0, 0.5, False)
        by_tests = {row.student: row.auto for row in first.rows}
        listed = {one["student"]: one for one in gradebook.notebook_submission_dicts("hw1", "hw1")}
        assert {name: one["code_score"] for name, one in listed.items()} == by_tests
        assert listed["s0"]["written_score"] == 2.5
        assert str(gradebook.find_submission("hw1", "s1").timestamp) == "2026-11-20 12:00:00.500000"
    write_feedback(course, "hw1")
    assert "well said" in (course.feedback / "s0" / "hw1" / "hw1.html").read_text()
    table = course.root / "grades.csv"
    export_csv(course, table)
    rows = {row["student"]: row for row in csv.DictReader(table.read_text().splitlines())}
    assert {name: float(row["auto"]) for name, row in rows.items()} == by_tests
    assert float(rows["s0"]["total"]) == by_tests["s0"] + 2.5


def test_nbgrader_grades_on_postgresql(own_course: Course, url: str) -> None:
    """Its command uses the same gradebook, and finds what is there."""
    course = on_database(own_course, url)
    hand_in_class(course, 1)
    command = [sys.executable, "-m", "nbgrader", "autograde", "hw1"]
    done = subprocess.run(command, cwd=course.root, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    with open_gradebook(course) as gradebook:
        assert [one.student.id for one in gradebook.assignment_submissions("hw1")] == ["s0"]


def test_a_second_machine_says_so_and_stops(own_course: Course, url: str, tmp_path: Path) -> None:
    """Two checkouts on one gradebook: their folders know nothing of each other, but the database does."""
    here = on_database(own_course, url)
    there = on_database(copy_course(tmp_path / "there"), url)
    hand_in_class(there, 1)
    script = "import sys; from pathlib import Path; from homework.course import Course\n"
    script += "from homework.gradebook.record import Recorder\n"
    script += "with Recorder(Course(Path(sys.argv[1])), 'hw1'): print('held', flush=True); sys.stdin.read()"
    arguments = [sys.executable, "-c", script, str(here.root)]
    with subprocess.Popen(
        arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        done = run_homework("autograde", "hw1", course=there.root)
        assert done.returncode == 1
        assert f"another grader (homework, process {first.pid} on " in done.stderr
        assert not list(there.autograded.glob("*/hw1"))
        first.communicate()  # it ends when nobody writes to it any more
    with Recorder(there, "hw1"), pytest.raises(CourseError, match="another grader"), Recorder(here, "hw1"):
        pass


def test_a_connection_that_is_cut_costs_nothing(own_course: Course, url: str, tmp_path: Path) -> None:
    """As when a proxy or an administrator ends it between two results. The lock is taken again, too."""
    course = on_database(own_course, url)
    hand_in_class(course, 3)
    elsewhere = on_database(copy_course(tmp_path / "there"), url)

    def cut(*arguments: Any) -> None:
        sever_postgresql(course)
        write(*arguments)
        with pytest.raises(CourseError, match="another grader"), Recorder(elsewhere, "hw1"):
            pass

    with pytest.MonkeyPatch.context() as patch:
        write = Recorder.write
        patch.setattr(Recorder, "write", cut)
        summary = autograde(course, "hw1", jobs=1, quiet=True)
    with open_gradebook(course) as gradebook:
        listed = {
            one["student"]: one["code_score"] for one in gradebook.notebook_submission_dicts("hw1", "hw1")
        }
    assert listed == {row.student: row.auto for row in summary.rows}
    assert len(listed) == 3


def test_a_server_that_is_away_is_told_in_a_line(own_course: Course, tmp_path: Path) -> None:
    course = on_database(own_course, f"postgresql+psycopg://grader:secret@/x?host={tmp_path}")
    hand_in_class(course, 1)
    done = run_homework("autograde", "hw1", course=course.root)
    assert done.returncode == 1
    assert "the gradebook postgresql+psycopg://grader:***@/x" in done.stderr
    assert "secret" not in done.stderr
    assert "Traceback" not in done.stderr


def test_without_its_driver_the_mend_is_named(own_course: Course, tmp_path: Path) -> None:
    """A psycopg that cannot be imported, as if it were not installed."""
    course = on_database(own_course, "postgresql+psycopg://grader@/x")
    hand_in_class(course, 1)
    (tmp_path / "psycopg.py").write_text("raise ModuleNotFoundError('no', name='psycopg')\n")
    done = run_homework("autograde", "hw1", course=course.root, env={"PYTHONPATH": str(tmp_path)})
    assert done.returncode == 1
    assert "psycopg, which is not installed: run `make setup`" in done.stderr
