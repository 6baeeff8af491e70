"""What the notebooks of all assignments have in common: form, marking schemes, sample answers, figures, and that they run."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import matplotlib.pyplot as plt
import nbformat
import pytest
from matplotlib.testing.compare import compare_images
from nbgrader.nbgraderformat import MetadataValidator

from homework.course import Course
from tests.content.source import Source, run
from tests.homework.support import ROOT


@pytest.fixture(scope="module", params=list(Course(ROOT).assignments))
def source(request: pytest.FixtureRequest) -> Source:
    """Each assignment in turn."""
    return Source(Course(ROOT).assignment(request.param))


@pytest.fixture(
    scope="module",
    params=[
        name
        for name, one in Course(ROOT).assignments.items()
        if any(task.kind.name != "choice" for task in one.tasks.values())
    ],
)
def functions(request: pytest.FixtureRequest) -> Source:
    """Each assignment in turn that is no quiz: a quiz has neither their rules nor their figures."""
    return Source(Course(ROOT).assignment(request.param))


def choices(source: Source) -> list[str]:
    """The multiple-choice questions of an assignment."""
    return [name for name, task in source.assignment.tasks.items() if task.kind.name == "choice"]


@pytest.fixture
def our_course(monkeypatch: pytest.MonkeyPatch, source: Source) -> None:
    """Solution cells find their references and helpers; the notebook's settings for pictures are undone."""
    monkeypatch.setenv("HOMEWORK_COURSE", str(ROOT))
    monkeypatch.syspath_prepend(source.assignment.source)
    monkeypatch.setattr(plt, "rcParams", plt.rcParams.copy())


# ---------------------------------------------------------------------------------------------- the notebook


def test_notebook_is_valid_and_clean(source: Source) -> None:
    text = source.assignment.notebook.read_text()
    notebook = json.loads(text)
    assert text == json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert notebook["metadata"] == {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    node = nbformat.from_dict(notebook)
    nbformat.validate(node)
    MetadataValidator().validate_nb(node)
    for cell in source.cells.values():
        if cell["cell_type"] == "code":
            assert (cell["outputs"], cell["execution_count"]) == ([], None)


def test_cells_are_locked_but_where_answers_go(source: Source) -> None:
    exercises, questions = source.assignment.exercises, source.assignment.questions
    for name, cell in source.cells.items():
        mark = cell["metadata"]["nbgrader"]
        flags = (cell["cell_type"], mark["grade"], mark["solution"], mark["locked"], mark.get("points"))
        if name in exercises:
            expected = ("code", False, True, False, None)
        elif name.removeprefix("test_") in exercises:
            expected = ("code", True, False, True, exercises[name.removeprefix("test_")].points)
        elif name in questions:
            expected = ("markdown", True, True, False, questions[name].points)
        else:
            expected = (cell["cell_type"], False, False, True, None)
        assert flags == expected, name
        assert (mark["grade_id"], mark["schema_version"], mark["task"]) == (name, 3, False)


def test_the_table_of_points_adds_up(source: Source) -> None:
    rows = [line.split("|") for line in source.text("intro").splitlines() if line.startswith("|")]
    points = [float(row[3].strip(" *")) for row in rows[2:]]
    assert points.pop() == sum(points) == source.assignment.max_points
    heading = rf"\b{source.assignment.max_points:g}\b"
    assert re.search(heading, "".join(rows[-1]))


def test_a_task_stands_before_its_cells(source: Source) -> None:
    order = list(source.cells)
    for name in source.assignment.questions:
        assert order[order.index(name) - 1] == f"question_{name}"
    for name in source.assignment.exercises:
        at = order.index(name)
        assert order[at - 1 : at + 2] == [f"{name}_text", name, f"test_{name}"]


def test_nothing_follows_what_the_student_writes(source: Source) -> None:
    for name in source.assignment.exercises:
        region = re.search(r"### BEGIN SOLUTION\n(.*?)\n *### END SOLUTION$", source.text(name), re.DOTALL)
        assert region is not None, name
        assert f'reference("{name}"' in region[1]


def test_marking_schemes_add_up(source: Source) -> None:
    for name, question in source.assignment.questions.items():
        scheme = source.text(f"question_{name}").split("### BEGIN MARK SCHEME\n")[1]
        scheme, after = scheme.split("\n### END MARK SCHEME")
        assert not after
        items = [re.match(r"- \(([\d.]+) points?\) \S", line) for line in scheme.splitlines()]
        assert all(items), f"{name}: one item a line"
        assert sum(float(item[1]) for item in items if item) == question.points, name


def test_sample_answers_differ_in_quality(source: Source) -> None:
    for name, question in source.assignment.questions.items():
        path = ROOT / "solutions" / source.assignment.name / name / "answers.toml"
        answers = tomllib.loads(path.read_text())["answer"]
        assert len(answers) == 2
        marks = [answer["marks"] for answer in answers]
        assert len(set(marks)) == 2
        for answer in answers:
            assert set(answer) == {"marks", "comment", "text"}
            assert 0 <= answer["marks"] <= question.points
            assert answer["marks"] * 4 == int(answer["marks"] * 4)
            assert answer["comment"].strip()
            assert answer["text"].strip()


def test_assignments_have_the_same_rules_and_helper(functions: Source) -> None:
    first = Source(Course(ROOT).assignment("hw1"))
    name = functions.assignment.name
    assert functions.text("rules") == first.text("rules").replace("hw1", name)
    for path in (Path("eep590_utils.py"), Path("figures/scripts/drawing.py")):
        ours, theirs = functions.assignment.source / path, first.assignment.source / path
        assert ours.resolve() == theirs, "one home: link to hw1's"


# ---------------------------------------------------------------------------------------------- running it


@pytest.mark.usefixtures("our_course", "utils")
def test_examples_pass_with_the_reference(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPLBACKEND", "agg")
    assert run(source.cells) == {}


@pytest.mark.usefixtures("our_course", "utils")
def test_a_student_meets_nothing_but_what_is_not_implemented(source: Source) -> None:
    errors = run(source.released)
    assert {type(error) for error in errors.values()} <= {NotImplementedError}, errors
    expected = source.assignment.exercises.keys() - set(choices(source))
    assert {f"test_{name}" for name in expected} <= set(errors)


def test_the_release_holds_no_answers(source: Source) -> None:
    text = "\n".join(cell["source"] for cell in source.released.values())
    assert not re.search(r"homework\.course|### (BEGIN|END)|\([\d.]+ points?\) [A-Z(]", text)
    for name in source.assignment.questions:
        assert source.released[name]["source"] == "YOUR ANSWER HERE"


def test_stock_nbgrader_gives_no_marks(source: Source) -> None:
    for name in source.assignment.exercises:
        guard = source.text(f"test_{name}").split("### BEGIN HIDDEN TESTS\n")[1]
        guard, after = guard.split("\n### END HIDDEN TESTS")
        assert not after
        module = f"tests/{source.assignment.name}/test_{name}.py"
        assert ("hidden test of all questions" if name in choices(source) else module) in guard
        assert f"homework autograde {source.assignment.name}`" in guard
        plain = subprocess.run([sys.executable, "-c", guard], capture_output=True, text=True, check=False)
        assert plain.returncode == 0, plain.stderr
        environment = {**os.environ, "NBGRADER_EXECUTION": "autograde"}
        stock = subprocess.run(
            [sys.executable, "-c", guard], env=environment, capture_output=True, text=True, check=False
        )
        assert "hidden tests were not run" in stock.stderr


# ---------------------------------------------------------------------------------------------- figures


def test_figures_and_text_agree(functions: Source) -> None:
    text = "\n".join(cell["source"] for cell in functions.cells.values())
    shown = re.findall(r"!\[([^\]]+)\]\(figures/(\w+)\.png\)", text)
    assert text.count("](figures/") == len(shown), "every figure has a text for those who cannot see it"
    kept = {path.stem for path in functions.figures.glob("*.png")}
    assert {name for _, name in shown} == kept == {draw.__name__ for draw in functions.script.FIGURES}
    for path in functions.figures.glob("*.png"):
        assert path.stat().st_size < 80_000


def test_figures_are_what_the_script_draws(
    functions: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOMEWORK_COURSE", str(ROOT))
    monkeypatch.syspath_prepend(functions.assignment.source)
    monkeypatch.setattr(plt, "rcParams", plt.rcParams.copy())
    drawing: ModuleType = sys.modules[functions.script.draw.__module__]
    for draw in functions.script.FIGURES:
        drawn = drawing.save(draw, tmp_path)
        kept = tmp_path / f"{draw.__name__}-kept.png"
        kept.write_bytes((functions.figures / drawn.name).read_bytes())
        # Other versions of FreeType set letters a little differently.
        assert compare_images(str(kept), str(drawn), tol=3) is None, (
            f"draw {draw.__name__} again: see {functions.script.__file__}"
        )
