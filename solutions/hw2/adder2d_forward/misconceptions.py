"""Wrong solutions of `adder2d_forward`, each with the sentence that a student whose answer equals it should read."""

import torch
import torch.nn.functional as F

from homework.judge import misconception, together


def _windows(X, kh, kw, stride, padding):
    """The windows of the padded input, (N, C, H', W', kh, kw)."""
    return F.pad(X, (padding,) * 4).unfold(2, kh, stride).unfold(3, kw, stride)


def _differences(X, W, stride=1, padding=0):
    """X - W for every image, filter and position, (N, F, C, H', W', kh, kw)."""
    return _windows(X, *W.shape[2:], stride, padding)[:, None] - W[:, :, None, None]


def _adder(X, W, stride=1, padding=0):
    """The right answer."""
    return -_differences(X, W, stride, padding).abs().sum((2, 5, 6))


def _of_size(padded, W, stride, rows, columns):
    """An output of so many rows and columns, computed position by position."""
    kh, kw = W.shape[2:]
    Y = torch.zeros(padded.shape[0], W.shape[0], rows, columns, dtype=padded.dtype)
    for i in range(rows):
        for j in range(columns):
            window = padded[:, None, :, i * stride : i * stride + kh, j * stride : j * stride + kw]
            Y[:, :, i, j] = -(window - W).abs().sum((2, 3, 4))
    return Y


# ------------------------------------------------------------------------------ the measure of similarity


@misconception(
    "Your values have the opposite sign. A distance is small where window and filter are alike; with the minus in front it becomes a similarity, which is large there."
)
def minus_missing(X, W, stride=1, padding=0):
    return -_adder(X, W, stride, padding)


@misconception(
    "You add the squares of the differences. An adder layer adds their absolute values: squaring would bring back the multiplications that it exists to avoid."
)
def squared_differences(X, W, stride=1, padding=0):
    return -_differences(X, W, stride, padding).square().sum((2, 5, 6))


@misconception(
    "You add the squares of the differences, and the minus is missing. An adder layer takes minus the sum of their absolute values."
)
def squared_differences_without_minus(X, W, stride=1, padding=0):
    return _differences(X, W, stride, padding).square().sum((2, 5, 6))


@misconception(
    "You take the Euclidean distance (the root of the sum of squares). An adder layer takes the l1 distance: the sum of absolute differences, without squares and root."
)
def euclidean_distance(X, W, stride=1, padding=0):
    return -_differences(X, W, stride, padding).square().sum((2, 5, 6)).sqrt()


@misconception("You take the largest of the absolute differences. An adder layer adds up all of them.")
def largest_difference(X, W, stride=1, padding=0):
    return -_differences(X, W, stride, padding).abs().amax((2, 5, 6))


@misconception(
    "Your values are means of the absolute differences. An adder layer adds them up and does not divide by the size of the filter."
)
def mean_for_sum(X, W, stride=1, padding=0):
    return -_differences(X, W, stride, padding).abs().mean((2, 5, 6))


@misconception(
    "Your values are means of the absolute differences, without the minus. An adder layer takes minus their sum."
)
def mean_without_minus(X, W, stride=1, padding=0):
    return _differences(X, W, stride, padding).abs().mean((2, 5, 6))


@misconception(
    "Your output is the one of an ordinary convolution: window and filter are multiplied. An adder layer takes their absolute difference instead."
)
def cross_correlation(X, W, stride=1, padding=0):
    return F.conv2d(X, W, stride=stride, padding=padding)


@misconception(
    "Your output is minus the one of an ordinary convolution: window and filter are still multiplied. An adder layer takes their absolute difference instead."
)
def minus_cross_correlation(X, W, stride=1, padding=0):
    return -F.conv2d(X, W, stride=stride, padding=padding)


@misconception(
    "You add the absolute values of products of window and filter. An adder layer takes the absolute value of their difference."
)
def absolute_products(X, W, stride=1, padding=0):
    products = _windows(X, *W.shape[2:], stride, padding)[:, None] * W[:, :, None, None]
    return -products.abs().sum((2, 5, 6))


@misconception(
    "Window and filter are added where they should be subtracted: the l1 distance is the sum of |X - W|, not of |X + W|."
)
def sum_for_difference(X, W, stride=1, padding=0):
    return _adder(X, -W, stride, padding)


@misconception(
    "The absolute value was taken after the sum, so that positive and negative differences cancel. Take it of every single difference, then add."
)
def absolute_value_after_the_sum(X, W, stride=1, padding=0):
    return -_differences(X, W, stride, padding).sum((2, 5, 6)).abs()


@misconception(
    "The absolute value was taken after the sum over a channel, so that differences inside the channel cancel. Take it of every single difference, then add."
)
def absolute_value_of_each_channel(X, W, stride=1, padding=0):
    return -_differences(X, W, stride, padding).sum((5, 6)).abs().sum(2)


@misconception(
    "The absolute value was taken after the sum over the channels, so that differences of different channels cancel. Take it of every single difference, then add."
)
def absolute_value_after_the_channels(X, W, stride=1, padding=0):
    return -_differences(X, W, stride, padding).sum(2).abs().sum((4, 5))


@misconception("The absolute value is missing: you add X - W with its sign, so that differences cancel.")
def absolute_value_missing(X, W, stride=1, padding=0):
    return -_differences(X, W, stride, padding).sum((2, 5, 6))


@misconception(
    "The absolute value is missing: you add W - X, which is minus the difference, where minus its absolute value is asked for. A filter smaller than the window must not count as similar."
)
def minus_taken_for_absolute_value(X, W, stride=1, padding=0):
    return _differences(X, W, stride, padding).sum((2, 5, 6))


@misconception(
    "You take the difference of two absolute values. The absolute value goes around the difference: |X - W|, not | |X| - |W| | or |X| - |W|."
)
def difference_of_absolute_values(X, W, stride=1, padding=0):
    return _adder(X.abs(), W.abs(), stride, padding)


@misconception(
    "Only differences of one sign count: where the window is smaller than the filter you add nothing. The absolute value counts both alike."
)
def positive_differences_only(X, W, stride=1, padding=0):
    return -_differences(X, W, stride, padding).relu().sum((2, 5, 6))


@misconception(
    "The differences are clipped to [-1, 1]. That clip belongs to the gradient of X in the backward pass; the forward pass takes them whole."
)
def differences_clipped(X, W, stride=1, padding=0):
    return -_differences(X, W, stride, padding).clamp(-1, 1).abs().sum((2, 5, 6))


@misconception(
    "Your function counts the values that differ. An adder layer adds up by how much they differ: the absolute value of the difference, not its sign."
)
def sign_of_the_difference(X, W, stride=1, padding=0):
    return -_differences(X, W, stride, padding).sign().abs().sum((2, 5, 6))


@misconception(
    "Your output has only whole numbers: the sums were stored in memory for integers, which cuts off the fraction. Let the output have the input's dtype."
)
def integer_output(X, W, stride=1, padding=0):
    return _adder(X, W, stride, padding).to(torch.int64)


@misconception(
    "Your values were normalized over the batch. Batch normalization follows an adder layer, but it is a layer of its own."
)
def normalized_over_the_batch(X, W, stride=1, padding=0):
    Y = _adder(X, W, stride, padding)
    return (Y - Y.mean((0, 2, 3), keepdim=True)) / (
        Y.var((0, 2, 3), unbiased=False, keepdim=True) + 1e-5
    ).sqrt()


# ------------------------------------------------------------------------------ the filter


@misconception(
    "Your filters are turned by 180°: that is how convolution is written in mathematics. Here, as in every deep-learning library, the filter lies on the window as it is."
)
def flipped_filters(X, W, stride=1, padding=0):
    return _adder(X, W.flip(2, 3), stride, padding)


@misconception(
    "Windows and filters were flattened in different orders (channel first in one, last in the other), so that values which do not lie on top of each other are subtracted."
)
def flattened_in_another_order(X, W, stride=1, padding=0):
    return _adder(X, W.permute(0, 2, 3, 1).reshape(W.shape), stride, padding)


@misconception(
    "The windows were flattened row by row and the filters column by column, so that values which do not lie on top of each other are subtracted."
)
def filters_flattened_by_columns(X, W, stride=1, padding=0):
    return _adder(X, W.transpose(2, 3).reshape(W.shape), stride, padding)


@misconception(
    "Your function takes the kernel for a square: its height stands where its width belongs. Take both sizes from W.shape."
)
def square_kernel_by_height(X, W, stride=1, padding=0):
    X, k = F.pad(X, (padding,) * 4), W.shape[2]
    rows, columns = (X.shape[2] - k) // stride + 1, (X.shape[3] - k) // stride + 1
    Y = torch.zeros(X.shape[0], W.shape[0], rows, columns, dtype=X.dtype)
    for a in range(k):
        for b in range(k):
            piece = X[:, None, :, a:, b:][..., ::stride, ::stride][..., :rows, :columns]
            Y -= (piece - W[:, :, a, b, None, None]).abs().sum(2)
    return Y


@misconception(
    "Your function takes the kernel for a square: its width stands where its height belongs. Take both sizes from W.shape."
)
def square_kernel_by_width(X, W, stride=1, padding=0):
    X, k = F.pad(X, (padding,) * 4), W.shape[3]
    rows, columns = (X.shape[2] - k) // stride + 1, (X.shape[3] - k) // stride + 1
    Y = torch.zeros(X.shape[0], W.shape[0], rows, columns, dtype=X.dtype)
    for a in range(k):
        for b in range(k):
            piece = X[:, None, :, a:, b:][..., ::stride, ::stride][..., :rows, :columns]
            Y -= (piece - W[:, :, a, b, None, None]).abs().sum(2)
    return Y


@misconception(
    "The loops over the kernel end one row and one column too early, so that its last row and column take no part. `range(n)` ends at n - 1."
)
def last_of_kernel_left_out(X, W, stride=1, padding=0):
    return -_differences(X, W, stride, padding).abs()[..., :-1, :-1].sum((2, 5, 6))


@misconception(
    "Each value holds only the last difference: the loop assigns where it should add up (`=` instead of `+=`)."
)
def overwritten_sum(X, W, stride=1, padding=0):
    return -_differences(X, W, stride, padding)[:, :, -1, :, :, -1, -1].abs()


@misconception(
    "Each value still contains the sums of the positions before it: the sum must start from zero again at every position."
)
def sum_not_reset(X, W, stride=1, padding=0):
    Y = _adder(X, W, stride, padding)
    return Y.flatten(2).cumsum(2).reshape(Y.shape)


# ------------------------------------------------------------------------------ channels, filters, images


@misconception(
    "Only the first channel is compared. A filter has a kernel for every channel, and the distances of all channels are added."
)
def first_channel_only(X, W, stride=1, padding=0):
    return _adder(X[:, :1], W[:, :1], stride, padding)


@misconception(
    "Only the last channel is compared: every channel overwrites what the one before had added. A filter's distance is the sum over all channels."
)
def last_channel_only(X, W, stride=1, padding=0):
    return _adder(X[:, -1:], W[:, -1:], stride, padding)


@misconception(
    "Every channel is compared with the filter's kernel for the first channel. A filter has a kernel of its own for every channel."
)
def first_kernel_for_every_channel(X, W, stride=1, padding=0):
    return _adder(X, W[:, :1].expand_as(W), stride, padding)


@misconception(
    "You take the mean over the channels. The distances of all channels are added, like those inside a channel."
)
def mean_over_channels(X, W, stride=1, padding=0):
    return _adder(X, W, stride, padding) / X.shape[1]


@misconception(
    "Your output still has a dimension for the channels of X. A filter's distance is summed over them: the output has one channel for each filter."
)
def channels_not_summed(X, W, stride=1, padding=0):
    return -_differences(X, W, stride, padding).abs().sum((5, 6))


@misconception("Only the first filter was computed. The output has one channel for every filter.")
def first_filter_only(X, W, stride=1, padding=0):
    return _adder(X, W[:1], stride, padding)


@misconception(
    "All channels of your output but the first are empty: the loop over the filters ended after its first turn. Is `return` inside it?"
)
def other_filters_left_empty(X, W, stride=1, padding=0):
    Y = _adder(X, W, stride, padding)
    Y[:, 1:] = 0
    return Y


@misconception("The distances of all filters are added. Each filter has a channel of its own in the output.")
def filters_summed(X, W, stride=1, padding=0):
    return _adder(X, W, stride, padding).sum(1, keepdim=True)


@misconception(
    "The distances of all filters are added, and the dimension of the filters is gone. Each filter has a channel of its own in the output."
)
def filters_summed_away(X, W, stride=1, padding=0):
    return _adder(X, W, stride, padding).sum(1)


@misconception("Only the first image of the batch was computed. The output has one entry for every image.")
def first_image_only(X, W, stride=1, padding=0):
    return _adder(X[:1], W, stride, padding)


@misconception(
    "All images of your output but the first are empty: the loop over the batch ended after its first turn. Is `return` inside it?"
)
def other_images_left_empty(X, W, stride=1, padding=0):
    Y = _adder(X, W, stride, padding)
    Y[1:] = 0
    return Y


@misconception("The distances of all images are added. Every image of the batch is worked on by itself.")
def images_summed(X, W, stride=1, padding=0):
    return _adder(X, W, stride, padding).sum(0, keepdim=True)


# ------------------------------------------------------------------------------ which positions there are


@misconception(
    "The stride has no effect: your windows move by one row and one column at a time. Window (i, j) begins at row i·stride and column j·stride of the padded input."
)
def stride_ignored(X, W, stride=1, padding=0):
    return _adder(X, W, 1, padding)


@misconception(
    "The padding has no effect. X is surrounded by `padding` rows and columns of zeros on every side before the windows are taken."
)
def padding_ignored(X, W, stride=1, padding=0):
    return _adder(X, W, stride, 0)


@misconception(
    "Neither stride nor padding has an effect. X is surrounded by `padding` rows and columns of zeros, and window (i, j) begins at row i·stride and column j·stride of that."
)
def stride_and_padding_ignored(X, W, stride=1, padding=0):
    return _adder(X, W, 1, 0)


@misconception("The stride moves the windows down but not to the right. It counts in both directions.")
def stride_for_rows_only(X, W, stride=1, padding=0):
    return _adder(X, W, 1, padding)[:, :, ::stride]


@misconception("The stride moves the windows to the right but not down. It counts in both directions.")
def stride_for_columns_only(X, W, stride=1, padding=0):
    return _adder(X, W, 1, padding)[:, :, :, ::stride]


@misconception(
    "Your output has the right size, but the windows still move by one: window (i, j) begins at row i·stride and column j·stride, not at row i and column j."
)
def windows_begin_without_stride(X, W, stride=1, padding=0):
    rows, columns = _adder(X, W, stride, padding).shape[2:]
    return _adder(X, W, 1, padding)[:, :, :rows, :columns]


@misconception(
    "Your values stand at rows i·stride and columns j·stride of an output as large as for stride 1; the rest is zero. The output has just as many values as there are windows."
)
def gaps_in_the_output(X, W, stride=1, padding=0):
    every = _adder(X, W, 1, padding)
    Y = torch.zeros_like(every)
    Y[:, :, ::stride, ::stride] = every[:, :, ::stride, ::stride]
    return Y


@misconception(
    "Your windows do not overlap: they move by the size of the kernel. They move by `stride`, which is 1 unless something else is given."
)
def windows_without_overlap(X, W, stride=1, padding=0):
    kh, kw = W.shape[2:]
    windows = F.pad(X, (padding,) * 4).unfold(2, kh, kh).unfold(3, kw, kw)
    return -(windows[:, None] - W[:, :, None, None]).abs().sum((2, 5, 6))


@misconception(
    "Your output misses its last row and column: the size is (H + 2p - kh)//s + 1, with the 1, since the first position counts too."
)
def one_position_short(X, W, stride=1, padding=0):
    (H, width), (kh, kw) = X.shape[2:], W.shape[2:]
    rows, columns = (H + 2 * padding - kh) // stride, (width + 2 * padding - kw) // stride
    return _adder(X, W, stride, padding)[:, :, :rows, :columns]


@misconception(
    "Your output misses a row or column where the stride ends exactly at the edge: the size is (H + 2p - kh)//s + 1, where the 1 is added after the division."
)
def one_added_before_the_division(X, W, stride=1, padding=0):
    (H, width), (kh, kw) = X.shape[2:], W.shape[2:]
    rows, columns = (H + 2 * padding - kh + 1) // stride, (width + 2 * padding - kw + 1) // stride
    return _adder(X, W, stride, padding)[:, :, :rows, :columns]


@misconception(
    "Your windows hang over the edge: where the stride does not end exactly there, the rest is too small for a window. The division in (H + 2p - kh)//s + 1 rounds down."
)
def size_rounded_up(X, W, stride=1, padding=0):
    X = F.pad(X, (padding,) * 4)
    (H, width), (kh, kw) = X.shape[2:], W.shape[2:]
    down, right = -(H - kh) % stride, -(width - kw) % stride
    return _adder(F.pad(X, (0, right, 0, down)), W, stride)


@misconception(
    "Your output has the size that belongs to an input without padding. There are 2·padding more rows and columns: (H + 2p - kh)//s + 1."
)
def size_without_padding(X, W, stride=1, padding=0):
    rows, columns = _adder(X, W, stride, 0).shape[2:]
    return _adder(X, W, stride, padding)[:, :, :rows, :columns]


@misconception(
    "Padding counts once in the size of your output. It is added on both sides: (H + 2p - kh)//s + 1."
)
def padding_counted_once(X, W, stride=1, padding=0):
    (H, width), (kh, kw) = X.shape[2:], W.shape[2:]
    rows, columns = (H + padding - kh) // stride + 1, (width + padding - kw) // stride + 1
    return _adder(X, W, stride, padding)[:, :, :rows, :columns]


@misconception(
    "Zeros were put below and to the right of X only. Padding puts them on all four sides, so that the first window begins above and to the left of X."
)
def padded_at_the_end_only(X, W, stride=1, padding=0):
    return _adder(F.pad(X, (0, padding, 0, padding)), W, stride)


@misconception(
    "All the zeros, twice as many as asked for, were put below and to the right of X. Half of them belong above and to the left."
)
def all_padding_at_the_end(X, W, stride=1, padding=0):
    return _adder(F.pad(X, (0, 2 * padding, 0, 2 * padding)), W, stride)


@misconception(
    "Zeros were put to the left and right of X only. `F.pad` takes two numbers for each dimension, the last dimension first: rows need theirs too."
)
def padded_columns_only(X, W, stride=1, padding=0):
    return _adder(F.pad(X, (padding, padding)), W, stride)


@misconception("Zeros were put above and below X only; columns need theirs too.")
def padded_rows_only(X, W, stride=1, padding=0):
    return _adder(F.pad(X, (0, 0, padding, padding)), W, stride)


@misconception("X was padded twice, once by you and once more by the function that takes the windows.")
def padded_twice(X, W, stride=1, padding=0):
    return _adder(X, W, stride, 2 * padding)


@misconception(
    "X was padded by half of the kernel's size, whatever `padding` says. Without padding the windows stay inside X."
)
def padded_by_half_the_kernel(X, W, stride=1, padding=0):
    kh, kw = W.shape[2:]
    return _adder(F.pad(X, (kw // 2, kw // 2, kh // 2, kh // 2)), W, stride)


@misconception(
    "Padded positions count nothing in your sums. In a convolution 0·W is nothing, but the distance of a padded zero to the weight is |0 - W|, and it is added like the others."
)
def padding_contributes_nothing(X, W, stride=1, padding=0):
    inside = _windows(torch.ones_like(X), *W.shape[2:], stride, padding)[:, None]
    return -(_differences(X, W, stride, padding).abs() * inside).sum((2, 5, 6))


@misconception(
    "The output was padded with zeros in place of the input. Padding surrounds X before the windows are taken."
)
def output_padded(X, W, stride=1, padding=0):
    return F.pad(_adder(X, W, stride), (padding,) * 4)


@misconception("X was padded with copies of its border. Here padding is made of zeros.")
def padded_with_the_border(X, W, stride=1, padding=0):
    return _adder(F.pad(X, (padding,) * 4, mode="replicate") if padding else X, W, stride)


@misconception("X was padded with its mirror image. Here padding is made of zeros.")
def padded_with_the_mirror_image(X, W, stride=1, padding=0):
    return _adder(F.pad(X, (padding,) * 4, mode="reflect") if padding else X, W, stride)


@misconception("X was padded with ones. Here padding is made of zeros.")
def padded_with_ones(X, W, stride=1, padding=0):
    return _adder(F.pad(X, (padding,) * 4, value=1), W, stride)


@misconception(
    "The first row and the first column of your output were never computed: positions are counted from 0 in Python, not from 1."
)
def loops_begin_at_one(X, W, stride=1, padding=0):
    Y = _adder(X, W, stride, padding)
    Y[:, :, 0], Y[:, :, :, 0] = 0, 0
    return Y


@misconception(
    "The last row and the last column of your output were never computed: the loops end one position too early. `range(n)` ends at n - 1."
)
def loops_end_too_early(X, W, stride=1, padding=0):
    Y = _adder(X, W, stride, padding)
    Y[:, :, -1], Y[:, :, :, -1] = 0, 0
    return Y


@misconception(
    "Your function takes the input for a square: the number of rows stands where the number of columns belongs. Take both sizes from X.shape."
)
def square_input(X, W, stride=1, padding=0):
    X, (kh, kw) = F.pad(X, (padding,) * 4), W.shape[2:]
    return _of_size(X, W, stride, (X.shape[2] - kh) // stride + 1, (X.shape[2] - kw) // stride + 1)


@misconception(
    "Your function takes the kernel for a square: its height stands where its width belongs. Take both sizes from W.shape."
)
def square_kernel(X, W, stride=1, padding=0):
    X, kh = F.pad(X, (padding,) * 4), W.shape[2]
    return _of_size(X, W, stride, (X.shape[2] - kh) // stride + 1, (X.shape[3] - kh) // stride + 1)


@misconception(
    "Your function takes the kernel for a square: its width stands where its height belongs. Take both sizes from W.shape."
)
def square_kernel_of_its_width(X, W, stride=1, padding=0):
    X, kw = F.pad(X, (padding,) * 4), W.shape[3]
    return _of_size(X, W, stride, (X.shape[2] - kw) // stride + 1, (X.shape[3] - kw) // stride + 1)


# ------------------------------------------------------------------------------ what is returned


@misconception(
    "Your values come in the right order but in the wrong shape: the row of values was broken into W' rows instead of H'."
)
def reshaped_to_exchanged_sizes(X, W, stride=1, padding=0):
    Y = _adder(X, W, stride, padding)
    return Y.reshape(*Y.shape[:2], Y.shape[3], Y.shape[2])


@misconception(
    "Rows and columns of your output are exchanged: the third index is the row, the fourth the column."
)
def rows_and_columns_exchanged(X, W, stride=1, padding=0):
    return _adder(X, W, stride, padding).transpose(2, 3)


@misconception(
    "Your output has the channels last. Its dimensions are (N, F, H', W'): image, filter, row, column."
)
def channels_last(X, W, stride=1, padding=0):
    return _adder(X, W, stride, padding).permute(0, 2, 3, 1)


@misconception(
    "Filters and images are exchanged in your output. Its dimensions are (N, F, H', W'): image, filter, row, column."
)
def filters_before_images(X, W, stride=1, padding=0):
    return _adder(X, W, stride, padding).transpose(0, 1)


@misconception(
    "Your values are in the wrong order: a tensor of (N, H'·W', F) was reshaped to (N, F, H', W'). Reshaping does not move values; transpose the last two dimensions first."
)
def reshaped_without_transposing(X, W, stride=1, padding=0):
    Y = _adder(X, W, stride, padding)
    return Y.permute(0, 2, 3, 1).reshape(Y.shape)


@misconception(
    "Your values are right, but rows and columns are still in one dimension, as `F.unfold` has them. The output has shape (N, F, H', W')."
)
def positions_in_one_dimension(X, W, stride=1, padding=0):
    return _adder(X, W, stride, padding).flatten(2)


@misconception(
    "Dimensions of size 1 are lost: `squeeze()` without a dimension removes all of them. A batch of one image, or a single filter, keeps its dimension."
)
def squeezed(X, W, stride=1, padding=0):
    return _adder(X, W, stride, padding).squeeze()


@misconception(
    "Where the output is one column wide its last dimension is lost: `squeeze(-1)` removes it whenever its size is 1. Y has four dimensions, whatever their sizes."
)
def single_column_squeezed(X, W, stride=1, padding=0):
    return _adder(X, W, stride, padding).squeeze(-1)


@misconception(
    "Where the output is one row high this dimension is lost: `squeeze(2)` removes it whenever its size is 1. Y has four dimensions, whatever their sizes."
)
def single_row_squeezed(X, W, stride=1, padding=0):
    return _adder(X, W, stride, padding).squeeze(2)


@misconception("Your values are right but come back as a Python list. Y is a tensor.")
def python_list(X, W, stride=1, padding=0):
    return _adder(X, W, stride, padding).tolist()


@misconception(
    "Your output is zero everywhere: no result was ever written into its memory, or an activation erased it. The output of an adder layer is never positive, so that ReLU leaves nothing of it."
)
def nothing_written(X, W, stride=1, padding=0):
    return torch.zeros_like(_adder(X, W, stride, padding))


@misconception(
    "Your function returned nothing: after the last line of the work, `return Y` must hand the result back."
)
def nothing_returned(X, W, stride=1, padding=0):
    _adder(X, W, stride, padding)


# ------------------------------------------------------------------------------ memory


@misconception(
    "Your function subtracts inside X itself: a slice of a tensor shares its memory (`-=`, `sub_`), so later windows meet changed values. Make a new tensor of the differences."
)
def window_subtracted_in_place(X, W, stride=1, padding=0):
    if padding:
        X = F.pad(X, (padding,) * 4)
    rows, columns = _adder(X, W, stride).shape[2:]
    Y = torch.zeros(len(X), len(W), rows, columns, dtype=X.dtype)
    for n in range(len(X)):
        for f in range(len(W)):
            for i in range(rows):
                for j in range(columns):
                    top, left = i * stride, j * stride
                    window = X[n, :, top : top + W.shape[2], left : left + W.shape[3]]
                    window -= W[f]
                    Y[n, f, i, j] = -window.abs().sum()
    return Y


@misconception(
    "Your windows are read in the wrong order when X is a view of another tensor: such a tensor's rows are not one behind the other in memory. Use X.stride(), or make a contiguous copy first."
)
def contiguous_strides_assumed(X, W, stride=1, padding=0):
    if padding:
        X = F.pad(X, (padding,) * 4)
    (N, C, H, width), (kh, kw) = X.shape, W.shape[2:]
    shape = (N, C, (H - kh) // stride + 1, (width - kw) // stride + 1, kh, kw)
    windows = X.as_strided(shape, (C * H * width, H * width, width * stride, stride, width, 1))
    return -(windows[:, None] - W[:, :, None, None]).abs().sum((2, 5, 6))


@misconception(
    "Your values are right, but W has another sign after the call: `W *= -1`, `W.neg_()` and the like change the caller's own tensor. Make a new one."
)
def weights_negated_in_place(X, W, stride=1, padding=0):
    W.neg_()
    return _adder(X, -W, stride, padding)


@misconception(
    "Your values are right, but with padding X itself has grown: `X.set_()`, `X.resize_()` or an assignment to `X.data` change the caller's own tensor. Pad into a new one."
)
def input_padded_in_place(X, W, stride=1, padding=0):
    if padding:
        X.set_(F.pad(X, (padding,) * 4))
    return _adder(X, W, stride)


@misconception(
    "Your function takes the kernel for a square: a window of kh rows and as many columns meets filters of another width (`F.unfold(X, kh)`, or a slice `[j:j+kh]`). Take both sizes from W.shape."
)
def square_windows(X, W, stride=1, padding=0):
    k = W.shape[2]
    return -(_windows(X, k, k, stride, padding)[:, None] - W[:, :, None, None]).abs().sum((2, 5, 6))


@misconception(
    "Your function stops where X or W is a view of another tensor: `.view(...)` of such a tensor is not possible. `.reshape(...)` copies where it must."
)
def flattened_by_view(X, W, stride=1, padding=0):
    W.view(len(W), -1)
    return _adder(X, W, stride, padding)


# ------------------------------------------------------------------------------ the kernel's size taken off twice


def _ended_early(Y, rows, columns):
    """Y with zeros in its last `rows` and `columns`."""
    kept = torch.zeros_like(Y)
    last, right = max(Y.shape[2] - rows, 0), max(Y.shape[3] - columns, 0)
    kept[:, :, :last, :right] = Y[:, :, :last, :right]
    return kept


@misconception(
    "The last rows of your output were never computed: their number is known already, and the loop ends a kernel's height before that once more. Loop over Y.shape."
)
def row_loop_ends_a_kernel_early(X, W, stride=1, padding=0):
    return _ended_early(_adder(X, W, stride, padding), W.shape[2], 0)


@misconception(
    "The last rows and columns of your output were never computed: their number is known already, and the loops end a kernel's size before that once more. Loop over Y.shape."
)
def loops_end_a_kernel_early(X, W, stride=1, padding=0):
    return _ended_early(_adder(X, W, stride, padding), *W.shape[2:])


PAIRS = together(
    _adder,
    (stride_ignored, minus_missing),
    (padding_ignored, minus_missing),
    (flipped_filters, minus_missing),
    (first_channel_only, minus_missing),
    (padding_contributes_nothing, minus_missing),
    (square_windows, flattened_by_view),
    (row_loop_ends_a_kernel_early, minus_missing),
    (loops_end_a_kernel_early, minus_missing),
    (images_summed, size_without_padding),
)
