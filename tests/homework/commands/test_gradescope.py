"""The archive for Gradescope holds a course that grades by itself, and its results are Gradescope's."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from homework.commands.gradescope import pack, results
from homework.course import Course
from homework.errors import UsageError
from homework.results import Result
from homework.submission.splice import splice
from homework.submission.template import Template
from tests.homework.report.support import FAILED_BY_FLIP, OTHERS, ending, result
from tests.homework.support import ROOT, refuse_landlock


def test_results_are_what_gradescope_reads() -> None:
    graded = result("ada", [*FAILED_BY_FLIP, *OTHERS])
    graded["submission"]["notes"] = ["a \x1b[31mcell\x1b[0m was moved"]
    said = results(Result.from_json(json.dumps(graded)))
    assert said["output"].startswith("1 note: a cell was moved")
    assert (said["stdout_visibility"], said["output_format"]) == ("hidden", "text")
    first = said["tests"][0]
    assert (first["number"], first["status"], first["score"], first["max_score"]) == ("1.1", "failed", 0, 2)
    assert first["extra_data"] == {"verdict": "failed", "misconception": "flipped_kernel"}
    assert {test["visibility"] for test in said["tests"]} == {"visible"}
    assert {test["output_format"] for test in said["tests"]} == {"text"}
    assert math.isclose(said["score"], sum(test["score"] for test in said["tests"]))


def test_a_leaderboard_has_what_was_measured_with_what_is_low_first(course: Course, tmp_path: Path) -> None:
    """Only if it is asked for; a value that was not measured has no entry, and numbers are finite."""
    accuracy = {"name": "accuracy", "none": 0.5, "full": 0.85, "percent": True}
    macs = {"name": "MACs", "none": 4e7, "full": 6e5, "log": True}
    tests = [
        ending("accuracy", "failed", 2, "So so.", measured=0.75, curve=accuracy),
        ending("macs", "failed", 2, "So so.", measured=1_000_000.0, curve=macs),
        ending("parameters", "error", 2, "It failed.", curve={**macs, "name": "parameters"}),
        ending("plain", "failed", 2, "So so.", measured=0.5),
    ]
    graded = Result.from_json(json.dumps(result("ada", tests)))
    assert results(graded, leaderboard=True)["leaderboard"] == [
        {"name": "accuracy", "value": 0.75},
        {"name": "MACs", "value": 1_000_000.0, "order": "asc"},
    ]
    assert "leaderboard" not in results(graded)
    assert "leaderboard" not in results(Result.from_json(json.dumps(result("ada", OTHERS))), leaderboard=True)

    pack(course, "hw4", tmp_path / "a.zip", leaderboard=True)
    with zipfile.ZipFile(tmp_path / "a.zip") as zipped:
        assert b"gradescope hw4 --leaderboard \\\n    --run" in zipped.read("run_autograder")
    with pytest.raises(UsageError, match="hw1 has no budget"):
        pack(course, "hw1", tmp_path / "b.zip", leaderboard=True)


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of hw1 as Gradescope unpacks it."""
    folder = tmp_path_factory.mktemp("gradescope")
    pack(Course(ROOT), "hw1", folder / "a.zip")
    with zipfile.ZipFile(folder / "a.zip") as zipped:
        zipped.extractall(folder / "source")
        assert zipped.getinfo("run_autograder").external_attr >> 16 & 0o111
    return folder / "source"


def grade(unpacked: Path, submission: Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """Call what `run_autograder` calls, with this Python instead of the container's."""
    line = (unpacked / "run_autograder").read_text().split("/opt/homework/bin/homework ")[1]
    arguments = line.replace("\\\n", " ").split()
    arguments[arguments.index("--run") + 1] = str(submission)
    arguments[-1] = str(submission.parent / "results" / "results.json")
    env = {**os.environ, "PYTHONPATH": f"{unpacked}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}
    env |= {"HOMEWORK_COURSE": str(unpacked), "HOMEWORK_SECRET": (unpacked / ".secret").read_text().strip()}
    return subprocess.run(
        [sys.executable, "-m", "homework", *arguments],
        cwd=unpacked,
        env={**env, **options.pop("env", {})},
        text=True,
        capture_output=True,
        **options,
    )


def test_the_archive_grades_by_itself(unpacked: Path, tmp_path: Path) -> None:
    """With the real sandbox: one exercise solved, the others not; and a file that is no notebook."""
    template = Template.load(unpacked / "release" / "hw1" / "hw1.ipynb")
    reference = (unpacked / "solutions" / "hw1" / "cross_corr_2d" / "reference.py").read_text()
    folder = tmp_path / "submission"
    folder.mkdir()
    (folder / "My homework.ipynb").write_text(json.dumps(splice(template, reference)))
    done = grade(unpacked, folder)
    assert done.returncode == 0, done.stderr
    said = json.loads((tmp_path / "results" / "results.json").read_text())
    points = {test["tags"][0]: 0.0 for test in said["tests"]}
    for test in said["tests"]:
        points[test["tags"][0]] += test["score"]
    assert points["cross_corr_2d"] == Course(ROOT).assignment("hw1").exercises["cross_corr_2d"].points
    assert said["score"] == sum(points.values())
    assert "My homework.ipynb was graded as hw1.ipynb" in said["output"]
    assert "Written answers" not in said["output"]


def test_without_a_sandbox_there_are_no_results(unpacked: Path, tmp_path: Path) -> None:
    """Then Gradescope says that the autograder failed, and nobody gets a zero."""
    folder = tmp_path / "submission"
    folder.mkdir()
    (folder / "hw1.ipynb").write_bytes((unpacked / "release" / "hw1" / "hw1.ipynb").read_bytes())
    done = grade(unpacked, folder, env={"PATH": "/nowhere"}, preexec_fn=refuse_landlock)
    assert done.returncode == 3, done.stderr
    assert not (tmp_path / "results").exists()


def test_an_unpublished_quiz_is_refused(course: Course, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the key of quiz1 is not published"):
        pack(course, "quiz1", tmp_path / "a.zip")
    assert not (tmp_path / "a.zip").exists()
