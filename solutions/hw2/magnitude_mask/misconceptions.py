"""Wrong solutions of `magnitude_mask`, each with the sentence that a student whose answer equals it should read."""

import math

import numpy as np
import torch

from homework.judge import misconception, together


def _mask(scores, k):
    """False at the k smallest of `scores`."""
    mask = np.ones(scores.size, dtype=bool)
    mask[np.argsort(scores, axis=None)[:k]] = False
    return mask.reshape(scores.shape)


def _right(w, sparsity):
    return _mask(np.abs(w), round(w.size * sparsity))


# ------------------------------------------------------------------------------ which weights


@misconception(
    "Your mask is the wrong way round: it is True where weights are pruned. True means that a weight stays, so that `w * mask` is the pruned layer."
)
def mask_inverted(w, sparsity):
    return ~_right(w, sparsity)


@misconception(
    "You took the sparsity for the share of weights that stay. It is the share that goes: at sparsity 0.9 only a tenth is left."
)
def sparsity_as_share_kept(w, sparsity):
    return _mask(np.abs(w), w.size - round(w.size * sparsity))


@misconception(
    "You pruned the largest magnitudes. It is the smallest that matter least to the output, so those go."
)
def largest_pruned(w, sparsity):
    return _mask(-np.abs(w), round(w.size * sparsity))


@misconception(
    "You compared the weights with their signs, so that large negative ones went first. Magnitude is |w|: -3 counts for more than 0.1."
)
def signed_values(w, sparsity):
    return _mask(w, round(w.size * sparsity))


@misconception(
    "You pruned the same share of every row (`axis=-1`, which is also the default of `np.argsort`). The weights of the whole array compete with each other: flatten it first."
)
def every_row_alone(w, sparsity):
    rows = np.abs(w).reshape(-1, w.shape[-1])
    k = round(rows.shape[1] * sparsity)
    return np.stack([_mask(row, k) for row in rows]).reshape(w.shape)


@misconception(
    "You pruned the same share of every filter (along the first axis). The weights of the whole array compete with each other: flatten it first."
)
def every_filter_alone(w, sparsity):
    rows = np.abs(w).reshape(len(w) if w.ndim > 1 else 1, -1)
    k = round(rows.shape[1] * sparsity)
    return np.stack([_mask(row, k) for row in rows]).reshape(w.shape)


@misconception(
    "You pruned the same share of every row (along the first axis), in which an array of one dimension has a single weight. The weights of the whole array compete with each other: flatten it first."
)
def every_slice_alone(w, sparsity):
    rows = np.abs(w).reshape(len(w), -1)
    k = round(rows.shape[1] * sparsity)
    return np.stack([_mask(row, k) for row in rows]).reshape(w.shape)


@misconception(
    "You pruned the same share of every column (`axis=0`). The weights of the whole array compete with each other: flatten it first."
)
def every_column_alone(w, sparsity):
    rows = np.abs(w).reshape(len(w), -1).T
    k = round(rows.shape[1] * sparsity)
    return np.stack([_mask(row, k) for row in rows]).T.reshape(w.shape)


@misconception(
    "You pruned the weights that come first in memory. First sort them: `np.argsort` of the magnitudes tells where the smallest are."
)
def first_places_pruned(w, sparsity):
    return _mask(np.arange(w.size).reshape(w.shape), round(w.size * sparsity))


@misconception(
    "You took the result of `np.argsort` for ranks. It lists places: its first entry says where the smallest weight is, not how large the first weight is. Use it as an index, or sort it once more."
)
def argsort_taken_for_ranks(w, sparsity):
    places = np.argsort(np.abs(w), axis=None)
    return (places >= round(w.size * sparsity)).reshape(w.shape)


# ------------------------------------------------------------------------------ how many


@misconception(
    "Where magnitudes are equal your threshold prunes all of them, more than asked for (`abs(w) > threshold`). Exactly round(w.size * sparsity) weights go: choose them by place, not by value."
)
def ties_all_pruned(w, sparsity):
    k = round(w.size * sparsity)
    magnitudes = np.abs(w)
    return magnitudes > np.sort(magnitudes, axis=None)[k - 1] if k else np.ones(w.shape, dtype=bool)


@misconception(
    "Where magnitudes are equal your threshold keeps all of them, so that fewer are pruned than asked for (`abs(w) >= threshold`). Exactly round(w.size * sparsity) weights go: choose them by place, not by value."
)
def ties_all_kept(w, sparsity):
    k = round(w.size * sparsity)
    magnitudes = np.abs(w)
    return magnitudes >= np.append(np.sort(magnitudes, axis=None), np.inf)[k]


@misconception(
    "Every weight that is zero counts as pruned in your mask (it was made by looking which values are zero), more than asked for. The mask says which round(w.size * sparsity) weights were chosen, whatever their values: set it at their places."
)
def zeros_taken_for_pruned(w, sparsity):
    return _right(w, sparsity) & (w != 0)


@misconception(
    "Your threshold is the magnitude at index k, and what equals it stays. Where everything is to be pruned there is no such index, and where magnitudes are equal fewer than k weights go. Choose the k places by `np.argsort` instead."
)
def threshold_at_index_k(w, sparsity):
    magnitudes = np.abs(w)
    return magnitudes >= np.sort(magnitudes, axis=None)[round(w.size * sparsity)]


@misconception(
    "Your threshold is the magnitude at index `int(w.size * sparsity)`, and what equals it stays. The number is rounded, not cut off; where everything is to be pruned there is no such index; and where magnitudes are equal fewer weights go than asked for. Choose the places by `np.argsort` instead."
)
def threshold_at_an_index_cut_off(w, sparsity):
    magnitudes = np.abs(w)
    return magnitudes >= np.sort(magnitudes, axis=None)[int(w.size * sparsity)]


@misconception(
    "Your threshold is the magnitude at index k - 1. Where nothing is to be pruned that is index -1, the largest of all, and everything goes; and where magnitudes are equal more than k of them go. Choose the k places by `np.argsort` instead."
)
def threshold_at_index_minus_one(w, sparsity):
    magnitudes = np.abs(w)
    return magnitudes > np.sort(magnitudes, axis=None)[round(w.size * sparsity) - 1]


@misconception(
    "Where nothing is to be pruned, everything is: with k = 0 the slice `[-k:]` is the whole list. Take the k smallest from the front, `[:k]`."
)
def slice_from_minus_zero(w, sparsity):
    mask = np.ones(w.size, dtype=bool)
    mask[np.argsort(-np.abs(w), axis=None)[-round(w.size * sparsity) :]] = False
    return mask.reshape(w.shape)


@misconception(
    "Where everything is to be pruned, nothing is: with 0 weights to keep the slice `[-keep:]` is the whole list. Take the first k places for those that go, `[:k]`."
)
def kept_slice_from_minus_zero(w, sparsity):
    keep = w.size - round(w.size * sparsity)
    mask = np.zeros(w.size, dtype=bool)
    mask[np.argsort(np.abs(w), axis=None)[-keep:]] = True
    return mask.reshape(w.shape)


@misconception(
    "You cut the fraction off the number of weights that go (`int`, `floor`, `//`). It is rounded: of 12.6 weights 13 go."
)
def rounded_down(w, sparsity):
    return _mask(np.abs(w), math.floor(w.size * sparsity))


@misconception(
    "You always rounded up the number of weights that go (`ceil`, or those that stay were cut off by `int`). It is rounded: of 6.3 weights 6 go."
)
def rounded_up(w, sparsity):
    return _mask(np.abs(w), math.ceil(w.size * sparsity))


@misconception(
    "You pruned one weight too many: the weight at the threshold goes too. Exactly round(w.size * sparsity) weights go; those at sorted places 0 to k - 1."
)
def one_too_many(w, sparsity):
    return _mask(np.abs(w), round(w.size * sparsity) + 1)


@misconception(
    "You pruned one weight too few: the weight at the threshold stays. Exactly round(w.size * sparsity) weights go; those at sorted places 0 to k - 1."
)
def one_too_few(w, sparsity):
    return _mask(np.abs(w), max(round(w.size * sparsity) - 1, 0))


@misconception(
    "You took the share of `len(w)`, which is the number of rows. The number of weights is `w.size`."
)
def rows_counted(w, sparsity):
    return _mask(np.abs(w), round(len(w) * sparsity))


# ------------------------------------------------------------------------------ other thresholds


@misconception(
    "You compared the magnitudes with the sparsity itself. It is a share of the weights, not a size: how many lie below it depends on the layer."
)
def sparsity_as_threshold(w, sparsity):
    return np.abs(w) > sparsity


@misconception(
    "Your threshold is a share of the largest magnitude. How many weights lie below it depends on the layer; a given number of weights must go."
)
def share_of_the_largest(w, sparsity):
    return np.abs(w) > sparsity * np.abs(w).max()


@misconception(
    "Your threshold is a share of the mean magnitude. How many weights lie below it depends on the layer; a given number of weights must go."
)
def share_of_the_mean(w, sparsity):
    return np.abs(w) > sparsity * np.abs(w).mean()


@misconception(
    "Your threshold is a multiple of the standard deviation. How many weights lie below it depends on the layer; a given number of weights must go."
)
def share_of_the_deviation(w, sparsity):
    return np.abs(w) > sparsity * w.std()


@misconception(
    "Your threshold is a quantile of the magnitudes, and what equals it is pruned. A quantile lies at (n - 1) * sparsity, between two weights or on one: the count is not always round(n * sparsity), as at sparsity 0, and never where magnitudes are equal. Choose the places by `np.argsort`."
)
def quantile_pruned_too(w, sparsity):
    return np.abs(w) > np.quantile(np.abs(w), sparsity)


@misconception(
    "Your threshold is a quantile of the magnitudes, and what equals it stays. A quantile lies at (n - 1) * sparsity, between two weights or on one: the count is not always round(n * sparsity), as at sparsity 1, and never where magnitudes are equal. Choose the places by `np.argsort`."
)
def quantile_kept(w, sparsity):
    return np.abs(w) >= np.quantile(np.abs(w), sparsity)


@misconception(
    "You gave the sparsity to `np.percentile`, which takes a number from 0 to 100: 0.3 is 0.3 percent there, and next to nothing is pruned."
)
def percentile_of_a_share(w, sparsity):
    return np.abs(w) > np.percentile(np.abs(w), sparsity)


@misconception("You divided the sparsity by 100. It is a share between 0 and 1, not a percentage.")
def sparsity_in_percent(w, sparsity):
    return _mask(np.abs(w), round(w.size * sparsity / 100))


# ------------------------------------------------------------------------------ what is returned


@misconception(
    "You returned the pruned weights. The mask is asked for, True where a weight stays: the caller multiplies by it."
)
def weights_for_mask(w, sparsity):
    return w * _right(w, sparsity)


@misconception(
    "You returned the places of the weights that go. A mask of w's shape is asked for, False at these places and True elsewhere."
)
def places_for_mask(w, sparsity):
    return np.argsort(np.abs(w), axis=None)[: round(w.size * sparsity)]


@misconception(
    "You returned the places of the weights that stay. A mask of w's shape is asked for, True at these places and False elsewhere."
)
def kept_places_for_mask(w, sparsity):
    return np.argsort(np.abs(w), axis=None)[round(w.size * sparsity) :]


@misconception(
    "You returned the threshold. A mask of w's shape is asked for, with a True or False for each weight."
)
def threshold_for_mask(w, sparsity):
    return np.append(0, np.sort(np.abs(w), axis=None))[round(w.size * sparsity)]


@misconception(
    "Your mask is made of numbers, zeros and ones. Booleans are asked for: with `dtype=bool`, `w[mask]` and `~mask` mean what they should."
)
def numbers_for_booleans(w, sparsity):
    return _right(w, sparsity).astype(np.int64)


@misconception(
    "Your mask is right but in one long row. It has the shape of w, so that each weight finds its own."
)
def flat_mask(w, sparsity):
    return _right(w, sparsity).reshape(-1)


@misconception(
    "Your mask is right but comes back as a Python list. A NumPy array is asked for, so that one can multiply and index with it."
)
def list_for_array(w, sparsity):
    return _right(w, sparsity).tolist()


@misconception(
    "You returned two things, the pruned weights and the mask. The mask alone is asked for: the caller multiplies by it."
)
def weights_and_mask(w, sparsity):
    mask = _right(w, sparsity)
    return w * mask, mask


@misconception(
    "Your mask stays all True where w is a transposed view: `np.ones_like(w)` copies its order in memory, and then `ravel()` or `reshape(-1)` of the mask is a copy, which you wrote into. Fill a flat array and reshape it at the end."
)
def copy_of_the_mask_filled(w, sparsity):
    mask = np.ones_like(w, dtype=bool)
    mask.ravel()[np.argsort(np.abs(w), axis=None)[: round(w.size * sparsity)]] = False
    return mask


@misconception(
    "Your function returned nothing: after the last line of the work, `return mask` must hand the mask back."
)
def nothing_returned(w, sparsity):
    _right(w, sparsity)


# ------------------------------------------------------------------------------ inputs


@misconception(
    "Where the sparsity is 1 the weights themselves were set to zero. Only the mask is asked for, at every sparsity; whoever calls still needs w as it was."
)
def weights_zeroed_where_everything_goes(w, sparsity):
    if sparsity == 1:
        w[...] = 0
    return _right(w, sparsity)


@misconception(
    "Your mask is right, but the weights themselves were set to zero. Only the mask is asked for; whoever calls still needs w as it was."
)
def weights_zeroed(w, sparsity):
    mask = _right(w, sparsity)
    w[~mask] = 0
    return mask


@misconception(
    "Your mask is right, but the weights lost their signs: the magnitudes were written into w itself. `np.abs(w)` makes a new array."
)
def signs_lost(w, sparsity):
    np.abs(w, out=w)
    return _right(w, sparsity)


# ------------------------------------------------------------------------------ where nothing, or nearly everything, goes


@misconception(
    "Where round(w.size * sparsity) is 0 although the sparsity is not, everything is pruned: with k = 0 the slice `[-k:]` is the whole list. Asking whether the sparsity is 0 does not help; take the k smallest from the front, `[:k]`."
)
def slice_from_minus_zero_above_sparsity_zero(w, sparsity):
    if sparsity == 0:
        return np.ones(w.shape, dtype=bool)
    mask = np.ones(w.size, dtype=bool)
    mask[np.argsort(-np.abs(w), axis=None)[-round(w.size * sparsity) :]] = False
    return mask.reshape(w.shape)


@misconception(
    "Your function stops where round(w.size * sparsity) is 0 although the sparsity is not: there is no value at rank 0 for `kthvalue`. Ask whether k is 0, not whether the sparsity is."
)
def no_value_at_rank_zero(w, sparsity):
    if sparsity == 0:
        return np.ones(w.shape, dtype=bool)
    if round(w.size * sparsity) == 0:
        raise RuntimeError("kthvalue(): selected number k out of range")
    return _right(w, sparsity)


@misconception(
    "You keep one weight at least, also where all of them are to be pruned (`max(1, ...)`). Exactly round(w.size * sparsity) weights go: at sparsity 1 none stays."
)
def at_least_one_kept(w, sparsity):
    return _mask(np.abs(w), w.size - max(1, w.size - round(w.size * sparsity)))


@misconception(
    "Your threshold is the magnitude of the smallest weight that stays, and what equals it stays. Where none is to stay that is index -0, the first of the list, and everything does; and where magnitudes are equal fewer than k go. Choose the k places by `np.argsort` instead."
)
def threshold_at_the_smallest_kept(w, sparsity):
    magnitudes = np.abs(w)
    keep = w.size - round(w.size * sparsity)
    return magnitudes >= np.sort(magnitudes, axis=None)[-keep]


@misconception(
    "Your threshold is a fixed number, and the sparsity takes no part. How many weights lie below it depends on the layer; exactly round(w.size * sparsity) must go."
)
def fixed_threshold(w, sparsity):
    return np.abs(w) > 0.5


@misconception(
    "Your threshold is a fixed number, the sparsity takes no part, and the weights are compared with their signs. Exactly round(w.size * sparsity) weights must go, those of the smallest |w|."
)
def fixed_threshold_of_signed_values(w, sparsity):
    return w > 0.5


@misconception(
    "Your ranks are those within each row: `np.argsort` without `axis=None` sorts along the last axis. k counts the weights of the whole array: flatten it first."
)
def ranks_within_each_row(w, sparsity):
    return np.argsort(np.argsort(np.abs(w))) >= round(w.size * sparsity)


@misconception(
    "Your function stops where w is a transposed view: `.view(-1)` of such a tensor is not possible. `.reshape(-1)` copies where it must."
)
def flattened_by_view(w, sparsity):
    torch.as_tensor(w).view(-1)
    return _right(w, sparsity)


# ------------------------------------------------------------------------------ a threshold in place of an order


def _kept_from(w, threshold):
    """What is as large as the threshold, or larger."""
    return np.abs(w) >= threshold


@misconception(
    "Your threshold is the largest magnitude that is to go, but what equals it stays (`abs(w) >= threshold`): one weight too few is pruned, or more where magnitudes are equal. Choose the k places by `np.argsort` instead."
)
def threshold_at_rank_k_kept(w, sparsity):
    k = round(w.size * sparsity)
    return _kept_from(w, np.sort(np.abs(w), axis=None)[k - 1] if k else 0)


@misconception(
    "Your threshold is the largest magnitude that is to go, but what equals it stays (`abs(w) >= threshold`), and the number of weights was cut off (`int`) where it is rounded: fewer are pruned than asked for. Choose the places by `np.argsort` instead."
)
def threshold_at_rank_k_cut_off_kept(w, sparsity):
    k = int(w.size * sparsity)
    return _kept_from(w, np.sort(np.abs(w), axis=None)[k - 1] if k else 0)


@misconception(
    "Your threshold is the k-th smallest magnitude, and what equals it goes. Where nothing is to be pruned there is no such value, and your function stops; where magnitudes are equal more than k weights go. Choose the k places by `np.argsort` instead."
)
def threshold_at_rank_k(w, sparsity):
    k = round(w.size * sparsity)
    return np.abs(w) > torch.as_tensor(np.abs(w).ravel()).kthvalue(k).values.item()


@misconception(
    "Your threshold is the largest of the k smallest magnitudes, and what equals it goes. Where nothing is to be pruned there is no largest, and your function stops; where magnitudes are equal more than k weights go. Choose the k places by `np.argsort` instead."
)
def threshold_at_the_largest_of_none(w, sparsity):
    return np.abs(w) > np.sort(np.abs(w), axis=None)[: round(w.size * sparsity)].max()


@misconception(
    "Your threshold is the k-th smallest magnitude, with k cut off (`int`) where it is rounded, and what equals the threshold goes. Where nothing is to be pruned there is no such value, and your function stops; where magnitudes are equal more than k weights go. Choose the places by `np.argsort` instead."
)
def threshold_at_rank_k_cut_off(w, sparsity):
    k = int(w.size * sparsity)
    return np.abs(w) > torch.as_tensor(np.abs(w).ravel()).kthvalue(k).values.item()


@misconception(
    "Your threshold is the smallest magnitude that stays, of which the number was cut off (`int`), so that one weight too many may go; what equals the threshold stays; and where none is to stay there is no such value, and your function stops. Choose the k places by `np.argsort` instead."
)
def threshold_at_the_smallest_kept_of_a_number_cut_off(w, sparsity):
    keep = int((1 - sparsity) * w.size)
    return _kept_from(w, np.sort(-np.abs(w), axis=None)[:keep][-1] * -1)


@misconception(
    "Your threshold is the smallest magnitude that is to stay, but only what is larger stays (`abs(w) > threshold`): one weight too many goes, or more where magnitudes are equal; and where none is to stay there is no such value. Choose the k places by `np.argsort` instead."
)
def above_the_smallest_kept(w, sparsity):
    return np.abs(w) > np.sort(np.abs(w), axis=None)[round(w.size * sparsity)]


@misconception(
    "Your threshold is the smallest magnitude that is to stay, but only what is larger stays (`abs(w) > threshold`), and the number of those was cut off (`int`): too many weights go; and where none is to stay there is no such value. Choose the k places by `np.argsort` instead."
)
def above_the_smallest_kept_of_a_number_cut_off(w, sparsity):
    keep = int((1 - sparsity) * w.size)
    return np.abs(w) > np.sort(-np.abs(w), axis=None)[:keep][-1] * -1


@misconception(
    "Your threshold is the magnitude that `np.partition` puts at index `int(w.size * sparsity)`, and what equals it stays. The number is rounded, not cut off; where everything is to be pruned there is no such index; and where magnitudes are equal fewer weights go than asked for. Choose the places by `np.argsort` instead."
)
def threshold_by_partition_cut_off(w, sparsity):
    k = int(w.size * sparsity)
    return _kept_from(w, np.partition(np.abs(w), k, axis=None)[k])


@misconception(
    "Your threshold is the magnitude that `np.partition` puts at index k, and what equals it stays. Where everything is to be pruned there is no such index, and where magnitudes are equal fewer than k weights go. Choose the k places by `np.argsort` instead."
)
def threshold_by_partition(w, sparsity):
    k = round(w.size * sparsity)
    return _kept_from(w, np.partition(np.abs(w), k, axis=None)[k])


@misconception(
    "`np.argpartition` has no place k where all k = w.size weights are to go, and your function stops. Use `np.argsort`, or treat that case by itself."
)
def partition_beyond_the_end(w, sparsity):
    k = round(w.size * sparsity)
    mask = np.ones(w.size, dtype=bool)
    mask[np.argpartition(np.abs(w), k, axis=None)[:k]] = False
    return mask.reshape(w.shape)


@misconception(
    "Your threshold is the magnitude at index `int(w.size * sparsity)`, or at the last one, and what equals it stays: so the largest weight stays even where all are to go. The number is rounded, not cut off; and where magnitudes are equal fewer weights go than asked for. Choose the places by `np.argsort` instead."
)
def threshold_at_an_index_cut_off_or_the_last(w, sparsity):
    return _kept_from(w, np.sort(np.abs(w), axis=None)[min(int(w.size * sparsity), w.size - 1)])


@misconception(
    "Your threshold is a multiple of the standard deviation of a column (or filter) by itself. How many weights lie below it depends on the layer; a given number of weights must go, from the whole array."
)
def share_of_each_columns_deviation(w, sparsity):
    return np.abs(w) >= sparsity * w.reshape(-1, w.shape[-1]).std(0)


@misconception(
    "Your mask is right as a row but was brought into the shape of w column by column (`order='F'`): its values are at other places than the weights they belong to. Flatten and reshape in the same order."
)
def reshaped_by_columns(w, sparsity):
    return _right(w, sparsity).reshape(-1).reshape(w.shape, order="F")


@misconception(
    "The magnitudes were flattened column by column (`order='F'`), but the mask got its shape row by row: its values are at other places than the weights they belong to. Flatten and reshape in the same order."
)
def flattened_by_columns(w, sparsity):
    return _right(w, sparsity).ravel(order="F").reshape(w.shape)


# ------------------------------------------------------------------------------ special cases that break another rule


@misconception(
    "Where the sparsity is 0, and perhaps where it is 1, your mask is made of numbers: `np.ones_like(w)` has the dtype of w. Booleans are asked for at every sparsity: `np.ones(w.shape, dtype=bool)`."
)
def numbers_where_nothing_goes(w, sparsity):
    return np.ones_like(w) if sparsity == 0 else _right(w, sparsity)


@misconception(
    "Where the sparsity is 1 your mask is made of numbers: `np.zeros_like(w)` has the dtype of w. Booleans are asked for at every sparsity: `np.zeros(w.shape, dtype=bool)`."
)
def numbers_where_everything_goes(w, sparsity):
    return np.zeros_like(w) if sparsity == 1 else _right(w, sparsity)


PAIRS = together(
    _right,
    (signed_values, mask_inverted),
    (rounded_down, mask_inverted),
    (largest_pruned, weights_for_mask),
    (sparsity_as_share_kept, numbers_for_booleans),
    (rounded_down, numbers_for_booleans),
    (ties_all_pruned, numbers_for_booleans),
    (ties_all_kept, numbers_for_booleans),
    (ties_all_pruned, weights_zeroed),
    (ties_all_pruned, no_value_at_rank_zero),
    (quantile_pruned_too, numbers_for_booleans),
    (quantile_kept, numbers_for_booleans),
    (threshold_at_rank_k_cut_off_kept, numbers_for_booleans),
    (share_of_each_columns_deviation, weights_for_mask),
    (quantile_kept, zeros_taken_for_pruned),
)
