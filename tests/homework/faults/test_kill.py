"""A grader that is killed at any moment, and started again, ends the class as if nothing had happened.

`make kill ARGS=100` kills a hundred times; `HOMEWORK_KILL_SEED` chooses other moments, `HOMEWORK_DB_URL`
another database than SQLite (it must be empty; what can sever its connections is in `SEVER`).

A round kills twice. `homework autograde` is started on a class, one of which was graded and marked by a person before,
and killed at a random moment. The same command is started again, and at a random moment a worker, a sandbox's zygote or
a writer of the database is killed under it; it must end the class by itself.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import NullPool, create_engine, text

from homework.commands.autograde import autograde
from homework.course import Course
from homework.gradebook.database import db_url, open_gradebook
from homework.pool import Pool
from homework.submission.handin import Submission
from homework.submission.template import Template
from tests.homework import records
from tests.homework.support import copy_course, filled

KILLS = int(os.environ.get("HOMEWORK_KILLS", "6"))
SEED = int(os.environ.get("HOMEWORK_KILL_SEED", "590"))
DB_URL = os.environ.get("HOMEWORK_DB_URL", "")
CLASS = ["ada", "bob", "cleo", "dan", "eve"]
MARKED = "ada"
PATIENT = {"seconds_per_cell": 120, "seconds_per_call": 120, "seconds_per_submission": 900}


# ---------------------------------------------------------------------------------------------- what is killed


def children(pid: int) -> list[int]:
    """The processes that `pid` started."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += map(int, task.read_text().split())
    return found


def command_line(pid: int) -> str:
    """How `pid` was started."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        return ""


def descendants(pid: int) -> list[int]:
    """The processes that `pid` or its descendants started."""
    below = children(pid)
    return below + [other for child in below for other in descendants(child)]


def a_worker(grader: int, course: Course, chance: random.Random) -> int | None:
    """A process of the pool."""
    servers = [pid for pid in children(grader) if "multiprocessing.forkserver" in command_line(pid)]
    workers = [pid for server in servers for pid in children(server)]
    return chance.choice(workers) if workers else None


def a_zygote(grader: int, course: Course, chance: random.Random) -> int | None:
    """The process in bubblewrap that all sessions of one worker are forks of, or that such processes are forks of."""
    # Sessions have the same command line: the first zygote is what bubblewrap started.
    wraps = [pid for pid in descendants(grader) if command_line(pid).split(" ")[0].endswith("bwrap")]
    zygotes = [pid for wrap in wraps for pid in children(wrap) if pid not in wraps]
    if a_worker(grader, course, chance) is not None:
        zygotes += [fork for zygote in zygotes for fork in children(zygote)]
    return chance.choice(zygotes) if zygotes else None


def a_connection(grader: int, course: Course, chance: random.Random) -> int | None:
    """A connection to the database; nothing else is killed."""
    SEVER[db_url(course).split(":")[0].split("+")[0]](course)
    return None


def sever_sqlite(course: Course) -> None:
    """SQLite has no connection to cut: another writer is killed in a transaction that had reached the file."""
    script = (
        "import os, sqlite3, sys\n"
        "connection = sqlite3.connect(sys.argv[1], timeout=20, isolation_level=None)\n"
        "connection.execute('PRAGMA cache_size = 1')\n"
        "connection.execute('BEGIN IMMEDIATE')\n"
        "connection.execute('UPDATE grade SET manual_score = 0, auto_score = -1')\n"
        "connection.execute('UPDATE comment SET manual_comment = hex(randomblob(5000))')\n"
        "os.kill(os.getpid(), 9)\n"
    )
    path = str(db_url(course)).removeprefix("sqlite:///")
    done = subprocess.run([sys.executable, "-c", script, path], capture_output=True, timeout=60, check=False)
    # Before the grader has made its tables there is nothing that could be cut.
    assert done.returncode == -signal.SIGKILL or b"no such table" in done.stderr, done.stderr


def sever_postgresql(course: Course) -> None:
    """End every connection to the course's database but the one that asks for it."""
    engine = create_engine(db_url(course), poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )


SEVER: dict[str, Callable[[Course], None]] = {"sqlite": sever_sqlite, "postgresql": sever_postgresql}
TARGETS = [a_worker, a_zygote, a_connection]


# ---------------------------------------------------------------------------------------------- a round


@dataclass
class Ended:
    """How a command ended, and the students whose results it told."""

    status: int
    said: str

    @property
    def told(self) -> set[str]:
        return {line.split(":")[0] for line in self.said.splitlines() if " of 42.5 points, " in line}


def start(course: Course, jobs: int, log: Path) -> subprocess.Popen[bytes]:
    """Start `homework autograde` as a user does; what it says goes to `log`, so that nobody has to read it in time."""
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": os.environ.get("HOME", "/root"),
        "HOMEWORK_COURSE": str(course.root),
    }
    if DB_URL:
        environment["HOMEWORK_DB_URL"] = DB_URL
    with log.open("wb") as file:
        return subprocess.Popen(
            [sys.executable, "-u", "-m", "homework", "autograde", "hw1", f"--jobs={jobs}"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        )


def ended(process: subprocess.Popen[bytes], log: Path) -> Ended:
    """Wait for the command."""
    return Ended(process.wait(timeout=1200), log.read_text(errors="replace"))


def wait_for(process: subprocess.Popen[bytes], log: Path, results: int, seconds: float) -> None:
    """Until the command has told `results` results and `seconds` more have passed, or it has ended."""
    while process.poll() is None and log.read_bytes().count(b" of 42.5 points, ") < results:
        time.sleep(0.002)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(seconds)


@pytest.fixture(scope="module")
def waiting(
    template: Template, references: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Course:
    """A class of which one student was graded and marked by a person. Not to be written into."""
    course = copy_course(tmp_path_factory.mktemp("class") / "my course")
    with (course.root / "nbgrader_config.py").open(
        "a"
    ) as config:  # a busy machine must not look like a fault
        config.write(f"\nc.Homework.limits = {{'*': {PATIENT!r}}}\n")
    for number, student in enumerate(CLASS):
        work = dict(references)
        if number % 2:
            work["cross_corr_2d"] = "def cross_corr_2d(X, K):\n    return X"
        work[f"warmup_{'abcdf'[number]}"] = f"{student} thinks so."
        (course.submitted / student / "hw1").mkdir(parents=True)
        (course.submitted / student / "hw1" / "hw1.ipynb").write_text(json.dumps(filled(template, work)))
    aside = course.submitted.rename(course.root / "aside")
    shutil.copytree(aside / MARKED, course.submitted / MARKED)
    log = course.root.parent / "log"
    first = ended(start(course, 1, log), log)
    assert first.status == 0, first.said
    with open_gradebook(course) as gradebook:
        grade = gradebook.find_grade("warmup_a", "hw1", "hw1", MARKED)
        grade.manual_score, grade.extra_credit, grade.needs_manual_grade = 2.0, 0.5, False
        gradebook.find_comment("warmup_a", "hw1", "hw1", MARKED).manual_comment = "Well said."
        gradebook.db.commit()
    shutil.rmtree(course.submitted)
    aside.rename(course.submitted)
    return course


def copied(course: Course, root: Path) -> Course:
    """A copy to write into."""
    shutil.copytree(course.root, root, symlinks=True)
    return Course(root)


def state(course: Course) -> dict[str, Any]:
    """All that is recorded."""
    return {
        "rows": records.rows(course),
        "receipts": records.receipts(course),
        "notebooks": records.notebooks(course),
        "half-written": records.half_written(course),
    }


@pytest.fixture(scope="module")
def undisturbed(waiting: Course, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], float]:
    """What an undisturbed run records, and how long it takes until its first result."""
    course = copied(waiting, tmp_path_factory.mktemp("undisturbed") / "my course")
    log, begin = course.root.parent / "log", time.monotonic()
    process = start(course, 2, log)
    wait_for(process, log, 1, 0)
    startup = time.monotonic() - begin
    run = ended(process, log)
    assert (run.status, run.told) == (0, set(CLASS) - {MARKED}), run.said
    after = state(course)
    assert set(after["receipts"]) == set(CLASS) and (MARKED, "warmup_a", None, 2.0, 0.5, 0) in after["rows"]
    return after, startup


@pytest.mark.parametrize("number", range((KILLS + 1) // 2))
def test_a_kill_costs_nothing(
    waiting: Course,
    undisturbed: tuple[dict[str, Any], float],
    tmp_path: Path,
    number: int,
) -> None:
    """Every submission is graded once, to the same grades; nothing is half-written; what people gave stays."""
    expected, startup = undisturbed
    chance = random.Random(f"{SEED} {number}")
    target = TARGETS[number % len(TARGETS)]
    jobs = 2 if target is a_worker else chance.choice((1, 2))
    course = copied(waiting, tmp_path / "my course")

    def started(log: Path) -> subprocess.Popen[bytes]:
        process = start(course, jobs, log)
        results = chance.randrange(len(CLASS) - 1)
        wait_for(process, log, results, chance.uniform(0, 0.3 if results else startup))
        return process

    process = started(tmp_path / "first")
    process.kill()
    first = ended(process, tmp_path / "first")
    killed = f"the grader after {len(first.told)} results" if first.status else "nothing (too late)"

    process = started(tmp_path / "second")
    victim = target(process.pid, course, chance) if process.poll() is None else None
    if victim is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)
    second = ended(process, tmp_path / "second")
    hit = victim is not None or target is a_connection
    print(f"killed {killed}, then {target.__name__ if hit else 'nothing (too late)'}; jobs {jobs}")

    assert second.status == 0, second.said  # it went on by itself
    assert "Traceback" not in first.said + second.said
    assert not first.told & second.told, "graded twice"
    assert state(course) == expected
    assert nothing_is_left(course)


def nothing_is_left(course: Course) -> bool:
    """Whether the same command would grade nothing more."""
    more: list[str] = []

    def note(pool: Pool, submissions: Sequence[Submission], *_: Any) -> None:
        more.extend(submissions[index].student for index in range(len(submissions)))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("homework.pool.Pool.grade", note)
        autograde(course, "hw1", quiet=True)
    return not more
