"""Hidden tests of hw4's `CompressedCNN` (34 points): its steps, and the student's own network with its weights.

The network runs in the sandbox, on hidden pictures that are drawn from the course's secret; only logits come back, and
accuracy is computed here. Parameters and MACs are counted here, too, from the operators that the network calls:
homework/judge/networks.py says how, and why no network can claim others. The first test that needs the network runs it,
on 2,000 pictures; the others share what it found.
"""

import importlib.util
import math
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import torch

from homework.judge import Curve, agree, drawn, measured, mistaken, points
from homework.judge.networks import NOT_RECORDED, NotCounted, Record
from homework.judge.recording import logits, record
from homework.judge.weights import read_weights
from homework.sandbox.errors import StudentFault

FILE = "compressed.safetensors"
PICTURES, SENT, TOGETHER, REPEATED, CHECKED = 2000, 500, 125, 32, 3
TURNED = 0.05  # of the pictures that are repeated: near ties, in half precision
CENTER, SCALE = 127.5, 64  # as `as_tensors` makes numbers of bytes
ACCURACY = Curve("accuracy", none=0.5, full=0.85, percent=True)
SMALL = {
    "parameters": Curve("parameters", none=747_690, full=7_500, log=True),
    "macs": Curve("MACs", none=43_517_184, full=600_000, log=True),
}
EXACT = {"rtol": 0.0, "atol": 0.0}
STEP = "parameters", "MACs", "shape"
_SPACE = {"mean", "sum", "avg_pool2d", "adaptive_avg_pool2d", "_adaptive_avg_pool2d", "amax", "max"} | {
    "max_pool2d_with_indices",
    "adaptive_max_pool2d",
}
_MAXIMA = {"amax", "max", "max_pool2d_with_indices", "adaptive_max_pool2d"}


@cache
def pictures(seed):
    """Hidden pictures, drawn by the students' helper: raw bytes, what a network gets, and the labels."""
    path = Path(__file__).resolve().parents[2] / "source" / "hw4" / "pictures.py"
    spec = importlib.util.spec_from_file_location("hw4_pictures", path)
    helper = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(helper)
    raw, labels = helper.make_pictures(PICTURES, seed)
    return torch.from_numpy(raw), *helper.as_tensors(raw, labels)


def step(solution, width):
    """Parameters and MACs of a step, and the shape of its output."""
    model = (
        solution.CompressedCNN(gap=True) if width is None else solution.CompressedCNN(gap=True, width=width)
    )
    macs = []

    def add(layer, inputs, output):
        macs.append(layer.weight[0].numel() * output.numel())

    for layer in model.eval().modules():
        if isinstance(layer, (torch.nn.Conv2d, torch.nn.Linear)):
            layer.register_forward_hook(add)
    with torch.no_grad():
        output = model(torch.zeros(1, 3, 32, 32))
    shape = list(output.shape) if isinstance(output, torch.Tensor) else "not that of one tensor"
    return sum(p.numel() for p in model.parameters()), sum(macs), shape


def layers(solution, width):
    """Convolutions and linear layers of a step, in the order in which they run: kind, outputs, kernel, bias."""
    model = (
        solution.CompressedCNN(gap=True) if width is None else solution.CompressedCNN(gap=True, width=width)
    )
    seen = []

    def look(layer, inputs, output):
        if isinstance(layer, torch.nn.Conv2d):
            kernel = " x ".join(str(n) for n in layer.kernel_size)
            seen.append(["convolution", layer.out_channels, kernel, layer.bias is not None])
        else:
            seen.append(["linear layer", layer.out_features, "", layer.bias is not None])

    for layer in model.eval().modules():
        if isinstance(layer, (torch.nn.Conv2d, torch.nn.Linear)):
            layer.register_forward_hook(look)
    with torch.no_grad():
        model(torch.zeros(1, 3, 32, 32))
    return seen


def of_step(student, reference, width):
    """What is asked where a step has other numbers: the first of its layers that is not that of the text."""

    def why(found):
        mine, right = student.probe(layers)(width), reference.probe(layers)(width)
        for number, (one, other) in enumerate(zip(mine, right, strict=False), 1):
            if one != other:
                kind, outputs, kernel, bias = one
                said = (
                    f"a {kind} {kernel}".strip() + f" with {outputs} outputs and {'a' if bias else 'no'} bias"
                )
                return f"Layer {number} of this step is {said} in your network. The text asks for another."
        if len(mine) != len(right):
            return f"This step calls {len(mine)} convolutions and linear layers in your network. The text asks for {len(right)}."
        return None

    return why


def ran(student, reference, rng):
    """What the student's network does: its record, and its logits for the hidden pictures with their labels."""
    weights = read_weights(student.file(FILE), FILE)
    weights = {
        name: value.float() if value.is_floating_point() else value  # two of 32 bits would fit into 64
        for name, value in weights.items()
    }
    raw, images, labels = pictures(rng.integers(0, 1 << 31))
    some = torch.linspace(-2, 2, REPEATED * 3072).reshape(REPEATED, 3, 32, 32)
    names = "CompressedCNN", "own"
    found = student.probe(record)(*names, weights, some)
    if not isinstance(found, dict):  # what comes from the student's process may be anything
        raise NotCounted(NOT_RECORDED)
    if problem := found.get("problem"):
        try:
            fault = refused(reference, problem, found)
        except (AttributeError, KeyError, TypeError, ValueError):
            fault = NotCounted(NOT_RECORDED)
        raise fault
    outputs = []
    for part in raw.split(SENT):
        output = student.probe(logits)(*names, weights, part, CENTER, SCALE, TOGETHER)
        if not isinstance(output, torch.Tensor) or tuple(output.shape) != (len(part), 10):
            raise AssertionError(
                "Your network does not return logits of the shape (N, 10), one row for each picture."
            )
        outputs.append(output.double())
    output = torch.cat(outputs)
    if not bool(torch.isfinite(output).all()):
        raise AssertionError("Your network returns logits that are infinite or not a number (NaN).")
    recorded = Record(found, weights, some)
    # Drawn where the network cannot know them: it could answer some by what is counted, and the others by more.
    rows = torch.as_tensor(rng.generator.permutation(PICTURES)[: CHECKED * REPEATED])
    again = [recorded.replay(images[part]).double() for part in rows.split(REPEATED)]
    theirs = output[rows].split(REPEATED)
    if not is_of_record(again, theirs, recorded.precision):
        if not_in_the_file := recorded.read_besides:
            raise NotCounted(
                f"Your network's outputs are not those of what it was seen to do: it reads {not_in_the_file:,} numbers that are "
                "not in the file, which may be others each time. Layers in a plain list are not saved: use `nn.ModuleList`."
            )
        alone = student.probe(logits)(*names, weights, raw[rows], CENTER, SCALE, REPEATED)
        if isinstance(alone, torch.Tensor) and depends_on_batch(
            alone.double(), output[rows], recorded.precision
        ):
            raise NotCounted(
                "Your network gives a picture other logits if other pictures are in its batch. Normalize each picture by "
                "itself, `x.mean((1, 2, 3), keepdim=True)`, or with fixed numbers, not with those of the batch."
            )
        raise NotCounted(
            "Your network's outputs are not those of the operators that it calls. Compute them with torch alone, for "
            "each picture in the same way, whatever is in the picture or in the batch."
        )
    if turned(again, theirs):  # near ties, or pictures that it answers by more than its record: that decides
        padded = torch.cat([images, images[: -PICTURES % REPEATED]])
        every = torch.cat([recorded.replay(part) for part in padded.split(REPEATED)])
        accuracy = (every[:PICTURES].argmax(1) == labels).double().mean().item()
    else:
        accuracy = (output.argmax(1) == labels).double().mean().item()
    return SimpleNamespace(record=recorded, logits=output, accuracy=accuracy)


def depends_on_batch(alone, together, precision):
    """Whether logits of the same pictures differ that were computed in batches of other sizes."""
    if alone.shape != together.shape:
        return False
    return not float((alone - together).abs().max()) <= precision * float(
        together.abs().max().clamp(min=1e-6)
    )


def turned(again, theirs):
    """For how many pictures two lists of batches of logits name different classes."""
    pairs = zip(again, theirs, strict=True)
    return sum(int((mine.argmax(1) != one.argmax(1)).sum()) for mine, one in pairs if mine.shape == one.shape)


def is_of_record(again, theirs, precision):
    """Whether the logits of some batches are what the record gives `again`, and so are the classes that they name.

    What all logits of a picture have in common names no class: beside it, what does could be as small as an error.
    """
    for mine, one in zip(again, theirs, strict=True):
        if mine.shape != one.shape:
            return False
        mine, one = mine - mine.mean(1, keepdim=True), one - one.mean(1, keepdim=True)
        # NaN is not near anything.
        if not float((mine - one).abs().max()) <= precision * float(one.abs().max().clamp(min=1e-6)):
            return False
    return turned(again, theirs) <= (TURNED * CHECKED * REPEATED if precision > 1e-2 else 1)


def refused(reference, problem, found):
    """Why the weights do not fit to the network."""
    if problem == "keys":
        shown = ", ".join(found["missing"])
        if found["missing"] and all("running_" in key or "num_batches" in key for key in found["missing"]):
            return mistaken(reference, "averages_missing")
        if found["unknown"] and found["missing"]:
            return mistaken(reference, "other_names")
        what = (
            f"has no tensor {shown}"
            if shown
            else f"has tensors that it does not: {', '.join(found['unknown'])}"
        )
        return AssertionError(
            f"Your network does not fit to {FILE}, which {what}. Save the network that `own` describes."
        )
    if problem == "shapes":
        if found["wrong"] > 3:
            return mistaken(reference, "other_width")
        return AssertionError(
            f"The tensor {found['key']} has the shape {tuple(found['file'])} in {FILE} and {tuple(found['network'])} in "
            "your network. Save the network that `own` describes, with `save_weights`."
        )
    if problem == "undefined":
        return AssertionError(
            f"`own` is not defined, and CompressedCNN() does not fit to {FILE}. Set `own` in the solution cell to the "
            "arguments of the network that you trained."
        )
    if problem == "signature":
        return AssertionError(
            "`own` has arguments that CompressedCNN does not take, or lacks one that it needs."
        )
    if problem == "arguments":
        return AssertionError("`own` is not a dictionary of arguments for CompressedCNN.")
    return AssertionError("CompressedCNN(**own) is not an nn.Module that returns one tensor of logits.")


def smaller(student, reference, rng, what):
    """The share of the points for a small number, on a logarithmic scale from the baseline's to the full one."""
    found = student.once(ran, reference, rng)
    number, curve = getattr(found.record, what), SMALL[what]
    has = f"Your network has {number:,} {curve.name}"
    if found.accuracy < 0.8:
        if found.accuracy >= 0.2 and number < curve.none / 8:
            raise mistaken(reference, "too_narrow")
        why = f"{has}, and an accuracy of {found.accuracy:.1%}. Compression counts from 80 % on."
        return measured(number, 0.0, why, curve=curve)
    return measured(
        number, sentence=f"{has}. This gives {curve.share(number):.0%} of the points.", curve=curve
    )


def known_size(found, reference):
    """Raise what is to be said of a network that is not the student's own."""
    names = {747_690: "baseline_untouched", 583_466: "step_one_alone", 146_586: "step_two_alone"}
    if (name := names.get(found.record.parameters)) is not None:
        raise mistaken(reference, name)


@points(10)
def test_accuracy(student, reference, rng):
    """Accuracy on 2,000 hidden pictures: no points at 50 %, all at 85 %."""
    accuracy = student.once(ran, reference, rng).accuracy
    if accuracy < 0.2:
        raise mistaken(reference, "saved_from_views")
    sentence = f"Accuracy: {accuracy:.1%}. This gives {ACCURACY.share(accuracy):.0%} of the points."
    return measured(accuracy, sentence=sentence, curve=ACCURACY, named=wants_to_be_named(student))


def wants_to_be_named(student):
    """Whether the student wrote `on_leaderboard = True`."""
    try:
        return student.value("on_leaderboard")() is True
    except StudentFault:
        return False


@points(7)
def test_few_parameters(student, reference, rng):
    """Few parameters, at an accuracy of 80 % or more: no points at 747,690, all at 7,500."""
    return smaller(student, reference, rng, "parameters")


@points(7)
def test_few_macs(student, reference, rng):
    """Few MACs, at an accuracy of 80 % or more: no points at 43.5 million, all at 0.6 million."""
    return smaller(student, reference, rng, "macs")


@points(3)
def test_step_one(student, reference, rng):
    """Step 1, `gap=True`: 583,466 parameters, 43,353,344 MACs."""
    why = of_step(student, reference, None)
    agree(student.probe(step), reference.probe(step), None, names=STEP, why=why, **EXACT)


@points(3)
def test_step_two(student, reference, rng):
    """Step 2, `gap=True, width=0.5`: 146,586 parameters, 11,059,840 MACs."""
    why = of_step(student, reference, 0.5)
    agree(student.probe(step), reference.probe(step), 0.5, names=STEP, why=why, **EXACT)


def on_maps(layer):
    """Whether a layer is a convolution, or a linear layer at each place, of maps that are not pooled to one place."""
    if layer.name == "convolution":
        return math.prod(layer.output[2:]) > 1
    return layer.name == "bmm" or (layer.name in ("mm", "addmm") and layer.output[0] > REPEATED)


@points(1)
def test_head(student, reference, rng):
    """Step 3 ends with average pooling and a single linear layer."""
    found = student.once(ran, reference, rng)
    known_size(found, reference)
    layers = found.record.layers
    linear = [one for one in layers if one.name in ("mm", "addmm") and one.output[0] == REPEATED]
    # A network may be the mean of several: each has a last layer of its own, or they share it.
    if any(one.output[1] != 10 for one in linear):
        raise mistaken(reference, "hidden_layer_after_pooling")
    pooling = [one.name for one in layers if one.name in _SPACE]
    last = max((at for at, one in enumerate(layers) if on_maps(one)), default=0)
    if not pooling or pooling[-1] in _MAXIMA:
        assert any(one.name in _SPACE for one in layers[last:]), (
            "Your step 3 has no average pooling after its last convolution. The average of each of the last maps goes into "
            "the linear layer: one value for each."
        )
        raise mistaken(reference, "max_pooling_at_the_end")


@points(1)
def test_pointwise(student, reference, rng):
    """Step 3 has a convolution of 1 x 1."""
    found = student.once(ran, reference, rng)
    known_size(found, reference)

    def is_pointwise(one):
        if one.name == "convolution":
            # On a pooled map the one that gives the ten logits is the last linear layer, written otherwise.
            last = one.output[1] == 10 and math.prod(one.output[2:]) == 1
            return math.prod(one.inputs[1][2:]) == 1 and not last
        return on_maps(one)

    assert any(is_pointwise(one) for one in found.record.layers), (
        "Your step 3 has no convolution of 1 x 1. It mixes channels for a ninth of the cost of one of 3 x 3. "
        "(One that gives the ten logits after the pooling is your last layer, and does not count.)"
    )


@points(1)
def test_logits(student, reference, rng):
    """Step 3 returns logits: any finite numbers, of which the largest names the class."""
    found = student.once(ran, reference, rng)
    sums = found.logits.sum(1)
    if bool((found.logits >= 0).all()) and bool(((sums - 1).abs() < 1e-3).all()):
        raise mistaken(reference, "softmax_at_the_end")


def numbers(values):
    """A student's list of numbers as a tensor."""
    try:
        return torch.as_tensor(values, dtype=torch.float64).flatten()
    except (TypeError, ValueError, RuntimeError):
        raise AssertionError("Each entry of `training_history` should be a list of numbers.") from None


@points(1)
def test_history(student, reference, rng):
    """`training_history` has four lists of equal length, three numbers or more, accuracies from 0 to 1."""
    history = student.value("training_history")()
    names = ("train_loss", "val_loss", "train_accuracy", "val_accuracy")
    assert isinstance(history, dict) and all(name in history for name in names), (
        f"`training_history` should be a dictionary with the keys {', '.join(names)}."
    )
    lists = [numbers(history[name]) for name in names]
    assert len({len(one) for one in lists}) == 1 and len(lists[0]) >= 3, (
        "The four lists of `training_history` should be equally long, with one number for each epoch, at least three."
    )
    assert all(bool(torch.isfinite(one).all()) for one in lists), (
        "`training_history` has numbers that are not finite."
    )
    assert all(bool(((one >= 0) & (one <= 1)).all()) for one in lists[2:]), (
        "Accuracies go from 0 to 1: 0.85, not 85."
    )
    assert len(lists[0]) <= 1000, "`training_history` should have no more than 1000 epochs."
    of = {name: values.tolist() for name, values in zip(names, lists, strict=True)}
    return drawn(
        {
            what: {"training": of[f"train_{what}"], "validation": of[f"val_{what}"]}
            for what in ("loss", "accuracy")
        }
    )
