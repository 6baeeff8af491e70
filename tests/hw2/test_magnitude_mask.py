"""Hidden tests of hw2's `magnitude_mask` (6 points).

Which weights go, how many, and how the mask is made are asked for apart: but for one test the mask is taken in reading
order, as zeros and ones. Weights are all different but where equal ones are the point, and then any choice among them
passes; no number of weights ends in .5.
"""

import numpy as np
import torch

from homework.judge import agree, points


def kept(solution, w, sparsity):
    """1 where a weight stays and 0 where it goes, in reading order."""
    mask = solution.magnitude_mask(w, sparsity)
    if not isinstance(mask, (np.ndarray, torch.Tensor, list)):
        return mask
    return np.asarray(mask).reshape(-1).astype(np.float64)


def choice(solution, w, sparsity):
    """How many weights go, and whether one of them is larger than one that stays (0 or 1)."""
    mask = solution.magnitude_mask(w, sparsity)
    if not isinstance(mask, (np.ndarray, torch.Tensor, list)) or np.asarray(mask).size != w.size:
        return mask
    stays, magnitudes = np.asarray(mask).reshape(-1).astype(bool), np.abs(w).reshape(-1)
    too_large = magnitudes[~stays].max(initial=0) > magnitudes[stays].min(initial=np.inf)
    return np.array([(~stays).sum(), too_large], dtype=np.float64)


def form(solution, w, sparsity):
    """An array of the mask's kind and shape: ones if these are booleans, else zeros."""
    mask = solution.magnitude_mask(w, sparsity)
    if isinstance(mask, torch.Tensor):
        mask = mask.numpy()
    return np.full_like(mask, mask.dtype == bool) if isinstance(mask, np.ndarray) else mask


def weights(rng, *shape, **options):
    """Weights of both signs whose rows, or filters, differ in size."""
    scale = 0.5 + np.arange(shape[0]).reshape(-1, *[1] * (len(shape) - 1)) / shape[0]
    return (rng.array(*shape) * scale).astype(options.get("dtype", np.float64))


@points(1)
def test_matrix(student, reference, rng):
    """Of a matrix, a quarter of the weights is pruned."""
    agree(student.probe(kept), reference.probe(kept), weights(rng, 6, 10), 0.25)


@points(0.5)
def test_high_sparsity(student, reference, rng):
    """Of a matrix, most weights are pruned."""
    agree(student.probe(kept), reference.probe(kept), weights(rng, 12, 4), 0.875)


@points(0.5)
def test_kernels(student, reference, rng):
    """The weights of a convolution, in float32."""
    agree(student.probe(kept), reference.probe(kept), weights(rng, 5, 4, 3, 2, dtype=np.float32), 0.6)


@points(0.5)
def test_views_of_other_arrays(student, reference, rng):
    """Weights whose memory is not contiguous."""
    agree(student.probe(kept), reference.probe(kept), weights(rng, 8, 5).T, 0.375)
    agree(student.probe(kept), reference.probe(kept), weights(rng, 12, 8)[::2, ::2], 0.75)


@points(0.5)
def test_fraction_below_one_half(student, reference, rng):
    """The number of weights is rounded down where that is nearer."""
    agree(student.probe(kept), reference.probe(kept), rng.array(21), 0.3)


@points(0.5)
def test_fraction_above_one_half(student, reference, rng):
    """The number of weights is rounded up where that is nearer."""
    agree(student.probe(kept), reference.probe(kept), rng.array(21), 0.6)


@points(0.25)
def test_equal_magnitudes(student, reference, rng):
    """Just as many weights go where some are equally large; which of these is free."""
    w = np.repeat([0.0, 0.25, -0.25, 0.5, -0.5, 1.0], [4, 6, 6, 6, 6, 4])
    w = rng.generator.permutation(w).reshape(4, 8)
    agree(student.probe(choice), reference.probe(choice), w, 0.25)
    agree(student.probe(choice), reference.probe(choice), np.full((4, 5), -0.75), 0.4)


@points(0.25)
def test_zeros(student, reference, rng):
    """Weights that are zero are weights like others: no more of them go than asked for."""
    w = rng.generator.permutation(np.append(np.zeros(12), rng.array(20, shift=5))).reshape(8, 4)
    agree(student.probe(choice), reference.probe(choice), w, 0.25)


@points(0.5)
def test_nothing_pruned(student, reference, rng):
    """Sparsity 0, and a sparsity so small that the number of weights is rounded to 0."""
    agree(student.probe(kept), reference.probe(kept), weights(rng, 3, 7), 0.0)
    agree(student.probe(kept), reference.probe(kept), weights(rng, 7), 0.05)


@points(0.5)
def test_everything_pruned(student, reference, rng):
    """Sparsity 1."""
    agree(student.probe(kept), reference.probe(kept), weights(rng, 7, 3), 1.0)


@points(0.5)
def test_form(student, reference, rng):
    """The mask is an array of booleans in the shape of w, also where all weights go, or none."""
    for sparsity in (0.5, 0.0, 1.0):
        agree(student.probe(form), reference.probe(form), weights(rng, 2, 5, 3, 4), sparsity)


@points(0.5)
def test_weights_are_left_alone(student, reference, rng):
    """w is the same after the call as before, also where all weights go."""
    for sparsity in (0.5, 1.0):
        agree(student.probe(kept), reference.probe(kept), weights(rng, 9, 4), sparsity, untouched=True)
