"""Wrong solutions of `fpgm_select`, each with the sentence that a student whose answer equals it should read."""

import numpy as np
import torch

from homework.judge import misconception, together


def _rows(W):
    return W.reshape(len(W), -1).astype(np.float64)


def _distances(rows):
    """Euclidean distances between all pairs of rows."""
    return np.sqrt(((rows[:, None] - rows[None]) ** 2).sum(-1))


def _totals(W):
    return _distances(_rows(W)).sum(axis=1)


def _smallest(scores, n):
    return np.argsort(scores)[:n].tolist()


def _right(W, n):
    return _smallest(_totals(W), n)


# ------------------------------------------------------------------------------ criteria of the norm


@misconception(
    "You chose the filters of the smallest L2 norm. That criterion is what FPGM replaces: it asks for the filters that the others can make up for, those with the smallest sum of distances to all filters."
)
def smallest_norm(W, n):
    return _smallest(np.linalg.norm(_rows(W), axis=1), n)


@misconception(
    "You chose the filters of the smallest L1 norm. That criterion is what FPGM replaces: it asks for the filters that the others can make up for, those with the smallest sum of distances to all filters."
)
def smallest_l1_norm(W, n):
    return _smallest(np.abs(_rows(W)).sum(axis=1), n)


@misconception(
    "You chose the filters of the largest norm. FPGM does not look at norms, but at distances between filters: those with the smallest sum of distances to all filters go."
)
def largest_norm(W, n):
    return _smallest(-np.linalg.norm(_rows(W), axis=1), n)


@misconception(
    "You compared the norms of the filters with each other. Two filters of the same norm can be far apart: the distance is the norm of their difference."
)
def differences_of_norms(W, n):
    norms = np.linalg.norm(_rows(W), axis=1)
    return _smallest(np.abs(norms[:, None] - norms[None]).sum(axis=1), n)


# ------------------------------------------------------------------------------ other centers, other distances


@misconception(
    "You chose the filters nearest to the mean, which are also those of the smallest sums of squared distances. Squares let outlying filters decide; the geometric median is about the distances themselves, each with its root."
)
def squared_distances(W, n):
    return _smallest((_distances(_rows(W)) ** 2).sum(axis=1), n)


@misconception(
    "You chose the filters nearest to the median of each weight. The geometric median is another point, and here it is not computed at all: sum the distances from each filter to all filters."
)
def nearest_to_the_median_of_each_weight(W, n):
    rows = _rows(W)
    return _smallest(np.linalg.norm(rows - np.median(rows, axis=0), axis=1), n)


@misconception(
    "You computed the geometric median and chose the filters nearest to it. That is where FPGM starts from, but then it looks among the filters themselves: the sum of distances from each filter to all filters decides, and that can be another choice."
)
def nearest_to_the_geometric_median(W, n):
    rows = _rows(W)
    median = rows.mean(axis=0)
    for _ in range(100):  # Weiszfeld's iteration
        weights = 1 / np.maximum(np.linalg.norm(rows - median, axis=1), 1e-12)
        median = weights @ rows / weights.sum()
    return _smallest(np.linalg.norm(rows - median, axis=1), n)


@misconception(
    "You chose the most central filter and those nearest to it. Here the sum of distances to all filters is compared for each filter, and the n smallest sums go."
)
def nearest_to_the_most_central_filter(W, n):
    distances = _distances(_rows(W))
    return _smallest(distances[np.argmin(distances.sum(axis=1))], n)


@misconception(
    "Your distances are sums of absolute differences (L1). Euclidean distances are asked for: the root of the sum of squares."
)
def l1_distances(W, n):
    rows = _rows(W)
    return _smallest(np.abs(rows[:, None] - rows[None]).sum(axis=(1, 2)), n)


@misconception(
    "Your distances are the largest absolute differences. Euclidean distances are asked for: the root of the sum of squares."
)
def largest_difference_as_distance(W, n):
    rows = _rows(W)
    return _smallest(np.abs(rows[:, None] - rows[None]).max(axis=2).sum(axis=1), n)


@misconception(
    "You compared directions only (cosine distances). FPGM has a version that does; here Euclidean distances are asked for, in which lengths count too."
)
def cosine_distances(W, n):
    rows = _rows(W)
    units = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return _smallest((1 - units @ units.T).sum(axis=1), n)


@misconception(
    "You brought all filters to length 1 before you measured distances. They are compared as they are, with their lengths."
)
def filters_normalized(W, n):
    rows = _rows(W)
    return _smallest(_distances(rows / np.linalg.norm(rows, axis=1, keepdims=True)).sum(axis=1), n)


@misconception(
    "You added up a distance for each channel. A filter is one long vector, through all its channels: one root over all its weights."
)
def distance_of_each_channel(W, n):
    differences = (W[:, None] - W[None]).astype(np.float64)
    return _smallest(np.sqrt((differences**2).sum(axis=(3, 4))).sum(axis=(1, 2)), n)


@misconception(
    "You added up a distance for each place of the kernel. A filter is one long vector, with all places of all its channels: one root over all its weights."
)
def distance_at_each_place(W, n):
    differences = (W[:, None] - W[None]).astype(np.float64)
    return _smallest(np.sqrt((differences**2).sum(axis=2)).sum(axis=(1, 2, 3)), n)


@misconception(
    "You added the channels of each filter up (or averaged them) before you measured distances. A filter is one long vector, through all its channels."
)
def channels_added_up(W, n):
    return _smallest(_totals(W.sum(axis=1)), n)


@misconception(
    "You added up (or averaged) each kernel's weights before you measured distances. A filter is one long vector, with all its weights."
)
def kernels_added_up(W, n):
    return _smallest(_totals(W.sum(axis=(2, 3))), n)


@misconception(
    "You looked at the first channel of each filter only. A filter is one long vector, through all its channels."
)
def first_channel_only(W, n):
    return _smallest(_totals(W[:, 0]), n)


@misconception(
    "You measured distances between the weights' absolute values. Weights of opposite sign are far apart, so keep the signs until you have differences."
)
def signs_dropped(W, n):
    return _smallest(_totals(np.abs(W)), n)


@misconception(
    "You added up differences with their signs, in which those of different sign cancel. A distance is the root of the sum of squared differences."
)
def signed_differences(W, n):
    rows = _rows(W)
    return _smallest((rows[:, None] - rows[None]).sum(axis=(1, 2)), n)


# ------------------------------------------------------------------------------ which distances are added up


@misconception(
    "You took the distance to the nearest other filter alone. FPGM adds up the distances to all filters of the layer."
)
def nearest_neighbor_only(W, n):
    distances = _distances(_rows(W))
    np.fill_diagonal(distances, np.inf)
    return _smallest(distances.min(axis=1), n)


@misconception(
    "You took the distance to the farthest filter alone. FPGM adds up the distances to all filters of the layer."
)
def farthest_filter_only(W, n):
    return _smallest(_distances(_rows(W)).max(axis=1), n)


@misconception(
    "You took the median of the distances. FPGM adds up the distances to all filters of the layer; only its name speaks of a median."
)
def median_of_distances(W, n):
    return _smallest(np.median(_distances(_rows(W)), axis=1), n)


@misconception(
    "Each distance went into one sum only, that of the filter which comes first (`j > i`). It belongs to both: the sum of every filter runs over all filters."
)
def later_filters_only(W, n):
    return _smallest(np.triu(_distances(_rows(W))).sum(axis=1), n)


@misconception(
    "Each distance went into one sum only, that of the filter which comes last (`j < i`). It belongs to both: the sum of every filter runs over all filters."
)
def earlier_filters_only(W, n):
    return _smallest(np.tril(_distances(_rows(W))).sum(axis=1), n)


@misconception(
    "You took the distance to the next filter only. Where a filter stands in the layer means nothing: add up the distances to all filters."
)
def next_filter_only(W, n):
    rows = _rows(W)
    return _smallest(np.linalg.norm(rows - np.roll(rows, -1, axis=0), axis=1), n)


@misconception(
    "You measured again after each filter that you chose, without it. The sums run over all filters of the layer, those to be pruned too: compute them once."
)
def measured_again_after_each(W, n):
    left, rows = list(range(len(W))), _rows(W)
    for _ in range(n):
        left.pop(int(np.argmin(_distances(rows[left]).sum(axis=1))))
    return [index for index in range(len(W)) if index not in left]


@misconception("You chose among the input channels. Filters are output channels: the first axis of W.")
def input_channels(W, n):
    return _smallest(_totals(W.swapaxes(0, 1)), n)


# ------------------------------------------------------------------------------ which ends of the order


@misconception(
    "You chose the filters farthest from the others. They are the ones that nothing else can make up for: FPGM prunes those with the smallest sum of distances."
)
def largest_sums(W, n):
    return _smallest(-_totals(W), n)


@misconception("You returned the filters that stay. The indices of those to prune are asked for, n of them.")
def kept_filters(W, n):
    return np.argsort(_totals(W))[n:].tolist()


@misconception("You took n for the number of filters that stay. It is the number of those to prune.")
def n_taken_for_the_number_kept(W, n):
    return _smallest(_totals(W), len(W) - n)


@misconception(
    "You left out the filter with the smallest sum, as one leaves out a point itself among its neighbors. The sums have been taken already: the n smallest go, from the first on."
)
def smallest_sum_left_out(W, n):
    return np.argsort(_totals(W))[1 : n + 1].tolist()


@misconception("You chose one filter only. The n filters with the smallest sums are asked for.")
def one_filter_only(W, n):
    return _smallest(_totals(W), min(n, 1))


@misconception(
    "Where no filter is to be pruned you return all: with n = 0 the slice `[-n:]` is the whole list. Take the n smallest from the front, `[:n]`."
)
def slice_from_minus_zero(W, n):
    return np.argsort(-_totals(W))[-n:].tolist()


@misconception(
    "You took the result of `np.argsort` for ranks. It lists indices: its first entry is the filter with the smallest sum, so that the n first entries are the answer."
)
def argsort_taken_for_ranks(W, n):
    return np.flatnonzero(np.argsort(_totals(W)) < n).tolist()


@misconception(
    "You never choose the last filter, even where all of them are to go: n may be as large as the number of filters."
)
def one_filter_always_stays(W, n):
    return _smallest(_totals(W), min(n, len(W) - 1))


# ------------------------------------------------------------------------------ equal sums


@misconception(
    "Where filters have equal sums you return the first of them again and again: looking a sum up (`index`) finds the same place each time. Sort the indices by their sums (`np.argsort`), then each comes once."
)
def first_of_equals_again(W, n):
    totals = _totals(W).tolist()
    return [totals.index(total) for total in sorted(totals)[:n]]


@misconception(
    "Where filters have equal sums your threshold takes all of them, more than n. Exactly n filters are asked for: choose them by place (`np.argsort`), not by value."
)
def all_of_equals(W, n):
    totals = _totals(W)
    return np.flatnonzero(totals <= np.sort(totals)[n - 1]).tolist() if n else []


@misconception(
    "Where filters have equal sums your threshold leaves all of them, so that fewer than n are chosen. Exactly n filters are asked for: choose them by place (`np.argsort`), not by value."
)
def none_of_equals(W, n):
    totals = _totals(W)
    return np.flatnonzero(totals < np.append(np.sort(totals), np.inf)[n]).tolist()


@misconception(
    "Your threshold is the sum at index n - 1. Where n is 0 that is index -1, the largest of all, and every filter is chosen; and where sums are equal more than n filters are. Choose the n places by `np.argsort` instead."
)
def threshold_at_index_minus_one(W, n):
    totals = _totals(W)
    return np.flatnonzero(totals <= np.sort(totals)[n - 1]).tolist()


@misconception(
    "Of filters with equal sums you have the last one only: a dict keeps one entry for each key, and here the sums are its keys. Let the indices be the keys, or sort them by their sums."
)
def sums_as_keys(W, n):
    places = {total: place for place, total in enumerate(_totals(W).tolist())}
    return [places[total] for total in sorted(places)[:n]]


# ------------------------------------------------------------------------------ what is returned


@misconception("You counted the filters from 1. In Python the first one has the index 0.")
def counted_from_one(W, n):
    return [index + 1 for index in _right(W, n)]


@misconception(
    "You returned a mask. The indices of the filters to prune are asked for, n of them: `np.flatnonzero` makes them of a mask."
)
def mask_for_indices(W, n):
    mask = np.zeros(len(W), dtype=bool)
    mask[_right(W, n)] = True
    return mask


@misconception(
    "You returned the sums of distances. Their places are asked for: the indices of the n filters with the smallest sums (`np.argsort`)."
)
def sums_for_indices(W, n):
    return np.sort(_totals(W))[:n]


@misconception("You returned the filters themselves. Their indices are asked for.")
def filters_for_indices(W, n):
    return W[_right(W, n)]


@misconception("Your indices are right but stand in a matrix. A list of n whole numbers is asked for.")
def indices_in_a_matrix(W, n):
    return np.array(_right(W, n)).reshape(-1, 1)


@misconception(
    "Your function returned nothing: after the last line of the work, `return` must hand the indices back."
)
def nothing_returned(W, n):
    _right(W, n)


# ------------------------------------------------------------------------------ inputs


@misconception(
    "Your choice is right, but the filters were changed: `W -= ...` and the like write into the caller's array. Make a new one (`W - ...`)."
)
def filters_centered_in_place(W, n):
    W -= W.mean(axis=0)
    return _right(W, n)


@misconception(
    "Your choice is right, but the chosen filters were set to zero. Only their indices are asked for; whoever calls still needs W as it was."
)
def filters_zeroed(W, n):
    chosen = _right(W, n)
    W[chosen] = 0
    return chosen


@misconception(
    "You measured distances between the squares of the weights, as torch-pruning's FPGMImportance does. A filter and its negative have the same squares, but they are far apart: take the squares of the differences instead."
)
def distances_of_squared_weights(W, n):
    return _smallest(_totals(W.astype(np.float64) ** 2), n)


@misconception(
    "You took the last axis of W for the filters, as Keras stores them. Here filters are the slices along the first axis, (F, C, kh, kw)."
)
def filters_along_the_last_axis(W, n):
    return _smallest(_totals(np.moveaxis(W, -1, 0)), n)


@misconception(
    "Your function stops where W is a view of another array: `.view(F, -1)` of such a tensor is not possible. `.reshape(F, -1)` copies where it must."
)
def flattened_by_view(W, n):
    torch.as_tensor(W).view(len(W), -1)
    return _right(W, n)


# ------------------------------------------------------------------------------ other places, other axes


@misconception(
    "Your indices count in the list of filters sorted by norm. The caller needs indices of W: look up in the sorted list which filter stands there, or do not sort at all."
)
def places_in_the_list_sorted_by_norm(W, n):
    order = np.argsort(np.linalg.norm(_rows(W), axis=1))
    return _smallest(_totals(W[order]), n)


@misconception(
    "Your norm runs over the wrong axis: over the filters, not over the values of a difference. W_f - W_g has shape (F, F, values); its norm is taken along the last axis."
)
def norm_over_the_filters(W, n):
    rows = _rows(W)
    return _smallest(np.linalg.norm(rows[:, None] - rows[None], axis=1).sum(axis=1), n)


@misconception(
    "Your threshold is the largest of the n smallest sums, and every filter up to it is taken. Where n is 0 there is no largest, and your function stops; where sums are equal more than n filters are taken. Choose the n filters by place (`np.argsort`)."
)
def threshold_at_the_largest_chosen(W, n):
    totals = torch.as_tensor(_totals(W))
    return torch.nonzero(totals <= totals.topk(n, largest=False).values.max()).flatten().tolist()


@misconception(
    "`np.argpartition` has no place n where all n = F filters are to go, and your function stops. Use `np.argsort`."
)
def partition_beyond_the_end(W, n):
    return np.argpartition(_totals(W), n)[:n].tolist()


@misconception(
    "Your function stops where W is a view of another array: its `shape` cannot be set, since its values do not follow each other in memory. `W.reshape(F, -1)` copies where it must."
)
def flattened_by_setting_the_shape(W, n):
    view = W.view()
    view.shape = (len(W), -1)
    return _right(W, n)


PAIRS = together(
    _right,
    (places_in_the_list_sorted_by_norm, flattened_by_view),
    (threshold_at_the_largest_chosen, flattened_by_view),
)
