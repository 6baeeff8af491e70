"""The content of hw1, in addition to what test_sources.py checks for every assignment: examples, a figure, the helper."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
import torch.nn.functional as F

from homework.course import Course
from homework.reference import reference
from tests.content.source import Source, matrices, run
from tests.homework.support import ROOT

EXERCISES = {
    "learning_rate_labels": 2.5,
    "cross_corr_2d": 15,
    "spatial_batchnorm_forward": 10,
    "spatial_batchnorm_backward": 15,
}
QUESTIONS = {f"warmup_{letter}": 2.5 for letter in "abcdfghij"}


@pytest.fixture(scope="module")
def source() -> Source:
    """The source of hw1."""
    return Source(Course(ROOT).assignment("hw1"))


def test_points_of_the_course(source):
    assignment = source.assignment
    assert {name: exercise.points for name, exercise in assignment.exercises.items()} == EXERCISES
    assert {name: question.points for name, question in assignment.questions.items()} == QUESTIONS
    assert assignment.max_points == 65
    order = [name for name in source.cells if name in EXERCISES or name in QUESTIONS]
    warmup = order[3:]
    assert (warmup[0], warmup.index("learning_rate_labels")) == ("warmup_a", 4), (
        "the exercise is question (e)"
    )


def test_the_release_holds_no_answers(source):
    text = "\n".join(cell["source"] for cell in source.released.values())
    assert not re.search(r"leaky|REINFORCE|inception|checkpointing|residual connection", text, re.IGNORECASE)


# ---------------------------------------------------------------------------------------------- running it


def _forward(x, gamma, beta, bn_param, *, old=0.9, ddof=0):
    """Spatial batch norm in train mode, with the mistakes that the examples should catch."""
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
def test_examples_tell_of_a_slip(source, utils, monkeypatch, name, wrong, message):
    monkeypatch.setattr(plt, "rcParams", plt.rcParams.copy())
    error = run(source.released, **{name: wrong})[f"test_{name}"]
    assert message in str(error), repr(error)


def test_examples_tell_of_a_missing_path(source, utils, monkeypatch):
    monkeypatch.setattr(plt, "rcParams", plt.rcParams.copy())
    monkeypatch.setenv("MPLBACKEND", "agg")
    errors = run(
        source.released,
        spatial_batchnorm_forward=_forward,
        spatial_batchnorm_backward=_backward_of_the_direct_path,
    )
    assert "test_spatial_batchnorm_forward" not in errors
    assert "dx" in str(errors["test_spatial_batchnorm_backward"])


@pytest.mark.usefixtures("utils")
def test_experiments_show_what_the_text_says(source, monkeypatch, capsys):
    monkeypatch.setenv("HOMEWORK_COURSE", str(ROOT))
    monkeypatch.setenv("MPLBACKEND", "agg")
    tagged = [name for name, cell in source.cells.items() if cell["metadata"].get("tags") == ["train"]]
    assert tagged == ["learning_a_kernel", "why_it_helps"], "not run while grading"
    needed = ["setup", "cross_corr_2d", "spatial_batchnorm_forward", *tagged]
    assert run({name: source.cells[name] for name in needed}) == {}
    kernel, plain, normalized = capsys.readouterr().out.splitlines()[-3:]
    assert kernel.endswith("kernel [1.0, -1.0]")
    assert [float(value) for value in plain.split(": ")[1].split(", ")][-1] < 0.002
    assert [float(value) for value in normalized.split(": ")[1].split(", ")][1:] == pytest.approx(
        [0.59] * 10, abs=0.03
    )


# ---------------------------------------------------------------------------------------------- the text's examples


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


def test_cross_correlation_example(source):
    X, K, Y, flipped = matrices(source.text("cross_corr_2d_text"))
    assert X.shape == (3, 3)
    windows = np.lib.stride_tricks.sliding_window_view(X, K.shape)
    assert np.array_equal(np.einsum("ijab,ab->ij", windows, K), Y)
    assert np.array_equal(np.einsum("ijab,ab->ij", windows, K[::-1, ::-1]), flipped)


def test_batchnorm_examples(source):
    text, back = (source.text(f"spatial_batchnorm_{way}_text") for way in ("forward", "backward"))
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


def test_learning_rates_are_lettered_as_in_the_reference(source, monkeypatch):
    monkeypatch.setenv("HOMEWORK_COURSE", str(ROOT))
    labels = reference("learning_rate_labels")
    figure = source.script.learning_rates()
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
        [sys.executable, "-c", code], cwd=ROOT / "source" / "hw1", capture_output=True, text=True, check=False,
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
