"""What the notebooks of all assignments have in common: form, marking schemes, sample answers, figures, and that they run."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import matplotlib.pyplot as plt
import nbformat
import pytest
from matplotlib.testing.compare import compare_images
from nbgrader.nbgraderformat import MetadataValidator

from homework.commands.rules import problems_of
from homework.course import Course
from homework.course.guard import guard
from tests.content.source import Source, run
from tests.homework.support import ROOT

# What the rules say where a file is handed in with the notebook, instead of what they say elsewhere.
WITH_A_FILE = (
    (
        "There is no network, no GPU and no file of yours where\nyour code is graded: whatever it needs must be in this notebook.",
        "There is no network, no GPU and no file of yours but\nthe one that 3.1 asks for where your code is graded: whatever else it needs must be in this notebook.",
    ),
    (
        "**Hand in this one file**, still named `hw4.ipynb`, in the way and by the date that the course page gives.\n  Before that",
        "**Hand in two files**: this notebook, still named `hw4.ipynb`, and beside it the one that 3.1 asks for, in the\n  way and by the date that the course page gives. Before that",
    ),
)


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


def test_the_rules_of_a_release_hold(source: Source) -> None:
    """Types of cells, points, statements, marking schemes, guards, banks, hidden tests and sample answers."""
    assert problems_of(Course(ROOT), source.assignment) == []


def test_the_introduction_has_a_table_of_points(source: Source) -> None:
    """Which the rules compare with the cells."""
    assert re.search(r"^\|.*\bpoints\b.*\|$", source.text("intro"), re.MULTILINE)


def test_assignments_have_the_same_rules_and_helper(functions: Source) -> None:
    first = Source(Course(ROOT).assignment("hw1"))
    name = functions.assignment.name
    rules = first.text("rules").replace("hw1", name)
    for usual, with_a_file in WITH_A_FILE if functions.assignment.hands_in else ():
        assert usual in rules
        rules = rules.replace(usual, with_a_file)
    assert functions.text("rules") == rules
    for path in (Path("eep590_utils.py"), Path("figures/scripts/drawing.py")):
        ours, theirs = functions.assignment.source / path, first.assignment.source / path
        assert not ours.exists() or ours.resolve() == theirs, "one home: link to hw1's"


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
    """The guard, which the rules ask for word by word, makes it fail."""
    for task in source.assignment.exercises.values():
        lines = guard(source.assignment.name, task)
        assert source.text(task.grade_cell).endswith(lines)
    plain = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=False)
    assert plain.returncode == 0, plain.stderr
    environment = {**os.environ, "NBGRADER_EXECUTION": "autograde"}
    stock = subprocess.run(
        [sys.executable, "-c", lines], env=environment, capture_output=True, text=True, check=False
    )
    assert "hidden tests were not run" in stock.stderr


# ---------------------------------------------------------------------------------------------- figures


def test_figures_and_text_agree(functions: Source) -> None:
    text = "\n".join(cell["source"] for cell in functions.cells.values())
    shown = re.findall(r"!\[([^\]]+)\]\(figures/(\w+)\.png\)", text)
    assert text.count("](figures/") == len(shown), "every figure has a text for those who cannot see it"
    kept = {path.stem for path in functions.figures.glob("*.png")}
    drawn = functions.script.FIGURES if functions.script else ()
    assert {name for _, name in shown} == kept == {draw.__name__ for draw in drawn}
    for path in functions.figures.glob("*.png"):
        assert path.stat().st_size < 80_000


def test_figures_are_what_the_script_draws(
    functions: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOMEWORK_COURSE", str(ROOT))
    monkeypatch.syspath_prepend(functions.assignment.source)
    monkeypatch.setattr(plt, "rcParams", plt.rcParams.copy())
    if functions.script is None:
        return
    drawing: ModuleType = sys.modules[functions.script.draw.__module__]
    for draw in functions.script.FIGURES:
        drawn = drawing.save(draw, tmp_path)
        kept = tmp_path / f"{draw.__name__}-kept.png"
        kept.write_bytes((functions.figures / drawn.name).read_bytes())
        # Other versions of FreeType set letters a little differently.
        assert compare_images(str(kept), str(drawn), tol=3) is None, (
            f"draw {draw.__name__} again: see {functions.script.__file__}"
        )


def test_minutes_of_written_questions_add_up_to_those_of_the_introduction(source: Source) -> None:
    texts = [cell["source"] for cell in source.cells.values()]
    asked: dict[str, int] = {}
    for text in texts:
        letter, minutes = re.match(r"### \((\w)\) ", text), re.search(r"(\d+) minutes\.\*", text)
        if letter and minutes:
            asked[letter[1]] = int(minutes[1])
    rows = re.findall(
        r"questions? (\(\w\)[^|]*)\|[^|]*\| a person \| (\d+) \|", source.cells["intro"]["source"]
    )
    for letters, minutes in rows:
        if asked:  # some homeworks give minutes for the parts alone
            assert sum(asked[letter] for letter in re.findall(r"\((\w)\)", letters)) == int(minutes), letters
