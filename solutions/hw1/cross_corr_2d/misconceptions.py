"""Wrong solutions of `cross_corr_2d`, each with the sentence that a student whose answer equals it should read."""

import torch
import torch.nn as nn
import torch.nn.functional as F

from homework.judge import misconception, together


def _correlate(X, K):
    return F.conv2d(X[None, None], K[None, None])[0, 0]


def _windows(X, K):
    return X.unfold(0, K.shape[0], 1).unfold(1, K.shape[1], 1)


# ------------------------------------------------------------------------------ gradients


@misconception(
    "The gradient reaches X, but not K: the kernel was copied, as into an `nn.Conv2d`'s weight or an `nn.Parameter`. Use K itself, as with `F.conv2d(X, K)`."
)
def kernel_copied_into_a_layer(X, K):
    conv = nn.Conv2d(1, 1, tuple(K.shape), bias=False)
    conv.weight.data = K[None, None]
    return conv(X[None, None])[0, 0]


@misconception(
    "The gradient reaches K, but not X: the windows are copies that autograd does not know. Slice X itself."
)
def input_copied(X, K):
    return (_windows(X.detach().clone(), K) * K).sum((2, 3))


@misconception(
    "No gradient reaches X or K: `.item()`, `.detach()`, `.data`, NumPy, `torch.tensor(...)` of values and `no_grad` take a result out of autograd. Stay with tensor operations."
)
def gradients_cut(X, K):
    return _correlate(X.detach(), K.detach())


@misconception(
    "In double precision no gradient reaches K: it was converted by `torch.tensor(...)` or NumPy, which takes it out of autograd. `K.to(dtype)` keeps the connection."
)
def kernel_converted_outside_autograd(X, K):
    return _correlate(X, K if K.dtype == torch.float32 else K.detach())


@misconception(
    "In double precision no gradient reaches X or K: they were converted by `torch.tensor(...)` or NumPy, which takes them out of autograd. `X.to(dtype)` keeps the connection."
)
def inputs_converted_outside_autograd(X, K):
    return _correlate(X, K) if X.dtype == torch.float32 else _correlate(X.detach(), K.detach())


# ------------------------------------------------------------------------------ the kernel turned or rearranged


@misconception(
    "Your output equals the one for a kernel turned by 180°: that is convolution; cross-correlation does not flip the kernel."
)
def flipped_kernel(X, K):
    return _correlate(X, K.flip(0, 1))


@misconception(
    "Your output equals the one for a kernel turned upside down. Cross-correlation lays the kernel on the input as it is: its first row meets the first row of the window."
)
def rows_flipped(X, K):
    return _correlate(X, K.flip(0))


@misconception(
    "Your output equals the one for a kernel mirrored left to right. Cross-correlation lays the kernel on the input as it is: its first column meets the first column of the window."
)
def columns_flipped(X, K):
    return _correlate(X, K.flip(1))


@misconception(
    "Your output equals the one for the transposed kernel. The kernel's first index runs down with the rows of X, its second to the right with the columns."
)
def transposed_kernel(X, K):
    return _correlate(X, K.T)


@misconception(
    "The two indices of the kernel are exchanged: the row offset a belongs to K's first index, the column offset b to its second. With a square kernel this goes wrong silently, with another it leaves the kernel."
)
def kernel_indices_exchanged(X, K):
    h, w = K.shape
    rows, columns = X.shape[0] - h + 1, X.shape[1] - w + 1
    return sum(X[a : a + rows, b : b + columns] * K[b, a] for a in range(h) for b in range(w))


@misconception(
    "The window was flattened row by row and the kernel column by column, so that values which do not lie on top of each other are multiplied. Flatten both in the same order."
)
def kernel_flattened_by_columns(X, K):
    (H, W), (h, w) = X.shape, K.shape
    columns = F.unfold(X[None, None], (h, w))
    return (K.T.reshape(1, -1) @ columns).reshape(H - h + 1, W - w + 1)


# ------------------------------------------------------------------------------ what happens at one position


@misconception(
    "Your output is the mean of the products. Cross-correlation adds them up and does not divide by the size of the kernel."
)
def mean_for_sum(X, K):
    return _correlate(X, K) / K.numel()


@misconception(
    "Your output is the largest product in each window. That is the idea of max pooling; cross-correlation adds all products of a window."
)
def largest_product(X, K):
    return (_windows(X, K) * K).amax((2, 3))


@misconception(
    "Each output value holds only the product with the kernel's last value: the loop over the kernel assigns where it should add up (`=` instead of `+=`)."
)
def overwritten_sum(X, K):
    (H, W), (h, w) = X.shape, K.shape
    return X[h - 1 : H, w - 1 : W] * K[-1, -1]


@misconception(
    "Each output value still contains the sums of the positions before it: the sum must start from zero again at every position of the kernel."
)
def sum_not_reset(X, K):
    Y = _correlate(X, K)
    return Y.reshape(-1).cumsum(0).reshape(Y.shape)


@misconception(
    "Each output value still contains the sums of the positions before it in its row: the sum must start from zero again at every position, not only at every row."
)
def sum_reset_once_a_row(X, K):
    return _correlate(X, K).cumsum(1)


@misconception(
    "Only the first row of the kernel takes part. The sum runs over both indices of the kernel, a and b."
)
def first_kernel_row_only(X, K):
    rows = X.shape[0] - K.shape[0] + 1
    return _correlate(X[:rows], K[:1])


@misconception(
    "The kernel's last row takes no part: its rows are cut off or counted one too early. `range(n)` ends at n - 1, and so does the slice `[:n]`."
)
def last_kernel_row_left_out(X, K):
    mask = torch.ones_like(K)
    mask[-1] = 0
    return _correlate(X, K * mask)


@misconception(
    "The kernel's last column takes no part: its columns are cut off or counted one too early. `range(n)` ends at n - 1, and so does the slice `[:n]`."
)
def last_kernel_column_left_out(X, K):
    mask = torch.ones_like(K)
    mask[:, -1] = 0
    return _correlate(X, K * mask)


@misconception(
    "Only the first column of the kernel takes part. The sum runs over both indices of the kernel, a and b."
)
def first_kernel_column_only(X, K):
    columns = X.shape[1] - K.shape[1] + 1
    return _correlate(X[:, :columns], K[:, :1])


@misconception(
    "The window and the kernel are multiplied as matrices (`@`, `matmul`). Cross-correlation multiplies them element by element, and then adds up."
)
def matrix_product(X, K):
    return (_windows(X, K) @ K).sum((2, 3))


@misconception(
    "Window and kernel are added (`+`). Cross-correlation multiplies them element by element, and then adds up the products."
)
def added_for_multiplied(X, K):
    return (_windows(X, K) + K).sum((2, 3))


@misconception(
    "The kernel is subtracted from the window. Cross-correlation multiplies the two element by element, and then adds up the products."
)
def subtracted_for_multiplied(X, K):
    return (_windows(X, K) - K).sum((2, 3))


@misconception(
    "Your output is the sum of absolute differences between window and kernel, as an adder layer has it. Cross-correlation is the sum of their products."
)
def absolute_differences(X, K):
    return (_windows(X, K) - K).abs().sum((2, 3))


@misconception(
    "The values of the kernel take no part: your output is the sum of each window. Multiply the window by the kernel, element by element, before you add up."
)
def kernel_ignored(X, K):
    return _windows(X, K).sum((2, 3))


@misconception(
    "Your output is the sum of squared differences between window and kernel. That also compares a patch with a pattern, but cross-correlation is the sum of their products."
)
def squared_differences(X, K):
    return ((_windows(X, K) - K) ** 2).sum((2, 3))


@misconception(
    "The kernel was divided by the sum of its values. That is done for blurring filters; cross-correlation takes the kernel as it is."
)
def kernel_divided_by_its_sum(X, K):
    return _correlate(X, K / K.sum())


@misconception(
    "The kernel's mean was subtracted first. Template matching does so; cross-correlation as a layer of a network takes the kernel as it is."
)
def kernel_mean_subtracted(X, K):
    return _correlate(X, K - K.mean())


@misconception(
    "Each value was divided by the lengths of window and kernel: that is normalized cross-correlation, used for template matching. Here the plain sum of products is asked for."
)
def normalized_by_lengths(X, K):
    windows = _windows(X, K)
    return (windows * K).sum((2, 3)) / (windows.square().sum((2, 3)).sqrt() * K.square().sum().sqrt())


@misconception(
    "Negative values of your output were set to zero. An activation such as ReLU is a layer of its own; cross-correlation keeps the sign."
)
def relu_applied(X, K):
    return _correlate(X, K).relu()


@misconception(
    "Your output lost the sign of its values. Cross-correlation is a plain sum of products; it may be negative."
)
def absolute_value(X, K):
    return _correlate(X, K).abs()


@misconception(
    "The loops over the kernel end one row and one column too early, so that its last row and column take no part. `range(n)` ends at n - 1."
)
def last_of_kernel_left_out(X, K):
    Y = _correlate(X, K)
    without = K.clone()
    without[:-1, :-1] = 0
    return Y - _correlate(X, without)


@misconception(
    "Your output has only whole numbers: the sums were stored in memory for integers, which cuts off the fraction. Let the output have the input's dtype."
)
def integer_output(X, K):
    return _correlate(X, K).to(torch.int64)


# ------------------------------------------------------------------------------ which positions there are


@misconception(
    "Your output misses its last row and column. A kernel of height h fits into H rows at H - h + 1 positions: the first and the last count both."
)
def one_position_short(X, K):
    (H, W), (h, w) = X.shape, K.shape
    return _correlate(X, K)[: H - h, : W - w]


@misconception(
    "The last row and the last column of your output were never computed: the loops end one position too early. `range(n)` ends at n - 1."
)
def loops_end_too_early(X, K):
    values = _correlate(X, K)
    Y = torch.zeros_like(values)
    Y[:-1, :-1] = values[:-1, :-1]
    return Y


@misconception(
    "The last row of your output was never computed: the loop over rows ends one position too early. `range(n)` ends at n - 1."
)
def rows_end_too_early(X, K):
    Y = _correlate(X, K)
    return torch.cat([Y[:-1], torch.zeros_like(Y[-1:])])


@misconception(
    "The last column of your output was never computed: the loop over columns ends one position too early. `range(n)` ends at n - 1."
)
def columns_end_too_early(X, K):
    Y = _correlate(X, K)
    return torch.cat([Y[:, :-1], torch.zeros_like(Y[:, -1:])], 1)


@misconception(
    "The loops over the output run over the kernel's rows and columns. The output has (H - h + 1, W - w + 1) positions, whatever the kernel's size."
)
def output_loops_over_the_kernel(X, K):
    (H, W), (h, w) = X.shape, K.shape
    Y = torch.zeros(H - h + 1, W - w + 1, dtype=X.dtype)
    for i in range(h):
        for j in range(w):
            Y[i, j] = (X[i : i + h, j : j + w] * K).sum()
    return Y


@misconception(
    "Some rows of your output were never computed: the loop over rows moves on by the kernel's height. Cross-correlation moves by one row at a time (stride 1)."
)
def rows_skipped(X, K):
    values = _correlate(X, K)
    Y = torch.zeros_like(values)
    Y[:: K.shape[0]] = values[:: K.shape[0]]
    return Y


@misconception(
    "Some columns of your output were never computed: the loop over columns moves on by the kernel's width. Cross-correlation moves by one column at a time (stride 1)."
)
def columns_skipped(X, K):
    values = _correlate(X, K)
    Y = torch.zeros_like(values)
    Y[:, :: K.shape[1]] = values[:, :: K.shape[1]]
    return Y


@misconception(
    "Many values of your output were never computed: the loops move on by the kernel's height and width. Cross-correlation moves by one row or one column at a time (stride 1)."
)
def positions_skipped(X, K):
    values = _correlate(X, K)
    Y = torch.zeros_like(values)
    Y[:: K.shape[0], :: K.shape[1]] = values[:: K.shape[0], :: K.shape[1]]
    return Y


@misconception(
    "The first row and the first column of your output were never computed: positions are counted from 0 in Python, not from 1."
)
def loops_begin_at_one(X, K):
    values = _correlate(X, K)
    Y = torch.zeros_like(values)
    Y[1:, 1:] = values[1:, 1:]
    return Y


@misconception(
    "Your windows begin one row and one column too late: at output position (i, j) the kernel's corner lies on X[i, j], not on X[i+1, j+1]."
)
def windows_begin_too_late(X, K):
    return _correlate(X, K)[1:, 1:]


@misconception(
    "Only the first position was computed: the function returns inside its loop. Move `return` out of the loops, so that all positions are visited first."
)
def returned_inside_the_loop(X, K):
    values = _correlate(X, K)
    Y = torch.zeros_like(values)
    Y[0, 0] = values[0, 0]
    return Y


@misconception(
    "Only the first row of the output was computed: the function returns at the end of the first row. Move `return` out of both loops."
)
def returned_after_the_first_row(X, K):
    values = _correlate(X, K)
    Y = torch.zeros_like(values)
    Y[0] = values[0]
    return Y


@misconception(
    "Your windows do not overlap: the kernel moves by its own size. Cross-correlation moves it by one row or one column at a time (stride 1)."
)
def windows_without_overlap(X, K):
    return F.conv2d(X[None, None], K[None, None], stride=tuple(K.shape))[0, 0]


@misconception(
    "Your kernel moves two steps at a time. Cross-correlation moves it by one row or one column (stride 1)."
)
def stride_of_two(X, K):
    return F.conv2d(X[None, None], K[None, None], stride=2)[0, 0]


@misconception(
    "Your output has the size of the input: zeros were put around it. Here nothing is padded; the kernel stays inside the input, and the output is smaller."
)
def padded_to_the_same_size(X, K):
    h, w = K.shape
    return _correlate(F.pad(X, ((w - 1) // 2, w // 2, (h - 1) // 2, h // 2)), K)


@misconception(
    "Zeros were put around the input, half the kernel's size on each side. Here nothing is padded; the kernel stays inside the input, and the output is smaller."
)
def padded_by_half_the_kernel(X, K):
    return F.conv2d(X[None, None], K[None, None], padding=(K.shape[0] // 2, K.shape[1] // 2))[0, 0]


@misconception(
    "Your output is larger than the input: it has every position at which the kernel touches the input at all. Here the kernel must lie inside it entirely."
)
def padded_on_every_side(X, K):
    h, w = K.shape
    return _correlate(F.pad(X, (w - 1, w - 1, h - 1, h - 1)), K)


@misconception(
    "Your output has one value for every input value: at the lower and right edge the kernel hangs over. Stop where it no longer fits."
)
def kernel_over_the_edge(X, K):
    return _correlate(F.pad(X, (0, K.shape[1] - 1, 0, K.shape[0] - 1)), K)


@misconception(
    "Your values are in the upper left part of an output as large as the input; the rest is zero. The output has just as many values as there are positions for the kernel: (H - h + 1, W - w + 1)."
)
def output_as_large_as_input(X, K):
    Y = torch.zeros_like(X)
    values = _correlate(X, K)
    Y[: values.shape[0], : values.shape[1]] = values
    return Y


@misconception(
    "Your windows go round the edge: a product of Fourier transforms treats the input as periodic. Only the positions that do not wrap around belong to the output."
)
def wrapped_around(X, K):
    product = torch.fft.fft2(X) * torch.fft.fft2(K, s=X.shape).conj()
    return torch.fft.ifft2(product).real


@misconception(
    "Your output equals a periodic convolution. For cross-correlation one of the two Fourier transforms must be conjugated; without that the kernel is turned by 180°."
)
def fft_without_conjugate(X, K):
    (H, W), (h, w) = X.shape, K.shape
    product = torch.fft.fft2(X) * torch.fft.fft2(K, s=(H, W))
    return torch.fft.ifft2(product).real[: H - h + 1, : W - w + 1]


@misconception(
    "Your output holds complex numbers, as a Fourier transform returns them. Y is real: take `.real`, or transform with `rfft2` and `irfft2`."
)
def complex_output(X, K):
    (H, W), (h, w) = X.shape, K.shape
    product = torch.fft.fft2(X) * torch.fft.fft2(K, s=(H, W)).conj()
    return torch.fft.ifft2(product)[: H - h + 1, : W - w + 1]


@misconception(
    "The kernel was laid on the input at one place only. It must slide: one output value for each position at which it fits."
)
def one_window_only(X, K):
    return X[: K.shape[0], : K.shape[1]] * K


# ------------------------------------------------------------------------------ sizes


@misconception(
    "Your function takes the input for a square: the number of rows stands where the number of columns belongs. Take both sizes from X.shape."
)
def square_input(X, K):
    H, (h, w) = X.shape[0], K.shape
    Y = torch.zeros(H - h + 1, H - w + 1, dtype=X.dtype)
    for i in range(Y.shape[0]):
        for j in range(Y.shape[1]):
            Y[i, j] = (X[i : i + h, j : j + w] * K).sum()
    return Y


@misconception(
    "Your function takes the kernel for a square: its height stands where its width belongs. Take both sizes from K.shape."
)
def square_kernel(X, K):
    n = K.shape[0]
    rows, columns = X.shape[0] - n + 1, X.shape[1] - n + 1
    return sum(X[a : a + rows, b : b + columns] * K[a, b] for a in range(n) for b in range(n))


@misconception(
    "The number of columns of your output is computed with the kernel's height. Rows go with rows and columns with columns: (H - h + 1, W - w + 1)."
)
def output_width_with_the_kernel_height(X, K):
    (H, W), (h, w) = X.shape, K.shape
    Y = torch.zeros(H - h + 1, W - h + 1, dtype=X.dtype)
    for i in range(Y.shape[0]):
        for j in range(Y.shape[1]):
            Y[i, j] = (X[i : i + h, j : j + w] * K).sum()
    return Y


@misconception(
    "The number of rows of your output is computed with the kernel's width. Rows go with rows and columns with columns: (H - h + 1, W - w + 1)."
)
def output_height_with_the_kernel_width(X, K):
    (H, W), (h, w) = X.shape, K.shape
    Y = torch.zeros(H - w + 1, W - w + 1, dtype=X.dtype)
    for i in range(Y.shape[0]):
        for j in range(Y.shape[1]):
            Y[i, j] = (X[i : i + h, j : j + w] * K).sum()
    return Y


@misconception(
    "A kernel with a single column is taken for one with a single row: `squeeze()` removed a dimension, and which one cannot be seen afterwards. Leave K as it is; it has two dimensions always."
)
def kernel_squeezed(X, K):
    return _correlate(X, torch.atleast_2d(K.squeeze()))


@misconception(
    "The sizes of the example are written into your function. The sizes of input, kernel and output must come from X.shape and K.shape."
)
def sizes_of_the_example(X, K):
    Y = torch.zeros(2, 2, dtype=X.dtype)
    for i in range(2):
        for j in range(2):
            Y[i, j] = (X[i : i + 2, j : j + 2] * K).sum()
    return Y


@misconception(
    "Your values come in the right order but in the wrong shape: the row of values was broken into (W - w + 1) rows instead of (H - h + 1)."
)
def reshaped_to_exchanged_sizes(X, K):
    Y = _correlate(X, K)
    return Y.reshape(Y.shape[1], Y.shape[0])


@misconception(
    "Your output is transposed: the value for row i and column j stands at [j, i]. The first index of Y is the row."
)
def transposed_output(X, K):
    return _correlate(X, K).T


@misconception(
    "The position's indices are exchanged: for Y[i, j] the window begins at row i and column j of X, not at row j and column i."
)
def window_at_exchanged_indices(X, K):
    (H, W), (h, w) = X.shape, K.shape
    Y = torch.zeros(H - h + 1, W - w + 1, dtype=X.dtype)
    for i in range(H - h + 1):
        for j in range(W - w + 1):
            Y[i, j] = (X[j : j + h, i : i + w] * K).sum()
    return Y


# ------------------------------------------------------------------------------ what is returned


@misconception(
    "Your values are right but come back with four dimensions, as `conv2d` has them (batch, channel, row, column). Y has two: take the first of the batch and of the channels."
)
def four_dimensions(X, K):
    return F.conv2d(X[None, None], K[None, None])


@misconception(
    "Your values are right but come back with three dimensions: one of batch and channel is left over. Y has two dimensions, rows and columns."
)
def three_dimensions(X, K):
    return F.conv2d(X[None, None], K[None, None])[0]


@misconception(
    "Dimensions are lost when the output has a single row or column: `squeeze()` without a dimension removes every size of 1. Remove just those you added."
)
def squeezed_too_far(X, K):
    return F.conv2d(X[None, None], K[None, None]).squeeze()


@misconception("Your values are right but in one long row. Y has two dimensions, (H - h + 1, W - w + 1).")
def flat_output(X, K):
    return _correlate(X, K).reshape(-1)


@misconception(
    "Your values are right but come back as a Python list. Y is a tensor: stack the values, which also keeps the gradient."
)
def python_list(X, K):
    return _correlate(X, K).tolist()


@misconception(
    "Your output is the same whatever the input is: the memory for it was made, but no result of the sums was ever written there."
)
def nothing_written(X, K):
    return torch.zeros(X.shape[0] - K.shape[0] + 1, X.shape[1] - K.shape[1] + 1)


@misconception(
    "Your function returned nothing: after the last line of the work, `return Y` must hand the result back (and nothing may overwrite Y before)."
)
def nothing_returned(X, K):
    _correlate(X, K)


# ------------------------------------------------------------------------------ memory


@misconception(
    "Your windows are read in the wrong order when X is a view of another tensor: such a tensor's rows are not one behind the other in memory. Use X.stride(), or make a contiguous copy first."
)
def contiguous_strides_assumed(X, K):
    (H, W), (h, w) = X.shape, K.shape
    windows = torch.as_strided(X, (H - h + 1, W - w + 1, h, w), (W, 1, W, 1))
    return (windows * K).sum((2, 3))


@misconception(
    "Your windows are read from the beginning of the memory that X shares with another tensor, but X may begin further on. Leave out the `storage_offset` of `as_strided`, so that X's own counts."
)
def storage_offset_ignored(X, K):
    (H, W), (h, w) = X.shape, K.shape
    windows = torch.as_strided(X, (H - h + 1, W - w + 1, h, w), X.stride() + X.stride(), 0)
    return (windows * K).sum((2, 3))


@misconception(
    "Your function multiplies inside X itself: a slice of a tensor shares its memory (`*=`, `mul_`), so later windows meet changed values. Make a new tensor of the products."
)
def window_multiplied_in_place(X, K):
    (H, W), (h, w) = X.shape, K.shape
    Y = torch.zeros(H - h + 1, W - w + 1, dtype=X.dtype)
    for i in range(H - h + 1):
        for j in range(W - w + 1):
            window = X[i : i + h, j : j + w]
            window *= K
            Y[i, j] = window.sum()
    return Y


@misconception(
    "Your values are right, but they were written into X itself, and the caller's input is gone. Write into a new tensor."
)
def written_into_the_input(X, K):
    Y = _correlate(X, K)
    X[: Y.shape[0], : Y.shape[1]] = Y
    return X[: Y.shape[0], : Y.shape[1]]


@misconception(
    "Your function turns the kernel inside the caller's own tensor, so that K is changed after the call. Make a new tensor where you need other values."
)
def kernel_flipped_in_place(X, K):
    K.copy_(K.flip(0, 1).clone())
    return _correlate(X, K.flip(0, 1))


# ------------------------------------------------------------------------------ sizes, where the code stops with an error


@misconception(
    "Your function takes the kernel for a square: a window of K.shape[0] rows and as many columns meets a kernel of another width. Take both sizes from K.shape."
)
def square_windows(X, K):
    k = K.shape[0]
    Y = [
        [(X[i : i + k, j : j + k] * K).sum() for j in range(X.shape[1] - k + 1)]
        for i in range(X.shape[0] - k + 1)
    ]
    return torch.stack([torch.stack(row) for row in Y])


@misconception(
    "Height and width of the kernel are exchanged in your window: X[i:i+w, j:j+h] has w rows. Rows go with the kernel's height, `X[i:i+h, j:j+w]`."
)
def window_sizes_exchanged(X, K):
    (H, W), (h, w) = X.shape, K.shape
    Y = torch.zeros(H - h + 1, W - w + 1, dtype=X.dtype)
    for i in range(H - h + 1):
        for j in range(W - w + 1):
            Y[i, j] = (X[i : i + w, j : j + h] * K).sum()
    return Y


@misconception(
    "Your loops run over the rows and columns of X, but Y has fewer: the kernel does not fit at the last ones. Loop over Y.shape."
)
def loops_over_the_input(X, K):
    (H, W), (h, w) = X.shape, K.shape
    Y = torch.zeros(H - h + 1, W - w + 1, dtype=X.dtype)
    for i in range(H):
        for j in range(W):
            Y[i, j] = (X[i : i + h, j : j + w] * K).sum()
    return Y


@misconception(
    "Your output has the size of the input, with a border of zeros that was never computed. The output has just as many values as there are positions for the kernel: (H - h + 1, W - w + 1)."
)
def border_left_at_zero(X, K):
    h, w = K.shape
    values, Y = _correlate(X, K), torch.zeros(X.shape, dtype=X.dtype)
    Y[h // 2 : h // 2 + values.shape[0], w // 2 : w // 2 + values.shape[1]] = values
    return Y


@misconception(
    "Your output has the size of the input: zeros were put around it, with kernels of even size one more before than after. Here nothing is padded; the kernel stays inside the input, and the output is smaller."
)
def padded_with_the_extra_row_first(X, K):
    h, w = K.shape
    return _correlate(F.pad(X, (w // 2, (w - 1) // 2, h // 2, (h - 1) // 2)), K)


# ------------------------------------------------------------------------------ the kernel's size taken off twice, or windows around a center


@misconception(
    "The last rows and columns of your output were never computed: their number is H - h + 1 already, and the loops end a kernel's size before that once more. Loop over Y.shape."
)
def loops_end_a_kernel_early(X, K):
    h, w = K.shape
    values = _correlate(X, K)
    Y = torch.zeros_like(values)
    rows, columns = max(values.shape[0] - h, 0), max(values.shape[1] - w, 0)
    Y[:rows, :columns] = values[:rows, :columns]
    return Y


def _around_the_center(X, K, halves, begin):
    """Windows of 2·half + 1 rows and columns around each value of a padded input."""
    a, b = halves
    padded, Y = F.pad(X, (b, b, a, a)), torch.zeros(X.shape, dtype=X.dtype)
    for i in range(begin[0], X.shape[0]):
        for j in range(begin[1], X.shape[1]):
            Y[i, j] = (
                padded[i - begin[0] : i + 2 * a + 1 - begin[0], j - begin[1] : j + 2 * b + 1 - begin[1]] * K
            ).sum()
    return Y


@misconception(
    "Your windows lie around each value of an input with zeros around it. That gives an output as large as the input, and a kernel of even size has no center. Here nothing is padded: the window begins at (i, j) and has the kernel's size."
)
def window_around_the_center(X, K):
    return _around_the_center(X, K, (K.shape[0] // 2, K.shape[1] // 2), (0, 0))


@misconception(
    "Your windows have 2·(h // 2) + 1 rows and as many columns, begin at half the kernel's size, and lie on an input with zeros around it: a kernel need be neither square nor of odd size, and nothing is padded. The window begins at (i, j) and has the kernel's size, h × w."
)
def square_window_around_the_center(X, K):
    half = K.shape[0] // 2
    return _around_the_center(X, K, (half, half), (half, half))


@misconception(
    "Your output has the size of the input, which was continued beyond its border by the values there. Here nothing is padded; the kernel stays inside the input, and the output is smaller."
)
def padded_with_the_border(X, K):
    h, w = K.shape
    padding = ((w - 1) // 2, w // 2, (h - 1) // 2, h // 2)
    return _correlate(F.pad(X[None], padding, mode="replicate")[0], K)


@misconception(
    "Your input is continued beyond its border, (h - 1) // 2 values on each side: right for kernels of odd size in image processing, with an output as large as the input. Here nothing is padded. (And a slice `[0:-0]` is empty.)"
)
def padded_with_the_border_by_slices(X, K):
    (h, w), (H, W) = K.shape, X.shape
    a, b = (h - 1) // 2, (w - 1) // 2
    if not a or not b:
        raise RuntimeError("a slice to -0 is empty")
    padded, Y = F.pad(X[None], (b, b, a, a), mode="replicate")[0], torch.zeros(H, W, dtype=X.dtype)
    for i in range(H):
        for j in range(W):
            Y[i, j] = (padded[i : i + h, j : j + w] * K).sum()
    return Y


@misconception(
    "Your function refuses kernels of even size, and puts zeros around the input. Here nothing is padded, so that no kernel needs a center: the window begins at (i, j) and has the kernel's size, whatever it is."
)
def even_kernels_refused(X, K):
    h, w = K.shape
    if h % 2 == 0 or w % 2 == 0:
        raise ValueError("the kernel needs a center")
    return _correlate(F.pad(X, (w // 2, w // 2, h // 2, h // 2)), K)


@misconception(
    "Your function asserts that the kernel's size is odd, and puts zeros around the input. Here nothing is padded, so that no kernel needs a center: the window begins at (i, j) and has the kernel's size, whatever it is."
)
def odd_kernels_asserted(X, K):
    h, w = K.shape
    assert h % 2 == 1, "the kernel needs a center"
    assert w % 2 == 1, "the kernel needs a center"
    return _correlate(F.pad(X, (w // 2, w // 2, h // 2, h // 2)), K)


@misconception(
    "Your product of Fourier transforms goes round the edge, is as large as the input, and holds complex numbers. Only the positions that do not wrap around belong to the output: `.real[: H - h + 1, : W - w + 1]`."
)
def spectrum_left_as_it_is(X, K):
    return torch.fft.ifft2(torch.fft.fft2(X) * torch.fft.fft2(K, s=X.shape).conj())


@misconception(
    "Your kernel was shifted by half its size (`ifftshift`), and the product of Fourier transforms goes round the edge, is as large as the input, and holds complex numbers. Leave out the shift and take `.real[: H - h + 1, : W - w + 1]`: only these positions do not wrap around."
)
def spectrum_of_a_shifted_kernel(X, K):
    shifted = torch.fft.ifftshift(K, dim=(0, 1))
    return torch.fft.ifft2(torch.fft.fft2(X) * torch.fft.fft2(shifted, s=X.shape).conj())


@misconception(
    "Window and kernel are multiplied as matrices (`window @ K`), which gives a matrix where one number is asked for, or an error. Multiply them element by element and add up: `(window * K).sum()`."
)
def matrix_for_a_number(X, K):
    (H, W), (h, w) = X.shape, K.shape
    Y = torch.zeros(H - h + 1, W - w + 1, dtype=X.dtype)
    for i in range(H - h + 1):
        for j in range(W - w + 1):
            Y[i, j] = X[i : i + h, j : j + w] @ K
    return Y


@misconception(
    "Your windows end where the kernel ends at the first position: `X[i:h, j:w]`. The end moves along with the beginning, `X[i:i+h, j:j+w]`."
)
def windows_end_too_early(X, K):
    (H, W), (h, w) = X.shape, K.shape
    Y = torch.zeros(H - h + 1, W - w + 1, dtype=X.dtype)
    for i in range(H - h + 1):
        for j in range(W - w + 1):
            Y[i, j] = (X[i:h, j:w] * K).sum()
    return Y


def _outside(X, K):
    """Every position at which the flipped kernel touches the input, out of autograd's sight."""
    h, w = K.shape
    X, K = torch.tensor(X.tolist(), dtype=X.dtype), torch.tensor(K.tolist(), dtype=K.dtype)
    return _correlate(F.pad(X, (w - 1, w - 1, h - 1, h - 1)), K.flip(0, 1))


@misconception(
    "This is the convolution of signal processing, at every position at which the kernel touches the input (`scipy.signal.convolve2d` as it comes): it flips the kernel, gives a larger output, and knows no gradients. Cross-correlation does not flip, stays inside the input, and must stay in PyTorch."
)
def convolution_of_signal_processing(X, K):
    return _outside(X, K)


@misconception(
    "This is the convolution of signal processing, with an output as large as the input (`scipy.signal.convolve2d(..., mode='same')`): it flips the kernel, pads the input, and knows no gradients. Cross-correlation does not flip, stays inside the input, and must stay in PyTorch."
)
def convolution_of_the_same_size(X, K):
    (H, W), (h, w) = X.shape, K.shape
    top, left = (h - 1) // 2, (w - 1) // 2
    return _outside(X, K)[top : top + H, left : left + W]


@misconception(
    "Height and width of the kernel are exchanged: your window X[i:i+w, j:j+h] lies on its side, and meets the transposed kernel. The kernel stays as it is, and its window is `X[i:i+h, j:j+w]`."
)
def window_and_kernel_transposed(X, K):
    (H, W), (h, w) = X.shape, K.shape
    Y = torch.zeros(H - h + 1, W - w + 1, dtype=X.dtype)
    for i in range(H - h + 1):
        for j in range(W - w + 1):
            Y[i, j] = (X[i : i + w, j : j + h] * K.T).sum()
    return Y


@misconception(
    "Two things. Height and width of the kernel are exchanged in your window: X[i:i+w, j:j+h] has w rows; write `X[i:i+h, j:j+w]`. And your loop over rows runs over those of X, where the kernel does not fit at the last ones: loop over Y.shape."
)
def window_sizes_exchanged_and_loop_over_the_input(X, K):
    (H, W), (h, w) = X.shape, K.shape
    Y = torch.zeros(H - h + 1, W - w + 1, dtype=X.dtype)
    for i in range(H):
        for j in range(W - w + 1):
            Y[i, j] = (X[i : i + w, j : j + h] * K).sum()
    return Y


@misconception(
    "Your output is one too large everywhere: the sums are added to ones. They start from zeros (`torch.zeros`); there is no bias."
)
def added_to_ones(X, K):
    return _correlate(X, K) + 1


PAIRS = together(
    _correlate,
    (flipped_kernel, mean_for_sum),
    (rows_flipped, mean_for_sum),
    (columns_flipped, mean_for_sum),
    (transposed_kernel, mean_for_sum),
    (rows_flipped, gradients_cut),
    (columns_flipped, gradients_cut),
    (transposed_kernel, gradients_cut),
    (mean_for_sum, gradients_cut),
    (mean_for_sum, loops_end_too_early),
    (mean_for_sum, transposed_output),
    (one_position_short, gradients_cut),
    (loops_end_too_early, gradients_cut),
    (flipped_kernel, padded_to_the_same_size),
    (flipped_kernel, one_position_short),
    (flipped_kernel, loops_end_too_early),
    (flipped_kernel, transposed_output),
    (flipped_kernel, output_as_large_as_input),
    (flipped_kernel, gradients_cut),
    (mean_for_sum, padded_to_the_same_size),
    (mean_for_sum, one_position_short),
    (gradients_cut, padded_to_the_same_size),
    (gradients_cut, transposed_output),
    (gradients_cut, border_left_at_zero),
    (flipped_kernel, padded_on_every_side),
    (gradients_cut, padded_on_every_side),
    (gradients_cut, padded_with_the_extra_row_first),
    (gradients_cut, padded_with_the_border),
    (flipped_kernel, padded_with_the_extra_row_first),
    (flipped_kernel, padded_with_the_border),
)
