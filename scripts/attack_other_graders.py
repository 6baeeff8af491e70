"""Run the bank of attacks against this project, stock nbgrader and Otter, and write docs/attacks.json.

    .venv/bin/python scripts/attack_other_graders.py                     those not measured yet
    .venv/bin/python scripts/attack_other_graders.py equal_object ...    these, again
    .venv/bin/python scripts/attack_other_graders.py --grader otter ...  on one grader only

The stock course is nbgrader's default configuration with a limit of twenty seconds a cell; its hidden tests stand
in a grade cell, as nbgrader's documentation has them, and compare with `torch.nn.functional.conv2d`. The examples that
everybody sees stand in a cell before it: in one cell with them, an attack that gets them wrong would never meet the
hidden tests. Otter has the examples as a public and the hidden tests as a hidden test case of a test file, and is
`otter run`: Otter without containers. It has no limit of time, so forty seconds are set around it.

Attacks that escape or exhaust are graded with a right submission after them; what those that read or show get back is
looked for in what a student gets: nbgrader's feedback page, and what Otter's results.json does not call hidden.

Neither has a sandbox, and attacks are what they are: every run happens in a container of bubblewrap with namespaces,
limits and a temporary folder of its own, from which only the course's folder comes back. That keeps this machine; it
does not keep secrets of the course from the attack, which is the question. Takes an hour and a half.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import indent
from typing import Any

from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench import otter  # noqa: E402
from homework.course import Course  # noqa: E402
from homework.course.cells import grade_cell, name_of, question_cell  # noqa: E402
from homework.sandbox.bubblewrap import parents_of_mount  # noqa: E402
from homework.sandbox.environment import UNPRIVILEGED_UID  # noqa: E402
from homework.sandbox.inside import landlock  # noqa: E402
from homework.submission.splice import fill  # noqa: E402
from homework.submission.template import Template  # noqa: E402
from tests.homework.attacks import bank as attack_bank  # noqa: E402
from tests.homework.attacks.bank import ESCAPED, EXERCISE, LOOT, Attack  # noqa: E402
from tests.homework.support import copy_course  # noqa: E402

OUTPUT = ROOT / "docs" / "attacks.json"
SECONDS = 150  # for one class of two
OTTER_SECONDS = 40  # for one submission; nbgrader's limit is in CONFIG
HandIn = Callable[[Path, dict[str, Any], dict[str, str]], None]
STUDENTS = ("mallory", "neighbour")
HIDDEN = """
generator = torch.Generator().manual_seed(20241)
for rows, columns, h, w in ((5, 8, 2, 3), (3, 3, 2, 2), (9, 6, 4, 1), (4, 4, 4, 4)):
    X, K = torch.randn(rows, columns, generator=generator), torch.randn(h, w, generator=generator)
    expected = torch.nn.functional.conv2d(X[None, None], K[None, None])[0, 0]
    actual = cross_corr_2d(X, K)
    assert actual.shape == expected.shape
    np.testing.assert_allclose(actual, expected, rtol=1e-4, atol=1e-4)
"""
EXAMPLES = {"grade_id": f"examples_{EXERCISE}", "grade": False, "solution": False, "locked": True}
CONFIG = """c = get_config()
c.CourseDirectory.course_id = "stock"
c.ExecutePreprocessor.timeout = c.Execute.timeout = 20
"""
GRADE = """
import sys
from traitlets.config import Config
from nbgrader.apps import NbGraderAPI
from traitlets.config.loader import PyFileConfigLoader
api = NbGraderAPI(config=PyFileConfigLoader("nbgrader_config.py", path=".").load_config())
for student in [name for name in sys.argv[1:] if name != "--feedback"]:
    print(student, api.autograde("hw1", student, force=True, create=True), flush=True)
if "--feedback" in sys.argv:
    print(api.generate_feedback("hw1", sys.argv[1], force=True).get("success"), flush=True)
"""
OTTER_GRADE = f"""
import os, subprocess, sys
for student in sys.argv[1:]:
    os.makedirs(f"results/{{student}}")
    command = ["otter", "run", "-a", "../../autograder.zip", "-o", ".", "--no-logo", "--pickle-results"]
    command.append(f"../../submitted/{{student}}/hw1/hw1.ipynb")
    try:
        print(student, subprocess.run(command, cwd=f"results/{{student}}", timeout={OTTER_SECONDS}), flush=True)
    except subprocess.TimeoutExpired:
        print(student, "hung", flush=True)
"""
OTTER_TEST = f"""OK_FORMAT = False

import numpy as np
import torch
from otter.test_files import test_case

name = "{EXERCISE}"
points = None


@test_case(points=0)
def examples({EXERCISE}):
    %s


@test_case(points=15, hidden=True)
def hidden({EXERCISE}):
    %s
"""


def stock_course(root: Path) -> dict[str, Any]:
    """A course that has never heard of this project; its release."""
    ours = copy_course(root / "ours")
    notebook = attack_bank.cut(ours)
    source = json.loads((ROOT / "source" / "hw1" / "hw1.ipynb").read_text())
    kept = {name_of(cell): cell for cell in source["cells"] if name_of(cell) in attack_bank.KEPT}
    test = kept[grade_cell(EXERCISE)]
    shown = "".join(test["source"]).partition("### BEGIN HIDDEN TESTS")[0].rstrip()
    examples = new_code_cell(shown, metadata={"nbgrader": {**test["metadata"]["nbgrader"], **EXAMPLES}})
    del examples["metadata"]["nbgrader"]["points"]
    test["source"] = f"# Hidden tests.\n### BEGIN HIDDEN TESTS{HIDDEN}### END HIDDEN TESTS\n"
    solution = (ROOT / "solutions" / "hw1" / EXERCISE / "reference.py").read_text()
    question = kept[question_cell(attack_bank.QUESTION)]
    question["source"] = "".join(question["source"]).partition("### BEGIN MARK SCHEME")[0]
    body = "".join(kept[EXERCISE]["source"]).partition("    ### BEGIN SOLUTION")[0]
    code = solution.partition("    h, w")[2]
    kept[EXERCISE]["source"] = f"{body}    ### BEGIN SOLUTION\n    h, w{code}    ### END SOLUTION\n"
    cells = [part for cell in kept.values() for part in ((examples, cell) if cell is test else (cell,))]
    course = root / "stock"
    (course / "source" / "hw1").mkdir(parents=True)
    (course / "source" / "hw1" / "hw1.ipynb").write_text(json.dumps({**notebook, "cells": cells}))
    shutil.copy(ROOT / "release" / "hw1" / "eep590_utils.py", course / "source" / "hw1")
    (course / "nbgrader_config.py").write_text(CONFIG)
    said = jailed(course, [sys.executable, "-m", "nbgrader", "generate_assignment", "hw1"])
    release = course / "release" / "hw1" / "hw1.ipynb"
    assert release.is_file(), said
    found: dict[str, Any] = json.loads(release.read_text())
    return found


def otter_course(root: Path, release: dict[str, Any]) -> dict[str, Any]:
    """The same for Otter: its tests in a file, its cells in the release."""
    course = root / "otter"
    (course / "tests").mkdir(parents=True)
    by_name = {name_of(cell): cell for cell in release["cells"]}
    examples = "".join(by_name[EXAMPLES["grade_id"]]["source"])
    tests = [indent(text.strip(), "    ").strip() for text in (examples, HIDDEN)]
    (course / "tests" / f"{EXERCISE}.py").write_text(OTTER_TEST % tuple(tests))
    cells = [new_code_cell('import otter\ngrader = otter.Notebook("hw1.ipynb")'), *release["cells"]]
    cells.insert(cells.index(by_name[grade_cell(EXERCISE)]) + 1, new_code_cell(f'grader.check("{EXERCISE}")'))
    (course / "otter_config.json").write_text(json.dumps({"pdf": False, "lang": "python"}))
    shutil.copy(ROOT / "release" / "hw1" / "eep590_utils.py", course)
    command = ["otter", "generate", "-t", "tests", "-o", "autograder.zip", "-c", "otter_config.json"]
    command += ["--no-requirements", "--no-environment", "eep590_utils.py"]
    said = jailed(course, command, otter.VENV)
    assert (course / "autograder.zip").is_file(), said
    return {**release, "cells": cells}


def jailed(course: Path, command: list[str], venv: Path = Path(sys.prefix)) -> str:
    """Run a command in `course`, in a container that keeps this machine from what it does; what it said.

    Of this repository and of the home folder it sees the virtual environment and the Python that this was made of.
    """
    bubblewrap = [
        *("bwrap", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"),
        *("--die-with-parent", "--new-session", "--cap-drop", "ALL"),
        *("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"),
        *("--size", str(256 << 20), "--perms", "1777", "--tmpfs", "/tmp"),
        *("--size", str(64 << 20), "--perms", "1777", "--tmpfs", "/dev/shm"),
    ]
    for covered in sorted((Path.home(), ROOT)):
        bubblewrap += [*parents_of_mount(covered), "--perms", "0755", "--tmpfs", str(covered)]
    for path in (Path(sys.base_prefix), venv):
        bubblewrap += [*parents_of_mount(path), "--ro-bind", str(path), str(path)]
    bubblewrap += [
        *("--bind", str(course), "/tmp/course", "--chdir", "/tmp/course"),
        *("--setenv", "HOME", "/tmp", "--setenv", "PATH", f"{venv}/bin:/usr/bin:/bin"),
        *("--setenv", "OMP_NUM_THREADS", "1", "--setenv", "JUPYTER_PLATFORM_DIRS", "1"),
    ]
    limits = ["prlimit", "--nproc=150", f"--as={6 << 30}", "--nofile=512", f"--fsize={64 << 20}", "--core=0"]
    if os.geteuid() == 0:  # whom the kernel would let have any number of processes
        user = str(UNPRIVILEGED_UID)
        subprocess.run(["chown", "-R", "-h", f"{user}:{user}", str(course)], check=True)
        for capability in ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP"):
            bubblewrap += ["--cap-add", capability]
        limits += ["setpriv", "--reuid", user, "--regid", user, "--clear-groups"]
        limits += ["--inh-caps=-all", "--bounding-set=-all"]
    else:
        bubblewrap.append("--unshare-user")
    process = subprocess.Popen(
        [*bubblewrap, "--", *limits, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        said, _ = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        said, _ = process.communicate()
        return said.decode(errors="replace") + "\n(hung)"
    return said.decode(errors="replace")


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A temporary folder; `TemporaryDirectory` could not remove what is too deep for recursion."""
    folder = tempfile.mkdtemp(prefix="attacked-")
    try:
        yield Path(folder)
    finally:
        landlock.remove(folder)


@contextmanager
def handed_in(
    base: Path, hand_in: HandIn, students: tuple[str, str], release: dict[str, Any], canaries: list[str]
) -> Iterator[Path]:
    """A copy of the course with what is handed in, a right submission of a neighbour, and canaries in its secrets."""
    with scratch_folder() as scratch:
        course = scratch / "course"
        shutil.copytree(base, course)
        # Not in source/, whose files nbgrader hands out. Links to tests/hw1 are among what attacks hand in.
        for name in (f"solutions/hw1/{EXERCISE}/reference.py", "tests/hw1/test.py"):
            (course / name).parent.mkdir(parents=True)
            (course / name).write_text(f"# {canaries[1]}\n")
        reference = (ROOT / "solutions" / "hw1" / EXERCISE / "reference.py").read_text()
        right = fill(Template(release), {EXERCISE: f"neighbour = {canaries[2]!r}\n{reference}"})
        attacker, neighbour = (course / "submitted" / student / "hw1" for student in students)
        attacker.mkdir(parents=True)
        neighbour.mkdir(parents=True)
        (neighbour / "hw1.ipynb").write_text(json.dumps(right))
        hand_in(attacker, release, {EXERCISE: reference})
        yield course


def against_nbgrader(
    hand_in: HandIn, kind: str, students: tuple[str, str], base: Path, release: dict[str, Any]
) -> dict[str, Any]:
    """Grade a class of the attack and a right submission by stock nbgrader; what came of it."""
    canaries = _canaries()
    with sqlite3.connect(base / "gradebook.db") as database:
        database.execute("DELETE FROM student")
        database.execute("INSERT INTO student (id, first_name) VALUES (?, ?)", ("zz", canaries[0]))
    database.close()
    graded = students if kind in ("escaping", "exhausting") else students[:1]
    with handed_in(base, hand_in, students, release, canaries) as course:
        shown = ["--feedback"] if kind in ("reading", "looking") else []
        said = jailed(course, [sys.executable, "-c", GRADE, *graded, *shown])
        scores = _scores(course / "gradebook.db")
        feedback = course / "feedback" / students[0] / "hw1" / "hw1.html"
        page = feedback.read_text(errors="replace") if feedback.is_file() else ""
        beside = b"".join(path.read_bytes() for path in (course / "feedback").rglob("*") if path.is_file())
        notebook = course / "autograded" / students[0] / "hw1" / "hw1.ipynb"
        outputs = notebook.read_text(errors="replace") if notebook.is_file() else ""
        return {
            "score": scores.get(students[0]),
            "neighbour": scores.get(students[1]) if len(graded) > 1 else None,
            "hung": said.endswith("(hung)"),
            "secrets": any(word.encode() in beside for word in (*canaries, LOOT)),
            "escaped": any(word in outputs for word in (*canaries, ESCAPED)) or _changed(course),
            "active": _is_active(page),
        }


def against_otter(
    hand_in: HandIn, kind: str, students: tuple[str, str], base: Path, release: dict[str, Any]
) -> dict[str, Any]:
    """Grade the same class by `otter run`, one process after the other. It makes no page that could be active."""
    canaries = _canaries()
    (base / "gradebook.db").write_text(canaries[0])  # Otter has none, but attacks look for one and link to it
    graded = students if kind in ("escaping", "exhausting") else students[:1]
    with handed_in(base, hand_in, students, release, canaries) as course:
        said = jailed(course, [f"{otter.VENV}/bin/python", "-c", OTTER_GRADE, *graded], otter.VENV)
        results = {student: _otter_results(course / "results" / student) for student in graded}
        scores = {
            student: test["score"]
            for student, tests in results.items()
            for test in tests
            if test["name"] == EXERCISE
        }
        tests = [test for test in results[students[0]] if test.get("visibility") != "hidden"]
        shown = "".join(str(test.get("output")) for test in tests)
        pickled = course / "results" / students[0] / "results.pkl"  # nowhere else it keeps what cells showed
        outputs = pickled.read_bytes() if pickled.is_file() else b""
        return {
            "score": scores.get(students[0]),
            "neighbour": scores.get(students[1]),
            "hung": said.endswith("(hung)") or f"{students[0]} hung" in said,
            "secrets": any(word in shown for word in (*canaries, LOOT)),
            "escaped": any(word.encode() in outputs for word in (*canaries, ESCAPED)) or _changed(course),
            "active": False,
        }


def _students(attack: Attack, bank: list[Attack]) -> tuple[str, str]:
    """Who hands the attack in, and the neighbour: with a name that is mistaken for the first, where that is tried."""

    def alike(name: str) -> str:
        return unicodedata.normalize("NFC", name).casefold()

    others = [other.student for other in bank if attack.student and other.student != attack.student]
    twins = [name for name in others if alike(name) == alike(attack.student)]
    return attack.student or STUDENTS[0], (*twins, STUDENTS[1])[0]


def _canaries() -> list[str]:
    return [f"canary-{secrets.token_hex(8)}-{name}" for name in ("gradebook", "reference", "neighbour")]


def _otter_results(folder: Path) -> list[dict[str, Any]]:
    """The tests of results.json; none for what was not graded."""
    try:
        found: list[dict[str, Any]] = json.loads((folder / "results.json").read_text())["tests"]
    except (OSError, ValueError):
        return []
    return found


def assert_fair(against: Callable[..., dict[str, Any]], base: Path, release: dict[str, Any]) -> None:
    """Right work has all points, and work that is right on the examples only has none: else nothing is measured."""
    right = (ROOT / "solutions" / "hw1" / EXERCISE / "reference.py").read_text()
    wrong = f"{right}\nright = {EXERCISE}\n{EXERCISE} = lambda X, K: right(X, K) if len(X) < 4 else X.new_zeros(1)\n"
    for code, score in ((right, 15), (wrong, 0)):

        def hand_in(folder: Path, release: dict[str, Any], _: dict[str, str], code: str = code) -> None:
            (folder / "hw1.ipynb").write_text(json.dumps(fill(Template(release), {EXERCISE: code})))

        found = against(hand_in, "escaping", STUDENTS, base, release)
        assert (found["score"], found["neighbour"]) == (score, 15), found
        assert not (found["hung"] or found["secrets"] or found["escaped"]), found


def _scores(database: Path) -> dict[str, float | None]:
    """The automatic scores by student; without an entry for what was not graded."""
    try:
        with sqlite3.connect(database) as connection:
            rows = connection.execute(
                """SELECT student_id, auto_score FROM grade
                JOIN base_cell ON base_cell.id = cell_id JOIN submitted_notebook s ON s.id = grade.notebook_id
                JOIN submitted_assignment a ON a.id = s.assignment_id WHERE name = ?""",
                (grade_cell(EXERCISE),),
            ).fetchall()
        connection.close()
    except sqlite3.Error:
        return {}
    return dict(rows)


def _changed(course: Path) -> bool:
    # `rglob` cannot go down as far as some attacks do.
    return bool(subprocess.check_output(["find", course, "-name", attack_bank.LEFT]))


def _is_active(html: str) -> bool:
    """Whether a page holds elements of the attack that a browser acts upon."""
    for element in BeautifulSoup(html, "html.parser").find_all(True):
        text = element.get_text() if element.name in ("script", "style") else ""
        values = " ".join(str(value) for name, value in element.attrs.items() if name != "class")
        handlers = [name for name in element.attrs if name.startswith("on")]
        if "pwned" in text or "attacker.invalid" in text + (values if element.name != "a" else ""):
            return True
        if "pwned" in values and (
            handlers or "javascript:" in values.lower() or element.name in ("iframe", "object")
        ):
            return True
    return False


def here(attacks: list[Attack]) -> dict[str, dict[str, Any]]:
    """What this project makes of the attacks, by name: the same class as in tests/homework/attacks/test_attacks.py."""
    with tempfile.TemporaryDirectory(prefix="here-") as scratch:
        course = copy_course(Path(scratch) / "course")
        release = attack_bank.cut(course)
        course = Course(course.root)
        (course.root / "gradebook.db").write_bytes(b"")
        reference = (course.solutions("hw1", EXERCISE) / "reference.py").read_text()
        for attack in attacks:
            folder = course.submitted / attack.name / "hw1"
            folder.mkdir(parents=True)
            attack.hand_in(folder, release, {EXERCISE: reference})
        command = [sys.executable, "-m", "homework", "autograde", "hw1", "--quiet", "--jobs", "1"]
        with (course.root / "nbgrader_config.py").open("a") as config:
            config.write(f"\nc.Homework.limits = {{'*': {attack_bank.LIMITS!r}}}\n")
        subprocess.run(command, env={**os.environ, "HOMEWORK_COURSE": str(course.root)}, check=True)
        found = {}
        for attack in attacks:
            receipt = json.loads((course.autograded / attack.name / "hw1" / "receipt.json").read_text())
            verdicts = sorted({test["verdict"] for test in receipt["exercises"][0]["tests"]})
            found[attack.name] = {
                "status": receipt["status"],
                "score": receipt["score"]["auto"],
                "verdicts": verdicts,
            }
        return found


def main() -> None:
    """Run what was asked for and write it down as it comes."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("attacks", nargs="*", help="names of attacks (default: those not measured yet)")
    parser.add_argument("--grader", choices=("here", "nbgrader", "otter"), help="one of them (default: all)")
    given = parser.parse_args()
    known: dict[str, Any] = json.loads(OUTPUT.read_text()) if OUTPUT.is_file() else {}
    bank = attack_bank.load()

    def missing(place: str) -> list[Attack]:
        if given.grader not in (None, place):
            return []
        if given.attacks:
            return [attack for attack in bank if attack.name in given.attacks]
        return [attack for attack in bank if place not in known.get(attack.name, {})]

    def keep(name: str, place: str, result: dict[str, Any]) -> None:
        known.setdefault(name, {})[place] = result
        order = [attack.name for attack in bank if attack.name in known]
        OUTPUT.write_text(json.dumps({name: known[name] for name in order}, indent=1) + "\n")

    def measure(
        place: str, against: Callable[..., dict[str, Any]], base: Path, release: dict[str, Any]
    ) -> None:
        assert_fair(against, base, release)
        for attack in missing(place):
            result = against(attack.hand_in, attack.kind, _students(attack, bank), base, release)
            print(place, attack.name, result, flush=True)
            keep(attack.name, place, result)

    if attacks := missing("here"):
        for name, result in here(attacks).items():
            keep(name, "here", result)
    with tempfile.TemporaryDirectory(prefix="attacked-") as scratch:
        if missing("nbgrader") or missing("otter"):
            release = stock_course(Path(scratch))
        if missing("nbgrader"):
            measure("nbgrader", against_nbgrader, Path(scratch) / "stock", release)
        if missing("otter"):
            otter.set_up()
            release = otter_course(Path(scratch), release)
            measure("otter", against_otter, Path(scratch) / "otter", release)


if __name__ == "__main__":
    main()
