"""Right ways to write `adder2d_forward` that students take. Each must get full marks."""

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

from homework.judge import variant


def _size(X, W, stride, padding):
    (H, width), (kh, kw) = X.shape[2:], W.shape[2:]
    return (H + 2 * padding - kh) // stride + 1, (width + 2 * padding - kw) // stride + 1


@variant
def seven_loops(X, W, stride=1, padding=0):
    """The formula letter by letter."""
    X = F.pad(X, (padding, padding, padding, padding))
    (N, C), (filters, _, kh, kw) = X.shape[:2], W.shape
    rows, columns = _size(X, W, stride, 0)
    Y = torch.zeros(N, filters, rows, columns, dtype=X.dtype)
    for n in range(N):
        for f in range(filters):
            for i in range(rows):
                for j in range(columns):
                    for c in range(C):
                        for a in range(kh):
                            for b in range(kw):
                                Y[n, f, i, j] -= abs(X[n, c, i * stride + a, j * stride + b] - W[f, c, a, b])
    return Y


@variant
def window_loop(X, W, stride=1, padding=0):
    """A loop over images, filters and positions; its zeros are float32."""
    padded = F.pad(X, (padding,) * 4, "constant", 0)
    kh, kw = W.shape[2], W.shape[3]
    Y = torch.zeros(X.shape[0], W.shape[0], *_size(X, W, stride, padding))
    for n in range(Y.shape[0]):
        for f in range(Y.shape[1]):
            for i in range(Y.shape[2]):
                for j in range(Y.shape[3]):
                    top, left = i * stride, j * stride
                    window = padded[n, :, top : top + kh, left : left + kw]
                    Y[n, f, i, j] = -torch.sum(torch.abs(window - W[f]))
    return Y


@variant
def position_loop(X, W, stride=1, padding=0):
    """A loop over positions alone: images and filters are broadcast."""
    N, C, H, width = X.shape
    padded = X.new_zeros(N, C, H + 2 * padding, width + 2 * padding)
    padded[:, :, padding : padding + H, padding : padding + width] = X
    rows, columns = _size(X, W, stride, padding)
    Y = X.new_empty(N, W.shape[0], rows, columns)
    for i in range(rows):
        for j in range(columns):
            window = padded[:, :, i * stride : i * stride + W.shape[2], j * stride : j * stride + W.shape[3]]
            Y[:, :, i, j] = -(window.unsqueeze(1) - W.unsqueeze(0)).abs().sum(dim=(2, 3, 4))
    return Y


@variant
def kernel_loop(X, W, stride=1, padding=0):
    """A loop over the kernel: each of its positions meets a strided piece of the input."""
    X = nn.ZeroPad2d(padding)(X)
    rows, columns = _size(X, W, stride, 0)
    Y = 0
    for a in range(W.shape[2]):
        for b in range(W.shape[3]):
            piece = X[:, None, :, a : a + stride * rows : stride, b : b + stride * columns : stride]
            piece = piece[..., :rows, :columns]
            Y = Y - (piece - W[None, :, :, a, b, None, None]).abs().sum(2)
    return Y


@variant
def im2col(X, W, stride=1, padding=0):
    """`F.unfold`: windows as columns."""
    columns = F.unfold(X, W.shape[2:], padding=padding, stride=stride)  # (N, C kh kw, L)
    rows = W.reshape(W.shape[0], -1)
    Y = -(columns.unsqueeze(1) - rows[None, :, :, None]).abs().sum(2)
    return Y.view(X.shape[0], W.shape[0], *_size(X, W, stride, padding))


@variant
def im2col_transposed(X, W, stride=1, padding=0):
    """The authors' own way: rows against columns, then the dimensions put in order."""
    N, filters = X.shape[0], W.shape[0]
    rows, columns = _size(X, W, stride, padding)
    patches = F.unfold(X, W.shape[2:], dilation=1, padding=padding, stride=stride)
    patches = patches.permute(1, 2, 0).contiguous().view(patches.shape[1], -1)
    Y = -(W.reshape(filters, -1).unsqueeze(2) - patches.unsqueeze(0)).abs().sum(1)
    return Y.view(filters, rows, columns, N).permute(3, 0, 1, 2).contiguous()


@variant
def city_block_distance(X, W, stride=1, padding=0):
    """`torch.cdist` with p = 1 is the distance that is asked for."""
    patches = F.unfold(X, W.shape[2:], padding=padding, stride=stride).transpose(1, 2)
    Y = -torch.cdist(patches.contiguous(), W.flatten(1), p=1)
    return Y.transpose(1, 2).unflatten(2, _size(X, W, stride, padding))


@variant
def sliding_windows(X, W, stride=1, padding=0):
    """`Tensor.unfold` in both directions, sums one dimension at a time."""
    windows = F.pad(X, [padding] * 4).unfold(2, W.size(2), stride).unfold(3, W.size(3), stride)
    difference = windows.unsqueeze(1) - W[None, :, :, None, None]
    return -torch.abs(difference).sum(-1).sum(-1).sum(2)


@variant
def one_filter_at_a_time(X, W, stride=1, padding=0):
    """A stack over filters."""
    windows = F.pad(X, (padding,) * 4).unfold(2, W.shape[2], stride).unfold(3, W.shape[3], stride)
    return torch.stack(
        [(windows - w[:, None, None]).abs().sum(dim=(1, 4, 5)).neg() for w in W.unbind()], dim=1
    )


@variant
def lists_of_numbers(X, W, stride=1, padding=0):
    """Values collected in nested lists."""
    X = F.pad(X, (padding,) * 4)
    rows, columns = _size(X, W, stride, 0)
    kh, kw = W.shape[2:]

    def value(image, weights, i, j):
        window = image[:, i * stride : i * stride + kh, j * stride : j * stride + kw]
        return -F.l1_loss(window, weights, reduction="sum").item()

    return torch.tensor(
        [[[[value(image, w, i, j) for j in range(columns)] for i in range(rows)] for w in W] for image in X],
        dtype=X.dtype,
    )


@variant
def numpy_windows(X, W, stride=1, padding=0):
    """NumPy inside, and an array comes back."""
    padded = np.pad(X.numpy(), ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, tuple(W.shape[2:]), axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    return -np.abs(windows[:, None] - W.numpy()[None, :, :, None, None]).sum(axis=(2, 5, 6))


@variant
def strided_view_of_a_copy(X, W, stride=1, padding=0):
    """`as_strided` of contiguous memory."""
    X = F.pad(X, (padding,) * 4).contiguous()
    n, c, h, w = X.stride()
    shape = (*X.shape[:2], *_size(X, W, stride, 0), *W.shape[2:])
    windows = X.as_strided(shape, (n, c, h * stride, w * stride, h, w))
    return -(windows.unsqueeze(1) - W.unsqueeze(2).unsqueeze(2)).abs().flatten(5).sum((2, 5))


@variant
def every_position_then_every_stride(X, W, stride=1, padding=0):
    """All positions first; the stride picks from them."""
    windows = F.pad(X, (padding,) * 4).unfold(2, W.shape[2], 1).unfold(3, W.shape[3], 1)
    Y = (windows[:, None] - W[:, :, None, None]).abs().sum((2, 5, 6))
    return -Y[:, :, ::stride, ::stride]


@variant
def largest_of_both_signs(X, W, stride=1, padding=0):
    """|d| is the larger of d and -d; a Parameter, as in a layer."""
    weights = nn.Parameter(W.clone())
    windows = F.pad(X, (padding,) * 4).unfold(2, W.shape[2], stride).unfold(3, W.shape[3], stride)
    d = windows[:, None] - weights[:, :, None, None]
    return torch.minimum(d, -d).sum((2, 5, 6))


@variant
def norm_of_each_difference(X, W, stride=1, padding=0):
    """`torch.linalg.vector_norm` with order 1; in double precision."""
    windows = F.pad(X.double(), (padding,) * 4).unfold(2, W.shape[2], stride).unfold(3, W.shape[3], stride)
    return -torch.linalg.vector_norm(windows[:, None] - W[:, :, None, None], ord=1, dim=(2, 5, 6))


@variant
def noisy_in_single_precision(X, W, stride: int = 1, padding: int = 0) -> torch.Tensor:
    """Prints and warnings cost nothing; all work in float32."""
    import warnings

    warnings.warn("this is slow", stacklevel=1)
    print(X.shape, W.shape)
    columns = F.unfold(X.float(), tuple(W.shape[2:]), padding=padding, stride=stride)
    Y = -(columns[:, None] - W.float().flatten(1)[None, :, :, None]).abs().sum(dim=2)
    return Y.reshape(len(X), len(W), *_size(X, W, stride, padding))
