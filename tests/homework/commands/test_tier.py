"""Grading and doctor say which tier of the sandbox there is, and why, on every terminal."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from homework.cli import main
from homework.commands import doctor
from homework.commands.tier import weaker_tier, why_not_the_first
from homework.course import Course


def test_the_second_tier_is_named_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    assert weaker_tier({"bubblewrap"}) == weaker_tier(set()) == ""
    monkeypatch.setenv("PATH", "/nowhere")
    said = weaker_tier({"landlock"})
    assert said.startswith("graded in the second tier of the sandbox (landlock), which hides less")
    assert said.endswith(", since bubblewrap (the command `bwrap`) is not installed, or not on PATH")


def test_why_bubblewrap_fails_is_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its last line, as where the kernel refuses namespaces."""
    program = tmp_path / "bwrap"
    program.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert why_not_the_first().endswith("sandbox here (bwrap: No permissions to create new namespace)")


def test_without_a_path_the_usual_folders_are_searched(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As under `env -i`, from a service or a container."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("HOMEWORK_COURSE", str(course.root))
    seen: list[str] = []
    monkeypatch.setattr(
        "homework.commands.doctor.examine", lambda _: seen.append(os.environ["PATH"]) or iter(())
    )
    assert CliRunner().invoke(main, ["doctor"]).exit_code == 0
    assert {"/bin", "/usr/bin"} <= set(seen[0].split(":"))


def test_a_terminal_without_unicode_gets_plain_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    """And brackets in a path are not taken for markup."""
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, "ascii", errors="replace"))
    checks = [
        doctor.HealthCheck("path", doctor.OK, "/a [b]/c"),
        doctor.HealthCheck("sandbox", doctor.BROKEN, "“no”", "do it"),
    ]
    assert doctor.show(iter(checks)) == 1
    sys.stdout.flush()
    assert written.getvalue().decode() == "ok path: /a [b]/c\nx sandbox: ?no?\n    -> do it\n"


def test_doctor_names_brackets_in_the_path(tmp_path: Path) -> None:
    (tmp_path / "EE P [Fall 26]" / "source").mkdir(parents=True)
    check = doctor._path(Course(tmp_path / "EE P [Fall 26]"))
    assert (check.state, "Formgrader finds no assignments" in check.said) == (doctor.WARNING, True)
