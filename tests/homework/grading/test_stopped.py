"""Why a cell stopped is said in words that the notebook contains, and a line that cannot run here costs only itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from homework.grading.stopped import Stop, explain, stop_of, without
from homework.sandbox import errors
from homework.submission.template import Template
from tests.homework.faults.recipe import above, own, source, write
from tests.homework.support import exercise, filled

Grade = Callable[[Any], dict[str, Any]]


def raised(ename: str, evalue: str, line: int = 0, cell: str = "c") -> list[dict[str, Any]]:
    """What a cell displays that raises, as the sandbox says it."""
    trace = f"<cell {cell}>, line {line}: x" if line else ""
    return [{"type": "error", "ename": ename, "evalue": evalue, "traceback": trace}]


@pytest.mark.parametrize(
    ("code", "outputs", "says"),
    [
        ("import cv2\n", raised("ModuleNotFoundError", "No module named 'cv2'", 1),
         "stopped with ModuleNotFoundError in line 1: there is no module cv2 where your code is graded"),
        ("x = 1\nfrom google.colab import drive", raised("ModuleNotFoundError", "No module named 'google.colab'", 2),
         "in line 2: there is no module google.colab where"),
        ("y = f(x)", raised("NameError", "name 'f' is not defined", 1), "stopped with NameError in line 1: f is not defined"),
        ("from torch import conv", raised("ImportError", "cannot import name 'conv' from 'torch'", 1), "conv cannot be imported"),
        ("f(\n", raised("SyntaxError", "'(' was never closed (<cell c>, line 1)"), "stopped with SyntaxError in line 1"),
        ("def f():\n\tx\n        y", raised("TabError", "inconsistent (<cell c>, line 3)"), "stopped with TabError in line 3"),
        ("x\n<<<<<<< HEAD\n=======\n>>>>>>> b", raised("SyntaxError", "invalid syntax (<cell c>, line 2)"),
         "in line 2: it contains the markers of a merge conflict (<<<<<<<)"),
        ("<<<<<<< local <modified: code>\nx", raised("SyntaxError", "invalid syntax (<cell c>, line 1)"), "merge conflict"),
        ("a = np.int(3)", raised("AttributeError", "module 'numpy' has no attribute 'int'", 1), "has no `np.int`"),
        ("m.cuda()", raised("AssertionError", "Torch not compiled with CUDA enabled", 1), "There is no GPU"),
        ("exit()", raised("SystemExit", "", 1), "stopped with SystemExit in line 1"),
        ("raise Mine('secret')", raised("Mine", "secret", 1), "stopped with an exception in line 1"),
        # What the notebook does not contain is not repeated.
        ("x", raised("NameError", "name 'secret' is not defined", 1), "stopped with NameError in line 1"),
        ("x", raised("ModuleNotFoundError", "No module named 'secret'", 1), "stopped with ModuleNotFoundError in line 1"),
        ("x", raised("ValueError", "secret", 99), "stopped with ValueError"),
        ("x", [], "stopped with an exception"),
        ("x", [{"type": "error", "ename": 3, "evalue": [], "traceback": None}], "stopped with an exception"),
    ],
)  # fmt: skip
def test_a_stopped_cell_says_why(code: str, outputs: list[dict[str, Any]], says: str) -> None:
    """Class, line, and the missing module or name; nothing else that the process says."""
    said = str(stop_of("c", code, outputs))
    assert says in said
    assert "secret" not in said


@pytest.mark.parametrize(
    ("code", "line", "module", "left"),
    [
        ("import cv2\nx = 1", 1, "cv2", "pass\nx = 1"),
        ("import numpy as np, cv2, torch", 1, "cv2", "import numpy as np, torch"),
        ("x = 1\nfrom d2l import torch as d2l  # book", 2, "d2l", "x = 1\npass"),
        ("from a.b import (\n    c,\n    d,\n)\nx = 1", 1, "a", "pass\n\n\n\nx = 1"),
        ("def f():\n    import cv2", 2, "cv2", None),
        ("try:\n    import cv2\nfinally:\n    pass", 2, "cv2", None),
        ("import cv2; x = 1", 1, "cv2", None),
        ("from a import (\n b", 1, "a", None),
        ("if x: import cv2", 1, "cv2", None),
        ("f()", 1, "cv2", None),
    ],
)
def test_a_line_that_only_imports_is_left_out(code: str, line: int, module: str, left: str | None) -> None:
    """Lines keep their numbers; what is more than an import stays."""
    stop = Stop("c", "ModuleNotFoundError", line, module)
    assert without(code, stop, set()) == left


def test_a_line_that_uses_what_was_left_out_goes_with_it() -> None:
    gone: set[str] = set()
    code = "from google.colab import drive, files as f\ndrive.mount('/content/drive')\nx = drive.y\nf.z("
    shorter = without(code, Stop("c", "ModuleNotFoundError", 1, "google.colab"), gone)
    assert gone == {"drive", "f"}
    assert shorter is not None
    shorter = without(shorter, Stop("c", "NameError", 2, name="drive"), gone)
    assert shorter == "pass\npass\nx = drive.y\nf.z("
    assert without(shorter, Stop("c", "NameError", 3, name="drive"), gone) is None
    assert without(shorter, Stop("c", "NameError", 4, name="f"), gone) is None


def test_what_a_left_out_line_would_have_given_goes_with_it() -> None:
    """As Colab's upload of files."""
    gone = {"files"}
    code = "uploaded = files.upload()\nuploaded.keys()\nfor name in uploaded: print(name)"
    shorter = without(code, Stop("c", "NameError", 1, name="files"), gone)
    assert (shorter, gone) == ("pass\n" + code.partition("\n")[2], {"files", "uploaded"})
    assert shorter is not None
    assert without(shorter, Stop("c", "NameError", 2, name="uploaded"), gone) == (
        "pass\npass\nfor name in uploaded: print(name)"
    )
    assert without(shorter, Stop("c", "NameError", 3, name="uploaded"), gone) is None


@pytest.mark.parametrize(
    ("line", "kind", "left_out"),
    [
        ("os.chdir('/content/drive/MyDrive/hw1')", "FileNotFoundError", True),
        ("matplotlib.use('TkAgg')", "ImportError", True),
        ("plt.style.use('seaborn-whitegrid')", "OSError", True),
        ("os.chdir(my_folder()); x = 1", "FileNotFoundError", False),
        ("data = open('/content/data.csv')", "FileNotFoundError", False),
        ("os.chdir(folder)", "NameError", False),
    ],
)
def test_a_line_that_only_sets_a_folder_or_a_backend_is_left_out(
    line: str, kind: str, left_out: bool
) -> None:
    """What stands below it in its cell ran on the student's machine."""
    shorter = without(f"{line}\nx = 1", Stop("c", kind, 1), set())
    assert shorter == ("pass\nx = 1" if left_out else None)


def test_what_is_not_there_when_grading_is_said() -> None:
    def said(code: str, kind: str) -> str:
        trace = "<cell c>, line 1: in <module>"
        return str(stop_of("c", code, [{"type": "error", "ename": kind, "evalue": "", "traceback": trace}]))

    assert "No one answers `input()`" in said("n = int(input('n?'))", "EOFError")
    assert "What it sets is not there" in said("matplotlib.use('TkAgg')", "ImportError")
    assert "Only what was released with the notebook" in said("open('x.csv')", "FileNotFoundError")


def test_a_cell_that_runs_apart_defines_nothing() -> None:
    fault = errors.Missing("f")
    explain(fault, {}, {"f": "%%timeit -n1\ndef f(X):\n    return X"})
    assert str(fault) == (
        "`f` is not defined: its cell begins with `%%timeit`, which runs it apart from the notebook."
    )


def test_the_fault_of_a_call_is_explained() -> None:
    """From its class, its line and the source: the call itself says no more than before."""
    sources = {
        "mine": "import cv2\nfrom torch.nn.functional import conv2d as my_conv\ndef helper(a): return a",
        "f": "def f(X, K):\n    Y = my_conv(X, K)\n    Z = np.float(len(X))\n    return elsewhere(Y, key=Z)\n    X.cuda()",
        "g": "def g(:",
    }
    stops = {"mine": Stop("mine", "ImportError", 1), "g": Stop("g", "SyntaxError", 1)}

    def said(fault: errors.StudentFault) -> str:
        explain(fault, stops, sources)
        return str(fault)

    assert said(errors.Missing("g")) == "`g` is not defined: cell g stopped with SyntaxError in line 1."
    assert (
        said(errors.Missing("helper"))
        == "`helper` is not defined: cell mine stopped with ImportError in line 1."
    )
    assert said(errors.Missing("h")) == str(errors.Missing("h"))
    assert said(errors.Raised("NameError", ("f", 2))) == (
        "Your code raised NameError (line 2 of cell f). "
        "`my_conv` is not defined: cell mine stopped with ImportError in line 1."
    )
    assert said(errors.Raised("NameError", ("f", 4))).endswith(" `elsewhere` is not defined.")
    assert "has no `np.float`" in said(errors.Raised("AttributeError", ("f", 3)))
    assert "There is no GPU" in said(errors.Raised("AssertionError", ("f", 5)))
    for fault in (
        errors.Raised("NameError", None),
        errors.Raised("ValueError", ("f", 2)),
        errors.Raised("NameError", ("x", 9)),
    ):
        assert said(fault) == str(fault)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Y = torch.zeros(rows, 3)", "divide by `//` (`rows`)"),
        ("for i in range(rows):", "divide by `//` (`rows`)"),
        ("Y = torch.zeros(len(X) / 2, 3)", "divide by `//` (in this line)"),
        ("for i in Y.shape[0]:", "`range(...)` around it is missing"),
        ("for i in range(whole):", ""),
        ("for row in Y:", ""),
        ("return rows(1)", ""),
    ],
)
def test_a_fraction_or_a_number_where_that_cannot_be(line: str, said: str) -> None:
    """Sizes from a division by `/`, as in Python 2, and loops over a number: from the class and the source alone."""
    source = f"rows = (H - h) / stride + 1\nwhole = int((H - h) / stride) + 1\n{line}"
    fault = errors.Raised("TypeError", ("f", 3))
    explain(fault, {}, {"f": source})
    assert said in str(fault) if said else str(fault) == "Your code raised TypeError (line 3 of cell f)."


@pytest.mark.parametrize(
    ("begin", "said"),
    [
        ("pass", True),
        ("super().__init__()", False),
        ("super(M, self).__init__()", False),
        ("nn.Module.__init__(self)", False),
    ],
)
def test_a_module_whose_base_was_not_begun(begin: str, said: bool) -> None:
    source = (
        f"class M(nn.Module):\n    def __init__(self):\n        {begin}\n        self.a = nn.Linear(2, 3)"
    )
    fault = errors.Raised("AttributeError", ("M", 4))
    explain(fault, {}, {"M": source})
    assert ("begins with `super().__init__()`" in str(fault)) == said


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("return min(max(q, lo), hi)", True),
        ("if x > 0:", True),
        ("mask = x > 0 and x < 1", True),
        ("return np.minimum(q, hi)", False),
        ("return q.max(axis=3)", False),
        ("Y = X.reshape(3, 4)", False),
    ],
)
def test_arrays_where_single_numbers_are_needed(line: str, said: bool) -> None:
    fault = errors.Raised("ValueError", ("f", 2))
    explain(fault, {}, {"f": f"def f(x):\n    {line}"})
    assert ("need single numbers" in str(fault)) == said


@pytest.mark.parametrize("odd", ["\u2028", "\u2029", "\x0b", "\x0c", "\x1c", "\x85"])
def test_only_line_ends_of_python_end_a_line(
    grade: Grade, template: Template, references: dict[str, str], odd: str
) -> None:
    """Pasted text has other separators, which some take for line ends: neither above a line nor when one is left out."""
    code = f"# pasted{odd}text\nimport cv2\ns = 'pasted{odd}text'\n{references['cross_corr_2d']}"
    result = grade(filled(template, {**references, "cross_corr_2d": code}))
    assert exercise(result, "cross_corr_2d")["score"] == 15
    assert result["submission"]["notes"][0].startswith("line 2 of cell cross_corr_2d was left out")


def test_an_import_that_cannot_work_costs_nothing_else(
    grade: Grade, template: Template, references: dict[str, str]
) -> None:
    """Colab's drive at the top of a cell that the solution needs: full marks, with a note for each line left out."""
    notebook = filled(template, references)
    above(
        notebook,
        "cross_corr_2d",
        own(
            "from google.colab import drive\ndrive.mount('/content/drive')\nfrom torch.nn.functional import conv2d as my_conv"
        ),
    )
    write(
        notebook,
        "cross_corr_2d",
        "import cv2\ndef cross_corr_2d(X, K):\n    return my_conv(X[None, None], K[None, None])[0, 0]",
    )
    result = grade(notebook)
    assert exercise(result, "cross_corr_2d")["score"] == 15
    notes = result["submission"]["notes"]
    assert [note.partition(" of ")[0] for note in notes] == ["line 1", "line 2", "line 1"]
    assert notes[0].endswith("was left out: there is no module google.colab where your code is graded")


def test_the_page_says_why_a_function_is_not_defined(
    grade: Grade, template: Template, references: dict[str, str]
) -> None:
    """Its cell stopped: with which exception, and where. In the notes, too."""
    notebook = filled(template, references)
    write(notebook, "cross_corr_2d", "<<<<<<< HEAD\n" + source(notebook, "cross_corr_2d"))
    write(
        notebook,
        "spatial_batchnorm_backward",
        "x = undefined_name\n" + source(notebook, "spatial_batchnorm_backward"),
    )
    result = grade(json.loads(json.dumps(notebook)))
    conflict = "cell cross_corr_2d stopped with SyntaxError in line 1: it contains the markers of a merge conflict (<<<<<<<)"
    unknown = (
        "cell spatial_batchnorm_backward stopped with NameError in line 1: undefined_name is not defined"
    )
    assert result["submission"]["notes"] == [
        f"{conflict}; it did not run",
        f"{unknown}; what follows in it did not run",
    ]
    messages = {test["message"] for test in exercise(result, "cross_corr_2d")["tests"]}
    assert messages == {f"`cross_corr_2d` is not defined: {conflict}."}
