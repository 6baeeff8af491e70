"""Formgrader in a real browser that reaches no other server: keys, fields and formulas of the page for marking."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from homework.course import Course
from homework.gradebook.formgrader import mathjax
from tests.homework.attacks.browser import CHROMIUM, Browser
from tests.homework.lab import Formgrader
from tests.homework.servers import Serving, serving


@pytest.fixture
def served(own: Course) -> Iterator[tuple[Course, Serving]]:
    """The course, and `homework serve` in it."""
    with serving(own) as running:
        yield own, running


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium here to open the pages with")
def test_keys_work_without_a_network(served: tuple[Course, Serving], tmp_path: Path) -> None:
    """Ctrl+. opens the next submission, Tab goes from a score to its comment, and no other server is asked."""
    course, running = served
    assert [line.split()[0] for line in running.lines] == [
        "JupyterLab,",
        "JupyterLab:",
        "Formgrader:",
        "Review:",
        "Stop",
    ], running.lines
    base = f"{running.base}/formgrader"
    with closing(sqlite3.connect(course.root / "gradebook.db")) as connection:
        # nbgrader goes through a notebook's submissions by their ids, which are random; from the last, "next" leaves.
        query = """SELECT min(n.id) FROM submitted_notebook n
                   JOIN submitted_assignment s ON s.id = n.assignment_id
                   JOIN assignment a ON a.id = s.assignment_id WHERE a.name = 'hw1'"""
        ((submission,),) = connection.execute(query).fetchall()
    with Browser(tmp_path, offline=True) as browser:
        page = browser.open(
            f"{base}/manage_assignments?token={running.token}", "document.querySelector('tbody tr')"
        )
        assert (
            browser.value("getComputedStyle(document.querySelector('#warning-exchange')).display") == "none"
        ), page
        browser.open(
            f"{base}/submissions/{submission}/",
            f"{Formgrader.MARKING} && MathJax.loaded",
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
