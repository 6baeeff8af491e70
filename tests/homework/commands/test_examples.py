"""Which examples `homework check` leaves out: only those that no solution could notice, as far as text shows."""

from __future__ import annotations

import pytest

from homework.commands.examples import needless
from homework.submission.template import NotebookCell

SETUP = "import numpy as np\nimport torch\n"
SOLUTION = "def g(X):\n    total = np.sum(X)\n    return total\n"
DRIVER = (
    "def driver(solution, X):\n    return solution.g(X)\n\ndef test_it(student, rng):\n    X = rng.data(3)\n"
)
QUIET = "X = np.ones(3)\nY = f(X)\nassert all(y == 1 for y in Y), f'{Y}'\nprint('All examples pass.')\n"


def left_out(examples: str, *, setup: str = SETUP, solution: str = SOLUTION, tests: str = DRIVER) -> bool:
    """Whether the examples of `f` are left out for a solution of `g`."""
    cells = [
        NotebookCell("code", setup, "setup"),
        NotebookCell("code", "def f(X):\n    return X\n", "f"),
        NotebookCell("code", examples, "test_f", exercise="f"),
        NotebookCell("code", "def g(X):\n    raise NotImplementedError\n", "g"),
        NotebookCell("code", "assert g(np.ones(1)) == 1\n", "test_g", exercise="g"),
    ]
    return needless(cells, "g", ["def f(X):\n    return X\n", solution], tests) == {"test_f"}


@pytest.mark.parametrize(
    "examples",
    [
        QUIET,
        "for X in range(3):\n    assert f(X) == X\n",
        "def helper(X):\n    return f(X)\n\n\nassert helper(1) == 1\n",
        "x = {}\nx['a'] = f(1)\nx.update(b=2)\n",
        "f(torch.ones(1, requires_grad=True)).sum().backward()\n",
    ],
)
def test_what_only_looks_is_left_out(examples: str) -> None:
    assert left_out(examples)


@pytest.mark.parametrize(
    "examples",
    [
        "np.seterr(all='raise')\n",
        "torch.set_default_dtype(torch.float64)\n",
        "np.pi = 3\n",
        "torch.backends.cudnn.enabled = False\n",
        "import numpy.linalg as np\n",
        "%time f(1)\n",
        "def change():\n    global np\n    np = None\n\n\nchange()\n",
        "for name in ('a', 'b'):\n    np.random.seed(name == 'a')\n",
    ],
)
def test_what_lasts_is_run(examples: str) -> None:
    assert not left_out(examples)


@pytest.mark.parametrize(
    "solution",
    [
        "def g(Z):\n    return Y.sum()\n",
        "def g(Z):\n    def inner():\n        return [Y for _ in Z]\n    return inner()\n",
        "total = Y\ndef g(Z):\n    return total\n",
        "total = [Y for Y in (1, 2)] + Y\ndef g(Z):\n    return total\n",
        "class g:\n    def __call__(self):\n        return lambda: Y\n",
        "def g(Z):\n    return globals()['Y']\n",
        "def g(Z):\n    return eval('Y')\n",
    ],
)
def test_a_solution_that_takes_a_name_from_the_examples_finds_it(solution: str) -> None:
    """A slip that students make: a name of the notebook in place of the argument."""
    assert left_out(QUIET) and not left_out(QUIET, solution=solution)


def test_names_of_other_cells_and_of_drivers_are_there() -> None:
    assert not left_out(QUIET, setup=f"{SETUP}\ndef shown():\n    return Y\n")
    assert left_out(QUIET, setup=f"{SETUP}\nY = 1\nprint(Y)\n"), "it has its own"
    assert not left_out(QUIET, setup=f"{SETUP}\nY += 1\n")
    assert not left_out(QUIET, tests="def driver(notebook):\n    return notebook.Y\n")
    assert left_out(QUIET, tests="def test_it(student, rng):\n    return rng.Y\n")


def test_examples_that_others_need_are_run_too() -> None:
    """What is kept may itself need what comes before it."""
    cells = [
        NotebookCell("code", "Y = 1\n", "test_e", exercise="e"),
        NotebookCell("code", "Z = Y\n", "test_f", exercise="f"),
        NotebookCell("code", "W = 1\n", "test_h", exercise="h"),
    ]
    assert needless(cells, "g", ["def g():\n    return Z\n"], "") == {"test_h"}
