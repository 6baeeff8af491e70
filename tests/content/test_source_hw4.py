"""The content of hw4, in addition to what test_sources.py checks for every assignment: counts, pictures, files, numbers."""

from __future__ import annotations

import hashlib
import io
import json
import re
import tarfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from homework.course import Course
from homework.judge.banks import load as load_bank
from homework.judge.weights import read_weights
from tests.content.source import Source, load, run
from tests.homework.support import ROOT

HELPERS = ROOT / "source" / "hw4"
EXERCISES = {
    "measure_latency": 7,
    "count_parameters": 6,
    "count_macs": 10,
    "baseline_parameter_table": 6,
    "BaselineCNN": 6,
    "CompressedCNN": 34,
}
QUESTIONS = {
    "time_and_cost": 8,
    "baseline_calculation": 5,
    "baseline_curves": 6,
    "compression_table": 8,
    "compression_curves": 4,
}
PARTS = {"## 1. Measuring": 31, "## 2. The baseline": 23, "## 3. Compressing": 46}
NETWORKS = {
    "VGG16": (138_357_544, 15_470_264_320),
    "ResNet50": (25_557_032, 4_089_184_256),
    "MobileNetV1": (4_231_976, 568_740_352),
    "SqueezeNet": (1_248_424, 818_924_576),
}

networks = load(HELPERS / "networks.py")
pictures = load(HELPERS / "pictures.py")


@pytest.fixture(scope="module")
def source() -> Source:
    """The source of hw4."""
    return Source(Course(ROOT).assignment("hw4"))


@pytest.fixture(autouse=True)
def our_course(monkeypatch: pytest.MonkeyPatch, source: Source) -> None:
    """References and helpers are ours; what the notebook sets is undone."""
    monkeypatch.setenv("HOMEWORK_COURSE", str(ROOT))
    monkeypatch.syspath_prepend(source.assignment.source)
    monkeypatch.setattr(plt, "rcParams", plt.rcParams.copy())


def reference(exercise: str):
    kind = "models" if exercise == "CompressedCNN" else "functions"
    return load_bank(kind, Course(ROOT).solutions("hw4", exercise), exercise).reference


def counted(model: torch.nn.Module, size: int) -> tuple[int, int]:
    """Parameters and MACs, by torch's own counter."""
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        model.eval()(torch.zeros(1, 3, size, size))
    return sum(p.numel() for p in model.parameters()), counter.get_total_flops() // 2


def test_points_of_the_course(source: Source) -> None:
    assignment = source.assignment
    assert {name: exercise.points for name, exercise in assignment.exercises.items()} == EXERCISES
    assert {name: question.points for name, question in assignment.questions.items()} == QUESTIONS
    assert assignment.tasks["CompressedCNN"].kind.name == "model"
    assert assignment.hands_in == {"compressed.safetensors": 4_000_000}
    part, sums = "", dict.fromkeys(PARTS, 0)
    for cell in source.cells.values():
        part = next((head for head in PARTS if cell["source"].startswith(head)), part)
        if value := cell["metadata"]["nbgrader"].get("points"):
            sums[part] += value
    assert sums == PARTS
    text = "".join(cell["source"] for cell in source.cells.values())
    for head, value in PARTS.items():
        assert f"{head} ({value} points)" in text
    for name, points in EXERCISES.items():
        assert re.match(rf"### \d\.\d [^(\n]+ \({points} points\)\n", source.text(f"{name}_text")), name
    for letter, (name, points) in zip("abcde", QUESTIONS.items(), strict=True):
        text = source.text(f"question_{name}")
        assert text.startswith(f"### ({letter}) ") and f"\n*{points} points. " in text
        assert re.search(r"\d+ minutes\.\*\n", text), "how long it takes"


def test_cells_that_take_long_are_not_run_when_grading(source: Source) -> None:
    tagged = {name for name, cell in source.cells.items() if "train" in cell["metadata"].get("tags", ())}
    assert tagged == {
        "four_networks",
        "times",
        "train_baseline",
        "supplied_baseline",
        "train_own",
        "estimate",
        "compare",
    }


# ---------------------------------------------------------------------------------------------- counts


@pytest.mark.parametrize("name", NETWORKS)
def test_published_counts(source: Source, name: str) -> None:
    with torch.device("meta"):
        assert counted(networks.NETWORKS[name](), 224) == NETWORKS[name]
    parameters, macs = NETWORKS[name]
    assert f"{parameters:,} | {macs:,}" in (HELPERS / "networks.py").read_text()
    assert f"{parameters:,}" in source.text("four_networks_text") and f"{macs:,}" in source.text(
        "four_networks_text"
    )
    with torch.device("meta"):
        network = networks.NETWORKS[name]()
    assert int(reference("count_macs")(network, (3, 224, 224))) == macs


def test_counts_of_the_baseline_and_of_the_steps() -> None:
    compressed = reference("CompressedCNN")
    assert counted(reference("BaselineCNN")(), 32) == (747_690, 43_517_184)
    assert counted(compressed(gap=True), 32) == (583_466, 43_353_344)
    assert counted(compressed(gap=True, width=0.5), 32) == (146_586, 11_059_840)
    table = [count for _, count in reference("baseline_parameter_table")()]
    assert sum(table) == 747_690 and sum(table[8:]) == 165_514
    assert pytest.approx(22.1, abs=0.05) == 100 * 165_514 / 747_690
    assert pytest.approx(89.4, abs=0.05) == 100 * 123_642_856 / 138_357_544
    assert 123_642_856 == 25_089 * 4096 + 4097 * 4096 + 4097 * 1000
    assert pytest.approx(0.8, abs=0.01) == 100 * (25_088 * 4096 + 4096**2 + 4096 * 1000) / 15_470_264_320


def test_ratios_in_the_answer_about_time(source: Source) -> None:
    milliseconds = {"VGG16": 349, "ResNet50": 130, "MobileNetV1": 23.1, "SqueezeNet": 39.2}
    rates = {name: round(NETWORKS[name][1] / ms / 1e6) for name, ms in milliseconds.items()}
    assert rates == {"VGG16": 44, "ResNet50": 31, "MobileNetV1": 25, "SqueezeNet": 21}
    answer = source.text("time_and_cost")
    for name, ms in milliseconds.items():
        assert f"{ms} | {rates[name]} |" in answer
    assert pytest.approx(3.4, abs=0.05) == NETWORKS["MobileNetV1"][0] / NETWORKS["SqueezeNet"][0]
    assert pytest.approx(1.44, abs=0.05) == NETWORKS["SqueezeNet"][1] / NETWORKS["MobileNetV1"][1]
    assert pytest.approx(27, abs=0.5) == NETWORKS["VGG16"][1] / NETWORKS["MobileNetV1"][1]
    assert pytest.approx(15, abs=0.2) == 349 / 23.1


def test_numbers_of_the_supplied_training(source: Source) -> None:
    history = json.loads((HELPERS / "data" / "baseline_history.json").read_text())
    answer = source.text("baseline_curves")
    for name, values in history.items():
        for value in (values[0], values[-1]):
            shown = f"{100 * value:.1f} %" if "accuracy" in name else f"{value:.2f}"
            assert shown in answer, (name, value)
    model = reference("BaselineCNN")()
    path = HELPERS / "data" / "baseline.safetensors"
    weights = read_weights(path.read_bytes(), path.name)
    model.load_state_dict({name: value.float() for name, value in weights.items()})
    images, labels = pictures.as_tensors(*pictures.make_pictures(500, 12))
    with torch.no_grad():
        found = (model.eval()(images).argmax(1) == labels).double().mean().item()
    assert found == pytest.approx(history["val_accuracy"][-1], abs=0.06)


# ---------------------------------------------------------------------------------------------- pictures


def test_pictures_are_those_of_their_seed() -> None:
    first, labels = pictures.make_pictures(40, 5)
    again, _ = pictures.make_pictures(40, 5)
    other, _ = pictures.make_pictures(40, 6)
    assert first.shape == (40, 3, 32, 32) and first.dtype == labels.dtype == np.uint8
    assert np.array_equal(first, again) and not np.array_equal(first, other)
    assert set(pictures.make_pictures(400, 1)[1]) == set(range(10))
    images, numbers = pictures.as_tensors(first, labels)
    assert images.dtype == torch.float32 and numbers.dtype == torch.int64
    assert -2 < images.min() < images.max() < 2


def test_the_color_alone_does_not_tell_the_class() -> None:
    """The nearest mean color of the center: better than guessing, far from enough."""
    training, labels = pictures.make_pictures(2000, 21)
    testing, truth = pictures.make_pictures(500, 22)
    centers = [x[:, :, 14:18, 14:18].mean((2, 3)) for x in (training, testing)]
    means = np.stack([centers[0][labels == label].mean(0) for label in range(10)])
    guessed = ((centers[1][:, None] - means) ** 2).sum(-1).argmin(1)
    assert 0.12 < (guessed == truth).mean() < 0.4


def test_cifar_is_read_from_a_folder(tmp_path: Path) -> None:
    records = np.random.default_rng(3).integers(0, 256, (6, 4, 3073)).astype(np.uint8)
    records[:, :, 0] %= 10
    for number in range(1, 6):
        (tmp_path / f"data_batch_{number}.bin").write_bytes(records[number].tobytes())
    with pytest.raises(FileNotFoundError, match="test_batch"):
        pictures.read_cifar(tmp_path, "test")
    found, labels = pictures.read_cifar(tmp_path, "train")
    assert np.array_equal(found[5], records[2, 1, 1:].reshape(3, 32, 32)) and labels[5] == records[2, 1, 0]
    (tmp_path / "test_batch.bin").write_bytes(records[0].tobytes()[:-1])
    with pytest.raises(ValueError, match="damaged"):
        pictures.read_cifar(tmp_path, "test")


def test_cifar_is_downloaded_and_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as files:
        for name in ("cifar-10-batches-bin/test_batch.bin", "../outside.bin"):
            member = tarfile.TarInfo(name)
            member.size = 3073
            files.addfile(member, io.BytesIO(bytes(3073)))
    served, target = tmp_path / "served.tar.gz", tmp_path / "data"
    served.write_bytes(archive.getvalue())
    target.mkdir()
    md5 = hashlib.md5(archive.getvalue(), usedforsecurity=False).hexdigest()
    folder = pictures.download_cifar(target, served.as_uri(), md5)
    assert pictures.read_cifar(folder, "test")[1].tolist() == [0]
    assert "downloading" in capsys.readouterr().out
    assert not (tmp_path / "outside.bin").exists()
    assert pictures.download_cifar(target, "file:///nowhere", md5) == folder, "it is there already"
    for path in folder.iterdir():
        path.unlink()
    with pytest.raises(ValueError, match="not the file"):
        pictures.download_cifar(target, served.as_uri(), "0" * 32)
    with pytest.raises(ConnectionError, match="make_pictures"):
        pictures.download_cifar(target, (tmp_path / "nowhere").as_uri(), md5)
    assert pictures.CIFAR_MD5 == "c32a1d4ab5d03f1284b67883e8d87530"


def test_training_goes_on_from_its_checkpoint(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    training = load(HELPERS / "training.py")
    data = pictures.as_tensors(*pictures.make_pictures(64, 1))

    def model() -> torch.nn.Module:
        torch.manual_seed(1)
        return training.he_initialize(torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(3072, 10)))

    whole = model()
    history = training.train(whole, data, data, epochs=3, batch=16)
    interrupted, path = model(), tmp_path / "checkpoint"
    show, calls = training.show_progress, []

    def stop(title: str, done: int, total: int) -> None:
        calls.append(title)
        if len(calls) == 6:
            raise KeyboardInterrupt

    training.show_progress = stop
    try:
        with pytest.raises(KeyboardInterrupt):
            training.train(interrupted, data, data, epochs=3, batch=16, checkpoint=path)
    finally:
        training.show_progress = show
    assert training.train(model(), data, data, epochs=3, batch=16, checkpoint=path) == history
    assert "epoch 3 of 3" in capsys.readouterr().out
    with pytest.raises(ValueError, match="3 epochs"):
        training.train(model(), data, data, epochs=4, batch=16, checkpoint=path)


# ---------------------------------------------------------------------------------------------- examples


@pytest.mark.parametrize(
    ("name", "wrong", "message"),
    [
        ("measure_latency", lambda fn, x, warmup=3, repeat=5, clock=None: 1.5, "6 calls"),
        ("count_parameters", lambda model: sum(p.numel() for p in model.parameters()), "240"),
        ("count_macs", lambda model, shape: 25200, "12600"),
        ("baseline_parameter_table", lambda: [("conv1", 896)], "eleven pairs"),
        ("BaselineCNN", lambda: torch.nn.Linear(3, 2), "747690"),
    ],
)
def test_examples_tell_of_a_slip(source, utils, monkeypatch, name, wrong, message):
    monkeypatch.setenv("MPLBACKEND", "agg")
    upto = list(source.released)[: list(source.released).index(f"test_{name}") + 1]
    cells = {cell: source.released[cell] for cell in upto if source.released[cell]["cell_type"] == "code"}
    error = run(cells, **{name: wrong})[f"test_{name}"]
    assert message in str(error), repr(error)


def test_the_answer_compares_the_times_of_its_own_table(source: Source) -> None:
    answer = source.cells["compression_table"]["source"]
    times = {name: float(ms) for name, ms in re.findall(r"\| (\w+ ?\d?) \|.*\| (\d\.\d\d) \(", answer)}
    assert f"The time is divided by {times['step 1'] / times['step 2']:.1f} only" in answer
    assert f"{times['baseline'] / times['step 3']:.1f} times less time" in answer
