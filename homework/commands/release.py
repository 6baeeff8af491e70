"""`homework release`: generate what students get from what instructors edit.

nbgrader's own preprocessors remove solutions, hidden tests and marking schemes. We add a step before them (an
incomplete assignment is refused) and two after (the released files are searched for everything that must not be in
them, and the released notebook is executed: only NotImplementedError may be raised).
"""

from __future__ import annotations

import base64
import json
import re
import shutil
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import Any

from homework.commands.changes import changes
from homework.commands.execute import run_notebook
from homework.commands.leaks import instructors_cell, mentions, search
from homework.commands.rules import require_complete
from homework.commands.rules.notebook import beside
from homework.commands.rules.texts import missing_pictures, where_to_put
from homework.commands.stale import differing_cells, edited_by_hand, named
from homework.course import Assignment, Course
from homework.course.cells import name_of
from homework.errors import ReleaseError

_PICTURES = (".png", ".svg", ".jpg", ".jpeg", ".gif", ".webp")
# What is said of data, and belongs to it without being mentioned.
_ABOUT = ("license", "licence", "copying", "notice", "readme")
# The metadata that students, editors and graders need. Others may hold anything: notes, keys, texts of an assistant.
_NOTEBOOK_METADATA = ("kernelspec", "language_info")
_CELL_METADATA = (
    "nbgrader",
    "homework",
    "tags",
    "deletable",
    "editable",
    "collapsed",
    "jupyter",
    "slideshow",
)


def release(course: Course, name: str) -> list[Path]:
    """Generate `release/<name>/` from `source/<name>/`. If it raises ReleaseError, nothing has changed."""
    assignment = course.assignment(name)
    with tempfile.TemporaryDirectory(prefix="homework-release-") as folder:
        fresh = _generate(course, assignment, Path(folder) / name)
        assignment.release.parent.mkdir(exist_ok=True)
        if assignment.release.exists():
            shutil.rmtree(assignment.release)
        shutil.copytree(fresh, assignment.release)
    return sorted(path for path in assignment.release.rglob("*") if path.is_file())


def release_again(course: Course, name: str) -> tuple[list[Path], list[str]]:
    """`release`, and what it changes for students who have begun to work on the release before."""
    path = course.assignment(name).release / f"{name}.ipynb"
    try:
        before = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):  # there is none
        return release(course, name), []
    edited = edited_by_hand(before)
    files = release(course, name)
    told = changes(before, json.loads(path.read_text("utf-8")))
    if edited:
        told.append(
            f"{named(edited)} had been edited by hand in release/{name}, and that is gone: edit source/{name}, then "
            "release"
        )
    return files, told


def drift(course: Course, name: str) -> list[str]:
    """How `release/<name>/` differs from what `source/<name>/` would generate; empty if it does not."""
    assignment = course.assignment(name)
    with tempfile.TemporaryDirectory(prefix="homework-release-") as folder:
        fresh = _generate(course, assignment, Path(folder) / name)
        new, old = _contents(fresh), _contents(assignment.release)
    differences = [f"release/{name}/{path} is missing" for path in sorted(new.keys() - old.keys())]
    differences += [
        f"release/{name}/{path} does not belong there" for path in sorted(old.keys() - new.keys())
    ]
    differences += [
        f"release/{name}/{path} is not what source/ generates{_where(new[path], old[path])}"
        for path in sorted(new)
        if path in old and new[path] != old[path]
    ]
    if differences:
        differences[-1] += f": run `homework release {name}`"
    return differences


def _where(new: bytes, old: bytes) -> str:
    cells = differing_cells(new, old)
    return f" ({named(cells)})" if cells else ""


def _contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in (folder.rglob("*") if folder.is_dir() else ())
        if path.is_file()
    }


def _generate(course: Course, assignment: Assignment, target: Path) -> Path:
    require_complete(course, assignment)
    target.mkdir(parents=True)
    text = _released(course, assignment)
    (target / assignment.notebook.name).write_text(text, encoding="utf-8", newline="\n")
    companions = [
        path
        for path in _companions(assignment, target / assignment.notebook.name)
        if path.suffix != ".png" or base64.b64encode(path.read_bytes()).decode() not in text  # embedded
    ]
    for path in companions:
        copy = target / path.relative_to(assignment.source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    search(course, assignment, target)
    _require_pictures(assignment, target)
    return target


def _companions(assignment: Assignment, released: Path) -> list[Path]:
    """The files that students get with the notebook: those that it, or a module that it imports, mentions.

    Raises ReleaseError for other files: none is left out, and none is given away, in silence.
    """
    left = beside(assignment)
    known: list[Path] = []
    texts = [released.read_text("utf-8")]
    while texts:
        public = texts.pop()
        found = [path for path in left if _is_mentioned(assignment, path, public)]
        left = [path for path in left if path not in found]
        texts += [path.read_text("utf-8", "replace") for path in found if path.suffix == ".py"]
        known += found
    if left:
        names = [path.relative_to(assignment.source).as_posix() for path in left]
        cells = {name: instructors_cell(assignment, name) for name in names}
        said = [
            name + f" (only an instructors' part of cell {cells[name]} does)" * bool(cells[name])
            for name in names
        ]
        raise ReleaseError(
            f"{assignment.source} contains files that neither the released notebook nor a module that it imports "
            f"mentions: {', '.join(said)}. Move each into a folder called scripts if it is for instructors (a picture "
            "of a model answer can also be attached to its cell), or mention it in the notebook if students need it"
        )
    return sorted(known)


def _is_mentioned(assignment: Assignment, path: Path, public: str) -> bool:
    """Whether a released text names a file, imports it, or shows it embedded; or it is a license or the like."""
    name = path.relative_to(assignment.source).as_posix()
    if path.suffix == ".py" and re.search(rf"\b(?:import|from)\s[^#\n]*\b{re.escape(path.stem)}\b", public):
        return True
    if path.suffix in _PICTURES and base64.b64encode(path.read_bytes()).decode() in public:
        return True
    named = mentions(public, name) or mentions(public, path.name)
    return path.suffix != ".ipynb" and (named or path.stem.casefold() in _ABOUT)


def _require_pictures(assignment: Assignment, folder: Path) -> None:
    """Raise ReleaseError if a text shows a picture that students do not get."""
    cells = json.loads((folder / assignment.notebook.name).read_text("utf-8"))["cells"]
    if lost := list(missing_pictures(cells, folder)):
        cells_of: dict[str, list[str]] = {}
        for name, picture in lost:
            cells_of.setdefault(picture, []).append(name or "without a name")
        problems = [f"cell {', '.join(names)} shows {picture}" for picture, names in sorted(cells_of.items())]
        raise ReleaseError(
            f"{assignment.name} would show pictures that are not released with it: {'; '.join(problems)}. "
            f"For {lost[0][1]}: {where_to_put(assignment, lost[0][1])}"
        )


def _released(course: Course, assignment: Assignment) -> str:
    """The source notebook as nbgrader would write it: without solutions, hidden tests, marking schemes and outputs."""
    from homework.gradebook.preprocessors import (
        EmbedFigures,
        ShowChoices,
    )  # first: it makes these imports faster

    import nbformat  # isort: skip
    from nbgrader import preprocessors
    from traitlets.config import Config

    config = Config()
    config.ClearMarkScheme.enforce_metadata = False
    config.ShowChoices.root = config.EmbedFigures.root = str(course.root)
    notebook = nbformat.read(assignment.notebook, as_version=4)
    resources: dict[str, Any] = {
        "nbgrader": {"student": "", "assignment": assignment.name, "notebook": assignment.name}
    }
    for kind in (
        preprocessors.LockCells,
        preprocessors.ClearSolutions,
        preprocessors.ClearOutput,
        preprocessors.ClearHiddenTests,
        preprocessors.ClearMarkScheme,
        ShowChoices,
        EmbedFigures,
        preprocessors.ComputeChecksums,
        preprocessors.CheckCellMetadata,
    ):
        try:
            notebook, resources = kind(config=config).preprocess(notebook, resources)
        except RuntimeError as error:
            raise ReleaseError(f"{assignment.notebook}: {error}") from error
    _keep(notebook.metadata, _NOTEBOOK_METADATA)
    for cell in notebook.cells:
        _keep(cell.metadata, _CELL_METADATA)
        _keep_shown_attachments(cell)
    text: str = nbformat.writes(notebook, version=4)
    return text + "\n"


def _keep(metadata: Any, names: Collection[str]) -> None:
    """Remove all of `metadata` but the values called `names`."""
    for name in metadata.keys() - set(names):
        del metadata[name]


def _keep_shown_attachments(cell: Any) -> None:
    """Remove the pictures that a cell's text does not show: they belong to a model answer or a marking scheme."""
    attachments = cell.pop("attachments", {})
    kept = {name: data for name, data in attachments.items() if mentions(cell.source, f"attachment:{name}")}
    if kept:
        cell["attachments"] = kept


def execute(assignment: Assignment) -> list[str]:
    """Execute the released notebook as a student would. Returns the errors that it must not raise."""
    notebook = run_notebook(
        json.loads(assignment.released_notebook.read_text("utf-8")), assignment.release, allow_errors=True
    )
    problems = []
    undefined = re.compile(
        "|".join(rf"name '{re.escape(name)}' is not defined" for name in assignment.exercises) or "$^"
    )
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            if output["output_type"] != "error" or output["ename"] == "NotImplementedError":
                continue
            if not (output["ename"] == "NameError" and undefined.search(output["evalue"])):
                name = name_of(cell) or "without a name"
                problems.append(f"cell {name} raises {output['ename']}: {output['evalue'][:200]}")
    return problems
