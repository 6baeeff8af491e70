"""Wrong solutions of `low_rank_factor`, each with the sentence that a student whose answer equals it should read."""

import numpy as np
import torch

from homework.judge import misconception


def _svd(W):
    return np.linalg.svd(W, full_matrices=False)


# ---------------------------------------------------------------------------------------------- the singular values


@misconception(
    "The singular values are missing: B @ A is a projection, not an approximation of W. They go into A, into B, or half (their roots) into each."
)
def no_singular_values(W, b, r):
    U, _s, Vt = _svd(W)
    return Vt[:r], U[:, :r], b


@misconception(
    "The product has the squares of the singular values, as W^T W has: they are in both factors. Put them into one, or their roots into each."
)
def singular_values_twice(W, b, r):
    U, s, Vt = _svd(W)
    return s[:r, None] * Vt[:r], U[:, :r] * s[:r], b


@misconception(
    "Only the roots of the singular values are in the product. Put the roots into both factors, or the values into one."
)
def roots_in_one_factor(W, b, r):
    U, s, Vt = _svd(W)
    return Vt[:r], U[:, :r] * np.sqrt(s[:r]), b


@misconception("You divided by the singular values, as for a pseudoinverse. They multiply.")
def divided_by_singular_values(W, b, r):
    U, s, Vt = _svd(W)
    return Vt[:r], U[:, :r] / s[:r], b


@misconception(
    "Your product has the singular values to the power 3/2: the values are in one factor, and their roots in the other. Put the values into one factor alone, or their roots into both."
)
def values_in_one_factor_and_roots_in_the_other(W, b, r):
    U, s, Vt = _svd(W)
    root = s[:r] ** 1.5
    return Vt[:r], U[:, :r] * root, b


@misconception("You multiplied every direction by the largest singular value. Each has its own.")
def largest_value_for_all(W, b, r):
    U, s, Vt = _svd(W)
    return Vt[:r], U[:, :r] * s[0], b


@misconception(
    "The singular values are multiplied along the wrong axis: each belongs to a column of U (and a row of V^T)."
)
def values_along_the_wrong_axis(W, b, r):
    U, s, Vt = _svd(W)
    return Vt[:r], np.resize(s, len(U))[:, None] * U[:, :r], b


@misconception("The order of the singular values is turned around against that of the directions.")
def values_in_reverse(W, b, r):
    U, s, Vt = _svd(W)
    return Vt[:r], U[:, :r] * s[:r][::-1], b


# ---------------------------------------------------------------------------------------------- the directions


@misconception(
    "You took V^T for V: np.linalg.svd returns V already transposed, so that the first r right singular vectors are its first r rows. You took columns."
)
def columns_of_the_transposed(W, b, r):
    U, s, _Vt = _svd(W)
    full = np.linalg.svd(W)[2]
    return full[:, :r].T, U[:, :r] * s[:r], b


@misconception("You took rows of U. Left singular vectors are its columns: U[:, :r].")
def rows_of_U(W, b, r):
    U, s, Vt = np.linalg.svd(W)
    return Vt[:r], U[:r].T * s[:r], b


@misconception("You kept the r smallest singular values. The largest carry most of W.")
def smallest_values(W, b, r):
    U, s, Vt = _svd(W)
    return Vt[-r:], U[:, -r:] * s[-r:], b


@misconception("Your approximation has one direction too many: rank r + 1.")
def one_too_many(W, b, r):
    U, s, Vt = _svd(W)
    return Vt[: r + 1], U[:, : r + 1] * s[: r + 1], b


@misconception("Your approximation has one direction too few: rank r - 1.")
def one_too_few(W, b, r):
    U, s, Vt = _svd(W)
    return Vt[: r - 1], U[:, : r - 1] * s[: r - 1], b


@misconception(
    "The first direction is missing: your slice starts at position 1. The largest singular value is at position 0."
)
def without_the_first(W, b, r):
    U, s, Vt = _svd(W)
    U, s, Vt = np.roll(U, -1, axis=1), np.roll(s, -1), np.roll(Vt, -1, axis=0)
    return Vt[:r], U[:, :r] * s[:r], b


@misconception("Nothing was cut off: your factors have all min(m, n) directions. Keep the first r.")
def all_directions(W, b, r):
    U, s, Vt = _svd(W)
    return Vt, U * s, b


@misconception(
    "The product is right but the factors are not thin: the other singular values are zero, their directions still there. A is (r, in), B is (out, r)."
)
def zeros_for_the_rest(W, b, r):
    U, s, Vt = _svd(W)
    return Vt, U * np.where(np.arange(len(s)) < r, s, 0), b


@misconception(
    "You kept the first r rows of W, or the inputs' first coordinates. The best directions are the singular vectors."
)
def first_rows(W, b, r):
    A = np.asarray(W, dtype=np.float64)[:r]
    return A, W @ np.linalg.pinv(A), b


@misconception(
    "You kept the first r columns of W, as a QR decomposition does. The best directions are the singular vectors."
)
def first_columns(W, b, r):
    B = np.asarray(W, dtype=np.float64)[:, :r]
    return np.linalg.pinv(B) @ W, B, b


@misconception(
    "You kept the r columns with the largest norm. That is a choice of inputs, not the best approximation; singular vectors mix all of them."
)
def largest_columns(W, b, r):
    best = np.argsort(-np.linalg.norm(W, axis=0))[:r]
    B = np.asarray(W, dtype=np.float64)[:, best]
    return np.linalg.pinv(B) @ W, B, b


@misconception(
    "You kept the r rows with the largest norm. That is a choice of outputs, not the best approximation; singular vectors mix all of them."
)
def largest_rows(W, b, r):
    best = np.argsort(-np.linalg.norm(W, axis=1))[:r]
    A = np.asarray(W, dtype=np.float64)[best]
    return A, W @ np.linalg.pinv(A), b


@misconception(
    "Your approximation is near the best one but is not the best, as with a randomized singular value decomposition or few steps of an iteration: the singular values here fall slowly. Use np.linalg.svd."
)
def randomized(W, b, r):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        U, s, V = torch.svd_lowrank(torch.tensor(np.ascontiguousarray(W)), q=r)
    return V.T.numpy(), (U * s).numpy(), b


@misconception("You projected W on random directions. The best ones are the singular vectors.")
def random_directions(W, b, r):
    B = np.linalg.qr(np.random.default_rng(0).normal(size=(W.shape[0], r)))[0]
    return B.T @ W, B, b


@misconception(
    "You subtracted the mean of the rows first, as principal component analysis does. W is approximated as it is."
)
def centered(W, b, r):
    U, s, Vt = _svd(W - W.mean(axis=0))
    return Vt[:r], U[:, :r] * s[:r], b


@misconception(
    "You found the directions with the mean subtracted, as principal component analysis does, and projected W on them. They are not the best ones for W as it is."
)
def directions_of_the_centered(W, b, r):
    A = _svd(W - W.mean(axis=0))[2][:r]
    return A, W @ A.T, b


@misconception("All your weights are positive: signs were lost.")
def magnitudes(W, b, r):
    U, s, Vt = _svd(W)
    return np.abs(Vt[:r]), np.abs(U[:, :r]) * s[:r], b


@misconception("Your product has the opposite sign of W.")
def opposite_sign(W, b, r):
    U, s, Vt = _svd(W)
    return Vt[:r], -U[:, :r] * s[:r], b


@misconception(
    "Both factors are transposed and swapped, as if the transpose of W were decomposed. PyTorch keeps weights as (out, in), and so is W given here."
)
def of_the_transpose(W, b, r):
    U, s, Vt = _svd(W.T)
    return Vt[:r], U[:, :r] * s[:r], b


@misconception(
    "Your approximation was rounded to a few digits, or computed in half precision. Keep float32 or float64."
)
def half_precision(W, b, r):
    U, s, Vt = _svd(W)
    return Vt[:r].astype(np.float16), (U[:, :r] * s[:r]).astype(np.float16), b


@misconception(
    "You scaled the approximation so that its norm is that of W. The best approximation is shorter: what was cut off is missing."
)
def norm_restored(W, b, r):
    U, s, Vt = _svd(W)
    return Vt[:r], U[:, :r] * s[:r] * np.sqrt((s**2).sum() / (s[:r] ** 2).sum()), b


# ---------------------------------------------------------------------------------------------- shapes, order, bias


@misconception("You return the factors in the other order. A (r, in), which is applied first, comes first.")
def factors_swapped(W, b, r):
    U, s, Vt = _svd(W)
    return U[:, :r] * s[:r], Vt[:r], b


@misconception(
    "Your A is transposed: its shape is (r, in), PyTorch's layout for a layer from `in` to r values."
)
def A_transposed(W, b, r):
    U, s, Vt = _svd(W)
    return Vt[:r].T, U[:, :r] * s[:r], b


@misconception(
    "Your B is transposed: its shape is (out, r), PyTorch's layout for a layer from r to `out` values."
)
def B_transposed(W, b, r):
    U, s, Vt = _svd(W)
    return Vt[:r], (U[:, :r] * s[:r]).T, b


@misconception("Both factors are transposed. In PyTorch's layout A is (r, in) and B is (out, r).")
def both_transposed(W, b, r):
    U, s, Vt = _svd(W)
    return Vt[:r].T, (U[:, :r] * s[:r]).T, b


@misconception("The bias is gone. The second layer keeps b.")
def bias_dropped(W, b, r):
    U, s, Vt = _svd(W)
    return Vt[:r], U[:, :r] * s[:r], np.zeros_like(b)


@misconception("You return two factors without the bias. Asked for are A, B and b.")
def no_bias_returned(W, b, r):
    U, s, Vt = _svd(W)
    return Vt[:r], U[:, :r] * s[:r]


@misconception("You return None for the bias. The second layer keeps b.")
def bias_none(W, b, r):
    U, s, Vt = _svd(W)
    return Vt[:r], U[:, :r] * s[:r], None


@misconception("The bias was cut to r values. It belongs to the outputs, and all of these stay.")
def bias_cut(W, b, r):
    U, s, Vt = _svd(W)
    return Vt[:r], U[:, :r] * s[:r], b[:r]


@misconception(
    "The bias was projected on the directions that stay. It is added after the second layer, and stays as it is."
)
def bias_projected(W, b, r):
    U, s, Vt = _svd(W)
    return Vt[:r], U[:, :r] * s[:r], U[:, :r] @ (U[:, :r].T @ b)


@misconception(
    "The bias was mapped to the r values between the layers. It is added after the second layer, and stays as it is."
)
def bias_in_the_middle(W, b, r):
    U, s, Vt = _svd(W)
    return Vt[:r], U[:, :r] * s[:r], U[:, :r].T @ b


@misconception("The bias was doubled, as if both layers added it. Only the second has one.")
def bias_twice(W, b, r):
    U, s, Vt = _svd(W)
    return Vt[:r], U[:, :r] * s[:r], 2 * b


@misconception(
    "You return the product B @ A as well as, or instead of, the factors. The factors are what saves weights."
)
def product_returned(W, b, r):
    U, s, Vt = _svd(W)
    return (U[:, :r] * s[:r]) @ Vt[:r], b


@misconception("You return U, the singular values and V^T. Two factors and the bias are asked for: A, B, b.")
def three_factors(W, b, r):
    U, s, Vt = _svd(W)
    return U[:, :r], s[:r], Vt[:r]


@misconception("Your function changes W in place. Work on a copy.")
def in_place(W, b, r):
    U, s, Vt = _svd(W)
    W[...] = (U[:, :r] * s[:r]) @ Vt[:r]
    return Vt[:r], U[:, :r] * s[:r], b


# ---------------------------------------------------------------------------------------------- two at once


@misconception("Two things: the singular values are missing, and so is the bias.")
def no_singular_values_no_bias(W, b, r):
    U, _s, Vt = _svd(W)
    return Vt[:r], U[:, :r], np.zeros_like(b)


@misconception("Two things: the factors come in the order A, B, and the singular values are missing.")
def swapped_without_singular_values(W, b, r):
    U, _s, Vt = _svd(W)
    return U[:, :r], Vt[:r], b


@misconception("Two things: V comes transposed from np.linalg.svd, and the singular values are missing.")
def columns_of_the_transposed_without_values(W, b, r):
    U = _svd(W)[0]
    return np.linalg.svd(W)[2][:, :r].T, U[:, :r], b


@misconception("Two things: the singular values are in both factors, and the bias is gone.")
def singular_values_twice_no_bias(W, b, r):
    U, s, Vt = _svd(W)
    return s[:r, None] * Vt[:r], U[:, :r] * s[:r], np.zeros_like(b)


@misconception("The bias has the opposite sign. The second layer keeps b as it is.")
def bias_negated(W, b, r):
    U, s, Vt = _svd(W)
    return Vt[:r], U[:, :r] * s[:r], -b


@misconception(
    "The singular values are divided by their sum. They are used as they are: the product must have the size of W."
)
def values_normalized(W, b, r):
    U, s, Vt = _svd(W)
    return Vt[:r], U[:, :r] * (s[:r] / s.sum()), b


@misconception(
    "The singular values are divided by the largest one. They are used as they are: the product must have the size of W."
)
def values_normalized_by_the_largest(W, b, r):
    U, s, Vt = _svd(W)
    return Vt[:r], U[:, :r] * (s[:r] / s[0]), b


@misconception(
    "Both factors are made of U. A holds the right singular vectors, the rows of V^T: its shape is (r, in)."
)
def A_of_left_vectors(W, b, r):
    U, s, _ = _svd(W)
    return U[:, :r].T, U[:, :r] * s[:r], b


@misconception(
    "The singular values are in ascending order, their vectors in descending. Each belongs to its own: s[:r] as svd returns them."
)
def values_sorted_ascending(W, b, r):
    U, s, Vt = _svd(W)
    return Vt[:r], U[:, :r] * np.sort(s)[:r], b


@misconception(
    "A has all right singular vectors, B only r left ones. Both have r: A is (r, in), B is (out, r)."
)
def A_not_cut(W, b, r):
    U, s, Vt = _svd(W)
    return s[:, None] * Vt, U[:, :r], b


@misconception(
    "B has all left singular vectors, A only r right ones. Both have r: A is (r, in), B is (out, r)."
)
def B_not_cut(W, b, r):
    U, s, Vt = _svd(W)
    return s[:r, None] * Vt[:r], U, b


@misconception("You took rows of U. Left singular vectors are its columns: U[:, :r].")
def rows_of_U_with_values_in_A(W, b, r):
    U, s, Vt = _svd(W)
    return s[:r, None] * Vt[:r], U[:r], b


@misconception(
    "You approximated W without the mean of its rows, and put the mean into the bias, as if inputs were ones. W is approximated as it is, and b stays."
)
def mean_in_the_bias(W, b, r):
    mean = W.mean(axis=1)
    U, s, Vt = _svd(W - mean[:, None])
    return s[:r, None] * Vt[:r], U[:, :r], b + mean
