"""Grading on a cluster: a real dask scheduler and real workers, processes of this machine."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psutil
import pytest
from distributed import Client

from homework.commands.autograde import autograde
from homework.course import Course
from homework.errors import CourseError, UsageError
from homework.pool.cluster import Cluster, require_private
from homework.sandbox.errors import SandboxUnavailable
from tests.homework.support import (
    ROOT,
    copy_course,
    hand_in_class,
    refuse_landlock,
    results_of,
    run_homework,
)


def start(
    stack: ExitStack, *arguments: str, preexec_fn: Callable[[], None] | None = None, **environment: str
) -> subprocess.Popen[str]:
    """Start a part of the cluster; it ends with the test."""
    process = subprocess.Popen(
        [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:]],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd="/",
        preexec_fn=preexec_fn,
    )
    stack.callback(process.wait)
    stack.callback(process.terminate)
    return process


@pytest.fixture
def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@pytest.fixture
def scheduler(free_port: int) -> Iterator[tuple[ExitStack, str]]:
    """A scheduler without workers, and where it listens."""
    with ExitStack() as stack:
        address = f"tcp://127.0.0.1:{free_port}"
        start(stack, "dask_scheduler", "--host", "127.0.0.1", "--port", str(free_port), "--no-dashboard")
        yield stack, address


def worker(stack: ExitStack, address: str, *options: str, **environment: str) -> subprocess.Popen[str]:
    """A worker with its nanny."""
    options = options or ("--nthreads", "1")
    local = ["--host", "127.0.0.1", "--no-dashboard", "--local-directory", "/tmp"]
    return start(stack, "dask_worker", address, *local, *options, **environment)


def test_a_cluster_grades_like_processes_though_a_worker_is_killed(
    scheduler: tuple[ExitStack, str], tmp_path: Path
) -> None:
    """Two workers, one killed while it grades: everybody is graded, once, with the scores of the pool."""
    stack, address = scheduler
    here, there = copy_course(tmp_path / "here"), copy_course(tmp_path / "there")
    for course in (here, there):
        hand_in_class(course, 16)
    workers = [worker(stack, address) for _ in range(2)]
    with Client(address, timeout=60) as client:
        client.wait_for_workers(2, timeout=120)
        pids = client.run(os.getpid)
        environment = {**os.environ, "HOMEWORK_COURSE": str(there.root)}
        command = [sys.executable, "-m", "homework", "autograde", "hw1", "--scheduler", address]
        with subprocess.Popen(
            command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as grading:
            assert grading.stdout is not None
            first = grading.stdout.readline()
            os.kill(next(iter(pids.values())), signal.SIGKILL)
            said, complaint = grading.communicate(timeout=400)
        assert grading.returncode == 0, complaint
        lines = [line for line in [first, *said.splitlines()] if " of 42.5 points" in line]
        assert len(lines) == 16, "each is recorded once"
        assert "hw1: 16 graded, 0 unchanged" in said
        # Neither answers nor sandboxes are left on the workers.
        assert set(client.run(_left_by_graders).values()) == {0}
    assert all(process.poll() is None for process in workers), "nannies stay"
    autograde(here, "hw1", jobs=2)
    assert results_of(there) == results_of(here)


def _left_by_graders(dask_worker: Any) -> int:
    """In a worker: how many plugins and processes of ours there are."""
    plugins = [name for name in dask_worker.plugins if name.startswith("homework")]
    return len(plugins) + len(psutil.Process().children(recursive=True))


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificates")
def test_over_tls(own_course: Course, tmp_path: Path, free_port: int) -> None:
    """Certificates, configuration and commands are those of docs/cluster.md."""
    page = (ROOT / "docs" / "cluster.md").read_text()
    commands = re.findall(r"^\$ (openssl .*(?:\n> .*)*)", page, re.MULTILINE)
    assert len(commands) == 2
    for command in commands:
        subprocess.run(
            command.replace("\n> ", "\n"), shell=True, cwd=tmp_path, check=True, capture_output=True
        )
    configuration = page.partition("```yaml\n")[2].partition("```")[0]
    (tmp_path / "homework.yaml").write_text(configuration.replace("/etc/homework", str(tmp_path)))
    hand_in_class(own_course, 1)
    address = f"tls://127.0.0.1:{free_port}"
    with ExitStack() as stack:
        config = {"DASK_CONFIG": str(tmp_path)}
        options = ["--host", "127.0.0.1", "--port", str(free_port), "--no-dashboard", "--protocol", "tls"]
        start(stack, "dask_scheduler", *options, **config)
        worker(stack, address, **config)
        done = run_homework("autograde", "hw1", "--scheduler", address, course=own_course.root, env=config)
        assert done.returncode == 0, done.stderr
        assert "hw1: 1 graded" in done.stdout
        # Whoever has no certificate stays outside.
        done = run_homework("autograde", "hw1", "--force", "--scheduler", address, course=own_course.root)
        assert done.returncode == 2
        assert f"no dask scheduler answers at {address}" in done.stderr


def test_a_worker_without_a_sandbox_refuses(scheduler: tuple[ExitStack, str], own_course: Course) -> None:
    """The error says what to install, and where; nothing is recorded."""
    stack, address = scheduler
    hand_in_class(own_course, 2)
    options = ["--nthreads", "1", "--host", "127.0.0.1", "--no-dashboard", "--local-directory", "/tmp"]
    path = str(Path(sys.executable).parent)  # where no bubblewrap is
    start(stack, "dask_worker", address, *options, preexec_fn=refuse_landlock, PATH=path)
    with pytest.raises(SandboxUnavailable, match=rf"dask worker {socket.gethostname()}.*bubblewrap"):
        autograde(own_course, "hw1", scheduler=address)
    assert not list(own_course.autograded.glob("*/hw1/receipt.json"))


def test_what_takes_workers_down_twice_is_a_fault(
    scheduler: tuple[ExitStack, str], own_course: Course
) -> None:
    """The others are graded; the one that did it goes to a person."""
    from homework.pool import Pool
    from homework.submission.files import Readings, submissions
    from tests.homework.pool.test_pool import kill_the_worker_of

    stack, address = scheduler
    hand_in_class(own_course, 5)
    worker(stack, address)
    done: dict[str, Any] = {}
    readings = Readings(submissions(own_course, "hw1"))
    with Pool(own_course, "hw1", scheduler=address) as pool:
        pool.grade(
            readings,
            lambda result: done.update({result["student"]: result["status"]}),
            kill_the_worker_of,
        )
    assert done == {f"s{n}": "grader-fault" if n == 3 else "graded" for n in range(5)}


def test_a_worker_with_several_threads_is_refused(
    scheduler: tuple[ExitStack, str], own_course: Course
) -> None:
    stack, address = scheduler
    worker(stack, address, "--nthreads", "2")
    with pytest.raises(CourseError, match="has 2 threads: start it with --nthreads 1"):
        Cluster(address, own_course, "hw1")


@pytest.mark.parametrize(
    "address", ["tcp://10.0.0.1:8786", "10.0.0.1:8786", "tcp://grading.example.edu:8786", "ws://127.0.0.1:80"]
)
def test_answers_never_travel_in_the_clear(address: str) -> None:
    with pytest.raises(UsageError, match=r"not encrypted.*tls://"):
        require_private(address)


@pytest.mark.parametrize(
    "address", ["tls://10.0.0.1:8786", "tcp://127.0.0.1:8786", "tcp://[::1]:1", "localhost:8786"]
)
def test_local_and_encrypted_addresses_are_fine(address: str) -> None:
    require_private(address)


def test_no_scheduler_is_told_in_a_line(own_course: Course) -> None:
    hand_in_class(own_course, 1)
    done = run_homework("autograde", "hw1", "--scheduler", "tcp://127.0.0.1:9", course=own_course.root)
    assert done.returncode == 2
    assert "no dask scheduler answers at tcp://127.0.0.1:9" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_dask_the_extra_is_named(own_course: Course, tmp_path: Path) -> None:
    """A `distributed` that cannot be imported, as where it is not installed."""
    hand_in_class(own_course, 1)
    (tmp_path / "distributed.py").write_text("raise ModuleNotFoundError('no', name='distributed')\n")
    done = run_homework(
        *("autograde", "hw1", "--scheduler", "tcp://127.0.0.1:9"),
        course=own_course.root,
        env={"PYTHONPATH": str(tmp_path)},
    )
    assert done.returncode == 2
    assert "homework[cluster]" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_worker_that_would_grade_otherwise_refuses(
    scheduler: tuple[ExitStack, str], own_course: Course
) -> None:
    """Other versions on a worker: nothing is graded there."""
    stack, address = scheduler
    hand_in_class(own_course, 1)
    worker(stack, address, PYTHONPATH=_with_another_version(own_course.root.parent))
    with pytest.raises(CourseError, match=r"the grader changed \(.* → 0\.0\.1\)"):
        autograde(own_course, "hw1", scheduler=address)


def _with_another_version(folder: Path) -> str:
    """A copy of the package that says that it is another version."""
    shutil.copytree(ROOT / "homework", folder / "other" / "homework")
    (folder / "other" / "homework" / "__init__.py").write_text('__version__ = "0.0.1"\n')
    return str(folder / "other")
