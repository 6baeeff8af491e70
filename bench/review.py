"""The review page against nbgrader's Formgrader, side by side, on one class in one server.

    .venv/bin/python bench/review.py [--students 500] [--questions 10] [--runs 5] [--json FILE]

Both are asked by the same program over HTTP, without a browser, so scripts and drawing are not counted. *Open* is what
a grader waits for to see the first answers of a question: for Formgrader the list of submissions with its data and one
submission, for the review page one page with 50 answers. *Mark* is one decision: Formgrader's score and the submission
that follows, since it shows one at a time; the review page's request. Medians; nothing here is asserted.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_markdown_cell, new_notebook
from nbgrader import api
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from homework.course import Course
from homework.results import Result, Score, Status, Submitted
from homework.submission.answers import Answers
from homework.submission.rebuild import State
from homework.submission.template import NotebookCell
from homework.untrusted.pictures import Pictures

WORDS = (
    "the a layer network gradient loss weight kernel feature map depth width channel training data batch of and "
    "because while since which each every more less fewer larger smaller converges learns overfits stores computes"
).split()
SCHEME = "### BEGIN MARK SCHEME\n- (1 point) Says so.\n- (1 point) Says why.\n### END MARK SCHEME"


def make_class(root: Path, students: int, questions: int) -> Course:
    """A course in which everybody has answered every question in about 70 words, and nothing is marked."""
    names = [f"q{number:02d}" for number in range(1, questions + 1)]
    cells = []
    for name in names:
        asked = new_markdown_cell(
            f"### {name}\n\nWhy is that so?\n\n{SCHEME}", metadata=_marked(f"question_{name}")
        )
        cells += [asked, new_markdown_cell("YOUR ANSWER HERE", metadata=_marked(name, points=2.0))]
    source = root / "source" / "hw1" / "hw1.ipynb"
    source.parent.mkdir(parents=True)
    nbformat.write(new_notebook(cells=cells), source)
    (root / "nbgrader_config.py").write_text(
        f"c = get_config()\nc.CourseDirectory.root = {str(root)!r}\n", "utf-8"
    )
    course = Course(root)
    draw = random.Random(1)
    engine = create_engine(course.settings.db_url)
    api.Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(api.Course(id="default_course"))
        assignment = api.Assignment(name="hw1", course_id="default_course")
        book = api.Notebook(name="hw1", assignment=assignment)
        graded = {
            name: api.GradeCell(name=name, notebook=book, max_score=2.0, cell_type="markdown")
            for name in names
        }
        solved = {name: api.SolutionCell(name=name, notebook=book) for name in names}
        session.add_all([assignment, book, *graded.values(), *solved.values()])
        for number in range(students):
            person = api.Student(id=f"s{number:04d}")
            handed_in = api.SubmittedAssignment(assignment=assignment, student=person)
            submitted = api.SubmittedNotebook(notebook=book, assignment=handed_in)
            session.add_all([person, handed_in, submitted])
            for name in names:
                session.add(api.Grade(cell=graded[name], notebook=submitted, needs_manual_grade=True))
                session.add(api.Comment(cell=solved[name], notebook=submitted))
            _write(course, person.id, cells, {name: " ".join(draw.choices(WORDS, k=70)) for name in names})
        session.commit()
    engine.dispose()
    return course


def _marked(name: str, points: float = 0.0) -> dict[str, Any]:
    kind = {"grade": bool(points), "solution": bool(points), "locked": not points, "task": False}
    more = {"points": points} if points else {}
    return {"nbgrader": {"grade_id": name, "schema_version": 3, **kind, **more}}


def _write(course: Course, student: str, cells: list[Any], texts: dict[str, str]) -> None:
    """What grading leaves in `autograded/`: the notebook, for Formgrader, and the answers, for the review page."""
    folder = course.autograded / student / "hw1"
    folder.mkdir(parents=True)
    notebook = new_notebook(cells=[nbformat.from_dict({**cell}) for cell in cells])
    for cell in notebook.cells:
        cell.source = texts.get(cell.metadata.nbgrader.grade_id, cell.source)
    nbformat.write(notebook, folder / "hw1.ipynb")
    result = Result(
        assignment="hw1",
        student=student,
        status=Status.GRADED,
        submission=Submitted("0" * 64, []),
        score=Score(0.0, 0.0, list(texts)),
        exercises=[],
        environment={},
    )
    typed = [NotebookCell("markdown", text, name, {}, own=True) for name, text in texts.items()]
    answers = Answers.of(result, typed, dict.fromkeys(texts, State.ANSWERED), Pictures())
    (folder / "answers.json").write_text(answers.text(), "utf-8")


class Server:
    """The course's Jupyter server with both pages."""

    def __init__(self, course: Course, port: int, build: Path | None = None) -> None:
        """`build` is a checkout whose program serves, in place of this one."""
        self.base, self.token = f"http://127.0.0.1:{port}", secrets.token_hex()
        command = [sys.executable, "-m", "homework", "review", "hw1", "--port", str(port), "--grader", "gil"]
        environment = {**os.environ, "HOMEWORK_COURSE": str(course.root)}
        if build is not None:
            environment["PYTHONPATH"] = str(build)
        self._process = subprocess.Popen(
            command, cwd=course.root, env=environment, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if found := re.search(r"/review/\S*\?token=(\S+)", line):
                self.token = found[1]
                break
        else:
            raise SystemExit("the server does not start")
        while True:  # it prints its addresses before it listens
            try:
                self.ask("/review/")
                return
            except OSError:
                time.sleep(0.2)

    def ask(self, path: str, data: dict[str, Any] | None = None, method: str | None = None) -> str:
        """The answer to a request."""
        body, kind = None, "application/x-www-form-urlencoded"
        if data is not None:
            body = urllib.parse.urlencode(data).encode()
            if method == "PUT":
                body, kind = json.dumps(data).encode(), "application/json"
        headers = {"Authorization": f"token {self.token}", "Content-Type": kind}
        request = urllib.request.Request(self.base + path, body, headers, method=method)
        with urllib.request.urlopen(request, timeout=600) as answer:
            return str(answer.read().decode())

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait()


def measure(server: Server, runs: int) -> dict[str, list[float]]:
    """Seconds of each way to open the class and to mark one answer."""

    def timed(action: Callable[[], Any]) -> float:
        started = time.perf_counter()
        action()
        return time.perf_counter() - started

    submissions = json.loads(server.ask("/formgrader/api/submitted_notebooks/hw1/hw1"))
    numbers = [one["id"] for one in submissions]
    grades = json.loads(server.ask(f"/formgrader/api/grades?submission_id={numbers[0]}"))

    def formgrader_opens() -> None:
        server.ask("/formgrader/gradebook/hw1/hw1")
        server.ask("/formgrader/api/submitted_notebooks/hw1/hw1")
        server.ask(f"/formgrader/submissions/{numbers[0]}/?index=0")

    def formgrader_marks() -> None:
        server.ask(f"/formgrader/api/grade/{grades[0]['id']}", {"manual_score": 1}, "PUT")
        server.ask(f"/formgrader/submissions/{numbers[1]}/?index=0")

    state = {"on": False}

    def review_marks() -> None:
        page = state.setdefault("page", server.ask("/review/hw1/q01"))  # type: ignore[call-overload]
        key = re.search(r'data-key="(\w+)"', str(page))
        assert key is not None
        version = re.search(r'name="version" value="(\w+)"', str(state.get("card", page)))
        assert version is not None
        state["on"] = not state["on"]
        data = {"key": key[1], "version": version[1], "item": "1" if state["on"] else "2"}
        state["card"] = server.ask("/review/hw1/q01/mark", data)  # type: ignore[assignment]

    actions = {
        "Formgrader: open": formgrader_opens,
        "review page: open": lambda: server.ask("/review/hw1/q01"),
        "Formgrader: mark": formgrader_marks,
        "review page: mark": review_marks,
    }
    for action in actions.values():  # the first request of each loads what later ones have
        action()
    found: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(runs):
        for name, action in actions.items():
            found[name].append(timed(action))
    return found


def main() -> None:
    """Make the class, measure, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--students", type=int, default=500)
    parser.add_argument("--questions", type=int, default=10)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--port", type=int, default=18_924)
    parser.add_argument("--json", type=Path, help="also write the figures here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="homework-bench-") as scratch:
        course = make_class(Path(scratch) / "course", options.students, options.questions)
        server = Server(course, options.port)
        try:
            found = measure(server, options.runs)
        finally:
            server.close()
    print(f"{options.students} submissions, {options.questions} questions, load {os.getloadavg()[0]:.1f}")
    medians = {name: statistics.median(times) for name, times in found.items()}
    for name, times in found.items():
        print(f"{name:20} {medians[name]:8.3f} s   ({min(times):.3f} to {max(times):.3f})")
    for what in ("open", "mark"):
        ratio = medians[f"Formgrader: {what}"] / medians[f"review page: {what}"]
        print(f"to {what}: the review page is {ratio:.1f} times as fast")
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
