"""Wrong solutions of `rank_for_energy`, each with the sentence that a student whose answer equals it should read."""

import numpy as np

from homework.judge import misconception


def _s(W):
    return np.linalg.svd(W, compute_uv=False)


def _first(shares, energy):
    """The position, from 1, of the first share that reaches `energy`; the last if none does."""
    return min(int(np.sum(np.asarray(shares) < energy - 1e-12)) + 1, len(shares))


def _cumulated(parts):
    return np.cumsum(parts) / np.sum(parts)


# ---------------------------------------------------------------------------------------------- which energy


@misconception(
    "You added up the singular values themselves. Energy is the sum of their squares, as the squared Frobenius norm is the sum of all squared weights."
)
def not_squared(W, energy):
    return _first(_cumulated(_s(W)), energy)


@misconception(
    "You took fourth powers of the singular values: the eigenvalues of W^T W are their squares already."
)
def squared_twice(W, energy):
    return _first(_cumulated(_s(W) ** 4), energy)


@misconception(
    "You compared the root of the share with `energy`. The share of the squares itself must reach it."
)
def root_of_the_share(W, energy):
    return _first(np.sqrt(_cumulated(_s(W) ** 2)), energy)


@misconception(
    "You compared the share's square with `energy`, or the share with its root. The share of the squares itself must reach it."
)
def square_of_the_share(W, energy):
    return _first(_cumulated(_s(W) ** 2) ** 2, energy)


@misconception(
    "You subtracted the mean first, as principal component analysis does. The weights are taken as they are."
)
def centered_columns(W, energy):
    return _first(_cumulated(_s(W - W.mean(axis=0)) ** 2), energy)


@misconception(
    "You subtracted each row's mean first. The weights are taken as they are: there is nothing to center."
)
def centered_rows(W, energy):
    return _first(_cumulated(_s(W - W.mean(axis=1, keepdims=True)) ** 2), energy)


@misconception(
    "You subtracted the mean of all weights first. The weights are taken as they are: there is nothing to center."
)
def centered(W, energy):
    return _first(_cumulated(_s(W - W.mean()) ** 2), energy)


@misconception("You normalized the columns of W to variance 1 first. The weights are taken as they are.")
def standardized(W, energy):
    return _first(_cumulated(_s((W - W.mean(axis=0)) / W.std(axis=0)) ** 2), energy)


@misconception(
    "The cumulated squares were compared with `energy` itself, or divided by the number of values. Divide by the sum of all squares first."
)
def not_normalized(W, energy):
    return _first(np.cumsum(_s(W) ** 2), energy)


@misconception(
    "You divided the cumulated squares by the sum of the singular values. Divide by the sum of their squares."
)
def normalized_by_the_sum_of_values(W, energy):
    s = _s(W)
    return _first(np.cumsum(s**2) / s.sum(), energy)


@misconception(
    "You took eigenvalues of W (or of its square part). Singular values are asked for: the roots of the eigenvalues of W^T W."
)
def eigenvalues(W, energy):
    n = min(W.shape)
    values = np.sort(np.abs(np.linalg.eigvals(W[:n, :n])))[::-1]
    return _first(_cumulated(values**2), energy)


@misconception(
    "You ordered the squared norms of the rows. Rows are no singular directions: take the singular values of W."
)
def norms_of_rows(W, energy):
    return _first(_cumulated(np.sort((W**2).sum(axis=1))[::-1]), energy)


@misconception(
    "You ordered the squared norms of the columns. Columns are no singular directions: take the singular values of W."
)
def norms_of_columns(W, energy):
    return _first(_cumulated(np.sort((W**2).sum(axis=0))[::-1]), energy)


@misconception("You counted single weights that carry the energy. The rank counts singular values.")
def single_weights(W, energy):
    return _first(_cumulated(np.sort(W.ravel() ** 2)[::-1]), energy)


# ---------------------------------------------------------------------------------------------- which rank


@misconception(
    "Your rank is one too small: at the position of the first share that is large enough, counted from 0, one more singular value is in the sum."
)
def one_too_small(W, energy):
    return _first(_cumulated(_s(W) ** 2), energy) - 1


@misconception(
    "Your rank is one too small, though at least 1. The rank must reach `energy`, not stay just below it."
)
def last_below(W, energy):
    return max(_first(_cumulated(_s(W) ** 2), energy) - 1, 1)


@misconception("Your rank is one too large: the sum already reaches `energy` one singular value earlier.")
def one_too_large(W, energy):
    return _first(_cumulated(_s(W) ** 2), energy) + 1


@misconception(
    "Your rank is one too large, though never larger than the number of singular values: the sum reaches `energy` one earlier."
)
def one_too_large_but_possible(W, energy):
    return min(_first(_cumulated(_s(W) ** 2), energy) + 1, min(W.shape))


@misconception(
    "You added up from the smallest singular value. The largest come first: they give the smallest rank."
)
def smallest_first(W, energy):
    return _first(_cumulated(_s(W)[::-1] ** 2), energy)


_ASCENDING = "You added up from the smallest eigenvalue: `eigvalsh` gives them in ascending order, and zeros first where the matrix is larger than min(W.shape). Turn them around: the largest come first."


@misconception(_ASCENDING)
def ascending_eigenvalues_of_the_inputs(W, energy):
    return _first(_cumulated(np.linalg.eigvalsh(W.T @ W)), energy)


@misconception(_ASCENDING)
def ascending_eigenvalues_of_the_outputs(W, energy):
    return _first(_cumulated(np.linalg.eigvalsh(W @ W.T)), energy)


@misconception(
    "You counted the singular values that are left out. The rank is the number of those that stay."
)
def left_out(W, energy):
    return min(W.shape) - _first(_cumulated(_s(W) ** 2), energy)


@misconception("You used 1 - energy: your rank is the one that loses `energy`, not the one that keeps it.")
def lost_energy(W, energy):
    return _first(_cumulated(_s(W) ** 2), 1 - energy)


@misconception(
    "You took a share of the number of singular values. Their sizes decide: large ones carry more of the energy."
)
def share_of_the_number(W, energy):
    return int(np.ceil(energy * min(W.shape)))


_NUMBER = "You took a share of the number of singular values. Their sizes decide: large ones carry more of the energy."


@misconception(_NUMBER)
def share_of_the_number_cut_off(W, energy):
    return int(energy * min(W.shape))


@misconception(_NUMBER)
def share_of_the_number_cut_off_above_one(W, energy):
    return max(int(energy * min(W.shape)), 1)


@misconception(_NUMBER)
def share_of_the_number_rounded(W, energy):
    return max(round(energy * min(W.shape)), 1)


@misconception(
    "You took a share of the rank of the matrix. The sizes of the singular values decide: large ones carry more of the energy."
)
def share_of_the_rank(W, energy):
    return int(energy * np.linalg.matrix_rank(W))


_SQUARE_OF_THE_LARGEST = "You compared each squared singular value with that of the largest. The squares are added up from the largest on, and the sum is compared with the sum of all."


@misconception(_SQUARE_OF_THE_LARGEST)
def above_a_part_of_the_largest_square(W, energy):
    s = _s(W)
    return max(int(np.sum((s / s[0]) ** 2 >= 1 - energy)), 1)


@misconception(_SQUARE_OF_THE_LARGEST)
def above_energy_times_the_largest_square(W, energy):
    s = _s(W)
    return max(int(np.sum((s / s[0]) ** 2 >= energy)), 1)


@misconception(
    "You counted the singular values above a part of the largest one. The rank comes from their cumulated squares."
)
def above_a_part_of_the_largest(W, energy):
    s = _s(W)
    return max(int(np.sum(s >= (1 - energy) * s[0])), 1)


@misconception(
    "You counted the singular values above `energy` times the largest one. The rank comes from their cumulated squares."
)
def above_energy_times_the_largest(W, energy):
    s = _s(W)
    return max(int(np.sum(s >= energy * s[0])), 1)


@misconception(
    "You counted the singular values whose own share reaches `energy`. The shares are added up, from the largest on."
)
def own_shares(W, energy):
    s = _s(W)
    return max(int(np.sum(s**2 / np.sum(s**2) >= energy)), 1)


@misconception(
    "You counted the singular values whose own share is above 1 - energy. The shares are added up, from the largest on."
)
def own_shares_above_the_rest(W, energy):
    s = _s(W)
    return max(int(np.sum(s**2 / np.sum(s**2) > 1 - energy)), 1)


@misconception(
    "You return the rank of the matrix, whatever `energy` is. It is the smallest rank that keeps this share of the energy."
)
def rank_of_the_matrix(W, energy):
    return int(np.linalg.matrix_rank(W))


@misconception(
    "You return the number of singular values, min(m, n). It is the smallest rank that keeps this share of the energy."
)
def all_of_them(W, energy):
    return min(W.shape)


@misconception(
    "Your rank is always 1: your shares are too large (divided by less than the sum of all squares), or none reaches `energy` (not added up, or `energy` read as a percentage). A share is the sum of the first r squares over the sum of all."
)
def always_one(W, energy):
    return 1


@misconception("Your function always keeps 90 % of the energy. The share is the parameter `energy`.")
def ninety_percent(W, energy):
    return _first(_cumulated(_s(W) ** 2), 0.9)


@misconception("You return the share that is kept. The rank is asked for, a whole number.")
def share_returned(W, energy):
    shares = _cumulated(_s(W) ** 2)
    return float(shares[_first(shares, energy) - 1])


@misconception(
    "You return the rank as a share of the number of singular values. The rank itself is asked for."
)
def rank_as_a_share(W, energy):
    return _first(_cumulated(_s(W) ** 2), energy) / min(W.shape)


@misconception("You return all singular values that are kept. Their number is asked for.")
def values_returned(W, energy):
    s = _s(W)
    return s[: _first(_cumulated(s**2), energy)]


@misconception(
    "You looked for the sharpest bend of the scree plot. The rank here comes from the share of the energy alone."
)
def elbow(W, energy):
    s = _s(W)
    return int(np.argmax(s[:-1] - s[1:])) + 1


# ---------------------------------------------------------------------------------------------- two at once


@misconception("Two things: energy is made of squared singular values, and your rank is one too small.")
def not_squared_and_one_too_small(W, energy):
    return _first(_cumulated(_s(W)), energy) - 1


@misconception("Two things: energy is made of squared singular values, and your rank is one too large.")
def not_squared_and_one_too_large(W, energy):
    return _first(_cumulated(_s(W)), energy) + 1


@misconception("Two things: the weights are not centered, and energy is made of squared singular values.")
def centered_and_not_squared(W, energy):
    return _first(_cumulated(_s(W - W.mean(axis=0))), energy)


@misconception("Your function changes W in place. Work on a copy.")
def in_place(W, energy):
    rank = _first(_cumulated(_s(W) ** 2), energy)
    W /= np.linalg.norm(W)
    return rank


@misconception(
    "Your function subtracts the mean from W in place, and works with centered weights. They are taken as they are, and are the caller's."
)
def centered_in_place(W, energy):
    W -= W.mean(axis=0)
    return _first(_cumulated(_s(W) ** 2), energy)


# ---------------------------------------------------------------------------------------------- an energy of 1


_STRICT = "At an energy of 1 your rank is wrong. The share must reach `energy`, not exceed it, and no share exceeds 1: compare with >=, and allow the slack of 1e-12."


@misconception(_STRICT)
def exceeded(W, energy):
    return int(np.argmax(_cumulated(_s(W) ** 2) > energy)) + 1


@misconception(_STRICT)
def exceeded_counted(W, energy):
    return int(np.sum(_cumulated(_s(W) ** 2) <= energy)) + 1


@misconception(_STRICT)
def exceeded_or_an_error(W, energy):
    return np.nonzero(_cumulated(_s(W) ** 2) > energy)[0][0] + 1


@misconception(_STRICT)
def exceeded_or_none(W, energy):
    shares = _cumulated(_s(W) ** 2)
    return int(np.argmax(shares > energy)) + 1 if shares[-1] > energy else None


@misconception(
    "Your shares are rounded before they are compared with `energy`, or the slack is far too large. It is 1e-12."
)
def shares_rounded(W, energy):
    return _first(np.round(_cumulated(_s(W) ** 2), 2), energy)


@misconception("Your slack is far too large: a share well below `energy` suffices. It is 1e-12.")
def slack_of_a_hundredth(W, energy):
    return _first(_cumulated(_s(W) ** 2), energy - 0.01)


@misconception(
    "Where all singular values are needed your function returns None: the loop stops before the largest rank, min(W.shape)."
)
def none_for_all(W, energy):
    r = _first(_cumulated(_s(W) ** 2), energy)
    return r if r < min(W.shape) else None
