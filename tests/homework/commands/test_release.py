"""A release holds no answer, in whatever form it stood in the source."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from homework.commands import release as releasing
from homework.course import Course
from homework.course.cells import name_of
from homework.errors import ReleaseError
from tests.homework.support import ROOT, copy_course

PICTURE = base64.b64encode((ROOT / "source/hw1/figures/activation.png").read_bytes() + b"mine").decode()
ATTACHED = {"model answer.png": {"image/png": PICTURE}}
SHOWN = "![sketch](attachment:model%20answer.png)"
Cells = dict[str, dict[str, Any]]


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A course to write into; that hidden tests can be collected is tested elsewhere, and takes seconds."""
    monkeypatch.setattr(releasing, "require_complete", lambda *_: None)
    return copy_course(tmp_path / "course")


def edited(course: Course, edit: Callable[[Cells], None]) -> Course:
    """The course with its source of hw1 edited."""
    path = course.assignment("hw1").notebook
    notebook = json.loads(path.read_text())
    cells = {name_of(cell): cell for cell in notebook["cells"]}
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
    edit(cells)
    path.write_text(json.dumps(notebook))
    return Course(course.root)


def in_solution(cell: dict[str, Any], text: str) -> None:
    assert "### END SOLUTION" in cell["source"]
    cell["source"] = cell["source"].replace("### END SOLUTION", f"{text}\n### END SOLUTION")


def released(course: Course) -> str:
    releasing.release(course, "hw1")
    return (course.root / "release/hw1/hw1.ipynb").read_text()


@pytest.mark.parametrize("shown", [SHOWN, '<img src="attachment:model answer.png">', ""])
def test_a_picture_of_a_model_answer_is_not_released(course: Course, shown: str) -> None:
    """Whatever shows it there, or if nothing does."""

    def edit(cells: Cells) -> None:
        in_solution(cells["warmup_a"], shown)
        cells["warmup_a"]["attachments"] = ATTACHED

    text = released(edited(course, edit))
    assert PICTURE[-200:] not in text and "model answer" not in text


def test_a_picture_of_the_question_is_released(course: Course) -> None:
    """Also where the model answer shows it again."""

    def edit(cells: Cells) -> None:
        for name in ("question_warmup_a", "warmup_a"):
            cells[name]["attachments"] = ATTACHED
        cells["question_warmup_a"]["source"] = SHOWN + "\n\n" + cells["question_warmup_a"]["source"]
        in_solution(cells["warmup_a"], SHOWN)

    assert released(edited(course, edit)).count(PICTURE[-200:]) == 1


def test_a_picture_of_a_model_answer_is_refused_as_a_file(course: Course) -> None:
    """Beside the notebook, under any name."""

    def edit(cells: Cells) -> None:
        cells["warmup_a"]["attachments"] = ATTACHED

    course = edited(course, edit)
    (course.assignment("hw1").source / "figures" / "nothing.png").write_bytes(base64.b64decode(PICTURE))
    with pytest.raises(ReleaseError, match=r"mentions: figures/nothing\.png\. Move"):
        released(course)


@pytest.mark.parametrize("name", ["figures/answer.png", "answer.csv"])
def test_a_file_that_only_a_model_answer_mentions_is_refused(course: Course, name: str) -> None:
    """With what to do; what the question mentions, too, is released."""
    source = course.assignment("hw1").source
    (source / name).write_bytes(b"1,2,3\n")
    course = edited(course, lambda cells: in_solution(cells["warmup_a"], f"![the answer]({name})"))
    with pytest.raises(ReleaseError, match=rf"{name} \(only an instructors' part of cell warmup_a does\)"):
        released(course)
    course = edited(course, lambda cells: cells["question_warmup_a"].update(source=f"See [it]({name})."))
    assert name in released(course)


def test_metadata_that_nobody_needs_is_not_released(course: Course) -> None:
    """What an editor or an extension keeps beside a text may be anything: an answer, a draft, a key."""

    def edit(cells: Cells) -> None:
        cells["warmup_a"]["metadata"] |= {"draft": {"history": ["secret"]}, "jupyterquiz": "secret"}
        cells["setup"]["metadata"]["tags"] = ["kept"]

    course = edited(course, edit)
    path = course.assignment("hw1").notebook
    notebook = json.loads(path.read_text())
    path.write_text(json.dumps(notebook | {"metadata": {**notebook["metadata"], "key": "secret"}}))
    text = released(course)
    assert "secret" not in text and '"kept"' in text
    assert json.loads(text)["metadata"].keys() == {"kernelspec", "language_info"}


@pytest.mark.parametrize(
    "name",
    ["figures/photo.jpg", "labels.json", "a.GIF", "weights.pt", "notes.docx", "solution.py", "key.txt"],
)
def test_no_file_is_left_out_or_given_away_in_silence(course: Course, name: str) -> None:
    """It is named, with what to do; a file that the notebook mentions is released."""
    path = course.assignment("hw1").source / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"'0'")
    with pytest.raises(ReleaseError, match=rf"mentions: {name}\. Move each into a folder called scripts"):
        released(course)
    course = edited(
        course, lambda cells: cells["setup"].update(source=f"open({name!r})\n" + cells["setup"]["source"])
    )
    released(course)
    assert (course.assignment("hw1").release / name).read_bytes() == b"'0'"
    assert releasing.drift(course, "hw1") == []


def test_modules_and_what_they_read_are_released(course: Course) -> None:
    """Through what the notebook imports; a license need not be mentioned. A solved notebook never is."""
    source = course.assignment("hw1").source
    (source / "data").mkdir()
    (source / "more.py").write_text('open("data/table.tsv")\n')
    for name in ("data/table.tsv", "data/LICENSE.txt"):
        (source / name).write_text("0")
    course = edited(
        course, lambda cells: cells["setup"].update(source="import os, more\n" + cells["setup"]["source"])
    )
    released(course)
    files = {path.name for path in course.assignment("hw1").release.rglob("*")}
    assert {"more.py", "table.tsv", "LICENSE.txt"} <= files
    (source / "hw1-solved.ipynb").write_text("{}")
    with pytest.raises(ReleaseError, match=r"hw1-solved\.ipynb"):
        released(course)


@pytest.mark.parametrize(
    "shown",
    ["![photo](figures/photo.bmp)", '<img src="figures/photo.bmp" width=3>', "![x](attachment:y.png)"],
)
def test_a_picture_that_the_text_shows_has_to_be_there(course: Course, shown: str) -> None:
    """Beside the notebook or attached."""
    course = edited(
        course, lambda cells: cells["intro"].update(source=cells["intro"]["source"] + "\n\n" + shown)
    )
    with pytest.raises(
        ReleaseError,
        match=r"not released with it: cell intro shows (figures/photo\.bmp|y\.png)\. .*: put it at source/hw1/",
    ):
        released(course)


@pytest.mark.parametrize(
    "copied",
    ["{}", "- {}", "1. {}", "So much for the question. {} That is all.", "- {points}{}", "> {}"],
)
def test_a_line_of_a_marking_scheme_is_found_without_its_points(course: Course, copied: str) -> None:
    """Copied into the statement: with or without its bullet, its points, or other text around it."""

    def edit(cells: Cells) -> None:
        text = cells["question_warmup_a"]["source"]
        line = next(line for line in text.splitlines() if line.startswith("- (0.5 points) "))
        points, said = line[2 : len("- (0.5 points) ")], line.removeprefix("- (0.5 points) ")
        cells["kernels_text"]["source"] += "\n\n" + copied.format(said, points=points)

    with pytest.raises(
        ReleaseError, match="contains a line of the instructors' part of cell question_warmup_a"
    ):
        released(edited(course, edit))


def test_figures_travel_inside_the_notebook(course: Course) -> None:
    """Colab shows neither files beside a notebook nor attachments of texts."""
    text = released(course)
    figure = (course.assignment("hw1").source / "figures" / "activation.png").read_bytes()
    assert base64.b64encode(figure).decode() in text
    assert "](figures/" not in text
    assert not (course.assignment("hw1").release / "figures").exists()


def test_a_second_release_says_what_it_does_to_work_in_progress(course: Course) -> None:
    """Each kind of change once; nothing where nothing has changed."""
    assert releasing.release_again(course, "hw1")[1] == []

    def edit(cells: Cells) -> None:
        cells["intro"]["source"] += "\nMore."
        cells["cross_corr_2d"]["source"] = "# Two lines.\n" + cells["cross_corr_2d"]["source"]
        cells["test_cross_corr_2d"]["metadata"]["nbgrader"]["points"] = 16
        cells["kernels_text"]["metadata"]["nbgrader"]["grade_id"] = "kernels_words"

    _, told = releasing.release_again(edited(course, edit), "hw1")
    assert [line.partition(": ")[0] for line in told] == [
        "1 cell (kernels_words) added",
        "1 cell (kernels_text) removed",
        "1 cell (test_cross_corr_2d) worth other points",
        "1 cell (cross_corr_2d) changed for those who begin now",
        "1 cell (intro) changed in the text",
    ]
    path = course.assignment("hw1").released_notebook
    path.write_text(path.read_text().replace("More.", "Mine."))
    assert releasing.drift(Course(course.root), "hw1") == [
        "release/hw1/hw1.ipynb is not what source/ generates (cell intro): run `homework release hw1`"
    ]
    _, told = releasing.release_again(Course(course.root), "hw1")
    assert told[-1] == (
        "cell intro had been edited by hand in release/hw1, and that is gone: edit source/hw1, then release"
    )
    path = course.assignment("hw1").notebook
    notebook = json.loads(path.read_text())
    second, third = (name_of(cell) for cell in notebook["cells"][1:3])
    notebook["cells"].append(notebook["cells"].pop(1))
    path.write_text(json.dumps(notebook))
    _, (line,) = releasing.release_again(Course(course.root), "hw1")
    assert line.startswith(f"2 cells ({third}, {second}) moved: a tool that merges")


@pytest.mark.parametrize(
    ("typed", "mark"),
    [
        ("### Begin Solution", "### BEGIN SOLUTION"),
        ("# BGEIN SOLUTION", "### BEGIN SOLUTION"),
        ("### BEGIN SOLUTON", "### BEGIN SOLUTION"),
        ("###BEGIN_SOLUTIONS", "### BEGIN SOLUTION"),
        ("    ### EDN SOLUTION ###", "### END SOLUTION"),
        ("### begin hidden test", "### BEGIN HIDDEN TESTS"),
        ("<!-- BEGIN MARKING SCHEME -->", "### BEGIN MARK SCHEME"),
    ],
)
def test_marks_that_nbgrader_does_not_know_are_refused(course: Course, typed: str, mark: str) -> None:
    """It would leave what stands between them."""
    course = edited(
        course, lambda cells: cells["intro"].update(source=f"{cells['intro']['source']}\n\n{typed}\n")
    )
    said = f"contains {typed.strip()!r}, which leaves what it should cut out: write {mark!r}"
    with pytest.raises(ReleaseError, match=re.escape(said)):
        released(course)


def test_headings_and_comments_that_speak_of_solutions_are_no_marks(course: Course) -> None:
    text = "## Solutions\n\n# Begin your solution here\n\n### The end of the solution\n\n## Hidden layers"
    released(
        edited(course, lambda cells: cells["intro"].update(source=f"{cells['intro']['source']}\n\n{text}"))
    )
