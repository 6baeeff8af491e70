"""Submissions whose cells or functions hang, crash or rebind names: only the part that did so is lost."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent import futures
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from homework.course import Course
from homework.grading import GradedSubmission, Grader
from homework.grading.attempt import Attempt
from homework.grading.clock import Allowance, Overlap
from homework.results import Verdict
from homework.sandbox import Limits
from homework.sandbox.sandbox import Sandbox
from homework.sandbox.session import Session
from homework.submission.handin import Part, Submission
from homework.submission.rebuild import Rebuilt
from homework.submission.splice import splice
from homework.submission.template import NotebookCell, Template
from tests.homework.support import exercise

Grade = Callable[[Any], dict[str, Any]]


def scores(result: dict[str, Any]) -> dict[str, float]:
    """The score of each exercise."""
    return {exercise["name"]: exercise["score"] for exercise in result["exercises"]}


@pytest.fixture
def with_cell(references: dict[str, str], template: Template) -> Callable[..., dict[str, Any]]:
    """The reference solution with one more cell, after the cell called `after`."""

    def make(source: str, after: str, **replaced: str) -> dict[str, Any]:
        notebook = splice(template, "\n\n".join({**references, **replaced}.values()))
        names = [cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in notebook["cells"]]
        cell = {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None}
        notebook["cells"].insert(names.index(after) + 1, cell)
        return notebook

    return make


def test_a_name_means_what_it_meant_at_its_grade_cell(
    grade: Grade, with_cell: Callable[..., dict[str, Any]]
) -> None:
    """Later cells may use a name again: for something else, or not at all."""
    later = "def cross_corr_2d(X, K):\n    return None\n\ndel spatial_batchnorm_forward, torch\n"
    assert grade(with_cell(later, "test_spatial_batchnorm_backward"))["score"]["auto"] == 42.5


@pytest.mark.parametrize("slow", ["", "import time\ntime.sleep(0.6)\n"], ids=["quick", "slow"])
def test_modes_that_later_cells_set_do_not_count_either(
    grade: Grade, with_cell: Callable[..., dict[str, Any]], slow: str
) -> None:
    """Whether the session or a fork of it answers. What was set before a grade cell is in effect there, and only there."""
    later = "torch.set_grad_enabled(False)\nnp.seterr(all='raise')\n" + slow
    assert grade(with_cell(later, "test_spatial_batchnorm_backward"))["score"]["auto"] == 42.5
    before = with_cell("torch.set_grad_enabled(False)\n" + slow, "setup")
    tests = exercise(grade(before), "cross_corr_2d")["tests"]
    assert {test["name"] for test in tests if not test["score"]} == {
        "test_gradient_of_the_input",
        "test_gradient_of_the_kernel",
        "test_gradients_in_double_precision",
    }


@pytest.mark.parametrize("slow", ["", "import time\ntime.sleep(0.6)\n"])
@pytest.mark.parametrize(
    ("fault", "verdict"), [("while True: pass", "timeout"), ("import os; os._exit(1)", "crashed")]
)
def test_a_lost_call_costs_its_exercise_alone(
    grade: Grade, with_cell: Callable[..., dict[str, Any]], slow: str, fault: str, verdict: str
) -> None:
    """Whether the cells are run again afterwards or, because they took long, their state was kept."""
    code = f"""
def cross_corr_2d(X, K):
    if tuple(X.shape) in ((3, 3), (2, 4), (24, 32)):  # of the notebook's own cells
        raise ValueError
    {fault}
"""
    notebook = with_cell(slow, "setup", cross_corr_2d=code)
    result = grade(notebook)
    assert scores(result) == {
        "learning_rate_labels": 2.5,
        "cross_corr_2d": 0,
        "spatial_batchnorm_forward": 10,
        "spatial_batchnorm_backward": 15,
    }
    assert verdict in {test["verdict"] for test in exercise(result, "cross_corr_2d")["tests"]}


def test_threads_of_a_notebook_are_there_when_it_is_called(
    grade: Grade, with_cell: Callable[..., dict[str, Any]]
) -> None:
    """Also if cells took long, so that a fork of their process, which has only one thread, would answer."""
    code = """
from concurrent.futures import ThreadPoolExecutor
pool = ThreadPoolExecutor(2)
def cross_corr_2d(X, K):
    (Y,) = pool.map(lambda _: torch.nn.functional.conv2d(X[None, None], K[None, None])[0, 0], [1])
    return Y
"""
    assert (
        grade(with_cell("import time\ntime.sleep(0.6)", "setup", cross_corr_2d=code))["score"]["auto"] == 42.5
    )


def test_cells_that_end_the_process_are_left_out(
    grade: Grade, with_cell: Callable[..., dict[str, Any]]
) -> None:
    """Such a cell costs only itself, and a note tells the student which one it was."""
    result = grade(with_cell("import os; os._exit(3)", "test_cross_corr_2d"))
    assert result["score"]["auto"] == 42.5
    assert any("ended the Python process" in note for note in result["submission"]["notes"])


@pytest.mark.parametrize(
    "source",
    [
        "%matplotlib inline\nx = 1",
        "!true",
        (
            "from IPython.core.interactiveshell import InteractiveShell\n"
            "InteractiveShell.ast_node_interactivity = 'all'"
        ),
        "await __import__('asyncio').sleep(0)",
        "%%capture\nprint(1)",
        "In [1]: x = 3",
        "",
        "# a comment",
    ],
)
def test_notebooks_hold_more_than_python(
    grade: Grade, with_cell: Callable[..., dict[str, Any]], source: str
) -> None:
    """Magics, shell escapes, prompts and top-level await run as in Jupyter."""
    assert grade(with_cell(source, "setup"))["score"]["auto"] == 42.5


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("6 * 7\n'last'", "'last'"),
        ("def f():\n    return 7\n\nf()", "7"),
        ("def f():\n    return 7", None),
        ("class A:\n    x = 7\n\n# A.x\n", None),
        ("if True:\n    7", None),
        ("for_ = 7; for_", "7"),
        ("max(\n    6,\n    7)", "7"),
        ("x = [\n    7,\n]\nx", "[7]"),
        ("with_ = 7\nmax(with_,\n    6)", "7"),
        ('"""\ndef f():\n    7"""', "'\\ndef f():\\n    7'"),
        ("7;", None),
        ("'ü', max(6,\n  7) ; # quiet", None),
        ("7  # ;", "7"),
    ],
)
def test_a_cell_shows_its_last_expression(
    grader: Grader, with_cell: Callable[..., dict[str, Any]], source: str, shown: str | None
) -> None:
    """As Jupyter does."""
    graded = grader.grade([Submission("ada", json.dumps(with_cell(source, "setup")).encode())])[0]
    (outputs,) = [outputs for cell, outputs in graded.cells if cell.source == source]
    assert outputs == ([] if shown is None else [{"type": "text", "text": shown}])


def test_a_batch_that_is_stopped_does_not_wait_for_the_next_submissions_cells(
    grader: Grader, with_cell: Callable[..., dict[str, Any]]
) -> None:
    """They are run ahead of time. Nothing of them stays, and the grader works as before."""
    right = json.dumps(with_cell("", "setup")).encode()
    endless = json.dumps(with_cell("while True:\n    pass", "environment")).encode()
    sleepless = json.dumps(
        with_cell("import subprocess\nsubprocess.run(['sleep', '3599'])", "setup")
    ).encode()

    def stop(graded: GradedSubmission) -> None:
        raise KeyboardInterrupt

    grader.sandbox.start()
    for hanging in (endless, sleepless):
        started = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            grader.grade_each([Submission("ada", right), Submission("bob", hanging)], stop)
        assert time.monotonic() - started < grader.limits.seconds_per_cell
        # What ends while one looks is left out of these; what is being killed has a moment.
        asleep = [one for one in psutil.process_iter(["cmdline"]) if one.info["cmdline"] == ["sleep", "3599"]]
        assert psutil.wait_procs(asleep, timeout=10)[1] == []
    assert grader.grade([Submission("ada", right)])[0].result.score.auto == 42.5


def test_results_come_in_the_order_of_the_submissions(
    grader: Grader, with_cell: Callable[..., dict[str, Any]]
) -> None:
    """Also if one cannot be read, which is known before the previous one has been judged."""
    right = json.dumps(with_cell("", "setup")).encode()
    handed_in = [right, b"", right, b"{", b"[]", right]
    graded = grader.grade(Submission(f"s{number}", data) for number, data in enumerate(handed_in))
    assert [one.result.student for one in graded] == [f"s{number}" for number in range(6)]
    assert [one.result.status == "graded" for one in graded] == [data == right for data in handed_in]


def limited(course: Course, **limits: float) -> Course:
    """The course, read again with these limits in its configuration."""
    with (course.root / "nbgrader_config.py").open("a") as config:
        config.write(f"\nc.Homework.limits = {{'*': {limits!r}}}\n")
    return Course(course.root)


@pytest.mark.parametrize("slow", ["call", "cell"])
def test_nobody_pays_for_what_ran_beside(
    own_course: Course, with_cell: Callable[..., dict[str, Any]], slow: str
) -> None:
    """What runs out of time while another submission runs is run again when that one has ended.

    Here one of two hangs until a moment, as on a machine that has no time for it, and the other one ends after that.
    """
    seconds = {"call": (1.5, 20), "cell": (20, 1.5)}[slow]
    course = limited(own_course, seconds_per_call=seconds[0], seconds_per_cell=seconds[1])
    moment = time.time() + 6
    hang = f"if time.time() < {moment}: time.sleep(600)"
    last = f"time.sleep(max(0, {moment + 1} - time.time()))"
    inside = f"""
import time

def cross_corr_2d(X, K):
    if tuple(X.shape) not in ((3, 3), (2, 4), (24, 32)):  # of the notebook's own cells
        {hang if slow == "call" else last}
    return torch.nn.functional.conv2d(X[None, None], K[None, None])[0, 0]
"""
    called = json.dumps(with_cell("", "setup", cross_corr_2d=inside)).encode()
    beside = json.dumps(with_cell(f"import time\n{hang if slow == 'cell' else last}", "setup")).encode()
    with Grader(course, "hw1") as grader:
        graded = grader.grade([Submission("ada", called), Submission("bob", beside)])
    for one in graded:
        assert one.result.submission.notes == []
        assert one.result.score.auto == 42.5, one.result.exercises[1]


def test_time_that_two_share_is_charged_by_half(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bob's cells take three seconds during Ada's calls, then his calls take six: that is seven and a half."""
    now = 100.0
    monkeypatch.setattr("homework.grading.clock.time", SimpleNamespace(monotonic=lambda: now))
    ada, bob, both = Allowance(8), Allowance(8), Overlap()
    ada.start(both.cells)
    both.calls.begin()
    bob.start(both.calls)
    both.cells.begin()
    now += 3
    both.cells.end()
    bob.stop()
    now += 3
    assert ada.left() == 8 - 6 + 3 / 2
    both.calls.end()
    bob.start(None)
    now += 6
    assert bob.left() == 8 - 6 - 3 / 2


@pytest.mark.parametrize("beside", [True, False])
def test_cells_do_not_share_the_machine_for_long(template: Template, beside: bool) -> None:
    """Two slow submissions would else take the time of three: cells run next to calls for half their time at most."""
    cells = [NotebookCell(kind="code", source="import time; time.sleep(0.5)") for _ in range(8)]
    before = Overlap()
    opened: list[Session] = []
    with Sandbox() as sandbox, ThreadPoolExecutor(1) as thread:

        def open_session() -> Session:
            opened.append(sandbox.session(Limits(seconds_per_submission=6), seed=1))
            return opened[-1]

        sandbox.start()
        if beside:
            before.calls.begin()
        submission = Submission("bob", b"")
        with Attempt(submission, Rebuilt(cells, [], {}), open_session, 6, thread, before) as attempt:
            if beside:
                before.cells.wait()  # as the previous submission would
                before.calls.end()
            attempt.wait()
            assert attempt.rebuilt.notes == []
            assert attempt.time.left() > 0
    assert len(opened) == (2 if beside else 1)


def test_cells_that_run_again_are_not_beside_the_previous_submission() -> None:
    """That one may have gone on for long after they had run the first time."""
    before = Overlap()
    cells = [NotebookCell(kind="code", source="1 + 1")]
    with Sandbox() as sandbox, ThreadPoolExecutor(1) as thread:
        sandbox.start()

        def open_session() -> Session:
            return sandbox.session(Limits(), seed=1)

        with Attempt(
            Submission("bob", b""), Rebuilt(cells, [], {}), open_session, 6, thread, before
        ) as attempt:
            futures.wait([attempt._running])
            before.calls._intervals.append([attempt._began, attempt._began + 100])
            attempt.wait()
            attempt.run()  # as after a call that ended the session


def test_who_runs_out_of_time_when_cells_run_again_did_not_crash(
    own_course: Course, with_cell: Callable[..., dict[str, Any]]
) -> None:
    """A call ends the process, and no time is left to reach the next call's exercise in another one."""
    course = limited(own_course, seconds_per_call=60, seconds_per_cell=60, seconds_per_submission=8)
    moment = time.time() + 5
    crash = f"""
import os, time

def cross_corr_2d(X, K):
    if tuple(X.shape) not in ((3, 3), (2, 4), (24, 32)):  # of the notebook's own cells
        time.sleep(max(0, {moment} - time.time()))
        os._exit(1)
"""
    hang = f"import time\nif time.time() > {moment}:\n    time.sleep(600)"
    notebook = json.dumps(with_cell(hang, "setup", cross_corr_2d=crash)).encode()
    with Grader(course, "hw1") as grader:
        (one,) = grader.grade([Submission("ada", notebook)])
    verdicts = [
        test.verdict for exercise in one.result.exercises for test in exercise.tests if not test.score
    ]
    assert verdicts.count(Verdict.CRASHED) <= 1
    assert {*verdicts} <= {Verdict.CRASHED, Verdict.TIMEOUT}


def test_nobody_pays_for_a_call_that_was_only_sent_ahead(
    own_course: Course, with_cell: Callable[..., dict[str, Any]]
) -> None:
    """If the first call of a test fails, the second one would not have been made; here it never ends."""
    course = limited(own_course, seconds_per_call=9, seconds_per_cell=9, seconds_per_submission=6)
    inside = """
def cross_corr_2d(X, K):
    while tuple(X.shape) == (5, 4) and tuple(K.shape) == (1, 3):
        pass
    return torch.nn.functional.conv2d(X[None, None], K[None, None])[0, 0] + (K.numel() == 1)
"""
    data = json.dumps(with_cell("", "setup", cross_corr_2d=inside)).encode()
    with Grader(course, "hw1") as grader:
        (graded,) = grader.grade([Submission("ada", data)])
    tests = {test.name: test for one in graded.result.exercises for test in one.tests}
    assert tests.pop("test_smallest_kernels").verdict is Verdict.FAILED
    assert {test.verdict for test in tests.values()} == {Verdict.PASSED}
    assert graded.result.submission.notes == []


def test_equal_work_gets_equal_marks(own_course: Course, with_cell: Callable[..., dict[str, Any]]) -> None:
    """For every student, whatever was graded before: here the right answer depends on the inputs."""
    inside = """
def cross_corr_2d(X, K):
    Y = torch.nn.functional.conv2d(X[None, None], K[None, None])[0, 0]
    return Y if X.sum() + torch.rand(1).item() > 0 else -Y
"""
    data = json.dumps(with_cell("", "setup", cross_corr_2d=inside)).encode()
    right = json.dumps(with_cell("", "setup")).encode()
    with Grader(own_course, "hw1") as grader:
        first = grader.grade([Submission("ada", data), Submission("bob", right), Submission("eve", data)])
    with Grader(own_course, "hw1") as grader:
        first += grader.grade([Submission("dan", data)])
    verdicts = [[test.verdict for one in graded.result.exercises for test in one.tests] for graded in first]
    assert verdicts[0] == verdicts[2] == verdicts[3] != verdicts[1]
    assert {"passed", "failed"} == {*verdicts[0]}


def test_cells_below_what_is_judged_are_not_run(
    own_course: Course, with_cell: Callable[..., dict[str, Any]]
) -> None:
    """`homework check` judges one exercise of each submission, and names that are defined further down do not count."""
    data = json.dumps(with_cell("import os\nos._exit(1)", "test_spatial_batchnorm_forward")).encode()
    with Grader(own_course, "hw1") as grader:
        for exercises, notes in ({"cross_corr_2d"}, 0), ({"spatial_batchnorm_backward"}, 1):
            (graded,) = grader.grade([Submission("ada", data, part=Part(frozenset(exercises)))])
            assert [one.score for one in graded.result.exercises] == [
                one.max for one in graded.result.exercises
            ]
            assert len(graded.result.submission.notes) == notes
