"""Many submissions on processes: the same results however many, and nothing lost when something dies."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from homework.commands.autograde import autograde
from homework.commands.demo import sample_class
from homework.course import Course
from homework.pool import Pool, only_result, size
from homework.submission.files import Readings, submissions
from tests.homework.support import ROOT, copy_course, hand_in_class, results_of

if TYPE_CHECKING:
    from homework.grading import GradedSubmission, Grader


def kill_the_worker_of(grader: Grader, graded: GradedSubmission) -> dict[str, Any]:
    """A `finish` that takes the worker down on student s3, as running out of memory would."""
    if graded.result.student == "s3" and graded.result.status == "graded":
        os.kill(os.getpid(), signal.SIGKILL)
    return graded.result.to_json()


def kill_the_first_worker(grader: Grader, graded: GradedSubmission) -> dict[str, Any]:
    """A `finish` that takes the worker down once: the second time a mark is there."""
    mark = grader.course.root / "died"
    if graded.result.student == "s3" and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return graded.result.to_json()


def own_sandboxes(grader: Grader, graded: GradedSubmission) -> dict[str, Any]:
    """A `finish` that counts the sandboxes which hang on the worker itself."""
    return {
        **graded.result.to_json(),
        "status": f"{graded.result.status} with {len(zygotes())} of its own",
    }


def kill_the_ancestor(grader: Grader, graded: GradedSubmission) -> dict[str, Any]:
    """A `finish` that kills, once, what the sandboxes of all workers are forked from."""
    mark = grader.course.root / "died"
    if not mark.exists():
        mark.touch()
        # The worker's server's grader's; those of other tests' graders are older.
        wrap = max(zygotes(psutil.Process().parent().parent()), key=psutil.Process.create_time)
        [first_in_namespace] = wrap.children()
        [ancestor] = first_in_namespace.children()
        ancestor.kill()
    return own_sandboxes(grader, graded)


@pytest.fixture
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let workers import this module, for the functions above."""
    monkeypatch.syspath_prepend(str(ROOT))


def statuses(course: Course, finish: Any, jobs: int) -> list[tuple[str, str]]:
    """How each submission of hw1 ends, by student, with repetitions if there are any."""
    done: list[tuple[str, str]] = []
    readings = Readings(submissions(course, "hw1"))
    with Pool(course, "hw1", jobs) as pool:
        pool.grade(readings, lambda one: done.append((one["student"], one["status"])), finish)
    return sorted(done)


def test_results_do_not_depend_on_how_many_grade(course: Course, tmp_path: Path) -> None:
    """The whole sample class, mishaps too: receipts and notebooks are the same with one process and with three."""
    handed_in = sample_class(course, course.assignment("hw1"))
    notebooks, receipts = [], []
    for jobs in (1, 3):
        own = copy_course(tmp_path / str(jobs))
        with (own.root / "nbgrader_config.py").open("a") as config:
            config.write("\nc.Homework.limits = {'*': {'seconds_per_call': 2}}\n")
        for student, files in handed_in.items():
            (own.submitted / student / "hw1").mkdir(parents=True)
            (own.submitted / student / "hw1" / "hw1.ipynb").write_bytes(files["hw1.ipynb"])
        autograde(own, "hw1", jobs=jobs, quiet=True)
        receipts.append(results_of(own))
        notebooks.append(
            {path.parts[-3]: path.read_bytes() for path in own.autograded.glob("*/hw1/hw1.ipynb")}
        )
    assert len(receipts[0]) == 24
    assert receipts[0] == receipts[1]
    assert notebooks[0] == notebooks[1]


@pytest.mark.usefixtures("importable")
def test_what_a_dead_worker_left_is_graded_again_once(own_course: Course) -> None:
    hand_in_class(own_course, 7)
    assert statuses(own_course, kill_the_first_worker, 2) == [(f"s{n}", "graded") for n in range(7)]


@pytest.mark.usefixtures("importable")
def test_only_what_takes_a_worker_down_twice_is_a_fault(own_course: Course) -> None:
    """Not those that were under way beside it, nor those that come after it."""
    hand_in_class(own_course, 7)
    assert statuses(own_course, kill_the_worker_of, 2) == [
        (f"s{n}", "grader-fault" if n == 3 else "graded") for n in range(7)
    ]


def zygotes(process: psutil.Process | None = None) -> list[psutil.Process]:
    """The sandboxes that hang on a process, on this one by default."""
    return [child for child in (process or psutil.Process()).children() if "bwrap" in child.name()]


@pytest.mark.usefixtures("importable")
def test_workers_share_what_their_sandboxes_are_forked_from(own_course: Course) -> None:
    hand_in_class(own_course, 3)
    before = zygotes()
    assert statuses(own_course, own_sandboxes, 2) == [(f"s{n}", "graded with 0 of its own") for n in range(3)]
    assert zygotes() == before


@pytest.mark.usefixtures("importable")
def test_without_what_sandboxes_are_forked_from_workers_start_their_own(own_course: Course) -> None:
    """Nobody's submission pays for its end."""
    hand_in_class(own_course, 6)
    found = statuses(own_course, kill_the_ancestor, 2)
    assert [student for student, _ in found] == [f"s{n}" for n in range(6)]
    assert {status for _, status in found} == {f"graded with {n} of its own" for n in (0, 1)}


def test_a_sandbox_that_was_expected_is_the_one_used_or_ends(own_course: Course) -> None:
    hand_in_class(own_course, 1)
    before = zygotes()
    used = []

    def note(grader: Grader, graded: GradedSubmission) -> None:
        used.extend(one for one in zygotes() if one not in before)

    with Pool(own_course, "hw1", expected=1) as pool:
        [expected] = [one for one in zygotes() if one not in before]
        pool.grade(Readings(submissions(own_course, "hw1")), print, note)
    assert used == [expected]
    with pytest.raises(RuntimeError), Pool(own_course, "hw1", expected=1):
        raise RuntimeError("the gradebook cannot be opened, say")
    assert zygotes() == before


class _Asked(Readings):
    """Submissions that note how far they were read when a result came."""

    read = 0

    def __getitem__(self, index: Any) -> Any:
        self.read = max(self.read, index + 1)
        return super().__getitem__(index)


def test_submissions_are_read_when_their_turn_comes(own_course: Course) -> None:
    """A class is never in memory as a whole."""
    hand_in_class(own_course, 12)
    readings = _Asked(submissions(own_course, "hw1"))
    far: list[int] = []
    with Pool(own_course, "hw1", 2) as pool:
        pool.grade(readings, lambda _: far.append(readings.read), only_result)
    assert far[0] < 12
    assert far[-1] == 12


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_stops_at_once_and_loses_nothing_recorded(own_course: Course, jobs: str) -> None:
    """Workers and sandboxes go with it; the next run grades the rest."""
    hand_in_class(own_course, 8)
    command = [sys.executable, "-m", "homework", "autograde", "hw1", "--jobs", jobs]
    environment = {**os.environ, "HOMEWORK_COURSE": str(own_course.root)}
    with subprocess.Popen(
        command,
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # A suite that runs in the background of a script would pass on that it ignores it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as grading:
        assert grading.stdout is not None
        first = grading.stdout.readline()
        assert "of 42.5 points" in first, grading.stderr and grading.stderr.read()
        family = psutil.Process(grading.pid).children(recursive=True)
        assert any("bwrap" in process.name() for process in family)
        os.killpg(grading.pid, signal.SIGINT)  # as a terminal does
        said, complaint = grading.communicate(timeout=60)
    assert grading.returncode == 130
    assert complaint == "homework: interrupted\n"
    _, alive = psutil.wait_procs(family, timeout=30)
    assert alive == []
    recorded = [first, *said.splitlines()[:-1]]
    assert said.splitlines()[-1].startswith(f"hw1: stopped; {len(recorded)} of 8 are graded and recorded.")
    with sqlite3.connect(own_course.root / "gradebook.db") as connection:
        (rows,) = connection.execute("SELECT count(*) FROM submitted_notebook").fetchone()
    connection.close()
    assert rows == len(results_of(own_course)) == len(recorded)
    again = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True)
    assert f"hw1: {8 - rows} graded, {rows} unchanged" in again.stdout


def test_workers_end_with_a_grader_that_is_killed(own_course: Course) -> None:
    """Without a chance to tidy up; what is recorded stays recorded."""
    hand_in_class(own_course, 8)
    command = [sys.executable, "-m", "homework", "autograde", "hw1", "--jobs", "2"]
    environment = {**os.environ, "HOMEWORK_COURSE": str(own_course.root)}
    with subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True) as grading:
        assert grading.stdout is not None
        grading.stdout.readline()
        family = psutil.Process(grading.pid).children(recursive=True)
        grading.kill()
    _, alive = psutil.wait_procs(family, timeout=30)
    assert alive == []
    again = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True)
    assert len(results_of(own_course)) == 8
    assert " 0 unchanged" not in again.stdout


def test_size_follows_the_cgroup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A container's limits count, of version 2 and of version 1."""
    own = tmp_path / "cgroup"
    monkeypatch.setattr(size, "_OWN", own)
    monkeypatch.setattr(size, "_CGROUPS", tmp_path)
    cores, memory = size.usable_cores(), size.usable_memory()
    (tmp_path / "slice" / "job").mkdir(parents=True)
    own.write_text("0::/slice/job\n")
    (tmp_path / "slice" / "job" / "cpu.max").write_text("max 100000\n")
    (tmp_path / "slice" / "job" / "memory.max").write_text("max\n")
    assert (size.usable_cores(), size.usable_memory()) == (cores, memory)
    (tmp_path / "slice" / "cpu.max").write_text("50000 100000\n")
    (tmp_path / "slice" / "memory.max").write_text(f"{3 << 29}\n")
    assert (size.usable_cores(), size.usable_memory(), size.default_jobs()) == (0.5, 3 << 29, 1)
    own.write_text("3:cpu,cpuacct:/job\n5:memory:/elsewhere\n")
    (tmp_path / "cpu" / "job").mkdir(parents=True)
    (tmp_path / "cpu" / "job" / "cpu.cfs_quota_us").write_text("-1\n")
    (tmp_path / "cpu" / "job" / "cpu.cfs_period_us").write_text("100000\n")
    (tmp_path / "memory").mkdir()
    (tmp_path / "memory" / "memory.limit_in_bytes").write_text(f"{1 << 29}\n")
    assert (size.usable_cores(), size.usable_memory()) == (cores, 1 << 29)


def test_ctrl_c_waits_until_a_result_has_been_handed_over(own_course: Course) -> None:
    """Else a submission could have its rows and not its files."""
    hand_in_class(own_course, 3)
    readings = Readings(submissions(own_course, "hw1"))
    whole: list[Any] = []

    def record(result: Any) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        whole.append(result)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a script's background ignores it
    try:
        with pytest.raises(KeyboardInterrupt), Pool(own_course, "hw1", 1) as pool:
            pool.grade(readings, record, only_result)
        assert len(whole) == 1
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)
