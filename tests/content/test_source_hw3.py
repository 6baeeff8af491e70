"""The content of hw3, in addition to what test_sources.py checks for every assignment: examples, printed numbers.

The numbers are computed here by other means than the reference solutions: the supplied network itself, torch's counter of
operations, plain arithmetic.
"""

from __future__ import annotations

import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from homework.course import Course
from tests.content.source import Source, load, matrices, run
from tests.homework.support import ROOT

EXERCISES = {
    "linear_quantize": 8,
    "quantize": 3,
    "dequantize": 3,
    "FakeQuantize": 10,
    "kd_loss": 10,
    "rank_for_energy": 5,
    "low_rank_factor": 9,
    "fire_module_cost": 5,
    "FireModule": 7,
}
QUESTIONS = dict(zip("abcdefghi", (5, 4, 5, 4, 4, 5, 5, 4, 4), strict=True))
PARTS = {
    "## 1. Quantization": 37,
    "## 2. Distillation": 10,
    "## 3. Low rank": 22,
    "## 4. Networks made for devices": 31,
}

small_network = load(ROOT / "source" / "hw3" / "small_network.py")


@pytest.fixture(scope="module")
def source() -> Source:
    """The source of hw3."""
    return Source(Course(ROOT).assignment("hw3"))


@pytest.fixture(autouse=True)
def our_course(monkeypatch: pytest.MonkeyPatch, source: Source) -> None:
    """References and helpers are ours; what the notebook sets is undone."""
    monkeypatch.setenv("HOMEWORK_COURSE", str(ROOT))
    monkeypatch.syspath_prepend(source.assignment.source)
    monkeypatch.setattr(plt, "rcParams", plt.rcParams.copy())


def test_points_of_the_course(source: Source) -> None:
    assignment = source.assignment
    assert {name: exercise.points for name, exercise in assignment.exercises.items()} == EXERCISES
    points = {name: question.points for name, question in assignment.questions.items()}
    assert points == {f"warmup_{letter}": value for letter, value in QUESTIONS.items()}
    assert (sum(EXERCISES.values()), sum(QUESTIONS.values())) == (60, 40)
    part, sums = "", dict.fromkeys(PARTS, 0)
    for cell in source.cells.values():
        part = next((head for head in PARTS if cell["source"].startswith(head)), part)
        if value := cell["metadata"]["nbgrader"].get("points"):
            sums[part] += value
    assert sums == PARTS
    text = "".join(cell["source"] for cell in source.cells.values())
    for head, value in PARTS.items():
        assert f"{head} ({value} points)" in text


def test_texts_print_the_points(source: Source) -> None:
    for name, points in EXERCISES.items():
        assert re.match(rf"### \d\.\d [^(\n]+ \({points} points\)\n", source.text(f"{name}_text")), name
    for letter, points in QUESTIONS.items():
        text = source.text(f"question_warmup_{letter}")
        assert text.startswith(f"### ({letter}) ")
        assert f"\n*{points} points. " in text
        assert re.search(r"\d+ minutes\.\*\n", text), "how long it takes"


def test_the_first_function_comes_soon(source: Source) -> None:
    """Within some 700 words: an introduction, the set-up, a recap."""
    words = 0
    for name, cell in source.cells.items():
        if name == "linear_quantize_text":
            break
        words += len(cell["source"].split())
    assert words < 750


def test_cells_that_take_long_are_not_run_when_grading(source: Source) -> None:
    tagged = {name for name, cell in source.cells.items() if cell["metadata"].get("tags") == ["train"]}
    trains = re.compile(r"^ *train\(", re.MULTILINE)
    assert tagged == {name for name, cell in source.cells.items() if trains.search(cell["source"])} | {
        *("pictures", "squeezenet", "post_training", "cut"),
    }


# ---------------------------------------------------------------------------------------------- running it


def _quantize(span=True, steps=-1, rounding=np.round):
    """linear_quantize with mistakes that the examples should catch."""

    def linear_quantize(x, bits=8):
        lo, hi = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
        m, M = (min(x.min(), 0), max(x.max(), 0)) if span else (x.min(), x.max())
        scale = (M - m) / (2**bits + steps)
        zero_point = int(np.round(lo - m / scale))
        return np.clip(rounding(x / scale) + zero_point, lo, hi), scale, zero_point

    return linear_quantize


@pytest.mark.parametrize(
    ("name", "wrong", "message"),
    [
        ("linear_quantize", lambda x, bits=8: x, "should return q, scale, zero_point"),
        ("linear_quantize", _quantize(span=False), "range contains 0"),
        ("linear_quantize", _quantize(steps=0), "0.428571"),
        ("linear_quantize", _quantize(rounding=np.floor), "q should be"),
        ("quantize", lambda x, scale, zero_point, bits=8: np.round(x / scale) + zero_point, "[-8, 2, 4, 7]"),
        (
            "quantize",
            lambda x, s, z, bits=8: np.clip(np.round(x / s), -(2 ** (bits - 1)), 2 ** (bits - 1) - 1) + z,
            "example",
        ),
        ("dequantize", lambda q, scale, zero_point: (q - zero_point) * scale, "int8"),
        ("kd_loss", lambda s, t, y, T=4.0, alpha=0.7: F.cross_entropy(s, y), "alpha = 1.0"),
        ("rank_for_energy", lambda W, energy: min(W.shape), "rank should be 1"),
        (
            "low_rank_factor",
            lambda W, b, r: (np.linalg.svd(W)[2][:r], np.linalg.svd(W)[0][:, :r], b),
            "B @ A should be",
        ),
        ("fire_module_cost", lambda a, s, e, f, H, W: (a * s + s * e + 9 * s * f, 0), "11920"),
    ],
)
def test_examples_tell_of_a_slip(source, utils, monkeypatch, name, wrong, message):
    monkeypatch.setenv("MPLBACKEND", "agg")
    upto = list(source.released)[: list(source.released).index(f"test_{name}") + 1]
    cells = {cell: source.released[cell] for cell in upto if source.released[cell]["cell_type"] == "code"}
    error = run(cells, **{name: wrong})[f"test_{name}"]
    assert message in str(error), repr(error)


# ---------------------------------------------------------------------------------------------- the text's numbers


def test_the_small_network(source: Source) -> None:
    network = small_network.load_network()
    assert sum(weight.numel() for weight in network.parameters()) == 23_946
    assert "23,946 parameters" in source.text("quantization")
    assert tuple(network.fc1.weight.shape) == (64, 288)
    pictures, labels = small_network.load_pictures("test")
    assert (len(pictures), tuple(pictures.shape[1:])) == (1000, (1, 14, 14))
    assert small_network.accuracy(network, pictures, labels) == pytest.approx(0.906, abs=0.003)
    assert len(small_network.load_pictures("train")[0]) == 4000
    files = [path for path in (source.assignment.source / "data").iterdir() if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 1_000_000
    assert "Copyright (c) 2017 Zalando SE" in (source.assignment.source / "data" / "LICENSE.txt").read_text()


def test_what_rounding_does_to_it(source: Source) -> None:
    """The percentages in the model answer of (i), by an independent loop."""
    pictures, labels = small_network.load_pictures("test")
    found = {}
    for bits in (2, 3, 4, 8):
        network = small_network.load_network()
        for weight in network.parameters():
            if weight.ndim > 1:
                w = weight.detach().double()
                scale = (w.max().clamp(min=0) - w.min().clamp(max=0)) / (2**bits - 1)
                weight.data = (torch.round(w / scale) * scale).float()
        found[bits] = 100 * small_network.accuracy(network, pictures, labels)
    assert found == pytest.approx({2: 13.9, 3: 69.1, 4: 84.1, 8: 90.5}, abs=0.35)
    answer = source.text("warmup_i")
    for text in ("90.5 %", "(84 %)", "(69 %)", "(14 %)"):
        assert text in answer


def test_bytes_of_a_layer(source: Source) -> None:
    weights = 64 * 288
    sizes = [weights * bits // 8 for bits in (8, 4, 2, 1, 1)]
    assert "{:,}; {:,}; {:,}; {:,}; {:,} bytes".format(*sizes) in source.text("question_warmup_i")
    assert f"{4 * weights:,}" in source.text("warmup_i")


def test_quantization_examples(source: Source) -> None:
    x = np.array([-1.0, -0.31, 0.0, 0.45, 2.0])
    text = source.text("linear_quantize_text")
    for bits, scale, zero_point in ((3, "0.428571", -2), (8, "0.0117647", -43)):
        step = 3 / (2**bits - 1)
        assert f"{step:.6g}".startswith(scale) and scale in text
        assert round(-(2 ** (bits - 1)) + 1 / step) == zero_point
        levels = [round(value / step) + zero_point for value in x]
        assert f"`q = {levels}`" in text
    steps = [round(value / 0.5) for value in (-10.0, -0.4, 0.7, 5.2)]
    assert steps == [-20, -1, 1, 10]
    levels = [min(max(step + 3, -8), 7) for step in steps]
    assert f"`{levels}`" in source.text("quantize_text")
    assert f"`{[(level - 3) * 0.5 for level in levels]}`" in source.text("dequantize_text")
    assert np.array([127], np.int8) - np.array([-128], np.int8) == -1, "without a word"


def test_energy_of_a_multiplication(source: Source) -> None:
    assert "18 times less energy" in source.text("quantization")
    assert pytest.approx(18, abs=0.6) == 3.7 / 0.2


def test_distillation_example(source: Source) -> None:
    s, t = np.array([2.0, 0.0, -1.0]), np.array([1.0, 2.0, 0.0])
    p, q = (np.exp(z / 2) / np.exp(z / 2).sum() for z in (t, s))
    soft, hard = 4 * (p * np.log(p / q)).sum(), -np.log(np.exp(2) / np.exp(s).sum())
    text = source.text("kd_loss_text")
    assert f"is {soft:.4f}, the hard part alone ($\\alpha = 0$) is {hard:.4f}" in text
    assert f"the loss is {(soft + hard) / 2:.4f}" in text


def test_numbers_of_the_shirt(source: Source) -> None:
    """The alternative text of the picture of soft targets."""
    text = source.text("distillation")
    pictures, labels = small_network.load_pictures("test")
    logits = small_network.load_network()(pictures[4:5])[0].detach()
    assert small_network.CLASSES[int(labels[4])] == "shirt"
    for T, name, printed in (
        (1, "shirt", "0.89"),
        (4, "shirt", "0.33"),
        (4, "T-shirt", "0.16"),
        (16, "shirt", "0.15"),
    ):
        share = torch.softmax(logits / T, 0)[small_network.CLASSES.index(name)].item()
        assert f"{share:.2f}" == printed and f"{name} {printed}" in text
    last = torch.softmax(logits / 16, 0).sort().values
    assert (round(last[0].item(), 2), round(last[-2].item(), 2)) == (0.06, 0.12)


def test_numbers_of_the_scree_plot(source: Source) -> None:
    sigma = torch.linalg.svdvals(small_network.load_network().fc1.weight.detach().double()).numpy()
    assert sigma[[0, 7, 8, 9, 63]] == pytest.approx([5.4, 3.6, 2.9, 2.2, 0.4], abs=0.05)
    shares = 100 * np.cumsum(sigma**2) / np.sum(sigma**2)
    assert shares[[7, 8, 9]] == pytest.approx([72, 75, 77], abs=0.5)
    assert shares[19] < 90 <= shares[20], "rank 21"
    scheme, answer = source.text("question_warmup_h"), source.text("warmup_h")
    assert "72 to 77 %" in scheme and "rank 21" in scheme
    assert f"{9 * 352:,}".replace(",", "{,}") in answer and f"{21 * 352:,}" in answer
    assert pytest.approx(52.4, abs=0.05) == 64 * 288 / 352


def test_low_rank_examples(source: Source) -> None:
    text = source.text("low_rank_factor_text")
    W, best = matrices(text)
    assert np.linalg.svd(W)[1] == pytest.approx([2 * 2**0.5, 2**0.5])
    assert np.linalg.norm(W - best) == pytest.approx(2**0.5)
    squares = np.array([16, 9, 1])
    assert np.cumsum(squares) / 26 == pytest.approx([0.615, 0.962, 1], abs=5e-4)
    assert "0.615, 0.962 and 1" in source.text("rank_for_energy_text")


def test_costs(source: Source) -> None:
    text = source.text("fire_module_cost_text")
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        layer = nn.Conv2d(96, 128, 3, padding=1)
        layer(torch.zeros(1, 96, 55, 55))
    assert f"{sum(p.numel() for p in layer.parameters()):,} parameters" in text
    assert f"{counter.get_total_flops() // 2:,} MACs" in text
    assert pytest.approx(0.119, abs=5e-4) == 1 / 128 + 1 / 9, "in the model answer of (a)"
    parameters = 61_100_840 / 1_248_424
    assert f"{parameters:.1f} times fewer" in source.text("warmup_f")


def test_squeezenet_saves_parameters_alone(source: Source, utils, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the last cell measures, and (f) rests on."""
    monkeypatch.setenv("MPLBACKEND", "agg")
    cells = {name: source.cells[name] for name in ("environment", "setup", "FireModule")}
    body = source.text("squeezenet").split("\n\nfor name, build in")[0]
    namespace: dict[str, object] = {"__name__": "__main__"}
    for cell in [*(cell["source"] for cell in cells.values()), body]:
        exec(compile(cell, "cell", "exec"), namespace)
    measure, squeezenet, alexnet = (namespace[name] for name in ("measure", "squeezenet", "alexnet"))
    assert measure(squeezenet()) == (1_248_424, 818_924_576, 1_291_104)  # type: ignore[operator]
    assert measure(alexnet()) == (61_100_840, 714_188_480, 344_128)  # type: ignore[operator]
    scheme = source.text("question_warmup_f")
    for number in ("1.25 against 61.1 million", "0.82 against 0.71 billion", "1.29 against 0.34 million"):
        assert number in scheme
