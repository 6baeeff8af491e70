"""Hidden tests of hw1's `spatial_batchnorm_forward` (10 points).

One slip keeps the other parts' marks. Where eps is not the point, the spread is so large that eps = 1e-5 cannot be seen;
where momentum's direction is not the point, momentum is 0.5. Drivers read `out` and bn_param, never the cache. Averages of
shape (1, C) are taken as a row, but where their shape is the point. Running
statistics are given as copies: whether they are updated in place or replaced is the student's choice.
"""

import numpy as np
import torch

from homework.judge import agree, points


def features(rng, *shape, scale=3.0):
    """Feature maps of shape (N, C, H, W) whose channels differ in mean and spread."""
    channel = np.arange(shape[1])[:, None, None]
    return scale * (rng.array(*shape) * (1 + channel / 4) + 1.5 * channel - 1)


def running(rng, C):
    """Statistics that could have come from earlier batches: variances from 2 to 10."""
    return {"running_mean": rng.array(C, scale=2), "running_var": rng.generator.uniform(2, 10, C)}


def settings(rng, C, mode="train", eps=1e-5, momentum=0.5):
    """A bn_param with nothing left to defaults."""
    return {"mode": mode, "eps": eps, "momentum": momentum, **running(rng, C)}


def output(solution, x, gamma, beta, bn_param):
    """The first of what is returned; what is returned, where that is not a tuple."""
    bn_param = {key: value if np.isscalar(value) else value.copy() for key, value in bn_param.items()}
    returned = solution.spatial_batchnorm_forward(x, gamma, beta, bn_param)
    return returned[0] if isinstance(returned, (tuple, list)) and returned else returned


def mean_after(solution, x, gamma, beta, bn_param):
    """The running mean in bn_param after the call."""
    bn_param = {key: value if np.isscalar(value) else value.copy() for key, value in bn_param.items()}
    solution.spatial_batchnorm_forward(x, gamma, beta, bn_param)
    mean = bn_param.get("running_mean")
    return mean.reshape(-1) if hasattr(mean, "reshape") and np.ndim(mean) == 2 else mean


def variance_after(solution, x, gamma, beta, bn_param):
    """The running variance in bn_param after the call."""
    bn_param = {key: value if np.isscalar(value) else value.copy() for key, value in bn_param.items()}
    solution.spatial_batchnorm_forward(x, gamma, beta, bn_param)
    var = bn_param.get("running_var")
    return var.reshape(-1) if hasattr(var, "reshape") and np.ndim(var) == 2 else var


def shapes_after(solution, x, gamma, beta, bn_param):
    """Zeros in the shapes that the running mean and variance in bn_param have after the call."""
    bn_param = {key: value if np.isscalar(value) else value.copy() for key, value in bn_param.items()}
    solution.spatial_batchnorm_forward(x, gamma, beta, bn_param)
    return tuple(np.zeros(np.shape(bn_param.get(key))) for key in ("running_mean", "running_var"))


def change_of_output(solution, x, gamma, beta, bn_param):
    """What the same call gives a second time with the dictionary that the first one left, less what it gave first."""
    bn_param = {key: value if np.isscalar(value) else value.copy() for key, value in bn_param.items()}
    outputs = []
    for _ in range(2):
        returned = solution.spatial_batchnorm_forward(x.copy(), gamma.copy(), beta.copy(), bn_param)
        out = returned[0] if isinstance(returned, (tuple, list)) and returned else returned
        if not hasattr(out, "shape") or tuple(out.shape) != x.shape:
            return out
        outputs.append(out.detach().numpy() if isinstance(out, torch.Tensor) else out)
    return outputs[1] - outputs[0]


def scale_and_shift(solution, x, gamma, beta, bn_param):
    """Which values lie above their mean, and what gamma and beta add to the student's own normalized values."""
    outputs = []
    for scale, shift in ((np.ones_like(gamma), np.zeros_like(beta)), (gamma, beta)):
        own = {key: value if np.isscalar(value) else value.copy() for key, value in bn_param.items()}
        returned = solution.spatial_batchnorm_forward(x.copy(), scale.copy(), shift.copy(), own)
        out = returned[0] if isinstance(returned, (tuple, list)) and returned else returned
        if not hasattr(out, "shape") or tuple(out.shape) != x.shape:
            return out
        outputs.append(out.detach().numpy() if isinstance(out, torch.Tensor) else out)
    normalized, scaled = outputs
    return np.sign(normalized), scaled - gamma[:, None, None] * normalized


def signs_and_count(solution, x, gamma, beta, bn_param):
    """Which values lie above their mean, and how many things are returned."""
    bn_param = {key: value if np.isscalar(value) else value.copy() for key, value in bn_param.items()}
    returned = solution.spatial_batchnorm_forward(x, gamma, beta, bn_param)
    if not isinstance(returned, (tuple, list)) or not returned or not hasattr(returned[0], "shape"):
        return returned
    out = returned[0]
    if isinstance(out, torch.Tensor):
        out = out.detach().numpy()
    return np.sign(out), len(returned)


def signs(solution, x, gamma, beta, bn_param):
    """Which values lie above their mean."""
    bn_param = {key: value if np.isscalar(value) else value.copy() for key, value in bn_param.items()}
    shift = beta.copy()[:, None, None]
    returned = solution.spatial_batchnorm_forward(x, gamma, beta, bn_param)
    out = returned[0] if isinstance(returned, (tuple, list)) and returned else returned
    if not hasattr(out, "shape") or tuple(out.shape) != x.shape:
        return out
    if isinstance(out, torch.Tensor):
        out = out.detach().numpy()
    return np.sign(out - shift)


def train_then_test(solution, batches, gamma, beta, bn_param):
    """The output of the last batch in test mode, after training on the others."""
    bn_param = {key: value if np.isscalar(value) else value.copy() for key, value in bn_param.items()}
    returned = None
    for index, x in enumerate(batches):
        bn_param["mode"] = "train" if index < len(batches) - 1 else "test"
        returned = solution.spatial_batchnorm_forward(x, gamma, beta, bn_param)
    return returned[0] if isinstance(returned, (tuple, list)) and returned else returned


def mean_after_test(solution, trained, tested, gamma, beta, bn_param):
    """The running mean after one batch in train mode and one in test mode."""
    bn_param = {key: value if np.isscalar(value) else value.copy() for key, value in bn_param.items()}
    solution.spatial_batchnorm_forward(trained, gamma, beta, bn_param)
    bn_param["mode"] = "test"
    solution.spatial_batchnorm_forward(tested, gamma, beta, bn_param)
    mean = bn_param.get("running_mean")
    return mean.reshape(-1) if hasattr(mean, "reshape") and np.ndim(mean) == 2 else mean


@points(1.5)
def test_each_channel_is_normalized(student, reference, rng):
    """Training normalizes each channel with its own mean and variance."""
    for shape in ((4, 3, 2, 5), (2, 4, 6, 3)):
        agree(
            student.probe(output),
            reference.probe(output),
            features(rng, *shape),
            np.ones(shape[1]),
            np.zeros(shape[1]),
            settings(rng, shape[1]),
        )


@points(1)
def test_scale_and_shift(student, reference, rng):
    """Each channel of the normalized values is multiplied by its gamma, then beta is added."""
    gamma, beta = rng.array(4) + 0.3, rng.array(4, scale=2)
    args = features(rng, 3, 4, 2, 5), gamma, beta, settings(rng, 4)
    agree(student.probe(scale_and_shift), reference.probe(scale_and_shift), *args, names=("out", "out"))


@points(0.75)
def test_eps(student, reference, rng):
    """eps is taken from bn_param and added to the variance, under the root."""
    args = rng.array(5, 2, 3, 4), np.ones(2), np.zeros(2), settings(rng, 2, eps=0.5)
    agree(student.probe(output), reference.probe(output), *args)


@points(0.5)
def test_default_eps(student, reference, rng):
    """Without eps in bn_param, its default counts: seen with small inputs."""
    bn_param = settings(rng, 3)
    del bn_param["eps"]
    args = rng.array(4, 3, 5, 2, scale=0.01), np.ones(3), np.zeros(3), bn_param
    agree(student.probe(output), reference.probe(output), *args)


@points(0.75)
def test_running_mean(student, reference, rng):
    """Training moves the running mean towards the batch's, by momentum."""
    args = features(rng, 2, 3, 4, 5), rng.array(3), rng.array(3), settings(rng, 3, momentum=0.8)
    agree(student.probe(mean_after), reference.probe(mean_after), *args)


@points(0.75)
def test_running_variance(student, reference, rng):
    """Training moves the running variance towards the batch's, by momentum."""
    bn_param = settings(rng, 5, momentum=0.7, eps=0.01)
    args = rng.array(3, 5, 2, 4, scale=3), rng.array(5), rng.array(5), bn_param
    agree(student.probe(variance_after), reference.probe(variance_after), *args)


@points(0.75)
def test_first_call(student, reference, rng):
    """The first training call finds no momentum and no running statistics: defaults count, and statistics are there afterwards."""
    bn_param = {"mode": "train", "eps": 1e-5, "momentum": 0.5}
    args = features(rng, 2, 3, 4, 5), rng.array(3), rng.array(3), bn_param
    agree(student.probe(mean_after), reference.probe(mean_after), *args)
    args = features(rng, 4, 3, 2, 5), rng.array(3), rng.array(3), {"mode": "train", "eps": 1e-5}
    agree(student.probe(mean_after), reference.probe(mean_after), *args)
    agree(student.probe(variance_after), reference.probe(variance_after), *args)


@points(0.25)
def test_extreme_momentum(student, reference, rng):
    """A momentum that forgets everything old, and one that takes up nothing new."""
    for momentum in (0, 1, 0.0, 1.0):
        args = features(rng, 2, 4, 3, 5), rng.array(4), rng.array(4), settings(rng, 4, momentum=momentum)
        agree(student.probe(mean_after), reference.probe(mean_after), *args)


@points(0.25)
def test_one_dictionary(student, reference, rng):
    """The same batch gives the same output again in training: bn_param keeps its settings from call to call."""
    x = rng.array(4, 3, 5, 2)
    args = x, rng.array(3), rng.array(3), settings(rng, 3, eps=0.5)
    try:
        agree(student.probe(change_of_output), reference.probe(change_of_output), *args)
    except AssertionError as problem:
        if getattr(student.probe(change_of_output)(*args), "shape", None) == x.shape:
            # Said of a difference, of which the student knows nothing.
            problem.args = ("The second call with the same batch does not give the `out` of the first.",)
        raise


@points(0.5)
def test_training_then_test(student, reference, rng):
    """The running statistics of several training calls are used in test mode."""
    batches = [features(rng, n, 3, 2, 4) for n in (5, 2, 1, 3)]
    args = batches, np.ones(3), np.zeros(3), settings(rng, 3)
    agree(student.probe(train_then_test), reference.probe(train_then_test), *args)


@points(1)
def test_test_mode(student, reference, rng):
    """Test mode normalizes with the running statistics it is given, then scales and shifts."""
    for shape in ((3, 4, 5, 2), (1, 3, 2, 4)):
        C = shape[1]
        args = features(rng, *shape), rng.array(C), rng.array(C), settings(rng, C, mode="test")
        agree(student.probe(output), reference.probe(output), *args)


@points(0.25)
def test_test_mode_without_training(student, reference, rng):
    """Test mode that finds no running statistics starts from the same defaults as training."""
    bn_param = {"mode": "test", "eps": 0.5}
    args = features(rng, 3, 4, 2, 5), rng.array(4), rng.array(4), bn_param
    agree(student.probe(output), reference.probe(output), *args)


@points(0.25)
def test_eps_in_test_mode(student, reference, rng):
    """eps has its place in test mode too."""
    bn_param = settings(rng, 2, mode="test", eps=0.4)
    bn_param["running_var"] = np.array([0.2, 0.8]) * rng.generator.uniform(
        0.9, 1.1, 2
    )  # below eps, and above
    args = features(rng, 3, 2, 5, 4), np.ones(2), np.zeros(2), bn_param
    agree(student.probe(output), reference.probe(output), *args)


@points(0.25)
def test_test_mode_leaves_statistics_alone(student, reference, rng):
    """Training changes the running statistics, test mode does not."""
    args = features(rng, 3, 4, 2, 5), features(rng, 2, 4, 3, 5), rng.array(4), rng.array(4), settings(rng, 4)
    agree(student.probe(mean_after_test), reference.probe(mean_after_test), *args)
    # Of the variance only what test mode makes of it, since slips of its training are another test's; eps can be seen.
    args = features(rng, 3, 2, 4, 5), rng.array(2), rng.array(2), settings(rng, 2, mode="test", eps=0.5)
    agree(student.probe(variance_after), reference.probe(variance_after), *args)


@points(0.25)
def test_single_values(student, reference, rng):
    """A batch that has a single value for each channel."""
    args = features(rng, 1, 3, 1, 1), rng.array(3), rng.array(3), settings(rng, 3)
    agree(student.probe(output), reference.probe(output), *args)


@points(0.25)
def test_small_batches(student, reference, rng):
    """One image, one row, one column, one channel; running statistics have their shape then, too."""
    for shape in ((1, 3, 5, 4), (5, 2, 1, 4), (4, 3, 6, 1), (3, 1, 2, 5)):
        C = shape[1]
        args = features(rng, *shape), rng.array(C), rng.array(C), settings(rng, C)
        agree(student.probe(output), reference.probe(output), *args)
    agree(
        student.probe(shapes_after),
        reference.probe(shapes_after),
        *args,
        names=("running_mean", "running_var"),
    )


@points(0.25)
def test_views_of_other_arrays(student, reference, rng):
    """Arrays whose memory is not contiguous; what is returned is a pair, in both modes."""
    x = features(rng, 3, 4, 5, 7).transpose(0, 3, 1, 2)[:, ::2]  # (3, 4, 4, 5)
    x = x[:, :, :, ::2]
    for mode in ("train", "test"):
        args = x, np.abs(rng.array(8)[::2]) + 0.5, np.zeros(8)[::2], settings(rng, 4, mode)
        names = "signs of `out`", "number of things returned"
        agree(student.probe(signs_and_count), reference.probe(signs_and_count), *args, names=names)


@points(0.25)
def test_single_precision(student, reference, rng):
    """Arrays of float32."""
    bn_param = {
        key: value if np.isscalar(value) else value.astype(np.float32)
        for key, value in settings(rng, 3).items()
    }
    gamma, beta = rng.array(3, dtype=np.float32), rng.array(3, dtype=np.float32)
    args = rng.array(2, 3, 5, 4, scale=3, dtype=np.float32), gamma, beta, bn_param
    agree(student.probe(output), reference.probe(output), *args)


@points(0.25)
def test_inputs_are_left_alone(student, reference, rng):
    """x, gamma and beta are the same after the call as before, in both modes and for all sizes and dtypes."""
    # With one image or one channel a transposed and reshaped x is a view of it.
    for mode, shape in (
        ("train", (4, 3, 5, 2)),
        ("test", (3, 2, 4, 5)),
        ("train", (1, 3, 4, 5)),
        ("train", (3, 1, 5, 4)),
        ("test", (1, 4, 2, 5)),
    ):
        C = shape[1]
        args = features(rng, *shape), np.abs(rng.array(C)) + 0.5, rng.array(C), settings(rng, C, mode)
        agree(student.probe(signs), reference.probe(signs), *args, untouched=True)
    x = rng.array(3, 4, 2, 5, dtype=np.float32)
    gamma, beta = (np.abs(rng.array(4)) + 0.5).astype(np.float32), rng.array(4, dtype=np.float32)
    args = x + np.sign(x), gamma, beta, settings(rng, 4)  # far enough from the mean to have a sign in float32
    agree(student.probe(signs), reference.probe(signs), *args, untouched=True)
