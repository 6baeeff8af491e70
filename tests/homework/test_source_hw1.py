"""The content of hw1: notebook, figures, helper, marking schemes and sample answers."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from matplotlib.testing.compare import compare_images
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, ClearSolutions
from traitlets.config import Config

from homework.course import reference

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "source" / "hw1"
NOTEBOOK = SOURCE / "hw1.ipynb"
SOLUTIONS = ROOT / "solutions" / "hw1"
FIGURES = SOURCE / "figures"

EXERCISES = {
    "learning_rate_labels": 2.5,
    "cross_corr_2d": 15,
    "spatial_batchnorm_forward": 15,
    "spatial_batchnorm_backward": 10,
}
QUESTIONS = [f"warmup_{letter}" for letter in "abcdfghij"]


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _cells(notebook: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {cell["id"]: {**cell, "source": "".join(cell["source"])} for cell in notebook["cells"]}


@pytest.fixture(scope="module")
def cells() -> dict[str, dict[str, Any]]:
    """The cells of the source notebook by id, `source` joined."""
    return _cells(json.loads(NOTEBOOK.read_text()))


@pytest.fixture(scope="module")
def released() -> dict[str, dict[str, Any]]:
    """The cells as students get them: nbgrader's own preprocessors over the source."""
    config = Config()
    config.ClearMarkScheme.enforce_metadata = False
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    for kind in (ClearSolutions, ClearHiddenTests, ClearMarkScheme):
        notebook, _ = kind(config=config).preprocess(notebook, {})
    return _cells(notebook)


@pytest.fixture
def utils(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The students' helper, importable as in their folder."""
    module = _load(SOURCE / "eep590_utils.py")
    monkeypatch.setitem(sys.modules, "eep590_utils", module)
    return module


def _run(cells: dict[str, dict[str, Any]], **replaced: Any) -> dict[str, Exception]:
    """Run code cells in order; errors by cell. `replaced` are definitions that take the place of a cell."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    errors: dict[str, Exception] = {}
    for name, cell in cells.items():
        if name in replaced:
            namespace[name] = replaced[name]
        elif cell["cell_type"] == "code":
            try:
                exec(compile(cell["source"], f"cell {name}", "exec"), namespace)
            except Exception as error:
                errors[name] = error
    return errors


# ---------------------------------------------------------------------------------------------- the notebook


def test_notebook_is_valid_and_clean(cells):
    text = NOTEBOOK.read_text()
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
    for cell in cells.values():
        if cell["cell_type"] == "code":
            assert (cell["outputs"], cell["execution_count"]) == ([], None)


def test_cells_carry_the_points_of_the_course(cells):
    for name, cell in cells.items():
        mark = cell["metadata"]["nbgrader"]
        flags = (cell["cell_type"], mark["grade"], mark["solution"], mark["locked"], mark.get("points"))
        if name in EXERCISES:
            expected = ("code", False, True, False, None)
        elif name.removeprefix("test_") in EXERCISES:
            expected = ("code", True, False, True, EXERCISES[name.removeprefix("test_")])
        elif name in QUESTIONS:
            expected = ("markdown", True, True, False, 2.5)
        else:
            expected = (cell["cell_type"], False, False, True, None)
        assert flags == expected, name
        assert (mark["grade_id"], mark["schema_version"], mark["task"]) == (name, 3, False)
    order = [name for name in cells if name in EXERCISES or name in QUESTIONS]
    assert set(order) == {*EXERCISES, *QUESTIONS}
    assert order.index("learning_rate_labels") == 4, "the exercise is question (e)"
    points = [cell["metadata"]["nbgrader"].get("points", 0) for cell in cells.values()]
    assert sum(points) == 65


def test_a_task_stands_before_its_cells(cells):
    order = list(cells)
    for name in QUESTIONS:
        assert order[order.index(name) - 1] == f"question_{name}"
    for name in EXERCISES:
        at = order.index(name)
        assert order[at - 1 : at + 2] == [f"{name}_text", name, f"test_{name}"]


def test_nothing_follows_what_the_student_writes(cells):
    for name in EXERCISES:
        region = re.search(
            r"### BEGIN SOLUTION\n(.*?)\n *### END SOLUTION$", cells[name]["source"], re.DOTALL
        )
        assert region is not None, name
        assert f'reference("{name}")' in region[1]


@pytest.mark.parametrize("name", QUESTIONS)
def test_marking_scheme_adds_up(cells, name):
    scheme = cells[f"question_{name}"]["source"].split("### BEGIN MARK SCHEME\n")[1]
    scheme, after = scheme.split("\n### END MARK SCHEME")
    assert not after
    items = [re.match(r"- \(([\d.]+) points?\) \S", line) for line in scheme.splitlines()]
    assert all(items), "one item a line"
    assert sum(float(item[1]) for item in items if item) == 2.5


@pytest.mark.parametrize("name", QUESTIONS)
def test_sample_answers_differ_in_quality(name):
    answers = tomllib.loads((SOLUTIONS / name / "answers.toml").read_text())["answer"]
    assert len(answers) == 2
    marks = [answer["marks"] for answer in answers]
    assert len(set(marks)) == 2
    for answer in answers:
        assert set(answer) == {"marks", "comment", "text"}
        assert 0 <= answer["marks"] <= 2.5
        assert answer["marks"] * 4 == int(answer["marks"] * 4)
        assert answer["comment"].strip()
        assert answer["text"].strip()


# ---------------------------------------------------------------------------------------------- running it


def test_examples_pass_with_the_reference(cells, utils, monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "agg")
    monkeypatch.setenv("HOMEWORK_COURSE", str(ROOT))
    monkeypatch.setattr(plt, "rcParams", plt.rcParams.copy())
    assert _run(cells) == {}


def test_a_student_meets_nothing_but_what_is_not_implemented(released, utils, monkeypatch):
    monkeypatch.setattr(plt, "rcParams", plt.rcParams.copy())
    errors = _run(released)
    assert {type(error) for error in errors.values()} == {NotImplementedError}, errors
    assert {f"test_{name}" for name in EXERCISES} <= set(errors)


def test_the_release_holds_no_answers(released):
    text = "\n".join(cell["source"] for cell in released.values())
    assert not re.search(r"homework\.course|### (BEGIN|END)|\(1 point\)", text)
    assert not re.search(r"leaky|REINFORCE|inception|checkpointing|residual connection", text, re.IGNORECASE)
    for name in QUESTIONS:
        assert released[name]["source"] == "YOUR ANSWER HERE"


def _forward(x, gamma, beta, bn_param, *, old=0.9, ddof=0):
    """Spatial batch norm in train mode, with the slips that the examples should find."""
    channels = (slice(None), None, None)
    mean, var = x.mean((0, 2, 3)), x.var((0, 2, 3), ddof=ddof)
    if bn_param["mode"] == "train":
        for key, value in (("running_mean", mean), ("running_var", var)):
            bn_param[key] = old * bn_param.get(key, 0) + (1 - old) * value
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    std = np.sqrt(var + bn_param.get("eps", 1e-5))
    return gamma[channels] * (x - mean[channels]) / std[channels] + beta[channels], (x, mean, std, gamma)


def _backward_of_the_direct_path(dout, cache):
    x, mean, std, gamma = (value if value.ndim == 4 else value[:, None, None] for value in cache)
    x_hat = (x - mean) / std
    return gamma / std * dout, (dout * x_hat).sum((0, 2, 3)), dout.sum((0, 2, 3))


@pytest.mark.parametrize(
    ("name", "wrong", "message"),
    [
        ("learning_rate_labels", dict.fromkeys("ABCD", "low"), "once"),
        ("learning_rate_labels", {"A": "low"}, "four letters"),
        ("cross_corr_2d", lambda X, K: None, "return"),
        ("cross_corr_2d", lambda X, K: F.conv2d(X[None, None], K.flip(0, 1)[None, None])[0, 0], "example"),
        ("cross_corr_2d", lambda X, K: F.conv2d(X[None, None], K[None, None]), "shape"),
        ("cross_corr_2d", lambda X, K: F.conv2d(X[None, None].detach(), K[None, None])[0, 0], "reaches X"),
        ("spatial_batchnorm_forward", lambda *args: _forward(*args, old=0.1), "running_mean"),
        ("spatial_batchnorm_forward", lambda *args: _forward(*args, ddof=1), "training example"),
        ("spatial_batchnorm_forward", lambda *args: _forward(*args)[0], "two things"),
    ],
)
def test_examples_tell_of_a_slip(released, utils, monkeypatch, name, wrong, message):
    monkeypatch.setattr(plt, "rcParams", plt.rcParams.copy())
    error = _run(released, **{name: wrong})[f"test_{name}"]
    assert message in str(error), repr(error)


def test_examples_tell_of_a_missing_path(released, utils, monkeypatch):
    monkeypatch.setattr(plt, "rcParams", plt.rcParams.copy())
    monkeypatch.setenv("MPLBACKEND", "agg")
    errors = _run(
        released,
        spatial_batchnorm_forward=_forward,
        spatial_batchnorm_backward=_backward_of_the_direct_path,
    )
    assert "test_spatial_batchnorm_forward" not in errors
    assert "dx" in str(errors["test_spatial_batchnorm_backward"])


@pytest.mark.parametrize("name", EXERCISES)
def test_stock_nbgrader_gives_no_marks(cells, name):
    guard = cells[f"test_{name}"]["source"].split("### BEGIN HIDDEN TESTS\n")[1]
    guard, after = guard.split("\n### END HIDDEN TESTS")
    assert not after
    assert f"tests/hw1/test_{name}.py" in guard
    plain = subprocess.run([sys.executable, "-c", guard], capture_output=True, text=True, check=False)
    assert plain.returncode == 0, plain.stderr
    environment = {**os.environ, "NBGRADER_EXECUTION": "autograde"}
    stock = subprocess.run(
        [sys.executable, "-c", guard], env=environment, capture_output=True, text=True, check=False
    )
    assert "hidden tests were not run" in stock.stderr


# ---------------------------------------------------------------------------------------------- the text's examples


def _matrices(text: str) -> list[np.ndarray]:
    found = re.findall(r"\\begin\{bmatrix\}(.*?)\\end\{bmatrix\}", text)
    return [np.array([[float(v) for v in row.split("&")] for row in m.split(r"\\")]) for m in found]


def _table(text: str, name: str) -> np.ndarray:
    """The array called `name` in a table of images and channels."""
    lines = text.splitlines()
    head = next(i for i, line in enumerate(lines) if line.startswith("|") and f"| `{name}` | channel" in line)
    columns = [column.strip() for column in lines[head].split("|")]
    at = columns.index(f"`{name}`")
    rows = [lines[head + 2].split("|"), lines[head + 3].split("|")]
    return np.array(
        [[json.loads(cell.strip(" `")) for cell in row[at + 1 : at + 3]] for row in rows], dtype=float
    )


def test_cross_correlation_example(cells):
    X, K, Y, flipped = _matrices(cells["cross_corr_2d_text"]["source"])
    assert X.shape == (3, 3)
    windows = np.lib.stride_tricks.sliding_window_view(X, K.shape)
    assert np.array_equal(np.einsum("ijab,ab->ij", windows, K), Y)
    assert np.array_equal(np.einsum("ijab,ab->ij", windows, K[::-1, ::-1]), flipped)


def test_batchnorm_examples(cells):
    text, back = (cells[f"spatial_batchnorm_{way}_text"]["source"] for way in ("forward", "backward"))
    gamma, beta = (
        torch.tensor(values, dtype=torch.float64, requires_grad=True) for values in ([2, 3], [1, -1])
    )
    assert "`gamma = [2, 3]`, `beta = [1, -1]`" in text
    x = torch.tensor(_table(text, "x"), requires_grad=True)
    mean, var = x.detach().mean((0, 2, 3)), x.detach().var((0, 2, 3), correction=0)
    out = F.batch_norm(x, None, None, gamma, beta, training=True, eps=1.0)
    assert np.allclose(out.detach(), _table(text, "out"))
    assert (mean.tolist(), var.tolist()) == ([2, 5], [3, 8])
    assert "The means are $[2, 5]$ and the variances $[3, 8]$" in text
    assert np.allclose(0.1 * mean, [0.2, 0.5])
    assert np.allclose(0.1 * var, [0.3, 0.8])
    assert "`bn_param['running_mean']` is `[0.2, 0.5]` and `bn_param['running_var']` is `[0.3, 0.8]`" in text

    tested = F.batch_norm(
        x, torch.tensor([1.0, 2]).double(), torch.tensor([3.0, 8]).double(), gamma, beta, eps=1.0
    )
    printed = re.findall(r"`(\[\[[^`]*\]\])`", text.split("'running_mean': [1, 2]")[1])
    assert np.allclose(tested.detach().reshape(4, 1, 2), [json.loads(value) for value in printed])

    gradients = torch.autograd.grad(out, (x, gamma, beta), torch.tensor(_table(back, "dout")))
    assert np.allclose(gradients[0], _table(back, "dx"))
    assert (gradients[1].tolist(), gradients[2].tolist()) == (pytest.approx([-2, 12]), pytest.approx([4, 9]))
    assert "`dgamma = [-2, 12]`, `dbeta = [4, 9]`" in back


# ---------------------------------------------------------------------------------------------- figures


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """The script that draws the figures."""
    return _load(FIGURES / "scripts" / "make_figures.py")


def test_figures_and_text_agree(cells, script):
    text = "\n".join(cell["source"] for cell in cells.values())
    shown = re.findall(r"!\[([^\]]+)\]\(figures/(\w+)\.png\)", text)
    assert text.count("](figures/") == len(shown), "every figure has a text for those who cannot see it"
    assert {name for _, name in shown} == {path.stem for path in FIGURES.glob("*.png")} == set(script.FIGURES)
    for path in FIGURES.glob("*.png"):
        assert path.stat().st_size < 80_000


def test_figures_are_what_the_script_draws(script, tmp_path, monkeypatch):
    monkeypatch.setenv("HOMEWORK_COURSE", str(ROOT))
    for name in script.FIGURES:
        drawn = script.save(name, tmp_path)
        kept = tmp_path / f"{name}-kept.png"
        kept.write_bytes((FIGURES / f"{name}.png").read_bytes())
        # Other versions of FreeType set letters a little differently.
        assert compare_images(str(kept), str(drawn), tol=3) is None, (
            f"draw {name} again: see {script.__file__}"
        )


def test_learning_rates_are_lettered_as_in_the_reference(script, monkeypatch):
    monkeypatch.setenv("HOMEWORK_COURSE", str(ROOT))
    labels = reference("learning_rate_labels")
    figure = script.learning_rates()
    ends = {text.get_text(): text.xy for text in figure.axes[0].texts}
    by_loss = [labels[letter] for letter in sorted(ends, key=lambda letter: ends[letter][1])]
    assert by_loss == ["optimal", "high", "low", "very high"]
    losses = sorted(y for _, y in ends.values())
    assert min(np.diff(losses)) > 0.4, "the ends are far enough apart to be told from each other"


# ---------------------------------------------------------------------------------------------- the helper


def test_numeric_gradient(utils):
    generator = np.random.default_rng(3)
    A, x = generator.normal(size=(4, 3)), generator.normal(size=(3, 2))
    df = generator.normal(size=(4, 2))
    before = x.copy()
    gradient = utils.numeric_gradient(lambda v: np.sin(A @ v), x, df)
    assert np.array_equal(x, before)
    assert utils.relative_error(gradient, A.T @ (df * np.cos(A @ x))) < 1e-8
    # Integers and float32 would swallow a step of 1e-5.
    assert utils.numeric_gradient(lambda v: v**2, [3, 4], [1, 1]) == pytest.approx([6, 8])
    assert utils.numeric_gradient(lambda v: v**2, np.float32([300, 4]), [1, 1]) == pytest.approx([600, 8])
    assert utils.numeric_gradient(lambda v: torch.as_tensor(v).exp(), x, np.ones_like(x)) == pytest.approx(
        np.exp(x)
    )


def test_relative_error(utils):
    assert utils.relative_error([1.0, 200.0], [1.0, 100.0]) == 0.5
    assert utils.relative_error(torch.tensor([0.0, 2.0]), np.array([1e-12, 2.0])) == pytest.approx(5e-13)
    assert utils.relative_error(np.zeros((2, 3)), np.zeros((2, 3))) == 0
    assert np.isnan(utils.relative_error([np.nan], [1.0]))
    with pytest.raises(ValueError, match=r"\(3,\) and \(1, 3\)"):
        utils.relative_error(np.zeros(3), np.zeros((1, 3)))


def _python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], cwd=SOURCE, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip


def test_environment_is_complete():
    result = _python("import eep590_utils; eep590_utils.check_environment()")
    assert result.returncode == 0, result.stderr
    assert f"torch {torch.__version__}" in result.stdout
    assert "everything is there" in result.stdout


def test_environment_says_what_is_missing():
    hide = "import sys; sys.modules['torch'] = sys.modules['matplotlib'] = None; "
    result = _python(hide + "import eep590_utils; eep590_utils.check_environment()")
    assert result.returncode == 1
    assert "ImportError: Missing: torch, matplotlib." in result.stderr
    assert "-m pip install numpy torch matplotlib" in result.stderr


def test_pictures_are_drawn_where_someone_looks(utils, monkeypatch):
    shown = []
    monkeypatch.setattr(plt, "show", lambda: shown.append(plt.gcf()))
    maps = {"image": torch.ones(3, 4, requires_grad=True), "K": np.eye(2)}
    curves = {"mean": [1.0, 2.0, 2.5], "true mean": [3, 3, 3]}
    monkeypatch.setenv("MPLBACKEND", "agg")
    utils.show_maps(maps)
    utils.plot_curves(curves, xlabel="step")
    assert shown == [], "while grading, drawing would only take time"
    plt.switch_backend("agg")
    monkeypatch.delenv("MPLBACKEND")
    utils.show_maps(maps)
    utils.plot_curves(curves, xlabel="step")
    row, plot = (figure.axes for figure in shown)
    assert [axes.get_title() for axes in row] == ["image\n(3, 4)", "K\n(2, 2)"]
    assert [line.get_linestyle() for line in plot[0].lines] == ["-", "--"]
    plt.close("all")
