"""Run the bank of attacks against stock nbgrader and against this project, and write docs/attacks.json.

    .venv/bin/python scripts/attack_stock_nbgrader.py                     those not measured yet
    .venv/bin/python scripts/attack_stock_nbgrader.py equal_object ...    these, again

The stock course is nbgrader's default configuration with a limit of twenty seconds a cell; its hidden tests stand
in the grade cell, as nbgrader's documentation has them, and compare with `torch.nn.functional.conv2d`. Attacks that
escape or exhaust are graded with a right submission after them; what those that read or show get back is looked for in
the feedback page, which is what a student gets.

Stock graders have no sandbox, and attacks are what they are: every run happens in a container of bubblewrap with
namespaces, limits and a temporary folder of its own, from which only the course's folder comes back. That keeps this
machine; it does not keep secrets of the course from the attack, which is the question. Takes about half an hour.
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
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from homework.course import Course  # noqa: E402
from homework.notebook import Template, fill  # noqa: E402
from tests.homework import attack_bank  # noqa: E402
from tests.homework.attack_bank import ESCAPED, EXERCISE, LOOT, Attack  # noqa: E402
from tests.homework.conftest import copy_course  # noqa: E402

OUTPUT = ROOT / "docs" / "attacks.json"
SECONDS = 150  # for one class of two
MALLORY, NEIGHBOUR = "mallory", "neighbour"
HIDDEN = """
generator = torch.Generator().manual_seed(20241)
for rows, columns, h, w in ((5, 8, 2, 3), (3, 3, 2, 2), (9, 6, 4, 1), (4, 4, 4, 4)):
    X, K = torch.randn(rows, columns, generator=generator), torch.randn(h, w, generator=generator)
    expected = torch.nn.functional.conv2d(X[None, None], K[None, None])[0, 0]
    actual = cross_corr_2d(X, K)
    assert actual.shape == expected.shape
    np.testing.assert_allclose(actual, expected, rtol=1e-4, atol=1e-4)
"""
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


def stock_course(root: Path) -> dict[str, Any]:
    """A course that has never heard of this project; its release."""
    ours = copy_course(root / "ours")
    notebook = attack_bank.cut(ours)
    source = json.loads((ROOT / "source" / "hw1" / "hw1.ipynb").read_text())
    kept = {
        cell["metadata"]["nbgrader"]["grade_id"]: cell
        for cell in source["cells"]
        if cell["metadata"].get("nbgrader", {}).get("grade_id") in attack_bank.KEPT
    }
    test = kept[f"test_{EXERCISE}"]
    visible = "".join(test["source"]).partition("### BEGIN HIDDEN TESTS")[0].rstrip()
    test["source"] = f"{visible}\n### BEGIN HIDDEN TESTS{HIDDEN}### END HIDDEN TESTS\n"
    solution = (ROOT / "solutions" / "hw1" / EXERCISE / "reference.py").read_text()
    question = kept[f"question_{attack_bank.QUESTION}"]
    question["source"] = "".join(question["source"]).partition("### BEGIN MARK SCHEME")[0]
    body = "".join(kept[EXERCISE]["source"]).partition("    ### BEGIN SOLUTION")[0]
    code = solution.partition("    h, w")[2]
    kept[EXERCISE]["source"] = f"{body}    ### BEGIN SOLUTION\n    h, w{code}    ### END SOLUTION\n"
    course = root / "stock"
    (course / "source" / "hw1").mkdir(parents=True)
    (course / "source" / "hw1" / "hw1.ipynb").write_text(
        json.dumps({**notebook, "cells": list(kept.values())})
    )
    shutil.copy(ROOT / "release" / "hw1" / "eep590_utils.py", course / "source" / "hw1")
    (course / "nbgrader_config.py").write_text(CONFIG)
    said = jailed(course, [sys.executable, "-m", "nbgrader", "generate_assignment", "hw1"])
    release = course / "release" / "hw1" / "hw1.ipynb"
    assert release.is_file(), said
    found: dict[str, Any] = json.loads(release.read_text())
    return found


def jailed(course: Path, command: list[str], seconds: int = SECONDS) -> str:
    """Run a command in `course`, in a container that keeps this machine from what it does; what it said."""
    bubblewrap = [
        *("bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"),
        *("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"),
        *("--size", str(256 << 20), "--tmpfs", "/tmp", "--size", str(64 << 20), "--tmpfs", "/dev/shm"),
        *("--ro-bind", str(ROOT), str(ROOT), "--bind", str(course), "/tmp/course", "--chdir", "/tmp/course"),
        *("--setenv", "HOME", "/tmp", "--setenv", "PATH", f"{Path(sys.executable).parent}:/usr/bin:/bin"),
        *("--setenv", "OMP_NUM_THREADS", "1", "--setenv", "JUPYTER_PLATFORM_DIRS", "1", "--"),
    ]
    limits = [
        "prlimit",
        "--nproc=150",
        f"--as={6 << 30}",
        "--nofile=512",
        f"--fsize={64 << 20}",
        "--core=0",
        "--",
    ]
    process = subprocess.Popen(
        [*bubblewrap, *limits, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        said, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        said, _ = process.communicate()
        return said.decode(errors="replace") + "\n(hung)"
    return said.decode(errors="replace")


def against_stock(attack: Attack, base: Path, release: dict[str, Any]) -> dict[str, Any]:
    """Grade a class of the attack and a right submission by stock nbgrader; what came of it."""
    with tempfile.TemporaryDirectory(prefix="stock-") as scratch:
        course = Path(scratch) / "course"
        shutil.copytree(base, course)
        canaries = [
            f"canary-{secrets.token_hex(8)}-{name}" for name in ("gradebook", "reference", "neighbour")
        ]
        with sqlite3.connect(course / "gradebook.db") as database:
            database.execute("INSERT INTO student (id, first_name) VALUES (?, ?)", ("zz", canaries[0]))
        database.close()
        (course / "solutions" / "hw1").mkdir(parents=True)  # not in source/, whose files nbgrader hands out
        (course / "solutions" / "hw1" / "reference.py").write_text(f"# {canaries[1]}\n")
        reference = (ROOT / "solutions" / "hw1" / EXERCISE / "reference.py").read_text()
        right = fill(Template(release), {EXERCISE: f"neighbour = {canaries[2]!r}\n{reference}"})
        for student in (MALLORY, NEIGHBOUR):
            (course / "submitted" / student / "hw1").mkdir(parents=True)
        (course / "submitted" / NEIGHBOUR / "hw1" / "hw1.ipynb").write_text(json.dumps(right))
        attack.hand_in(course / "submitted" / MALLORY / "hw1", release, {EXERCISE: reference})
        students = [MALLORY, NEIGHBOUR] if attack.kind in ("escaping", "exhausting") else [MALLORY]
        shown = attack.kind in ("reading", "looking")
        said = jailed(course, [sys.executable, "-c", GRADE, *students, *(["--feedback"] if shown else [])])
        scores = _scores(course / "gradebook.db")
        feedback = course / "feedback" / MALLORY / "hw1" / "hw1.html"
        page = feedback.read_text(errors="replace") if feedback.is_file() else ""
        beside = b"".join(path.read_bytes() for path in (course / "feedback").rglob("*") if path.is_file())
        graded = course / "autograded" / MALLORY / "hw1" / "hw1.ipynb"
        outputs = graded.read_text(errors="replace") if graded.is_file() else ""
        return {
            "score": scores.get(MALLORY),
            "neighbour": scores.get(NEIGHBOUR) if NEIGHBOUR in students else None,
            "hung": said.endswith("(hung)"),
            "secrets": any(word.encode() in beside for word in (*canaries, LOOT)),
            "escaped": ESCAPED in outputs or _changed(course),
            "active": _is_active(page),
        }


def _scores(database: Path) -> dict[str, float | None]:
    """The automatic scores by student; without an entry for what was not graded."""
    try:
        with sqlite3.connect(database) as connection:
            rows = connection.execute(
                """SELECT student_id, auto_score FROM grade
                JOIN base_cell ON base_cell.id = cell_id JOIN submitted_notebook s ON s.id = grade.notebook_id
                JOIN submitted_assignment a ON a.id = s.assignment_id WHERE name = ?""",
                (f"test_{EXERCISE}",),
            ).fetchall()
        connection.close()
    except sqlite3.Error:
        return {}
    return dict(rows)


def _changed(course: Path) -> bool:
    return any(course.rglob(attack_bank.LEFT))


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
    """What this project makes of the attacks, by name: the same class as in tests/homework/test_attacks.py."""
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
    wanted = parser.parse_args().attacks
    known: dict[str, Any] = json.loads(OUTPUT.read_text()) if OUTPUT.is_file() else {}

    def missing(place: str) -> list[Attack]:
        return [a for a in bank if a.name in wanted or (not wanted and place not in known.get(a.name, {}))]

    def keep(name: str, place: str, result: dict[str, Any]) -> None:
        known.setdefault(name, {})[place] = result
        order = [attack.name for attack in bank if attack.name in known]
        OUTPUT.write_text(json.dumps({name: known[name] for name in order}, indent=1) + "\n")

    bank = attack_bank.load()
    if attacks := missing("here"):
        for name, result in here(attacks).items():
            keep(name, "here", result)
    if attacks := missing("nbgrader"):
        with tempfile.TemporaryDirectory(prefix="attacked-") as scratch:
            release = stock_course(Path(scratch))
            for attack in attacks:
                result = against_stock(attack, Path(scratch) / "stock", release)
                print(attack.name, result, flush=True)
                keep(attack.name, "nbgrader", result)


if __name__ == "__main__":
    main()
