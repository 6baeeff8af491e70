"""The self-check, without which nothing is graded."""

from __future__ import annotations

import json

import pytest

from homework.course import Course
from homework.grading import Grader
from homework.sandbox import SandboxUnavailable, self_check
from homework.sandbox.sandbox import Sandbox
from homework.sandbox.session import Session
from homework.submission.handin import Submission
from homework.submission.template import Template


def test_without_a_sandbox_nothing_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr("homework.sandbox.inside.landlock.version", lambda: 0)  # an older kernel
    with pytest.raises(SandboxUnavailable, match="not installed"):
        Sandbox().start()


def test_a_leaking_sandbox_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(self_check.ATTEMPTS, "compute", self_check.Attempt("1 + 1 == 2"))
    with Sandbox() as leaking, pytest.raises(SandboxUnavailable, match="could compute"):
        self_check.self_check(leaking)


@pytest.mark.parametrize(
    ("expression", "answer"),
    [("undefined", "NameError"), ("open('/nowhere/x')", "No such file"), ("1 / 0", "ZeroDivisionError")],
)
def test_an_attempt_that_fails_for_another_reason_does_not_count_as_held(
    monkeypatch: pytest.MonkeyPatch, expression: str, answer: str
) -> None:
    monkeypatch.setitem(self_check.ATTEMPTS, "be sure", self_check.Attempt(expression))
    with (
        Sandbox() as sandbox,
        pytest.raises(SandboxUnavailable, match=f"could not try to be sure .*{answer}"),
    ):
        self_check.self_check(sandbox)


def test_nothing_is_graded_before_the_self_check_has_passed(
    monkeypatch: pytest.MonkeyPatch, course: Course, template: Template
) -> None:
    """Whoever opens the sandbox checks it, not the sandbox itself: a grader must not forget to, nor ignore the result."""
    run: list[str] = []
    run_cell = Session.run_cell
    monkeypatch.setattr(
        Session, "run_cell", lambda self, name, *rest: run.append(name) or run_cell(self, name, *rest)
    )
    submission = Submission("ada", json.dumps(template.notebook).encode())
    with Grader(course, "hw1") as grader:
        with monkeypatch.context() as patch:
            patch.setitem(self_check.ATTEMPTS, "compute", self_check.Attempt("1 + 1 == 2"))
            for _ in range(2):
                with pytest.raises(SandboxUnavailable, match="could compute"):
                    grader.grade([submission])
        assert run == ["self_check", "self_check"]
        (graded,) = grader.grade([submission])
        assert graded.result.environment["probes"] == "passed"
        grader.grade([submission])
    assert run[:3] == ["self_check"] * 3 and run.count("self_check") == 3
