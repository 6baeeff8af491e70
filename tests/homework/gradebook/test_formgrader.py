"""Formgrader in a real browser that reaches no other server: keys, fields and formulas of the page for marking."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from homework.course import Course
from homework.gradebook.formgrader import mathjax
from tests.homework.attacks.browser import CHROMIUM, Browser


@pytest.fixture
def served(own: Course) -> Iterator[tuple[Course, str, list[str]]]:
    """The course, the address of Formgrader, and the lines that `homework serve` printed until it had started."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "homework", "serve", "--port", str(port)],
        env={**os.environ, "HOMEWORK_COURSE": str(own.root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert server.stdout is not None
        lines = []
        while not lines or not lines[-1].startswith("Stop with"):
            line = server.stdout.readline()
            assert line, "".join(lines)
            lines.append(line)
        yield own, lines[-3].split()[1], lines
    finally:
        server.terminate()
        server.communicate(timeout=60)


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium here to open the pages with")
def test_keys_work_without_a_network(served: tuple[Course, str, list[str]], tmp_path: Path) -> None:
    """Ctrl+. opens the next submission, Tab goes from a score to its comment, and no other server is asked."""
    course, address, lines = served
    assert [line.split()[0] for line in lines] == [
        "JupyterLab,",
        "JupyterLab:",
        "Formgrader:",
        "Review:",
        "Stop",
    ], lines
    base, _, token = address.partition("?token=")
    with closing(sqlite3.connect(course.root / "gradebook.db")) as connection:
        # nbgrader goes through a notebook's submissions by their ids, which are random; from the last, "next" leaves.
        query = """SELECT min(n.id) FROM submitted_notebook n
                   JOIN submitted_assignment s ON s.id = n.assignment_id
                   JOIN assignment a ON a.id = s.assignment_id WHERE a.name = 'hw1'"""
        ((submission,),) = connection.execute(query).fetchall()
    with Browser(tmp_path, offline=True) as browser:
        page = browser.open(f"{base}/manage_assignments?token={token}", "document.querySelector('tbody tr')")
        assert (
            browser.value("getComputedStyle(document.querySelector('#warning-exchange')).display") == "none"
        ), page
        browser.open(
            f"{base}/submissions/{submission}/",
            "window.formgrader && formgrader.keyboard_manager && formgrader.grades.loaded && formgrader.comments.loaded"
            " && MathJax.loaded",
        )
        browser.value("document.querySelector('#warmup_a').focus()")
        browser.press("Tab", 9)
        assert browser.value("document.activeElement.id") == "warmup_a-comment"
        browser.value("document.activeElement.value = 'Well said.'")
        before = browser.value("location.pathname")
        browser.press(".", 190, control=True)
        browser.wait(f"location.pathname !== {before!r} && document.readyState === 'complete'")
        assert "/submissions/" in browser.value("location.pathname")
        if mathjax():
            browser.wait("document.querySelector('.MathJax_Display, .MathJax')")
    asked = {urlsplit(one).netloc for one in browser.requests if one.startswith(("http", "ws"))}
    assert asked == {urlsplit(base).netloc}
    with closing(sqlite3.connect(course.root / "gradebook.db")) as connection:
        found = connection.execute(
            "SELECT manual_comment FROM comment WHERE manual_comment IS NOT NULL"
        ).fetchall()
    assert found == [("Well said.",)]
