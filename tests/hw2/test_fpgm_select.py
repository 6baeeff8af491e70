"""Hidden tests of hw2's `fpgm_select` (6 points).

The order of the indices is free, and so is whether they come in a list, a tuple, a set or an array. Of random filters most
criteria choose nearly the same. So half of the marks are for layers drawn until the choice is clear and certain wrong
criteria, misconceptions of the bank, make another; such a layer is the same for all students, but for the order of its
filters. In the layers of the other tests a few filters lie in the middle of all others, so that whoever looks for the
middle in another way has the marks for all else.
"""

from functools import cache

import numpy as np
import torch

from homework.judge import agree, points

WELL_KNOWN = ("squared_distances", "l1_distances", "smallest_norm")
OTHER_DISTANCES = (
    *WELL_KNOWN,
    "distance_of_each_channel",
    "distance_at_each_place",
    "signs_dropped",
    "cosine_distances",
    "filters_normalized",
    "channels_added_up",
    "kernels_added_up",
    "first_channel_only",
    "largest_difference_as_distance",
    "differences_of_norms",
    "smallest_l1_norm",
)
OTHER_MIDDLES = (
    *WELL_KNOWN,
    "nearest_to_the_median_of_each_weight",
    "measured_again_after_each",
    "median_of_distances",
    "nearest_to_the_most_central_filter",
    "nearest_neighbor_only",
    "farthest_filter_only",
    "nearest_to_the_geometric_median",
)


@cache
def layer(bank, wrong, n, *shape):
    """Filters of which the right choice is clear, and each of the `wrong` criteria makes another, all of them different."""
    generator = np.random.default_rng(1)  # most seeds take thousands of draws to find the layers below
    while True:
        W = generator.normal(size=shape[1:]) / 2 + generator.standard_t(2, size=shape)
        rows = W.reshape(len(W), -1)
        sums = np.sort(np.linalg.norm(rows[:, None] - rows, axis=2).sum(axis=1))
        choices = {frozenset(bank.reference(W, n))}
        for name in wrong:
            choice = frozenset(bank.misconceptions[name].function(W, n))
            if choice in choices:
                break
            choices.add(choice)
        if len(choices) == 1 + len(wrong) and sums[n] - sums[n - 1] > 1e-3 * sums[n]:
            return W


def draw(rng, reference, wrong, n, *shape):
    """Such a layer, its filters in random order."""
    return layer(reference.fpgm_select.bank, wrong, n, *shape)[rng.generator.permutation(shape[0])]


def middle(rng, n, pairs, *shape):
    """Filters in pairs around n in their middle, in random order: every kind of distance finds these, and hardly a norm."""
    around = rng.array(pairs, *shape, scale=0.5)
    W = rng.array(*shape, scale=4) + np.concatenate([around, -around, rng.array(n, *shape, scale=0.02)])
    return W[rng.generator.permutation(len(W))]


def chosen(solution, W, n):
    """The chosen indices in ascending order."""
    given = solution.fpgm_select(W, n)
    if isinstance(given, (set, frozenset)):
        given = list(given)
    if not isinstance(given, (list, tuple, np.ndarray, torch.Tensor)):
        return given
    given = np.asarray(given)
    return given if given.dtype == bool else np.sort(given.reshape(-1))


def filters(solution, W, n):
    """The filters that have the returned indices, each index once: which of equal filters it is does not show."""
    given = solution.fpgm_select(W, n)
    if isinstance(given, (set, frozenset)):
        given = list(given)
    if not isinstance(given, (list, tuple, np.ndarray, torch.Tensor)):
        return given
    given = np.unique(np.asarray(given))
    return given if given.dtype == bool else np.take(W, given.astype(int), axis=0, mode="clip")


def form(solution, W, n):
    """Zeros in the shape of the returned list."""
    given = solution.fpgm_select(W, n)
    if isinstance(given, (set, frozenset)):
        given = list(given)
    return np.zeros(np.shape(given)) if isinstance(given, (list, tuple, np.ndarray, torch.Tensor)) else given


@points(1)
def test_filters_in_the_middle(student, reference, rng):
    """Filters that lie in the middle of all others are chosen."""
    agree(student.probe(chosen), reference.probe(chosen), middle(rng, 3, 4, 5, 3, 3), 3)


@points(0.75)
def test_one_filter(student, reference, rng):
    """One filter is chosen, by Euclidean distances."""
    W = draw(rng, reference, WELL_KNOWN, 1, 11, 6, 3, 3)
    agree(student.probe(chosen), reference.probe(chosen), W, 1)


@points(0.75)
def test_several_filters(student, reference, rng):
    """Several filters are chosen, by Euclidean distances between whole filters."""
    W = draw(rng, reference, OTHER_DISTANCES, 8, 22, 4, 3, 3)
    agree(student.probe(chosen), reference.probe(chosen), W, 8)


@points(0.75)
def test_high_kernels(student, reference, rng):
    """Several filters are chosen, by their sums of distances to all filters; kernels are higher than wide."""
    W = draw(rng, reference, OTHER_MIDDLES, 7, 18, 4, 3, 2)
    agree(student.probe(chosen), reference.probe(chosen), W, 7)


@points(0.25)
def test_opposite_filters(student, reference, rng):
    """One filter is chosen in a layer that holds a filter and its negative, which are far apart."""
    generator = np.random.default_rng(2)
    bank = reference.fpgm_select.bank
    others = [
        bank.misconceptions[name].function for name in ("signs_dropped", "distances_of_squared_weights")
    ]
    while True:  # until both rules choose another filter
        f = generator.normal(size=(1, 3, 2, 2), scale=2)
        W = np.concatenate([f, -f, generator.normal(size=(7, 3, 2, 2)) + 0.5])
        if bank.reference(W, 1) not in [choose(W, 1) for choose in others]:
            break
    W = W[rng.generator.permutation(len(W))]
    agree(student.probe(chosen), reference.probe(chosen), W, 1)


@points(0.5)
def test_pointwise_filters(student, reference, rng):
    """Filters of 1 × 1, in float32."""
    W = draw(rng, reference, WELL_KNOWN, 3, 10, 8, 1, 1).astype(np.float32)
    agree(student.probe(chosen), reference.probe(chosen), W, 3)


@points(0.5)
def test_views_of_other_arrays(student, reference, rng):
    """Filters whose memory is not contiguous."""
    W = middle(rng, 5, 3, 4, 3, 2).transpose(2, 3, 1, 0).copy().transpose(3, 2, 0, 1)
    agree(student.probe(chosen), reference.probe(chosen), W, 5)


@points(0.25)
def test_no_filter(student, reference, rng):
    """Nothing is chosen where n is 0."""
    agree(student.probe(chosen), reference.probe(chosen), rng.array(7, 3, 3, 3), 0)


@points(0.25)
def test_all_filters(student, reference, rng):
    """All filters are chosen where n is their number."""
    agree(student.probe(chosen), reference.probe(chosen), rng.array(6, 2, 3, 3), 6)


@points(0.25)
def test_equal_sums(student, reference, rng):
    """n different filters are chosen where some have equal sums; which of these is free."""
    around = rng.array(3, 2, 3, 2)
    same = np.zeros((3, 2, 3, 2))  # the sums of equal filters are equal to the last bit
    W = rng.array(2, 3, 2, scale=4) + np.concatenate([around, -around, same])
    W = W[rng.generator.permutation(len(W))]
    for n in (2, 3):
        agree(student.probe(filters), reference.probe(filters), W, n)


@points(0.25)
def test_list_of_indices(student, reference, rng):
    """The indices come in a list, n of them."""
    agree(student.probe(form), reference.probe(form), rng.array(8, 3, 2, 2), 5)


@points(0.5)
def test_filters_are_left_alone(student, reference, rng):
    """W is the same after the call as before."""
    W = middle(rng, 2, 5, 3, 2, 3)
    agree(student.probe(chosen), reference.probe(chosen), W, 2, untouched=True)
