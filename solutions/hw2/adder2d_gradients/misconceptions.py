"""Wrong solutions of `adder2d_gradients`, each with the sentence that a student whose answer equals it should read."""

import torch
import torch.nn.functional as F

from homework.judge import misconception, together


def _differences(X, W, stride, padding):
    """X - W for every image, filter and position, (N, F, C, H', W', kh, kw)."""
    windows = F.pad(X, (padding,) * 4).unfold(2, W.shape[2], stride).unfold(3, W.shape[3], stride)
    return windows[:, None] - W[:, :, None, None]


def _over_windows(dY):
    """dY of shape (N, F, H', W'), ready to broadcast over differences."""
    return dY[:, :, None, :, :, None, None]


def _fold(patches, X, stride, padding):
    """Patches (N, C, H', W', kh, kw) added up where they overlap, and without the padding: like X."""
    kernel = patches.shape[-2:]
    columns = patches.permute(0, 1, 4, 5, 2, 3).flatten(4).flatten(1, 3)
    return F.fold(columns, X.shape[2:], kernel, stride=stride, padding=padding)


def _hardtanh(difference):
    return difference.clamp(-1, 1)


def _itself(difference):
    return difference


def _gradients(X, W, dY, stride=1, padding=0, to_X=_hardtanh, to_W=_itself):
    """The right thing, but for what becomes of a difference W - X on its way to X, and X - W on its way to W."""
    difference = _differences(X, W, stride, padding)
    dX = _fold((to_X(-difference) * _over_windows(dY)).sum(1), X, stride, padding)
    return dX, (to_W(difference) * _over_windows(dY)).sum((0, 3, 4))


# ------------------------------------------------------------------------------ what becomes of a difference


@misconception(
    "dW is made of signs: that is the derivative of -|X - W|, which loses how far apart they are. The surrogate takes the difference X - W itself."
)
def sign_for_the_weights(X, W, dY, stride=1, padding=0):
    return _gradients(X, W, dY, stride, padding, to_W=torch.sign)


@misconception(
    "dX is made of signs: that is the derivative of -|X - W|. The surrogate takes HardTanh(W - X), which is the difference itself between -1 and 1."
)
def sign_for_the_input(X, W, dY, stride=1, padding=0):
    return _gradients(X, W, dY, stride, padding, to_X=torch.sign)


@misconception(
    "Your gradients are the true derivatives of the forward pass, made of signs. The surrogates are asked for, which keep how far apart input and weight are: X - W for the weights, HardTanh(W - X) for the input."
)
def true_derivatives(X, W, dY, stride=1, padding=0):
    return _gradients(X, W, dY, stride, padding, to_X=torch.sign, to_W=torch.sign)


@misconception(
    "Your gradients are the true derivatives of the forward pass, clipped at the end. Their signs have lost how far apart input and weight are; the surrogates keep it: X - W for the weights, HardTanh(W - X) for the input, before the sums."
)
def true_derivatives_clipped(X, W, dY, stride=1, padding=0):
    dX, dW = _gradients(X, W, dY, stride, padding, to_X=torch.sign, to_W=torch.sign)
    return dX.clamp(-1, 1), dW


@misconception(
    "dX is not clipped. Every difference W - X is clipped to [-1, 1] on its way to X; without that, gradients grow from layer to layer."
)
def input_not_clipped(X, W, dY, stride=1, padding=0):
    return _gradients(X, W, dY, stride, padding, to_X=_itself)


@misconception(
    "The clip is in both gradients. It belongs into dX alone: dW takes the whole difference X - W."
)
def weights_clipped_too(X, W, dY, stride=1, padding=0):
    return _gradients(X, W, dY, stride, padding, to_W=_hardtanh)


@misconception("The clip is in the wrong gradient: dX takes HardTanh(W - X), dW the whole difference X - W.")
def clip_in_the_wrong_gradient(X, W, dY, stride=1, padding=0):
    return _gradients(X, W, dY, stride, padding, to_X=_itself, to_W=_hardtanh)


@misconception(
    "dX was clipped after the sum over windows and filters. Each difference is clipped by itself, before it is multiplied by dY and added."
)
def clipped_after_the_sum(X, W, dY, stride=1, padding=0):
    dX, dW = _gradients(X, W, dY, stride, padding, to_X=_itself)
    return dX.clamp(-1, 1), dW


@misconception(
    "dX was clipped twice: each difference, and once more after the sum. What comes out of the sum may be larger than 1."
)
def clipped_again_after_the_sum(X, W, dY, stride=1, padding=0):
    dX, dW = _gradients(X, W, dY, stride, padding)
    return dX.clamp(-1, 1), dW


@misconception(
    "The clip was applied after the multiplication by dY. HardTanh belongs to the difference W - X; dY multiplies what comes out of it."
)
def clipped_after_the_product(X, W, dY, stride=1, padding=0):
    difference, dW = _differences(X, W, stride, padding), _gradients(X, W, dY, stride, padding)[1]
    return _fold((-difference * _over_windows(dY)).clamp(-1, 1).sum(1), X, stride, padding), dW


@misconception(
    "The sum over the filters was clipped where each filter's difference should be: HardTanh first, then the sum."
)
def clipped_after_the_filters(X, W, dY, stride=1, padding=0):
    difference, dW = _differences(X, W, stride, padding), _gradients(X, W, dY, stride, padding)[1]
    return _fold((-difference * _over_windows(dY)).sum(1).clamp(-1, 1), X, stride, padding), dW


@misconception(
    "dY was clipped in place of the differences. HardTanh is applied to W - X, and dY is taken as it is."
)
def upstream_clipped(X, W, dY, stride=1, padding=0):
    dX, _ = _gradients(X, W, dY.clamp(-1, 1), stride, padding, to_X=_itself)
    return dX, _gradients(X, W, dY, stride, padding)[1]


@misconception(
    "Differences beyond -1 and 1 give nothing in dX: that is the derivative of HardTanh. HardTanh itself gives -1 and 1 there."
)
def zero_beyond_the_clip(X, W, dY, stride=1, padding=0):
    return _gradients(X, W, dY, stride, padding, to_X=lambda d: d * (d.abs() <= 1))


@misconception(
    "dX takes the smooth tanh. HardTanh is the difference itself between -1 and 1, and -1 or 1 outside."
)
def smooth_tanh(X, W, dY, stride=1, padding=0):
    return _gradients(X, W, dY, stride, padding, to_X=torch.tanh)


@misconception(
    "The differences were clipped to [0, 1] for dX, so that negative ones are lost. HardTanh reaches from -1 to 1."
)
def clipped_from_zero(X, W, dY, stride=1, padding=0):
    return _gradients(X, W, dY, stride, padding, to_X=lambda d: d.clamp(0, 1))


@misconception("The differences were clipped on one side only. HardTanh reaches from -1 to 1.")
def clipped_from_above_only(X, W, dY, stride=1, padding=0):
    return _gradients(X, W, dY, stride, padding, to_X=lambda d: d.clamp(max=1))


@misconception("dX takes the size of the clipped difference without its sign. HardTanh keeps the sign.")
def sign_lost_in_the_clip(X, W, dY, stride=1, padding=0):
    return _gradients(X, W, dY, stride, padding, to_X=lambda d: d.abs().clamp(max=1))


@misconception(
    "dW has the opposite sign: Y = -|X - W| rises when W moves towards X, so its gradient is X - W, not W - X."
)
def sign_of_the_weights_turned(X, W, dY, stride=1, padding=0):
    dX, dW = _gradients(X, W, dY, stride, padding)
    return dX, -dW


@misconception(
    "dX has the opposite sign: Y = -|X - W| rises when X moves towards W, so its gradient is HardTanh(W - X), not HardTanh(X - W)."
)
def sign_of_the_input_turned(X, W, dY, stride=1, padding=0):
    dX, dW = _gradients(X, W, dY, stride, padding)
    return -dX, dW


@misconception(
    "Both gradients have the opposite sign: was the minus of Y = -|X - W| forgotten? X is drawn towards W, and W towards X."
)
def both_signs_turned(X, W, dY, stride=1, padding=0):
    dX, dW = _gradients(X, W, dY, stride, padding)
    return -dX, -dW


@misconception(
    "dW is twice as large as asked for: that is the derivative of the squared distance. The surrogate is X - W without a factor."
)
def weights_doubled(X, W, dY, stride=1, padding=0):
    return _gradients(X, W, dY, stride, padding, to_W=lambda d: 2 * d)


@misconception(
    "Both gradients are the derivatives of the squared distance, with a factor of 2. The surrogates are X - W and HardTanh(W - X)."
)
def derivatives_of_the_squared_distance(X, W, dY, stride=1, padding=0):
    return _gradients(X, W, dY, stride, padding, to_X=lambda d: 2 * d, to_W=lambda d: 2 * d)


@misconception(
    "Your gradients are those of an ordinary convolution: dY times X for the weights, dY times W for the input. An adder layer's come from the differences of X and W."
)
def gradients_of_convolution(X, W, dY, stride=1, padding=0):
    differences = _differences(X, W, stride, padding)
    windows, upstream = _differences(X, 0 * W, stride, padding), _over_windows(dY)
    dX = _fold(((windows - differences) * upstream).sum(1), X, stride, padding)
    return dX, (windows * upstream).sum((0, 3, 4))


@misconception(
    "dW was divided by its norm: that is the adaptive learning rate, an exercise of its own. Here the gradient is asked for as it is."
)
def adaptive_rate_included(X, W, dY, stride=1, padding=0):
    dX, dW = _gradients(X, W, dY, stride, padding)
    return dX, 0.2 * dW.numel() ** 0.5 * dW / dW.norm().clamp(min=1e-12)


@misconception("dW was scaled to norm 1. Here the gradient is asked for as it is.")
def weights_scaled_to_norm_one(X, W, dY, stride=1, padding=0):
    dX, dW = _gradients(X, W, dY, stride, padding)
    return dX, dW / dW.norm()


# ------------------------------------------------------------------------------ the upstream gradient


@misconception(
    "dY takes no part. By the chain rule every difference is multiplied by the upstream gradient of its output value before it is added."
)
def upstream_ignored(X, W, dY, stride=1, padding=0):
    return _gradients(X, W, torch.ones_like(dY), stride, padding)


@misconception(
    "dY takes no part in dX. By the chain rule every clipped difference is multiplied by the upstream gradient of its output value."
)
def upstream_ignored_for_the_input(X, W, dY, stride=1, padding=0):
    dX, _ = _gradients(X, W, torch.ones_like(dY), stride, padding)
    return dX, _gradients(X, W, dY, stride, padding)[1]


@misconception(
    "dY takes no part in dW. By the chain rule every difference is multiplied by the upstream gradient of its output value."
)
def upstream_ignored_for_the_weights(X, W, dY, stride=1, padding=0):
    _, dW = _gradients(X, W, torch.ones_like(dY), stride, padding)
    return _gradients(X, W, dY, stride, padding)[0], dW


@misconception(
    "dY was added up over the positions first. Each position's difference has an upstream gradient of its own: multiply first, then add."
)
def upstream_summed_first(X, W, dY, stride=1, padding=0):
    return _gradients(X, W, dY.sum((2, 3), keepdim=True).expand_as(dY), stride, padding)


@misconception("Only the sign of dY takes part. Its size counts, too: multiply by dY itself.")
def sign_of_the_upstream(X, W, dY, stride=1, padding=0):
    return _gradients(X, W, dY.sign(), stride, padding)


@misconception(
    "Differences and dY belong to different positions: one was flattened row by row, the other column by column."
)
def upstream_flattened_by_columns(X, W, dY, stride=1, padding=0):
    return _gradients(X, W, dY.transpose(2, 3).reshape(dY.shape), stride, padding)


# ------------------------------------------------------------------------------ sums


@misconception(
    "dW is a mean over the batch. Gradients of all images are added; whoever averages the loss has put that into dY."
)
def weights_averaged_over_the_batch(X, W, dY, stride=1, padding=0):
    dX, dW = _gradients(X, W, dY, stride, padding)
    return dX, dW / len(X)


@misconception("dW is a mean over the positions. The contributions of all windows are added.")
def weights_averaged_over_positions(X, W, dY, stride=1, padding=0):
    dX, dW = _gradients(X, W, dY, stride, padding)
    return dX, dW / (dY.shape[2] * dY.shape[3])


@misconception(
    "dW is a mean over images and positions. The contributions of all windows of all images are added."
)
def weights_averaged(X, W, dY, stride=1, padding=0):
    dX, dW = _gradients(X, W, dY, stride, padding)
    return dX, dW * len(W) / dY.numel()


@misconception(
    "dW knows of the last window only: the loop assigns where it should add up (`=` instead of `+=`). A weight meets every window of every image."
)
def weights_overwritten(X, W, dY, stride=1, padding=0):
    dX, _ = _gradients(X, W, dY, stride, padding)
    last = _differences(X, W, stride, padding)[-1, :, :, -1, -1]
    return dX, last * dY[-1, :, -1, -1, None, None, None]


@misconception(
    "dW knows of one image only. A weight meets every window of every image, and all of them are added."
)
def weights_from_the_first_image(X, W, dY, stride=1, padding=0):
    dX, _ = _gradients(X, W, dY, stride, padding)
    return dX, _gradients(X[:1], W, dY[:1], stride, padding)[1]


@misconception(
    "dW knows of the last image only: it was set to zero, or assigned, anew for every image. All images are added."
)
def weights_from_the_last_image(X, W, dY, stride=1, padding=0):
    dX, _ = _gradients(X, W, dY, stride, padding)
    return dX, _gradients(X[-1:], W, dY[-1:], stride, padding)[1]


@misconception(
    "dW still has a dimension for the images of the batch. A weight meets all of them: add them up."
)
def batch_not_summed(X, W, dY, stride=1, padding=0):
    terms = _differences(X, W, stride, padding) * _over_windows(dY)
    return _gradients(X, W, dY, stride, padding)[0], terms.sum((3, 4))


@misconception(
    "Where windows overlap, dX holds what the last of them gave: the loop assigns where it should add up (`=` instead of `+=`)."
)
def overlaps_overwritten(X, W, dY, stride=1, padding=0):
    patches = (_hardtanh(-_differences(X, W, stride, padding)) * _over_windows(dY)).sum(1)
    kh, kw = W.shape[2:]
    padded = torch.zeros_like(F.pad(X, (padding,) * 4))
    for i in range(dY.shape[2]):
        for j in range(dY.shape[3]):
            padded[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] = patches[:, :, i, j]
    dX = padded[:, :, padding : padding + X.shape[2], padding : padding + X.shape[3]]
    return dX, _gradients(X, W, dY, stride, padding)[1]


@misconception(
    "Where windows overlap, dX holds the mean of what they gave. The contributions of all windows are added."
)
def overlaps_averaged(X, W, dY, stride=1, padding=0):
    dX, dW = _gradients(X, W, dY, stride, padding)
    ones = torch.ones(len(X), X.shape[1], *dY.shape[2:], *W.shape[2:], dtype=X.dtype)
    return dX / _fold(ones, X, stride, padding).clamp(min=1), dW


@misconception(
    "dX knows of the first filter only. An input value has a part in the output of every filter, and all of them are added."
)
def first_filter_only(X, W, dY, stride=1, padding=0):
    dX, _ = _gradients(X, W[:1], dY[:, :1], stride, padding)
    return dX, _gradients(X, W, dY, stride, padding)[1]


@misconception(
    "dX knows of the last filter only: each filter overwrites what the one before it gave. All of them are added."
)
def last_filter_only(X, W, dY, stride=1, padding=0):
    dX, _ = _gradients(X, W[-1:], dY[:, -1:], stride, padding)
    return dX, _gradients(X, W, dY, stride, padding)[1]


@misconception("dX is a mean over the filters. What an input value gets from all filters is added.")
def filters_averaged(X, W, dY, stride=1, padding=0):
    dX, dW = _gradients(X, W, dY, stride, padding)
    return dX / len(W), dW


@misconception("Only the first channel has gradients. Every channel of X and W has its own.")
def first_channel_only(X, W, dY, stride=1, padding=0):
    dX, dW = _gradients(X, W, dY, stride, padding)
    dX, dW = dX.clone(), dW.clone()
    dX[:, 1:], dW[:, 1:] = 0, 0
    return dX, dW


@misconception("Gradients of all channels are added and shared. Every channel of X and W has its own.")
def channels_summed(X, W, dY, stride=1, padding=0):
    dX, dW = _gradients(X, W, dY, stride, padding)
    return dX.sum(1, keepdim=True).expand_as(dX), dW.sum(1, keepdim=True).expand_as(dW)


@misconception(
    "dW is a mean over the channels. A filter has weights of its own for every channel; nothing is averaged."
)
def weights_averaged_over_channels(X, W, dY, stride=1, padding=0):
    dX, dW = _gradients(X, W, dY, stride, padding)
    return dX, dW / X.shape[1]


@misconception(
    "The filters were turned by 180°, as for the gradients of a convolution. Each weight meets the input values that lay under it in the forward pass."
)
def flipped_filters(X, W, dY, stride=1, padding=0):
    dX, dW = _gradients(X, W.flip(2, 3), dY, stride, padding)
    return dX, dW.flip(2, 3)


@misconception(
    "dW is turned by 180°. Its first row belongs to the filters' first row, its first column to their first column."
)
def weights_gradient_turned(X, W, dY, stride=1, padding=0):
    dX, dW = _gradients(X, W, dY, stride, padding)
    return dX, dW.flip(2, 3)


# ------------------------------------------------------------------------------ stride and padding


@misconception(
    "The stride has no effect: dY[i, j] belongs to the window that begins at row i·stride and column j·stride of the padded input, not at row i and column j."
)
def stride_ignored(X, W, dY, stride=1, padding=0):
    rows, columns = dY.shape[2:]
    difference = _differences(X, W, 1, padding)[:, :, :, :rows, :columns]
    whole = torch.zeros(
        len(X),
        X.shape[1],
        X.shape[2] + 2 * padding - W.shape[2] + 1,
        X.shape[3] + 2 * padding - W.shape[3] + 1,
        *W.shape[2:],
        dtype=X.dtype,
    )
    whole[:, :, :rows, :columns] = (_hardtanh(-difference) * _over_windows(dY)).sum(1)
    return _fold(whole, X, 1, padding), (difference * _over_windows(dY)).sum((0, 3, 4))


@misconception(
    "dX ignores the stride: what dY[i, j] gives is added at row i·stride and column j·stride, where its window begins, not at row i and column j."
)
def stride_ignored_for_the_input(X, W, dY, stride=1, padding=0):
    rows, columns = dY.shape[2:]
    whole = torch.zeros(
        len(X),
        X.shape[1],
        X.shape[2] + 2 * padding - W.shape[2] + 1,
        X.shape[3] + 2 * padding - W.shape[3] + 1,
        *W.shape[2:],
        dtype=X.dtype,
    )
    patches = _hardtanh(-_differences(X, W, stride, padding)) * _over_windows(dY)
    whole[:, :, :rows, :columns] = patches.sum(1)
    return _fold(whole, X, 1, padding), _gradients(X, W, dY, stride, padding)[1]


@misconception(
    "dW ignores the stride: dY[i, j] belongs to the window that begins at row i·stride and column j·stride of the padded input."
)
def stride_ignored_for_the_weights(X, W, dY, stride=1, padding=0):
    difference = _differences(X, W, 1, padding)[:, :, :, : dY.shape[2], : dY.shape[3]]
    return _gradients(X, W, dY, stride, padding)[0], (difference * _over_windows(dY)).sum((0, 3, 4))


@misconception(
    "dX lacks the rows and columns that no window reaches because the stride does not end at the edge. It has the shape of X; their gradient is zero."
)
def unreached_edge_left_out(X, W, dY, stride=1, padding=0):
    dX, dW = _gradients(X, W, dY, stride, padding)
    rows = (dY.shape[2] - 1) * stride + W.shape[2] - 2 * padding
    columns = (dY.shape[3] - 1) * stride + W.shape[3] - 2 * padding
    return dX[:, :, : max(rows, 0), : max(columns, 0)], dW


@misconception(
    "dX has the shape of the padded input. The gradients of the padding are cut off: dX has the shape of X."
)
def padding_not_cut_off(X, W, dY, stride=1, padding=0):
    padded = F.pad(X, (padding,) * 4)
    return _gradients(padded, W, dY, stride, 0)


@misconception(
    "The padding was cut off on the wrong side: dX must begin `padding` rows and columns after the padded input's gradient does."
)
def padding_cut_off_at_the_end(X, W, dY, stride=1, padding=0):
    dX, dW = _gradients(F.pad(X, (padding,) * 4), W, dY, stride, 0)
    return dX[:, :, : X.shape[2], : X.shape[3]], dW


@misconception("Twice the padding was cut off at the beginning of dX. Half of it is at the end.")
def padding_cut_off_at_the_beginning(X, W, dY, stride=1, padding=0):
    dX, dW = _gradients(F.pad(X, (padding,) * 4), W, dY, stride, 0)
    return dX[:, :, 2 * padding :, 2 * padding :], dW


@misconception(
    "Padded positions give nothing to dW. A padded zero is an input like others: its difference to the weight, 0 - W, counts."
)
def padding_left_out_of_the_weights(X, W, dY, stride=1, padding=0):
    dX, _ = _gradients(X, W, dY, stride, padding)
    inside = F.pad(torch.ones_like(X), (padding,) * 4)
    inside = inside.unfold(2, W.shape[2], stride).unfold(3, W.shape[3], stride)[:, None]
    return dX, (_differences(X, W, stride, padding) * inside * _over_windows(dY)).sum((0, 3, 4))


@misconception("X was padded with copies of its border for dW. Here padding is made of zeros.")
def padded_with_the_border(X, W, dY, stride=1, padding=0):
    dX, dW = _gradients(X, W, dY, stride, padding)
    if padding:
        dW = _gradients(F.pad(X, (padding,) * 4, mode="replicate"), W, dY, stride, 0)[1]
    return dX, dW


# ------------------------------------------------------------------------------ what is returned


@misconception("The two gradients are exchanged: dX comes first, then dW.")
def exchanged(X, W, dY, stride=1, padding=0):
    return _gradients(X, W, dY, stride, padding)[::-1]


@misconception("Only dX is returned. Return both: `return dX, dW`.")
def input_alone(X, W, dY, stride=1, padding=0):
    return _gradients(X, W, dY, stride, padding)[0]


@misconception("Only dW is returned. Return both: `return dX, dW`.")
def weights_alone(X, W, dY, stride=1, padding=0):
    return _gradients(X, W, dY, stride, padding)[1]


@misconception("None is returned in the place of dX. Both gradients are asked for: `return dX, dW`.")
def none_for_the_input(X, W, dY, stride=1, padding=0):
    return None, _gradients(X, W, dY, stride, padding)[1]


@misconception("None is returned in the place of dW. Both gradients are asked for: `return dX, dW`.")
def none_for_the_weights(X, W, dY, stride=1, padding=0):
    return _gradients(X, W, dY, stride, padding)[0], None


@misconception("Your gradients come back in a dictionary. A tuple is asked for, dX first: `return dX, dW`.")
def dictionary(X, W, dY, stride=1, padding=0):
    return dict(zip(("dX", "dW"), _gradients(X, W, dY, stride, padding), strict=True))


@misconception("dX is zero everywhere: no result was ever written into its memory.")
def input_never_written(X, W, dY, stride=1, padding=0):
    return torch.zeros_like(X), _gradients(X, W, dY, stride, padding)[1]


@misconception("dW is zero everywhere: no result was ever written into its memory.")
def weights_never_written(X, W, dY, stride=1, padding=0):
    return _gradients(X, W, dY, stride, padding)[0], torch.zeros_like(W)


@misconception("Both gradients are zero everywhere: no result was ever written into their memory.")
def nothing_written(X, W, dY, stride=1, padding=0):
    return torch.zeros_like(X), torch.zeros_like(W)


@misconception(
    "In place of gradients you return X and W after a step along them. The step is the optimizer's work."
)
def step_taken(X, W, dY, stride=1, padding=0):
    dX, dW = _gradients(X, W, dY, stride, padding)
    return X - dX, W - dW


@misconception("dW came back with its filters flattened. It has the shape of W: (F, C, kh, kw).")
def weights_flattened(X, W, dY, stride=1, padding=0):
    dX, dW = _gradients(X, W, dY, stride, padding)
    return dX, dW.flatten(1)


@misconception(
    "Your function returned nothing: after the last line of the work, `return dX, dW` must hand the results back."
)
def nothing_returned(X, W, dY, stride=1, padding=0):
    _gradients(X, W, dY, stride, padding)


# ------------------------------------------------------------------------------ memory


@misconception(
    "dX comes out in the caller's own X, which is gone. Add up in a new tensor, such as `torch.zeros_like(X)`."
)
def written_into_the_input(X, W, dY, stride=1, padding=0):
    dX, dW = _gradients(X, W, dY, stride, padding)
    X.copy_(dX)
    return X, dW


@misconception(
    "Your values are right, but dY has another sign after the call: `dY *= -1`, `dY.neg_()` and the like change the caller's own tensor. Make a new one."
)
def upstream_negated_in_place(X, W, dY, stride=1, padding=0):
    found = _gradients(X, W, dY, stride, padding)
    dY.mul_(-1)
    return found


@misconception(
    "Your function subtracts inside X itself: a slice of a tensor shares its memory (`-=`, `sub_`), so later windows meet changed values. Make a new tensor of the differences."
)
def window_subtracted_in_place(X, W, dY, stride=1, padding=0):
    padded = F.pad(X, (padding,) * 4) if padding else X
    dpadded, dW = torch.zeros_like(padded), torch.zeros_like(W)
    for n in range(len(X)):
        for f in range(len(W)):
            for i in range(dY.shape[2]):
                for j in range(dY.shape[3]):
                    top, left = i * stride, j * stride
                    place = (n, slice(None), slice(top, top + W.shape[2]), slice(left, left + W.shape[3]))
                    window = padded[place]
                    window -= W[f]
                    dW[f] += window * dY[n, f, i, j]
                    dpadded[place] += (-window).clamp(-1, 1) * dY[n, f, i, j]
    return dpadded[:, :, padding : padding + X.shape[2], padding : padding + X.shape[3]], dW


@misconception(
    "Your windows are read in the wrong order when X is a view of another tensor: such a tensor's rows are not one behind the other in memory. Use X.stride(), or make a contiguous copy first."
)
def contiguous_strides_assumed(X, W, dY, stride=1, padding=0):
    if not padding and not X.is_contiguous():
        X = X.as_strided(X.shape, torch.empty(X.shape).stride())
    return _gradients(X, W, dY, stride, padding)


@misconception(
    "Your values are right, but with padding X itself has grown: `X.set_()`, `X.resize_()` or an assignment to `X.data` change the caller's own tensor. Pad into a new one."
)
def input_padded_in_place(X, W, dY, stride=1, padding=0):
    found = _gradients(X, W, dY, stride, padding)
    if padding:
        X.set_(F.pad(X, (padding,) * 4))
    return found


@misconception(
    "Your function takes the kernel for a square: windows of kh rows and as many columns meet filters of another width (`F.unfold(X, kh)`). Take both sizes from W.shape."
)
def square_windows(X, W, dY, stride=1, padding=0):
    k = W.shape[2]
    F.pad(X, (padding,) * 4).unfold(2, k, stride).unfold(3, k, stride)[:, None] - W[:, :, None, None]
    return _gradients(X, W, dY, stride, padding)


@misconception(
    "Your function stops where X, W or dY is a view of another tensor: `.view(...)` of such a tensor is not possible. `.reshape(...)` copies where it must."
)
def flattened_by_view(X, W, dY, stride=1, padding=0):
    W.view(len(W), -1)
    return _gradients(X, W, dY, stride, padding)


# ------------------------------------------------------------------------------ no padding, and the authors' code


@misconception(
    "Without padding your dX is empty: the slice `[padding:-padding]` is `[0:-0]`, which ends at the beginning. Write `[padding:padding + H]`, or cut only where padding > 0."
)
def cut_off_to_minus_zero(X, W, dY, stride=1, padding=0):
    dX, dW = _gradients(X, W, dY, stride, padding)
    return (dX if padding else dX[:, :, 0:-0, 0:-0]), dW


@misconception(
    "Without padding your function stops: the slice `[padding:-padding]` is `[0:-0]`, which is empty and does not fit where it is written. Write `[padding:padding + H]`, or cut only where padding > 0."
)
def minus_zero_written_elsewhere(X, W, dY, stride=1, padding=0):
    dX, dW = _gradients(X, W, dY, stride, padding)
    if not padding:
        raise ValueError("could not broadcast an empty slice")
    return dX, dW


@misconception(
    "This is how the authors' code works: it takes kernels for squares, stops where X or W is a view (`.view`), and divides dW by its norm, the adaptive learning rate. Here kernels need not be square (take both sizes from W.shape), `.reshape` copies where it must, and dW is asked for as it is."
)
def as_the_authors_do(X, W, dY, stride=1, padding=0):
    X.view(1, -1, *X.shape[2:]), W.view(len(W), -1)
    if W.shape[2] != W.shape[3]:
        raise RuntimeError("the sizes of the windows and of the filters differ")
    dX, dW = _gradients(X, W, dY, stride, padding)
    return dX, 0.2 * dW.numel() ** 0.5 * dW / dW.norm().clamp(min=1e-12)


PAIRS = together(
    _gradients,
    (sign_of_the_weights_turned, sign_for_the_input),
    (sign_for_the_weights, sign_of_the_input_turned),
    (input_not_clipped, sign_of_the_weights_turned),
    (input_not_clipped, weights_averaged_over_the_batch),
    (weights_clipped_too, sign_of_the_weights_turned),
    (weights_doubled, sign_of_the_weights_turned),
    (sign_for_the_input, weights_averaged_over_the_batch),
    (stride_ignored, minus_zero_written_elsewhere),
    (square_windows, flattened_by_view),
    (adaptive_rate_included, flattened_by_view),
    (adaptive_rate_included, square_windows),
)
