"""Jupyter servers that run while a test or a script uses them: the course's own, and a student's."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from homework.course import Course
from tests.homework.support import ROOT


@dataclass(frozen=True)
class Serving:
    """A server that runs. `lines`: what it printed until it had started."""

    base: str
    token: str
    lines: tuple[str, ...]


@contextmanager
def serving(course: Course, *command: str, home: Path | None = None) -> Iterator[Serving]:
    """Run `homework serve`, or another `command` that starts the course's server, and end it."""
    environment = {"HOMEWORK_COURSE": str(course.root), "HOME": str(home or course.root.parent)}
    arguments = ["-m", "homework", *(command or ("serve",)), "--port", str(_free_port())]
    with _running(arguments, course.root, environment, "Stop with") as lines:
        base, token = re.findall(r"Review: +(http://[^/]+)/\S*\?token=(\S+)", lines[-2])[0]
        yield Serving(base, token, lines)


@contextmanager
def students_lab(home: Path, config: str) -> Iterator[Serving]:
    """JupyterLab of a student whose nbgrader_config.py is `config`, as their university installs it: with nbgrader."""
    home.mkdir()
    (home / "nbgrader_config.py").write_text(config, "utf-8")
    # The news that JupyterLab offers would come from another server, and cover a corner of the page.
    silent = (
        home / ".jupyter/lab/user-settings/@jupyterlab/apputils-extension/notification.jupyterlab-settings"
    )
    silent.parent.mkdir(parents=True)
    silent.write_text('{"fetchNews": "false", "checkForUpdates": false}', "utf-8")
    token, port = "of-the-student", _free_port()
    arguments = [
        *("-m", "jupyter", "lab", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1"),
        *(f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={home}"),
    ]
    environment = {"HOME": str(home), "JUPYTER_TOKEN": token}
    with _running(arguments, home, environment, "is running at") as lines:
        yield Serving(f"http://127.0.0.1:{port}", token, lines)


@contextmanager
def _running(
    arguments: list[str], folder: Path, environment: dict[str, str], started: str
) -> Iterator[tuple[str, ...]]:
    """Run Python until the block ends; the lines that it prints until one of them contains `started`."""
    log = (
        folder.parent / f"{folder.name}.log"
    )  # not a pipe: a server that logs much would stop when it is full
    with log.open("w") as written:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
            stdout=written,
            stderr=subprocess.STDOUT,
        )
    try:
        while started not in (said := log.read_text()):
            assert process.poll() is None, said
            time.sleep(0.1)
        yield tuple(said.splitlines())
    finally:
        process.terminate()
        process.wait(60)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port
