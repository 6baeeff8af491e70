"""Hidden tests of hw3's `rank_for_energy` (5 points).

Matrices have the singular values that a test wants, and `energy` lies in the middle between two cumulated shares: no rank
hangs on the last digit. Rows and columns are given a mean where centering is the point.
"""

from functools import partial

import numpy as np

from homework.judge import agree, points


def matrix(rng, shape, singular_values, mean=False):
    """A matrix of `shape` with these singular values; with `mean` its largest direction is nearly constant."""
    m, n = shape
    U, V = rng.array(m, m), rng.array(n, n)
    if mean:
        U[:, 0], V[:, 0] = 1 + 0.05 * U[:, 0], 1 + 0.05 * V[:, 0]
    U, V = np.linalg.qr(U)[0], np.linalg.qr(V)[0]
    k = len(singular_values)
    return U[:, :k] * np.asarray(singular_values) @ V[:, :k].T


def between(singular_values, r):
    """An energy that r - 1 singular values miss and r reach, both by the same."""
    shares = np.concatenate(
        [[0.0], np.cumsum(np.square(singular_values)) / np.sum(np.square(singular_values))]
    )
    return float((shares[r - 1] + shares[r]) / 2)


def ranks(solution, W, energies):
    """The rank for each of several energies, in a list."""
    return [solution.rank_for_energy(W, energy) for energy in energies]


def why(W, energies, answer):
    """How the ranks of all energies are wrong together."""
    shares = np.cumsum(np.linalg.svd(W, compute_uv=False) ** 2)
    right = np.array([np.sum(shares < energy * shares[-1]) + 1 for energy in energies])
    mine = np.asarray(answer, dtype=np.float64)
    if (mine == mine[0]).all():
        return "Your rank does not depend on `energy` here."
    if (np.diff(mine) < 0).any():
        return "Your rank falls where `energy` rises. The more is kept, the larger it is."
    if (mine <= right).all():
        return "Your ranks are too small: less than `energy` is kept."
    if (mine >= right).all():
        return "Your ranks are too large: a smaller one already keeps `energy`."
    return None


STEEP = (9.0, 5.0, 3.0, 2.0, 1.2, 0.7, 0.4)
FLAT = (3.0, 2.74, 2.4, 2.21, 1.9, 1.7, 1.5, 1.3)


@points(1)
def test_flat_spectrum(student, reference, rng):
    """Singular values that fall slowly."""
    W = matrix(rng, (8, 8), FLAT)
    energies = [between(FLAT, r) for r in (3, 5, 6)]
    agree(student.probe(ranks), reference.probe(ranks), W, energies, why=partial(why, W, energies))


@points(0.75)
def test_steep_spectrum(student, reference, rng):
    """Singular values that fall fast."""
    W = matrix(rng, (7, 7), STEEP)
    agree(student.probe(ranks), reference.probe(ranks), W, [between(STEEP, r) for r in (2, 3, 4)])


@points(0.5)
def test_first_and_last(student, reference, rng):
    """Energies that one singular value reaches, and that only all of them reach, 1 among these."""
    W = matrix(rng, (7, 7), STEEP)
    agree(student.probe(ranks), reference.probe(ranks), W, [between(STEEP, 1), between(STEEP, 7)])
    # All libraries find its singular values, 11, 10, 5, 3 and 1, and their shares without any error: with or without a
    # slack the rank is the same.
    W = np.zeros((5, 6))
    W[range(5), [2, 0, 5, 1, 3]] = 3.0, -11.0, 1.0, 10.0, -5.0
    agree(student.rank_for_energy, reference.rank_for_energy, W, 1.0)


@points(0.75)
def test_wide_and_tall(student, reference, rng):
    """Matrices that are not square."""
    for shape in ((8, 13), (17, 8)):
        W = matrix(rng, shape, FLAT)
        agree(student.probe(ranks), reference.probe(ranks), W, [between(FLAT, r) for r in (2, 4, 7)])


@points(0.75)
def test_weights_with_a_mean(student, reference, rng):
    """Weights whose mean is far from 0."""
    values = (20.0, *FLAT[:6])
    W = matrix(rng, (9, 7), values, mean=True)
    agree(student.probe(ranks), reference.probe(ranks), W, [between(values, r) for r in (1, 3, 5)])


@points(0.5)
def test_every_rank(student, reference, rng):
    """All ranks of one matrix."""
    W = matrix(rng, (10, 8), FLAT)
    energies = [between(FLAT, r) for r in range(1, 9)]
    agree(student.probe(ranks), reference.probe(ranks), W, energies, why=partial(why, W, energies))


@points(0.25)
def test_low_rank(student, reference, rng):
    """A matrix of low rank."""
    W = matrix(rng, (9, 11), STEEP[:3])
    agree(student.probe(ranks), reference.probe(ranks), W, [between(STEEP[:3], r) for r in (2, 3)])


@points(0.25)
def test_size_does_not_matter(student, reference, rng):
    """Very small and very large weights."""
    for factor in (1e-4, 1e4):
        W = matrix(rng, (8, 9), FLAT) * factor
        agree(student.probe(ranks), reference.probe(ranks), W, [between(FLAT, r) for r in (1, 4, 6)])


@points(0.25)
def test_input_is_left_alone(student, reference, rng):
    """W is the same after the call as before, also if it is a view."""
    W = np.repeat(matrix(rng, (8, 9), FLAT), 2, axis=0)
    agree(student.rank_for_energy, reference.rank_for_energy, W, between(FLAT, 6), untouched=True)
    W = W.T[:, ::2]
    agree(student.rank_for_energy, reference.rank_for_energy, W, between(FLAT, 2), untouched=True)
