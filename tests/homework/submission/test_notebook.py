"""Notebooks as people really hand them in: repaired with a note, or refused with a reason; never more points."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from homework.errors import UsageError
from homework.grading import Grader
from homework.submission.handin import Submission
from homework.submission.read import SubmittedCell, Unreadable, read
from homework.submission.rebuild import rebuild
from homework.submission.splice import splice
from homework.submission.template import Template
from tests.homework.support import exercise, filled

Grade = Callable[..., dict[str, Any]]


@pytest.fixture
def right(template: Template, references: dict[str, str]) -> dict[str, Any]:
    """A submission with every solution right."""
    return filled(template, references)


def cell_of(notebook: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(
        c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == name
    )
    return found


def own(source: str, kind: str = "code") -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "id": "own", "metadata": {}, "source": source}
    return {**cell, "outputs": [], "execution_count": None} if kind == "code" else cell


def test_the_solved_notebook_gets_full_marks(grade: Grade, right: dict[str, Any]) -> None:
    result = grade(right)
    assert result["status"] == "graded" and result["score"]["auto"] == result["score"]["auto_max"]
    assert result["submission"]["notes"] == []


def test_helpers_of_the_release_are_there(grader: Grader, right: dict[str, Any]) -> None:
    """Cells may import what is next to the released notebook: every cell of the worked solution runs."""
    graded = grader.grade([Submission("ada", json.dumps(right).encode())])[0]
    assert any("eep590_utils" in cell.source for cell, _ in graded.cells)
    errors = [(cell.name, o) for cell, outputs in graded.cells for o in outputs if o["type"] == "error"]
    assert errors == []


def test_the_untouched_release_scores_nothing(grade: Grade, template: Template) -> None:
    result = grade(template.notebook)
    assert result["score"]["auto"] == 0 and result["score"]["to_review"] == []
    assert all(test["verdict"] == "error" for e in result["exercises"] for test in e["tests"])


def _noisy(notebook: dict[str, Any]) -> str:
    notebook["cells"].insert(
        1,
        own(
            "import sys, warnings, logging\nfrom collections import Counter\nfrom tqdm import tqdm\n"
            "warnings.warn('old'); print('to stderr', file=sys.stderr); logging.warning('x')\n"
            "for _ in tqdm(range(3)): pass\n%matplotlib inline\n1 + 1"
        ),
    )
    solution = cell_of(notebook, "cross_corr_2d")
    source = "".join(solution["source"])
    solution["source"] = "import warnings\n" + source.replace(
        "    return", "    warnings.warn('noise'); print('here', X.shape)\n    return"
    )
    return ""


def _tagged(notebook: dict[str, Any]) -> str:
    for cell in notebook["cells"]:
        cell["metadata"]["tags"] = ["skip-execution", "raises-exception"]
    return ""


def _relabeled(notebook: dict[str, Any]) -> str:
    for cell in notebook["cells"]:
        if mark := cell["metadata"].get("nbgrader"):
            mark.update(points=9999, grade=False, locked=False, schema_version=99, solution=True)
    return ""


def _reversed(notebook: dict[str, Any]) -> str:
    notebook["cells"].reverse()
    return "reordered"


def _duplicated(notebook: dict[str, Any]) -> str:
    notebook["cells"] = [copy.deepcopy(c) for c in notebook["cells"] for _ in range(2)]
    return "cross_corr_2d appeared twice; the last one was graded"


def _stub_pasted_again(notebook: dict[str, Any]) -> str:
    original = cell_of(notebook, "cross_corr_2d")
    stub = copy.deepcopy(original)
    stub["source"] = "def cross_corr_2d(X, K):\n    raise NotImplementedError"
    notebook["cells"].insert(notebook["cells"].index(original), stub)
    return "cross_corr_2d appeared twice"


def _tests_deleted(notebook: dict[str, Any]) -> str:
    notebook["cells"] = [
        c
        for c in notebook["cells"]
        if not c["metadata"].get("nbgrader", {}).get("grade_id", "").startswith("test_")
    ]
    return "test_cross_corr_2d was missing; it was put back"


def _tests_emptied(notebook: dict[str, Any]) -> str:
    cell_of(notebook, "test_cross_corr_2d")["source"] = "print('all passed')\n15.0"
    return "test_cross_corr_2d had been edited"


def _converted(notebook: dict[str, Any]) -> str:
    cell_of(notebook, "cross_corr_2d")["cell_type"] = "raw"
    cell_of(notebook, "spatial_batchnorm_forward")["cell_type"] = "markdown"
    return "cross_corr_2d had been turned into another kind of cell"


def _without_metadata(notebook: dict[str, Any]) -> str:
    for cell in notebook["cells"]:
        cell["metadata"] = {"id": "from-another-editor"}
    return "others: each had lost its name; it was recognized by its content"


def _in_a_cell_of_ones_own(notebook: dict[str, Any]) -> str:
    original = cell_of(notebook, "cross_corr_2d")
    notebook["cells"][notebook["cells"].index(original)] = own("".join(original["source"]))
    return "cross_corr_2d had lost its name"


def _split(notebook: dict[str, Any]) -> str:
    original = cell_of(notebook, "spatial_batchnorm_forward")
    first, second = copy.deepcopy(original), original
    first["source"] = "import numpy as np\nhelper = 1\n"
    notebook["cells"].insert(notebook["cells"].index(original), first)
    second["source"] = "assert helper == 1\n" + "".join(second["source"])
    return "spatial_batchnorm_forward appeared twice"


def _sources_as_lists_and_outputs_forged(notebook: dict[str, Any]) -> str:
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"]).splitlines(keepends=True)
        if cell["cell_type"] == "code":
            cell["outputs"] = [
                {
                    "output_type": "execute_result",
                    "data": {"text/plain": "15.0"},
                    "metadata": {},
                    "execution_count": 1,
                }
            ]
    return ""


def _helper_in_the_setup_cell(notebook: dict[str, Any]) -> str:
    setup = cell_of(notebook, "setup")
    setup["source"] = "".join(setup["source"]) + "\nTWO = 2\n"
    solution = cell_of(notebook, "cross_corr_2d")
    solution["source"] = "assert TWO == 2\n" + "".join(solution["source"])
    return "setup had been edited"


@pytest.mark.parametrize(
    "change",
    [
        _noisy,
        _tagged,
        _relabeled,
        _reversed,
        _duplicated,
        _stub_pasted_again,
        _tests_deleted,
        _tests_emptied,
        _converted,
        _without_metadata,
        _in_a_cell_of_ones_own,
        _split,
        _sources_as_lists_and_outputs_forged,
        _helper_in_the_setup_cell,
    ],
)
def test_a_right_notebook_stays_right(
    grade: Grade, right: dict[str, Any], change: Callable[..., str]
) -> None:
    note = change(right)
    result = grade(right)
    assert result["score"]["auto"] == result["score"]["auto_max"], result["submission"]["notes"]
    assert any(note in said for said in result["submission"]["notes"]) or not note


@pytest.mark.parametrize(
    "change", [_tagged, _relabeled, _reversed, _duplicated, _tests_deleted, _tests_emptied, _converted]
)
def test_a_blank_notebook_gains_nothing(grade: Grade, template: Template, change: Callable[..., str]) -> None:
    blank = copy.deepcopy(template.notebook)
    change(blank)
    assert grade(blank)["score"]["auto"] == 0


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ("while True: pass", "timeout"),
        ("import os; os._exit(0)", "crashed"),
        ("import ctypes; ctypes.string_at(0)", "crashed"),
        ("return bytearray(1 << 40)", "memory"),
    ],
)
def test_a_disaster_costs_its_exercise_only(
    grade: Grade, right: dict[str, Any], body: str, verdict: str
) -> None:
    cell_of(right, "spatial_batchnorm_forward")["source"] = (
        f"def spatial_batchnorm_forward(*args):\n    {body}"
    )
    result = grade(right)
    assert exercise(result, "cross_corr_2d")["score"] == 15
    assert exercise(result, "learning_rate_labels")["score"] == 2.5
    lost = exercise(result, "spatial_batchnorm_forward")
    assert lost["score"] == 0 and {test["verdict"] for test in lost["tests"]} == {verdict}


@pytest.mark.parametrize(
    "source",
    ["import os; os._exit(1)", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "raise SystemExit"],
)
def test_a_cell_that_ends_python_costs_itself_only(grade: Grade, right: dict[str, Any], source: str) -> None:
    right["cells"].insert(1, own(source))
    result = grade(right)
    assert result["score"]["auto"] == result["score"]["auto_max"]


def test_the_name_counts_as_of_its_grade_cell(grade: Grade, right: dict[str, Any]) -> None:
    right["cells"].append(own("def cross_corr_2d(X, K): return None\ndel spatial_batchnorm_forward"))
    assert grade(right)["score"]["auto"] == grade(right)["score"]["auto_max"]


def test_grading_twice_gives_the_same(grade: Grade, right: dict[str, Any]) -> None:
    def scores(result: dict[str, Any]) -> Any:
        return [
            (e["name"], e["score"], [(t["name"], t["verdict"], t["message"]) for t in e["tests"]])
            for e in result["exercises"]
        ]

    cell_of(right, "cross_corr_2d")["source"] = "def cross_corr_2d(X, K):\n    return X * torch.rand(1)"
    assert scores(grade(right)) == scores(grade(right))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"   \n", "empty"),
        (b"%PDF-1.7", "The file is a PDF, not a notebook."),
        (b'{"cells": [', "cut off or damaged"),
        (b"[]", "not a notebook"),
        (b"null", "not a notebook"),
        (b"{}", "format version unknown"),
        (b'{"nbformat": 3, "worksheets": []}', "format version 3"),
        (b'{"nbformat": 99, "cells": []}', "format version 99"),
        (b'{"nbformat": "4", "cells": []}', "format version unknown"),
        (b'{"nbformat": 4}', "no list of cells"),
        (b'{"nbformat": 4, "cells": null}', "no list of cells"),
        (b"[" * 100_000, "nested too deeply"),
        (b"\x80\x81\x82", "not UTF-8"),
    ],
)
def test_what_is_not_a_notebook_says_why(grade: Grade, data: bytes, words: str) -> None:
    result = grade(data)
    assert result["status"] == "unreadable" and words in result["reason"]
    assert result["score"]["auto"] == 0 and result["score"]["to_review"], "it must be flagged for a person"


@pytest.mark.parametrize(
    "mangle",
    [
        lambda text: b"\xef\xbb\xbf" + text,
        lambda text: text.decode().encode("utf-16"),
        lambda text: text.replace(b"\n", b"\r\n"),
    ],
)
def test_other_encodings_are_read(
    grade: Grade, right: dict[str, Any], mangle: Callable[[bytes], bytes]
) -> None:
    result = grade(mangle(json.dumps(right, indent=1).encode()))
    assert result["score"]["auto"] == result["score"]["auto_max"]


def test_odd_cells_are_left_out_with_a_note() -> None:
    raw = {
        "nbformat": 4,
        "cells": [
            5,
            {"cell_type": "code", "source": 5},
            {"cell_type": "code", "source": [1]},
            {"cell_type": ["x"], "metadata": "y", "source": "a\0b\ud800", "attachments": 3},
            {"source": "ok", "cell_type": "code", "metadata": {"nbgrader": {"grade_id": ["list"]}}},
        ],
    }
    cells, notes = read(json.dumps(raw).encode())
    assert [cell.source for cell in cells] == ["a\ufffdb?", "ok"]
    assert cells[0].kind == "raw" and len(notes) == 4


@pytest.mark.parametrize(
    "source",
    [
        "![a](attachment:my\ud800 sketch.png)",
        "![a](data:image/svg+xml,\ud800)",
        '<img src="my\ud800.png">',
        "![[my\ud800]]",
    ],
)
def test_a_picture_whose_address_is_not_text_costs_nothing_else(source: str) -> None:
    raw = {"nbformat": 4, "cells": [{"cell_type": "markdown", "source": f"My answer. {source}"}]}
    (cell,), notes = read(json.dumps(raw).encode())
    assert cell.source.startswith("My answer. ")
    assert notes == ["cell 1 contained characters that are not text; they were replaced"]


def test_links_and_devices_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "gradebook.db"
    secret.write_text("secret")
    (tmp_path / "hw1.ipynb").symlink_to(secret)
    assert Submission.of_file("eve", tmp_path / "hw1.ipynb").data is None
    assert "link" in Submission.of_file("eve", tmp_path / "hw1.ipynb").problem
    assert "regular" in Submission.of_file("eve", Path("/dev/zero")).problem
    assert "regular" in Submission.of_file("eve", tmp_path).problem
    import os

    os.mkfifo(tmp_path / "pipe")
    assert "regular" in Submission.of_file("eve", tmp_path / "pipe").problem


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "hw1.ipynb"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    assert "MB" in Submission.of_file("eve", path).problem


def test_another_notebook_is_noticed(template: Template) -> None:
    rebuilt = rebuild(template, [SubmittedCell("code", "print('something else')")])
    assert any("right notebook" in note for note in rebuilt.notes)


def test_splice_puts_each_function_into_its_cell(
    grade: Grade, template: Template, references: dict[str, str]
) -> None:
    code = "import os\n\n# a helper\ndef helper():\n    return os.getpid()\n\n" + "\n".join(
        references.values()
    )
    notebook = splice(template, code)
    assert grade(notebook)["score"]["auto"] == 42.5
    assert "# a helper" in "".join(cell_of(notebook, "cross_corr_2d")["source"])
    assert "def cross_corr_2d" in "".join(cell_of(notebook, "cross_corr_2d")["source"])


def test_splice_leaves_other_exercises_as_released(grade: Grade, template: Template) -> None:
    notebook = splice(template, "def cross_corr_2d(X, K):\n    return X")
    assert cell_of(notebook, "spatial_batchnorm_forward") == cell_of(
        template.notebook, "spatial_batchnorm_forward"
    )


@pytest.mark.parametrize(
    ("code", "words"), [("x = 1", "none of the exercises"), ("def (", "not valid Python")]
)
def test_splice_says_what_is_wrong(template: Template, code: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        splice(template, code)


def test_reading_never_raises_anything_else() -> None:
    for data in (
        b"\x00" * 100,
        b'{"nbformat": 4, "cells": {"a": 1}}',
        b'"' * 1000,
        b"1e999999",
        b"9" * 10_000,
    ):
        with pytest.raises(Unreadable):
            read(data)


@pytest.mark.parametrize("depth", [250, 900, 1500, 5000, 8000, 20_000, 200_000])
def test_how_deep_a_notebook_may_be_is_the_same_on_every_python(depth: int) -> None:
    """Python's own limit is a thousand, or ten thousand, or what the stack holds."""
    data = b'{"nbformat": 4, "cells": [], "metadata": {"x": ' + b"[" * depth + b"]" * depth + b"}}"
    with pytest.raises(Unreadable, match="nested too deeply"):
        read(data)
    read(b'{"nbformat": 4, "cells": [], "metadata": {"x": ' + b"[" * 150 + b"]" * 150 + b"}}")
