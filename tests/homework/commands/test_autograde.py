"""`homework autograde` grades what is new, and nothing without a sandbox."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from homework.commands.autograde import autograde
from homework.course import Course
from homework.results import read_receipt
from homework.sandbox import SandboxUnavailable
from tests.homework.gradebook.support import grades
from tests.homework.support import ROOT


def test_unchanged_submissions_are_not_graded_again(
    own: Course, handed_in: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    """Same bytes, same time, same tests, and rows in the gradebook; otherwise there is work."""

    def graded_by_autograde() -> list[str]:
        autograde(own, "hw1")
        *lines, closing = capsys.readouterr().out.splitlines()
        assert closing.startswith(f"hw1: {len(lines)} graded, {5 - len(lines)} unchanged, 1 unreadable")
        return sorted(line.partition(":")[0] for line in lines)

    assert graded_by_autograde() == []
    (own.submitted / "bob" / "hw1" / "hw1.ipynb").write_bytes(handed_in["ada"])
    (own.submitted / "ada" / "hw1" / "timestamp.txt").write_text("2026-11-21 12:00 UTC")
    shutil.rmtree(own.autograded / "blank")
    assert graded_by_autograde() == ["ada", "blank", "bob"]
    assert graded_by_autograde() == []
    for version in (b"one", b"two"):  # of answers that were handed in later, next to the same notebook
        (own.submitted / "blank" / "hw1" / "answers.docx").write_bytes(version)
        assert graded_by_autograde() == ["blank"]


def test_what_is_unchanged_needs_neither_torch_nor_nbgrader(own: Course) -> None:
    """A run on a class with nothing new is fast because it imports neither."""
    script = "import sys; from homework.cli import main; main(standalone_mode=False)\n"
    script += "print([name for name in ('torch', 'nbgrader', 'pytest') if name in sys.modules])"
    for command in (
        ["autograde", "hw1"],
        ["export", "-o", str(own.root / "grades.csv")],
        ["feedback", "hw1"],
    ):
        done = subprocess.run(
            [sys.executable, "-c", script, *command],
            capture_output=True,
            text=True,
            env={**os.environ, "HOMEWORK_COURSE": str(own.root)},
            cwd=ROOT,
            check=True,
        )
        assert done.stdout.splitlines()[-1] == "[]", done.stdout


def test_no_sandbox_nothing_recorded(own: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even what needs no sandbox."""
    shutil.copytree(own.submitted / "eve", own.submitted / "zoe")
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))  # bubblewrap is not there
    monkeypatch.setattr("homework.sandbox.inside.landlock.version", lambda: 0)  # nor Landlock
    with pytest.raises(SandboxUnavailable, match="bubblewrap"):
        autograde(own, "hw1", quiet=True)
    assert not (own.autograded / "zoe").exists()
    assert not grades(own, "zoe")


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap makes the checkout read-only")
def test_a_read_only_checkout(own: Course) -> None:
    """Only submitted/, autograded/, feedback/ and the gradebook can be written; the sandbox is a real one."""
    own.feedback.mkdir()
    writable = [own.submitted, own.autograded, own.feedback, own.root / "gradebook.db"]
    arguments = [
        "bwrap",
        "--dev-bind",
        "/",
        "/",
        "--cap-add",
        "ALL",
        "--ro-bind",
        str(own.root),
        str(own.root),
    ]
    for path in writable:
        arguments += ["--bind", str(path), str(path)]
    command = [sys.executable, "-m", "homework", "autograde", "hw1", "--student=bob", "--force"]
    environment = {**os.environ, "HOMEWORK_COURSE": str(own.root)}
    done = subprocess.run(
        [*arguments, "--", *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "\nhw1: 1 graded, 0 unchanged\n" in done.stdout, done.stderr
    receipt = read_receipt(own.autograded / "bob" / "hw1")
    assert receipt is not None
    assert receipt.environment["probes"] == "passed"
