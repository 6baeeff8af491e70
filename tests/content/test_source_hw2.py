"""The content of hw2, in addition to what test_sources.py checks for every assignment: examples, printed numbers.

The numbers are computed here by other means than the reference solutions: loops, torch's layers and its counter of
operations, SciPy's sparse matrices.
"""

from __future__ import annotations

import json
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
import scipy.sparse
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from homework.course import Course
from homework.reference import reference
from tests.content.source import Source, matrices, run
from tests.homework.support import ROOT

EXERCISES = {
    "operation_counts": 4,
    "adder2d_forward": 10,
    "adder2d_gradients": 8,
    "adder_output_variance": 3,
    "adaptive_lr": 5,
    "magnitude_mask": 6,
    "neuron_prune": 7,
    "fpgm_select": 6,
    "pruned_linear_cost": 3,
    "cost_table": 18,
}
QUESTIONS = {
    "adder_similarity": 3,
    "adder_gradients": 3,
    "adder_batchnorm": 4,
    "pruning_criterion": 3,
    "pruning_granularity": 5,
    "separable_savings": 6,
    "inverted_bottleneck": 6,
}
PARTS = {"## 1. AdderNet": 40, "## 2. Pruning": 30, "## 3. Separable convolution": 30}
KINDS = ("regular", "depthwise", "pointwise", "separable", "inverted")


@pytest.fixture(scope="module")
def source() -> Source:
    """The source of hw2."""
    return Source(Course(ROOT).assignment("hw2"))


@pytest.fixture(autouse=True)
def our_course(monkeypatch: pytest.MonkeyPatch) -> None:
    """References are ours; the notebook's settings for pictures are undone."""
    monkeypatch.setenv("HOMEWORK_COURSE", str(ROOT))
    monkeypatch.setattr(plt, "rcParams", plt.rcParams.copy())


def test_points_of_the_course(source):
    assignment = source.assignment
    assert {name: exercise.points for name, exercise in assignment.exercises.items()} == EXERCISES
    assert {name: question.points for name, question in assignment.questions.items()} == QUESTIONS
    part, sums = "", dict.fromkeys(PARTS, 0)
    for cell in source.cells.values():
        part = next((head for head in PARTS if cell["source"].startswith(head)), part)
        if points := cell["metadata"]["nbgrader"].get("points"):
            sums[part] += points
    assert sums == PARTS
    for head, points in PARTS.items():
        assert f"{head} ({points} points)" in "".join(cell["source"] for cell in source.cells.values())


def test_texts_print_the_points(source):
    numbers = []
    for name in [*EXERCISES, *QUESTIONS]:
        if name in EXERCISES:
            text = source.text(f"{name}_text")
            form = rf"### (\d\.\d) [^(\n]+ \({EXERCISES[name]} points\)\n"
        else:
            text = source.text(f"question_{name}")
            form = rf"### (\d\.\d) [^(\n]+\n(?:.*\n)+\*{QUESTIONS[name]} points\. A good answer "
        printed = re.match(form, text)
        assert printed is not None, name
        numbers.append(printed[1])
    assert len(set(numbers)) == 17


def test_the_release_holds_no_answers(source):
    text = "\n".join(cell["source"] for cell in source.released.values())
    assert not re.search(r"signSGD|2,?938,?068|1,?533,?544|c = 36|bitmap", text)


# ---------------------------------------------------------------------------------------------- running it


def _forward(sign=-1, p=1, pad=True):
    """An adder layer with the mistakes that the examples should catch."""

    def adder2d_forward(X, W, stride=1, padding=0):
        X = nn.functional.pad(X, [padding] * 4, value=0.0 if pad else float("nan"))
        windows = X.unfold(2, W.shape[2], stride).unfold(3, W.shape[3], stride)[:, None]
        difference = (windows - W[None, :, :, None, None]).abs() ** p
        return sign * difference.nansum((2, 5, 6))

    return adder2d_forward


@pytest.mark.parametrize(
    ("name", "wrong", "message"),
    [
        (
            "operation_counts",
            lambda k, c: {"conv": {"mul": k * k * c, "add": (k - 1) ** 2 * (c - 1)}, "adder": {}},
            "'mul'",
        ),
        ("adder2d_forward", _forward(sign=1), "example"),
        ("adder2d_forward", _forward(p=2), "example"),
        ("adder2d_forward", _forward(pad=False), "padding 1"),
        ("adder2d_forward", lambda X, W, stride=1, padding=0: None, "return"),
        ("adder2d_gradients", lambda X, W, dY, stride=1, padding=0: dY, "two things"),
        ("adder2d_gradients", lambda X, W, dY, stride=1, padding=0: (X, W.sign()), "dW"),
        ("adder_output_variance", lambda k, c, x, w: k * k * c * x * w, "104.65"),
        ("adder_output_variance", lambda k, c, x, w: 104.6535 * x * w, "measured"),
        ("adaptive_lr", lambda grad, eta: eta * grad / np.linalg.norm(grad), "example"),
        (
            "magnitude_mask",
            lambda w, sparsity: np.abs(w) >= np.quantile(np.abs(w), sparsity),
            "equal weights",
        ),
        ("magnitude_mask", lambda w, sparsity: (np.abs(w) > 0.4).astype(int), "Boolean"),
        ("neuron_prune", lambda W1, b1, W2, b2, keep: (W1[keep], b1, W2[:, keep], b2), "shapes"),
        (
            "fpgm_select",
            lambda W, n: list(np.argsort(np.linalg.norm(W.reshape(len(W), -1), axis=1))[:n]),
            "[2]",
        ),
        ("fpgm_select", lambda W, n: [1, 2, 3][:n], "[2]"),
        ("pruned_linear_cost", lambda i, o, s: {"macs": i * o, "parameters": (i + 1) * o}, "30 %"),
        ("cost_table", lambda kind, H, W, c_in, c_out, kernel_size, t=4: (168, 6480, 6600), "MACs"),
    ],
)
def test_examples_tell_of_a_slip(source, utils, monkeypatch, name, wrong, message):
    monkeypatch.setenv("MPLBACKEND", "agg")
    error = run(source.released, **{name: wrong})[f"test_{name}"]
    assert message in str(error), repr(error)


def test_experiments_show_what_the_text_says(source, utils, monkeypatch, capsys):
    monkeypatch.setenv("MPLBACKEND", "agg")
    monkeypatch.syspath_prepend(source.assignment.source)
    tagged = [name for name, cell in source.cells.items() if cell["metadata"].get("tags") == ["train"]]
    assert tagged == [
        "adder_stack",
        "pruned_weights",
        "retrained",
        "pruned_neurons",
        "pruned_filters",
        "measured_costs",
    ], "not run while grading"
    exercises = [name for name in source.cells if name in EXERCISES]
    cells = {name: source.cells[name] for name in ("setup", *exercises, *tagged)}
    with torch.random.fork_rng():
        assert run(cells) == {}
    shown = capsys.readouterr().out
    before, after = re.findall(r"90 % pruned: ([\d.]+)% right\n.*: ([\d.]+)% right", shown)[0]
    assert float(before) < 40 < 75 < float(after), "training repairs much of it"
    (whole,) = re.findall(r"64 neurons left, smallest norms removed: ([\d.]+)%", shown)
    assert float(whole) == pytest.approx(91, abs=1)
    by_magnitude, at_random = (
        [int(share) for share in re.findall(r" (\d+)%(?:,|\n)", line + "\n")]
        for line in re.findall(r"(?:smallest magnitudes|at random): (0%.*)", shown)
    )
    assert all(a >= b for a, b in zip(by_magnitude, at_random, strict=True))


# ---------------------------------------------------------------------------------------------- the text's numbers


def _windows(X, shape, stride=1, padding=0):
    """Position and window of each place at which a kernel of this shape fits, from loops alone."""
    X, (kh, kw) = np.pad(X, padding), shape
    for i in range((X.shape[0] - kh) // stride + 1):
        for j in range((X.shape[1] - kw) // stride + 1):
            p, q = i * stride, j * stride
            yield (i, j), (slice(p, p + kh), slice(q, q + kw)), X[p : p + kh, q : q + kw]


def test_forward_example(source):
    text = source.text("adder2d_forward_text")
    X, W, Y, cross_correlation, padded, strided, first = matrices(text)
    assert np.array_equal(padded, np.pad(X, 1))
    for place, _, window in _windows(X, W.shape):
        assert Y[place] == -np.abs(window - W).sum()
        assert cross_correlation[place] == (window * W).sum()
    assert Y.argmax() == cross_correlation.argmax() == 2, "lower left"
    places = list(_windows(X, W.shape, stride=2, padding=1))
    assert len(places) == strided.size
    for place, _, window in places:
        assert strided[place] == -np.abs(window - W).sum()
    assert np.array_equal(places[0][2], first)
    assert "$-(5+1+3+1) = -10$" in text


def test_gradients_example(source):
    X, W, dY, at_first, at_second, dW, dX = matrices(source.text("adder2d_gradients_text"))
    back, weights = np.zeros_like(X), np.zeros_like(W)
    differences = []
    for place, where, window in _windows(X, W.shape):
        differences.append(window - W)
        weights += (window - W) * dY[place]
        back[where] += np.clip(W - window, -1, 1) * dY[place]
    assert np.array_equal(differences, [at_first, at_second])
    assert np.array_equal(weights, dW)
    assert np.array_equal(back, dX)


def test_numbers_of_the_adder_layer(source):
    text = source.text("adder_output_variance_text")
    assert "(3, 16, 1.0, 1.0)` is 104.6535." in text
    assert not re.search(r"1 - \\frac|1 - 2|0\.363", text), "the formula is what is asked for"
    assert 288 * (1 - 2 / np.pi) == pytest.approx(104.6535, abs=5e-5)
    generator = np.random.default_rng(590)
    x, w = generator.normal(0, 1.5, (2, 400_000))
    assert np.abs(x - w).var() == pytest.approx((1 - 2 / np.pi) * 2 * 1.5**2, rel=0.01)
    answer = source.text("adder_batchnorm")
    growth = (1 - 2 / np.pi) * 9 * 16
    assert f"which is {growth:.1f} for $k = 3$" in answer
    assert f"$1 / (1 - 2/\\pi) = {1 / (1 - 2 / np.pi):.2f}$" in answer
    grad, step = matrices(source.text("adaptive_lr_text"))
    assert np.allclose(0.2 * np.sqrt(4) * grad / 5, step)
    assert np.sqrt((step**2).mean()) == pytest.approx(0.2)


def test_numbers_of_pruning(source):
    w, mask = matrices(source.text("magnitude_mask_text"))
    assert np.array_equal(mask, np.abs(w) > np.median(np.abs(w)))
    W1, b1, W2, b2, small_W1, small_b1, small_W2 = matrices(source.text("neuron_prune_text"))
    x, on = np.ones((2, 1)), np.array([[1], [0], [1]])
    assert (W2 @ np.maximum(0, W1 @ x + b1) + b2).item() == 0.5
    assert (W2 @ (on * np.maximum(0, W1 @ x + b1)) + b2).item() == 3.5
    assert (small_W2 @ np.maximum(0, small_W1 @ x + small_b1) + b2).item() == 3.5

    text = source.text("fpgm_select_text")
    filters = np.array(json.loads(re.search(r"np\.array\((.*?)\)`", text)[1]))
    rows = {line.split("|")[1].strip(): line.split("|")[2:-1] for line in text.splitlines() if "|" in line}
    norms, sums = ([float(value) for value in rows[name]] for name in ("norm", "$D_f$"))
    assert np.hypot(*filters.T) == pytest.approx(norms, abs=0.005)
    assert [sum(np.hypot(*(f - g)) for g in filters) for f in filters] == pytest.approx(sums, abs=0.005)
    assert np.argsort(sums)[:2].tolist() == [2, 1]
    squares = [((filters - f) ** 2).sum() for f in filters]
    assert len({np.argmin(norms), np.argmin(sums), np.argmin(squares)}) == 3, "each criterion chooses another"

    rows = re.findall(r"\(1024, 512, (\S+)\)` \| (\d+) \| (\d+) \|", source.text("pruned_linear_cost_text"))
    dense = nn.Linear(1024, 512)
    weights, all_ = dense.weight.numel(), sum(parameter.numel() for parameter in dense.parameters())
    left = weights - round(0.3 * weights)
    assert rows == [("0.0", f"{weights}", f"{all_}"), ("0.3", f"{left}", f"{left + 512}")]


def test_sizes_of_files(source):
    """The sizes in the model answer and marking scheme of `pruning_granularity`."""
    weights = np.ones((512, 1024), np.float32)
    weights.reshape(-1)[np.random.default_rng(0).permutation(weights.size)[:157286]] = 0
    csr = scipy.sparse.csr_matrix(weights)
    sizes = [
        weights.nbytes,
        csr.data.nbytes + csr.indices.nbytes + csr.indptr.nbytes,
        csr.data.nbytes + csr.indices.astype(np.int16).nbytes + csr.indptr.nbytes,
        np.packbits(weights != 0).nbytes + csr.data.nbytes,
    ]
    assert csr.indices.dtype == csr.indptr.dtype == np.int32
    scheme, answer = source.text("question_pruning_granularity"), source.text("pruning_granularity")
    for size in sizes:
        assert f"{size:,}" in scheme
        assert f"{size}" in answer
    break_even = 1 - (weights.nbytes - csr.indptr.nbytes) / 8 / weights.size
    assert f"{100 * break_even:.2f} % pruned" in answer


def _block(kind, c_in, c_out, k, t=4):
    """The layers of one kind."""
    wide = t * c_in
    return {
        "regular": [nn.Conv2d(c_in, c_out, k, padding="same")],
        "depthwise": [nn.Conv2d(c_in, c_in, k, padding="same", groups=c_in)],
        "pointwise": [nn.Conv2d(c_in, c_out, 1)],
        "separable": [nn.Conv2d(c_in, c_in, k, padding="same", groups=c_in), nn.Conv2d(c_in, c_out, 1)],
        "inverted": [
            nn.Conv2d(c_in, wide, 1),
            nn.Conv2d(wide, wide, k, padding="same", groups=wide),
            nn.Conv2d(wide, c_out, 1),
        ],
    }[kind]


def _costs(kind, H, W, c_in, c_out, k, t=4):
    """Parameters, MACs and memory accesses of torch's layers; its counter has two operations for a MAC."""
    layers, outputs = _block(kind, c_in, c_out, k, t), 0
    X = torch.zeros(1, c_in, H, W)
    with FlopCounterMode(display=False) as counter:
        for layer in layers:
            X = layer(X)
            outputs += X.numel()
    parameters = sum(parameter.numel() for layer in layers for parameter in layer.parameters())
    operations = counter.get_total_flops()
    return parameters, operations // 2, operations + outputs


def _moved(kind, size, c, k):
    """Values that torch's layers read and write if each is moved once."""
    X, moved = torch.zeros(1, c, size, size), 0
    for layer in _block(kind, c, c, k):
        Y = layer(X)
        moved += X.numel() + layer.weight.numel() + Y.numel()
        X = Y
    return moved


def test_table_of_costs(source):
    text = source.text("cost_table_text")
    rows = re.findall(r"\| `'(\w+)'`(?: with `t=(\d)`)? \| (\d+) \| (\d+) \| (\d+) \|", text)
    assert [row[0] for row in rows] == [*KINDS, "inverted"]
    for kind, t, *printed in rows:
        assert _costs(kind, 4, 5, 3, 6, 3, int(t or 4)) == tuple(map(int, printed)), kind


def test_numbers_of_the_last_answers(source):
    macs = {c: {kind: _costs(kind, 1, 1, c, c, 3)[1] for kind in KINDS} for c in (1, 16, 36, 37, 64)}
    assert macs[36]["inverted"] == macs[36]["regular"]
    assert macs[37]["inverted"] < macs[37]["regular"]
    answer = source.text("inverted_bottleneck")
    assert f"($c = 16$: {macs[16]['inverted'] / macs[16]['regular']:.2f} times)" in answer
    first, many = (macs[c]["inverted"] / macs[c]["separable"] for c in (1, 64))
    assert f"{first:.1f} times for one channel, {many:.1f} times for 64" in " ".join(answer.split())
    assert all(12 * c**2 + 54 * c > 9 * c**2 for c in range(1, 2000))
    assert _costs("inverted", 1, 1, 10, 10, 3, t=6)[1] == 12 * 100 + 54 * 10
    ratio = _costs("separable", 7, 9, 64, 128, 3)[1] / _costs("regular", 7, 9, 64, 128, 3)[1]
    assert ratio == pytest.approx(1 / 128 + 1 / 9)
    answer = " ".join(source.text("separable_savings").split())
    assert f"$1/128 + 1/9 = {ratio:.3f}$: {1 / ratio:.1f} times fewer" in answer
    parameters = _costs("separable", 1, 1, 64, 64, 3)[0] / _costs("regular", 1, 1, 64, 64, 3)[0]
    assert f"$64\\,(64 \\cdot 9 + 1)$, {100 * parameters:.1f} %" in answer
    assert f"{100 * parameters:.1f} % of the parameters" in source.text("question_separable_savings")
    assert 1.45 < _moved("separable", 28, 64, 3) / _moved("regular", 28, 64, 3) < 1.55


def test_a_stack_of_adder_layers(source):
    """What the model answer of 1.7 says of later layers."""
    generator, s = torch.Generator().manual_seed(1), (2, 5, 6)
    X, variances = torch.randn(1, 16, 16, 16, generator=generator, dtype=torch.float64), [1.0]
    for _ in range(5):
        W = torch.randn(16, 16, 3, 3, generator=generator, dtype=torch.float64)
        windows = X.unfold(2, 3, 1).unfold(3, 3, 1)[:, None]
        X = -(windows - W[None, :, :, None, None]).abs().sum(s)
        variances.append(X.var().item())
    growth = np.log10(np.divide(variances[1:], variances[:-1]))
    answer = " ".join(source.text("adder_batchnorm").split())
    assert growth[0] == pytest.approx(np.log10(104.65), abs=0.15)
    assert "second layer multiplies the variance by about $10^{3.4}$" in answer
    assert growth[1] == pytest.approx(3.4, abs=0.2)
    assert growth[2:] == pytest.approx(4, abs=0.3) and "each further one by about $10^4$" in answer
    assert growth.sum() == pytest.approx(17, abs=0.7) and "five layers together by about $10^{17}$" in answer


def test_the_small_network_is_shared():
    """Its module and data live in hw3; hw2 gets links, and students of both get files."""
    for path in ("small_network.py", "data/fashion.npz", "data/network.npz", "data/LICENSE.txt"):
        assert (ROOT / "source/hw2" / path).resolve() == ROOT / "source/hw3" / path


def test_figures_show_what_the_text_says(source, monkeypatch):
    bars = source.script.cost_bars().axes
    alternative = re.search(r"!\[(.*?)\]\(figures/cost_bars", source.text("question_separable_savings"))
    assert alternative is not None
    printed = re.findall(r": ([\d., ]+) %", alternative[1])
    for measure, axes in enumerate(bars):
        costs = {kind: (*_costs(kind, 28, 28, 64, 64, 3), _moved(kind, 28, 64, 3))[measure] for kind in KINDS}
        percent = [100 * costs[kind] / costs["regular"] for kind in KINDS]
        assert [bar.get_width() for bar in axes.patches] == pytest.approx(percent)
        assert printed[measure] == ", ".join(f"{share:.1f}" for share in percent[1:])
    energies = {
        tuple(bar.get_width() for bar in group) for group in source.script.energy().axes[0].containers
    }
    rows = re.findall(r"\| [^|]+ \| ([\d.]+) \| ([\d.]+) \|", source.text("adders"))
    assert energies == {tuple(float(row[column]) for row in reversed(rows)) for column in (0, 1)}
    for row in rows:
        assert all(value in source.text("intro") for value in row)
    _, _, cross_correlation, adder = source.script.adder_responses().axes
    assert cross_correlation.texts[0].get_text() == "pattern 5, square 10, background 0"
    assert adder.texts[0].get_text() == "pattern 0, square −13, background −5"
    assert reference("fpgm_select")(
        np.array([[1, 1], [5, 3], [8, 3], [9, 2], [8, 5]]).reshape(5, 1, 1, 2), 1
    ) == [2]


def test_counters_print_what_the_finding_saw(source):
    """The rows of the table below 2.5 against findings/mac-counters.sh, which runs the packages."""
    finding = (ROOT / "findings" / "mac-counters.sh").read_text()
    numbers = {"MACS": 231_211_008, "OUTPUTS": 128 * 56 * 56, "DENSE": 524_288, "LEFT": 367_002}
    assert numbers["MACS"] == _costs("regular", 56, 56, 64, 128, 3)[1]
    seen = {
        package: [eval(count, {}, numbers) for count in counts.split(", ")]
        for package, counts in re.findall(r'^    \("([\w-]+)", of_\w+, (.+)\),$', finding, re.MULTILINE)
    }
    assert len(seen) == 8
    rows = re.findall(r"^\| (.+?) \| ([\d,]+) \| ([\d,]*) ?\| ", source.text("counters_text"), re.MULTILINE)
    printed = {}
    for packages, *counts in rows:
        for package in packages.split(", "):
            if package[0] != "`" and package != "FLOPs":
                name, version = package.split()
                printed[name.lower().replace("pytorch", "torch")] = [
                    int(n.replace(",", "")) if n else None for n in counts
                ]
                assert version in finding
    assert printed == seen
