"""Hidden tests of hw3's `FireModule` (7 points).

Names of attributes are free, so parameters are filled by their shapes: those of one shape get the same values in every
solution. Numbers of channels differ, but where they show what was done with the branches or the input. Modules are in evaluation mode but where the title says otherwise.
"""

from functools import partial

import torch

from homework.judge import agree, points


def built(solution, sizes):
    """Shapes of all parameters, sorted, as text: what a solution builds."""
    module = solution.FireModule(*sizes)
    return sorted(str(tuple(parameter.shape)) for parameter in module.parameters())


def count(solution, sizes):
    """The number of trainable parameters."""
    return sum(p.numel() for p in solution.FireModule(*sizes).parameters() if p.requires_grad)


def further(solution, sizes):
    """Whether there are no parameters besides those of the three layers; in words that there are."""
    c_in, squeeze, expand1, expand3 = sizes
    shapes = [(squeeze, c_in, 1, 1), (expand1, squeeze, 1, 1), (expand3, squeeze, 3, 3)]
    wanted = [*shapes, (squeeze,), (expand1,), (expand3,)]
    built = [tuple(parameter.shape) for parameter in solution.FireModule(*sizes).parameters()]
    if len(built) > len(wanted) and all(built.count(one) >= wanted.count(one) for one in wanted):
        return "your module has further parameters besides those of the three layers"
    return True


def shape(solution, sizes, X):
    """The output's shape; where the layers' maps differ in size and cannot be joined, the shapes of them all."""
    module = solution.FireModule(*sizes).to(X.dtype).eval()
    seen = []
    for layer in module.modules():
        if isinstance(layer, torch.nn.Conv2d):
            layer.register_forward_hook(lambda layer, inputs, output: seen.append(list(output.shape)))
    try:
        Y = module(X)
    except RuntimeError:
        if len({tuple(one[2:]) for one in seen}) < 2:
            raise
        return {"failed": True, "shapes": seen}
    shapes = [list(part.shape) for part in Y] if isinstance(Y, tuple) else list(Y.shape)
    return {"failed": False, "shapes": shapes}


def activations(solution, sizes, train=False):
    """Whether what follows the layers is a ReLU or nothing at all; in words what else it does.

    The layers' weights are set so that one value alone goes through. Also whether the output is the same each time.
    """
    c_in, squeeze, expand1, expand3 = sizes
    module = solution.FireModule(*sizes).double().train(train)
    found = {tuple(m.weight.shape): m for m in module.modules() if isinstance(m, torch.nn.Conv2d)}
    shapes = (squeeze, c_in, 1, 1), (expand1, squeeze, 1, 1), (expand3, squeeze, 3, 3)
    if set(found) != set(shapes) or len(list(module.parameters())) != 6:
        return True  # nothing can be said
    s, a, b = (found[shape] for shape in shapes)
    X = torch.ones(1, c_in, 3, 3, dtype=torch.float64)

    def answer(first, through, second):
        """A value of each branch, where the squeeze layer gives `first`, and the branch adds `second`."""
        with torch.no_grad():
            for layer, value in ((s, first), (a, second), (b, second)):
                layer.weight.fill_(0.0)
                layer.bias.fill_(value)
            a.weight[:, 0, 0, 0] = b.weight[:, 0, 1, 1] = through
            Y = module(X)
        usual = isinstance(Y, torch.Tensor) and tuple(Y.shape) == (1, expand1 + expand3, 3, 3)
        return [Y[0, 0, 1, 1].item(), Y[0, -1, 1, 1].item()] if usual else None

    def among(answers, *values):
        return all(min(abs(one - value) for value in values) < 1e-4 for one in answers)

    try:
        if answer(1.0, 1.0, 50.0) is None:
            return True
    except (RuntimeError, IndexError):
        return True
    if any(answer(1.0, 1.0, 50.0) != answer(1.0, 1.0, 50.0) for _ in range(20)):
        return "your module gives another output each time, as with dropout"
    if not among(answer(0.0, 0.0, 30.0), 30.0):
        return "what follows your branches is not a ReLU: it changes positive values"
    leak = not among(answer(0.0, 0.0, -2.0), 0.0, -2.0)
    if not among(answer(30.0, 1.0, 0.0), 30.0):
        return "what follows your squeeze layer is not a ReLU: it changes positive values"
    if not among(answer(-2.0, 1.0, 50.0), 50.0, 48.0):
        where = "all layers" if leak else "your squeeze layer"
        return "what follows " + where + " is not a ReLU: a part of negative values passes"
    return "what follows your branches is not a ReLU: a part of negative values passes" if leak else True


def outputs(solution, sizes, X, which=None, linear=False, train=False):
    """The output of the module with weights that follow from their shapes; `which`: of these channels only.

    `linear`: biases are so large that all ReLUs pass.
    """
    module = solution.FireModule(*sizes).to(X.dtype).train(train)
    with torch.no_grad():
        for parameter in module.parameters():
            generator = torch.Generator().manual_seed(sum(n * 31**i for i, n in enumerate(parameter.shape)))
            values = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
            if parameter.dim() > 1:
                values = values / parameter[0].numel() ** 0.5
            elif linear:
                values = 30 + values
            parameter.copy_(values)
    Y = module(X)
    return Y if which is None or not isinstance(Y, torch.Tensor) else Y[:, which[0] : which[1]]


def why(student, reference, sizes, X, answer):
    """Which branch is wrong, and where."""
    Y, right = torch.as_tensor(answer).double(), reference.probe(outputs)(sizes, X).double()
    if Y.shape != right.shape:
        return None
    if (Y < -1e-6).any():
        return (
            "Your output has negative values: a ReLU is missing after a branch, or something else follows it."
        )
    wrong = (Y - right).abs() > 1e-5 * (1 + right.abs())
    one, three = wrong[:, : sizes[2]], wrong[:, sizes[2] :]
    if not one.any():
        border = ", and only at the border: look at its padding" if not three[..., 1:-1, 1:-1].any() else ""
        return f"Your 1x1 branch is right. The 3x3 branch is wrong{border}."
    if not three.any():
        return "Your 3x3 branch is right. The 1x1 branch is wrong."
    raised = student.probe(outputs)(sizes, X, linear=True)
    if torch.allclose(
        torch.as_tensor(raised).double(), reference.probe(outputs)(sizes, X, linear=True).double(), 1e-5, 1e-5
    ):
        return "Your layers are right where all values are positive. What becomes of negative values is not: look at the ReLUs."
    return "Both of your branches are wrong: look at the squeeze layer and what follows it."


def gradients(solution, sizes, X, upstream):
    """The gradients of the input and of all parameters, in the order of their shapes."""
    module = solution.FireModule(*sizes).to(X.dtype).eval()
    named = sorted(module.parameters(), key=lambda parameter: (len(parameter.shape), tuple(parameter.shape)))
    with torch.no_grad():
        for parameter in named:
            generator = torch.Generator().manual_seed(sum(n * 31**i for i, n in enumerate(parameter.shape)))
            values = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
            parameter.copy_(values / parameter[0].numel() ** 0.5)
    X = X.detach().requires_grad_()
    Y = module(X)
    if not isinstance(Y, torch.Tensor) or Y.shape != upstream.shape:
        return "your output has another shape than asked for"
    return [
        torch.zeros(()) if g is None else g
        for g in torch.autograd.grad(Y, [X, *named], upstream, allow_unused=True)
    ]


@points(1)
def test_parameters(student, reference, rng):
    """The number of parameters of modules of several sizes."""
    agree(student.probe(further), reference.probe(further), (13, 3, 5, 7))
    for sizes in ((13, 3, 5, 7), (40, 6, 17, 29)):
        agree(student.probe(count), reference.probe(count), sizes)


@points(0.5)
def test_layers(student, reference, rng):
    """Three layers, each with weights and biases of the right shapes."""
    agree(student.probe(further), reference.probe(further), (11, 4, 6, 8))
    agree(student.probe(built), reference.probe(built), (11, 4, 6, 8))


@points(1)
def test_shape(student, reference, rng):
    """The output has expand1 + expand3 channels, and maps of the input's size."""
    # Of branches of one size it shows what else was done with them than concatenated along the channels.
    for sizes, H, W in (((6, 3, 5, 5), 9, 8), ((6, 3, 5, 7), 9, 8), ((5, 2, 9, 4), 4, 11)):
        agree(student.probe(shape), reference.probe(shape), sizes, rng.tensor(2, sizes[0], H, W))


@points(0.75)
def test_branches_without_clipping(student, reference, rng):
    """The outputs where no ReLU cuts anything off."""
    sizes = (6, 3, 5, 7)
    agree(student.probe(outputs), reference.probe(outputs), sizes, rng.tensor(2, 6, 7, 8), linear=True)


@points(0.75)
def test_branch_of_one(student, reference, rng):
    """The outputs of the 1x1 branch, which come first."""
    agree(student.probe(activations), reference.probe(activations), (6, 4, 5, 7))
    agree(
        student.probe(outputs), reference.probe(outputs), (6, 4, 5, 7), rng.tensor(2, 6, 8, 7), which=(0, 5)
    )


@points(0.75)
def test_branch_of_three(student, reference, rng):
    """The outputs of the 3x3 branch, which come last."""
    agree(student.probe(activations), reference.probe(activations), (6, 4, 5, 7))
    agree(
        student.probe(outputs), reference.probe(outputs), (6, 4, 5, 7), rng.tensor(2, 6, 8, 7), which=(5, 12)
    )


@points(0.75)
def test_outputs(student, reference, rng):
    """All outputs, for modules and maps of several sizes, as many channels out as in among them."""
    agree(student.probe(activations), reference.probe(activations), (8, 3, 4, 6))
    for sizes, H, W in (
        ((8, 3, 5, 5), 6, 5),
        ((8, 3, 4, 6), 5, 6),
        ((5, 4, 9, 2), 6, 3),
        ((11, 4, 5, 6), 6, 5),
    ):
        X = rng.tensor(3, sizes[0], H, W, scale=3.0)
        known = partial(why, student, reference, sizes, X)
        agree(student.probe(outputs), reference.probe(outputs), sizes, X, why=known)


@points(0.25)
def test_one_image(student, reference, rng):
    """The outputs for a batch of one."""
    agree(student.probe(activations), reference.probe(activations), (7, 3, 4, 6))
    sizes, X = (7, 3, 4, 6), rng.tensor(1, 7, 4, 5)
    known = partial(why, student, reference, sizes, X)
    agree(student.probe(outputs), reference.probe(outputs), sizes, X, why=known)


@points(0.25)
def test_training_mode(student, reference, rng):
    """The outputs in training mode are the same."""
    agree(student.probe(activations), reference.probe(activations), (7, 3, 4, 6), train=True)
    agree(student.probe(outputs), reference.probe(outputs), (7, 3, 4, 6), rng.tensor(4, 7, 4, 5), train=True)


@points(0.5)
def test_gradients(student, reference, rng):
    """Gradients reach the input and all parameters."""
    agree(student.probe(further), reference.probe(further), (5, 3, 4, 6))
    args = (5, 3, 4, 6), rng.tensor(2, 5, 4, 6), rng.tensor(2, 10, 4, 6)
    agree(student.probe(gradients), reference.probe(gradients), *args)


@points(0.25)
def test_views_and_single_precision(student, reference, rng):
    """Inputs of float32 whose memory is not contiguous."""
    X = rng.tensor(2, 7, 5, 6, dtype=torch.float32).permute(0, 2, 3, 1)
    agree(student.probe(outputs), reference.probe(outputs), (5, 3, 4, 6), X)


@points(0.25)
def test_input_is_left_alone(student, reference, rng):
    """The input is the same after the forward pass as before."""
    agree(
        student.probe(outputs), reference.probe(outputs), (5, 3, 4, 6), rng.tensor(2, 5, 4, 6), untouched=True
    )
