"""The whole bank of attacks, graded as a class, with a right submission between any two of them.

It is graded twice, in either tier of the sandbox. What must hold: no attack gains a point, brings back a secret, leaves
a file or a process, or keeps the grader from giving the submissions beside it what they deserve; and nothing of it runs
in the browser of those who look.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import secrets
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from homework.course import Course
from homework.gradebook.database import open_gradebook
from homework.sandbox.inside import landlock
from homework.submission.files import student_of
from homework.submission.splice import fill
from homework.submission.template import Template
from tests.homework.attacks import bank as attack_bank
from tests.homework.attacks.bank import ESCAPED, EXERCISE, LEFT, LIMITS, LOOT, QUESTION, Attack
from tests.homework.attacks.browser import CHROMIUM, Browser
from tests.homework.support import COURSE_PARTS, ROOT, copy_course, in_turn

ATTACKS = attack_bank.load()
_PR_SET_CHILD_SUBREAPER = 36
_PLACES = (
    "/",
    "/tmp",
    "/var/tmp",
    "/dev",
    "/dev/shm",
    "/usr",
    "/etc",
    "/opt",
    "/home",
    "/root",
    "/run",
    "/var",
)


@dataclass
class Batch:
    """What came of grading the bank. `students`: attack by student; `left`: processes that were still there."""

    tier: str
    course: Course
    students: dict[str, Attack]
    right: list[str]
    canaries: dict[str, str]
    said: str = ""
    changed: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    memory: int = 0

    def receipt(self, student: str) -> dict[str, Any]:
        """The receipt of one student."""
        found: dict[str, Any] = json.loads(
            (self.course.autograded / student / "hw1" / "receipt.json").read_text()
        )
        return found

    def files(self, student: str) -> Iterator[tuple[Path, bytes]]:
        """All that people will see of one student's submission."""
        for top in (self.course.autograded, self.course.feedback):
            for path in sorted((top / student).rglob("*")):
                if path.is_file() and "figures" not in path.parts:
                    yield path, path.read_bytes()


@pytest.fixture(scope="module", params=["bubblewrap", "landlock"])
def batch(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Batch:
    """The bank, handed in and graded by the command that people use, in one tier of the sandbox."""
    if request.param == "landlock" and landlock.version() == 0:
        pytest.skip("this kernel has no Landlock")
    course = copy_course(tmp_path_factory.mktemp("attacked") / "course")
    release = attack_bank.cut(course)
    canaries = {
        place: f"canary-{secrets.token_hex(8)}-{place}"
        for place in ("secret", "reference", "tests", "gradebook", "environment", "neighbour", "machine")
    }
    references = {EXERCISE: (course.solutions("hw1", EXERCISE) / "reference.py").read_text()}
    plant(course, canaries)
    neighbour = f"neighbour = {canaries['neighbour']!r}\n" + references[EXERCISE]
    right = json.dumps(fill(Template(release), {EXERCISE: neighbour, QUESTION: "Because."})).encode()
    result = Batch(request.param, course, {}, [], canaries)
    for number, attack in enumerate(ATTACKS):
        handed_in_by = attack.student or f"{number:03d} {attack.name}"
        result.students[student_of(handed_in_by)] = attack
        folder = course.submitted / handed_in_by / "hw1"
        folder.mkdir(parents=True)
        attack.hand_in(folder, release, references)
    for number in range(len(ATTACKS) + 1):
        student = f"{number:03d}" if number < len(ATTACKS) else "zz"
        result.right.append(student)
        (course.submitted / student / "hw1").mkdir(parents=True)
        (course.submitted / student / "hw1" / "hw1.ipynb").write_bytes(right)
    before = state(course.root, *(ROOT / part for part in (*COURSE_PARTS, "homework")))
    ctypes.CDLL(None).prctl(
        _PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0
    )  # whoever loses their parent becomes our child
    path = "/usr/bin:/bin" if request.param == "bubblewrap" else "/nowhere"
    with in_turn(request.param):
        result.said = run(course, canaries, ["autograde", "hw1", "--quiet", "--jobs", "1"], PATH=path)
    result.left = children()
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)
    result.memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss << 10
    run(course, canaries, ["feedback", "hw1"])
    run(course, canaries, ["export", "-o", str(course.root / "grades.csv")])
    after = state(course.root, *(ROOT / part for part in (*COURSE_PARTS, "homework")))
    result.changed = sorted(path for path in {*before, *after} if before.get(path) != after.get(path))
    return result


def plant(course: Course, canaries: dict[str, str]) -> None:
    """Put a canary into every place whose content must stay there, and set limits that a test has time for."""
    with (course.root / "nbgrader_config.py").open("a") as config:
        config.write(
            f"\nc.Homework.secret = {canaries['secret']!r}\nc.Homework.limits = {{'*': {LIMITS!r}}}\n"
        )
    for path, name in (
        (course.solutions("hw1", EXERCISE) / "reference.py", "reference"),
        (course.tests("hw1", EXERCISE), "tests"),
    ):
        with path.open("a") as file:
            file.write(f"\n# {canaries[name]}\n")
    (course.root / "notes.txt").write_text(canaries["machine"])
    with open_gradebook(Course(course.root)) as gradebook:
        gradebook.add_student("zz", first_name=canaries["gradebook"])


def run(course: Course, canaries: dict[str, str], arguments: list[str], **variables: str) -> str:
    """Run `homework` as a user would; what it said. As long as all limits together allow, and a tenth more."""
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": os.environ.get("HOME", "/root"),
        "HOMEWORK_COURSE": str(course.root),
    }
    submissions = 2 * len(ATTACKS) + 1
    done = subprocess.run(
        [sys.executable, "-m", "homework", *arguments],
        env={**environment, **variables, "HOMEWORK_CANARY": canaries["environment"]},
        capture_output=True,
        timeout=1.1 * submissions * LIMITS["seconds_per_submission"],
        check=False,
    )
    said = done.stdout.decode(errors="replace") + done.stderr.decode(errors="replace")
    assert done.returncode == 0, said[-3000:]
    return said


def state(*tops: Path) -> dict[str, tuple[int, int]]:
    """Size and time of change of every file below `tops` that grading has no business with."""
    found = {}
    for folder, folders, files in (step for top in tops for step in os.walk(top)):
        folders[:] = sorted({*folders} - {"__pycache__", "autograded", "feedback"})
        for path in (Path(folder, name) for name in files):
            # One attack hands in a hard link to the gradebook.
            if not path.name.startswith(("gradebook.db", "grades.csv")) and "hard_link" not in str(path):
                status = path.lstat()
                found[str(path)] = (status.st_size, status.st_mtime_ns)
    return found


def children() -> list[str]:
    """The command lines of our children that are still running."""
    found = []
    for task in Path("/proc/self/task").iterdir():
        for pid in (task / "children").read_text().split():
            try:
                found.append((Path("/proc") / pid / "cmdline").read_text().replace("\0", " "))
            except OSError:
                continue
    return [line for line in found if line]


# ------------------------------------------------------------------------------ what came of it


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: f"{attack.kind}-{attack.name}")
def test_an_attack_gains_and_reaches_nothing(batch: Batch, attack: Attack) -> None:
    student = next(name for name, one in batch.students.items() if one == attack)
    result = batch.receipt(student)
    assert result["status"] == attack.status, result.get("reason")
    assert result["score"]["auto"] == attack.score
    (exercise,) = result["exercises"]
    verdicts = {test["verdict"] for test in exercise["tests"]}
    # On a machine that is busy anything may run out of time.
    allowed = attack.verdicts | {"timeout"} | (attack.landlock if batch.tier == "landlock" else set())
    assert verdicts <= allowed, {(test["verdict"], test["message"]) for test in exercise["tests"]}
    for path, content in batch.files(student):
        for what in (*batch.canaries.values(), ESCAPED, LOOT):
            position = content.find(what.encode())
            assert position < 0, f"{path.name}: {content[max(0, position - 200) : position + 200]!r}"


def test_right_submissions_between_attacks_get_full_marks(batch: Batch) -> None:
    students = sorted([*batch.students, *batch.right])
    for student in batch.right:
        result = batch.receipt(student)
        at = students.index(student)
        beside = [batch.students.get(name) for name in students[max(0, at - 1) : at + 2] if name != student]
        assert result["status"] == "graded", (student, beside, result)
        assert result["score"]["auto"] == result["score"]["auto_max"], (student, beside, result["exercises"])
        assert result["submission"]["notes"] == [], (student, beside)


def test_nobody_is_lost_and_nobody_takes_anothers_place(batch: Batch) -> None:
    assert len(list(batch.course.autograded.glob("*/hw1/receipt.json"))) == len(batch.students) + len(
        batch.right
    )
    rows = (batch.course.root / "grades.csv").read_text().splitlines()
    assert len(rows) == 1 + len(batch.students) + len(batch.right)


def test_what_all_see_holds_no_secret(batch: Batch) -> None:
    overview = (batch.course.autograded / "overview_hw1.html").read_text()
    for text in (batch.said, overview):
        assert not [what for what in (*batch.canaries.values(), ESCAPED, LOOT) if what in text]
    assert "\x1b" not in batch.said
    grades = (batch.course.root / "grades.csv").read_text()
    assert not [name for name, what in batch.canaries.items() if what in grades and name != "gradebook"]
    assert not [
        cell for line in grades.splitlines() for cell in line.split(",") if cell.startswith(("=", "+", "@"))
    ]


def test_no_process_is_left(batch: Batch) -> None:
    assert batch.left == []


def test_no_other_file_has_changed(batch: Batch) -> None:
    assert batch.changed == []
    places = (
        *_PLACES,
        str(ROOT),
        str(batch.course.root),
        str(Path(sys.prefix)),
        os.environ.get("HOME", "/root"),
    )
    assert [place for place in places if os.path.lexists(f"{place}/{LEFT}")] == []


def test_the_graders_memory_stays_small(batch: Batch) -> None:
    assert batch.memory < 3 << 30


def test_the_bank_can_tell(batch: Batch) -> None:
    """The checks above see what they look for: a right submission holds its canary, and its points."""
    content = b"".join(content for _, content in batch.files("000"))
    assert batch.canaries["neighbour"].encode() in content
    assert batch.receipt("000")["score"]["auto"] == 15
    assert batch.receipt("000")["environment"]["sandbox"] == batch.tier
    assert {attack.kind for attack in ATTACKS} == {"forging", "reading", "escaping", "exhausting", "looking"}


# ------------------------------------------------------------------------------ the people who look


@pytest.fixture(scope="module")
def formgrader(batch: Batch) -> Iterator[str]:
    """The address of Formgrader on the attacked course, as `homework serve` prints it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "homework", "serve", "--port", str(port)],
        env={**os.environ, "HOMEWORK_COURSE": str(batch.course.root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert server.stdout is not None
        line = next(line for line in server.stdout if line.startswith("Formgrader:"))
        address = line.split()[1]
        while not answers(address):
            assert server.poll() is None, "the Jupyter server does not start"
            time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.communicate(timeout=60)


def answers(address: str) -> bool:
    """Whether a server is there."""
    try:
        with urllib.request.urlopen(address, timeout=60):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


@pytest.mark.parametrize("batch", ["bubblewrap"], indirect=True)  # what is shown does not depend on it
@pytest.mark.skipif(CHROMIUM is None, reason="no chromium here to open the pages with")
def test_nothing_executes_in_the_browser_of_those_who_look(
    batch: Batch, formgrader: str, tmp_path: Path
) -> None:
    control = tmp_path / "control.html"
    control.write_text("<img src=x onerror=alert('pwned')><a href=\"javascript:alert('clicked')\">x</a>")
    base, _, token = formgrader.partition("?token=")
    looked_at = [name for name, attack in batch.students.items() if attack.kind == "looking"]
    with sqlite3.connect(batch.course.root / "gradebook.db") as connection:
        query = """SELECT student_id, n.id FROM submitted_notebook n
                   JOIN submitted_assignment a ON a.id = n.assignment_id"""
        submissions = dict(connection.execute(query).fetchall())
    connection.close()
    with Browser(tmp_path) as browser:
        browser.open(control.as_uri())
        assert {said.partition(" on ")[0] for said in browser.dialogs} == {
            "pwned",
            "clicked",
        }  # it would tell
        browser.dialogs.clear()
        browser.open(f"{base}/manage_assignments?token={token}", "document.querySelector('tbody tr')")
        rows = "document.querySelectorAll('tbody tr').length > 1"
        for page in ("gradebook/hw1/hw1", "manage_submissions/hw1", "manage_students"):
            browser.open(f"{base}/{page}", rows)
        for student in looked_at:
            browser.open(
                f"{base}/manage_students/{quote(student, safe='')}", "document.querySelector('tbody tr')"
            )
            shown = browser.open(
                f"{base}/submissions/{submissions[student]}/",
                "document.querySelector('.nbgrader_cell, .cell, #notebook')",
            )
            assert "Submission" in shown
            page = batch.course.feedback / student / "hw1" / "hw1.html"
            browser.open("file://" + quote(str(page)))
        browser.open((batch.course.autograded / "overview_hw1.html").as_uri())
        assert browser.dialogs == []
        assert [address for address in browser.requests if "attacker.invalid" in address] == []
    server = urlsplit(base).netloc
    hosts = {
        urlsplit(address).netloc
        for address in browser.requests
        if address.startswith(("http:", "https:", "ws"))
    }
    assert hosts <= {server}
