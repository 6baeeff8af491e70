"""Hidden tests of hw3's `low_rank_factor` (9 points).

The best approximation is unique where two singular values in a row differ, so the product of the factors is compared, at
1e-4 of the largest singular value: work in float32 passes, an approximation that is only near the best does not, since the
singular values fall slowly. How they are split among the factors is free.
"""

from functools import partial

import numpy as np
import torch.nn.functional as F

from homework.judge import agree, as_tensor, points


def layer(rng, out, in_, first=3.0, ratio=0.94, mean=0.0, dtype=np.float64):
    """W and b; the singular values of W fall by `ratio` from one to the next."""
    k = min(out, in_)
    U, V = np.linalg.qr(rng.array(out, k) + mean)[0], np.linalg.qr(rng.array(in_, k) + mean)[0]
    W = U * (first * ratio ** np.arange(k)) @ V.T
    return W.astype(dtype), rng.array(out, shift=1.0, dtype=dtype)


def part(solution, which, W, b, r):
    """One of the three results, by its position."""
    found = solution.low_rank_factor(W, b, r)
    return found[which] if isinstance(found, (tuple, list)) and len(found) == 3 else found


def shapes(solution, W, b, r):
    """The shapes of the factors, as arrays of zeros."""
    found = solution.low_rank_factor(W, b, r)
    if not isinstance(found, (tuple, list)) or len(found) != 3:
        return found
    return tuple(np.zeros(np.shape(factor)) for factor in found[:2])


def product(solution, W, b, r):
    """B @ A; both factors where they cannot be multiplied."""
    found = solution.low_rank_factor(W, b, r)
    if not isinstance(found, (tuple, list)) or len(found) < 2:
        return found
    A, B = (np.asarray(as_tensor(factor).detach().double()) for factor in found[:2])
    return B @ A if A.ndim == B.ndim == 2 and B.shape[1] == A.shape[0] else (A, B)


def best(solution, W, b, r):
    """Whether B @ A is the best approximation, or not nearly; in words that it is nearly.

    Where singular values fall fast, hardly another slip comes near the best.
    """
    found = solution.low_rank_factor(W, b, r)
    if not isinstance(found, (tuple, list)) or len(found) != 3 or any(one is None for one in found):
        return True
    A, B = (np.asarray(as_tensor(factor).detach().double()) for factor in found[:2])
    if A.shape != (r, W.shape[1]) or B.shape != (W.shape[0], r):
        return True
    smallest = np.sum(np.linalg.svd(np.asarray(W, dtype=np.float64), compute_uv=False)[r:] ** 2)
    excess = np.sum((B @ A - W) ** 2) / smallest - 1
    return "your approximation is near the best one, and not the best" if 1e-6 < excess < 0.2 else True


def why(W, r, answer):
    """How the product differs, seen in the singular directions of W."""
    U, s, Vt = np.linalg.svd(W, full_matrices=False)
    P = np.asarray(answer, dtype=np.float64)
    seen, slack = U.T @ P @ Vt.T, 1e-4 * s[0]
    if np.abs(P - U @ seen @ Vt).max() > slack or np.abs(seen - np.diag(np.diag(seen))).max() > slack:
        return "Your factors do not hold the singular directions of W: these are the columns of U and the rows of V^T."
    mine = np.diag(seen)
    if np.abs(mine[r:]).max(initial=0.0) > slack:
        return "Your product has other directions than the first r: those of the r largest singular values are kept."
    if np.abs(mine[:r]).min() < slack:
        return "Your product lacks some of the first r directions."
    return "The directions in your product are right, but not the singular values that go with them."


def outputs(solution, X, W, b, r):
    """What the two layers make of X."""
    found = solution.low_rank_factor(W, b, r)
    if not isinstance(found, (tuple, list)) or len(found) != 3 or any(one is None for one in found):
        return "your function does not return three arrays"
    A, B, bias = (as_tensor(one).detach().double() for one in found)
    if A.ndim != 2 or B.ndim != 2 or A.shape[1] != X.shape[1] or B.shape[1] != A.shape[0]:
        return tuple(A.shape), tuple(B.shape)
    return F.linear(F.linear(as_tensor(X).double(), A), B) + bias


def close(W, factor=1.0):
    """Tolerance for products with W."""
    return {"rtol": 0.0, "atol": 1e-4 * factor * float(np.linalg.norm(W, 2))}


@points(1.5)
def test_product(student, reference, rng):
    """B @ A is the best approximation of rank r."""
    W, b = layer(rng, 8, 8)
    agree(student.probe(best), reference.probe(best), *layer(rng, 8, 8, ratio=0.75), 3)
    for r in (3, 5):
        agree(student.probe(product), reference.probe(product), W, b, r, why=partial(why, W, r), **close(W))


@points(1)
def test_wide_layers(student, reference, rng):
    """B @ A of layers with more inputs than outputs."""
    W, b = layer(rng, 7, 13)
    agree(student.probe(best), reference.probe(best), *layer(rng, 7, 13, ratio=0.75), 2)
    for r in (2, 4):
        agree(student.probe(product), reference.probe(product), W, b, r, why=partial(why, W, r), **close(W))


@points(1)
def test_tall_layers(student, reference, rng):
    """B @ A of layers with more outputs than inputs."""
    W, b = layer(rng, 14, 9)
    agree(student.probe(best), reference.probe(best), *layer(rng, 14, 9, ratio=0.75), 3)
    for r in (3, 6):
        agree(student.probe(product), reference.probe(product), W, b, r, why=partial(why, W, r), **close(W))


@points(0.5)
def test_rank_one(student, reference, rng):
    """B @ A of rank 1."""
    W, b = layer(rng, 9, 6)
    agree(student.probe(best), reference.probe(best), *layer(rng, 9, 6, ratio=0.75), 1)
    agree(student.probe(product), reference.probe(product), W, b, 1, **close(W))


@points(0.5)
def test_full_rank(student, reference, rng):
    """With the largest r nothing is lost."""
    for out, in_ in ((5, 8), (9, 6)):
        W, b = layer(rng, out, in_)
        agree(student.probe(product), reference.probe(product), W, b, min(out, in_), **close(W))


@points(0.5)
def test_weights_with_a_mean(student, reference, rng):
    """B @ A of weights whose mean is far from 0."""
    W, b = layer(rng, 10, 7, ratio=0.8, mean=3.0)
    agree(student.probe(best), reference.probe(best), *layer(rng, 10, 7, ratio=0.75, mean=3.0), 3)
    for r in (1, 3):
        agree(student.probe(product), reference.probe(product), W, b, r, why=partial(why, W, r), **close(W))


@points(1)
def test_shapes(student, reference, rng):
    """A is (r, in), B is (out, r)."""
    W, b = layer(rng, 7, 11)
    agree(student.probe(shapes), reference.probe(shapes), W, b, 4)
    W, b = layer(rng, 12, 9)
    agree(student.probe(shapes), reference.probe(shapes), W, b, 5)


@points(1)
def test_bias(student, reference, rng):
    """The bias is kept."""
    W, b = layer(rng, 9, 12)
    agree(student.probe(part), reference.probe(part), 2, W, b, 4)


@points(1)
def test_two_layers_in_a_row(student, reference, rng):
    """What the two layers compute, the bias included."""
    W, b = layer(rng, 8, 11)
    agree(student.probe(best), reference.probe(best), *layer(rng, 8, 11, ratio=0.75), 3)
    agree(student.probe(outputs), reference.probe(outputs), rng.array(6, 11), W, b, 5, **close(W, 10))


@points(0.25)
def test_larger_layers(student, reference, rng):
    """A layer of 64 x 32, as the text says: near the best is not the best."""
    W, b = layer(rng, 64, 32, ratio=0.97)
    agree(student.probe(best), reference.probe(best), *layer(rng, 64, 32, ratio=0.75), 4)
    agree(student.probe(product), reference.probe(product), W, b, 8, **close(W))


@points(0.25)
def test_small_large_and_single_precision(student, reference, rng):
    """Very small and very large weights, and float32."""
    agree(student.probe(best), reference.probe(best), *layer(rng, 9, 7, first=2e3, ratio=0.75), 3)
    for first, dtype in ((3e-4, np.float64), (5e3, np.float64), (2.0, np.float32)):
        W, b = layer(rng, 9, 7, first=first, dtype=dtype)
        agree(student.probe(product), reference.probe(product), W, b, 3, **close(W))


@points(0.25)
def test_views(student, reference, rng):
    """Arrays whose memory is not contiguous."""
    W, b = layer(rng, 16, 10)
    agree(student.probe(best), reference.probe(best), *layer(rng, 16, 10, ratio=0.75), 3)
    agree(
        student.probe(product),
        reference.probe(product),
        W.T[:, ::2],
        np.repeat(b[:10], 3)[::3],
        3,
        **close(W),
    )


@points(0.25)
def test_inputs_are_left_alone(student, reference, rng):
    """W and b are the same after the call as before."""
    W, b = layer(rng, 9, 12)
    agree(student.probe(best), reference.probe(best), *layer(rng, 9, 12, ratio=0.75), 4)
    agree(student.probe(product), reference.probe(product), W, b, 4, untouched=True, **close(W))
