"""Right ways to write `cross_corr_2d` that students take. Each must get full marks."""

import torch
import torch.nn as nn
import torch.nn.functional as F

from homework.judge import variant


@variant
def conv2d(X, K):
    """The library's own: what deep learning calls convolution is cross-correlation."""
    return F.conv2d(X[None, None], K[None, None])[0, 0]


@variant
def conv2d_squeezed_twice(X, K):
    """The two leading dimensions removed by position, so that a row or a column of output keeps its shape."""
    return F.conv2d(X.unsqueeze(0).unsqueeze(0), K.unsqueeze(0).unsqueeze(0)).squeeze(0).squeeze(0)


@variant
def conv2d_module_with_given_weight(X, K):
    """An `nn.Conv2d` whose weight is replaced for the call, so that the gradient reaches K."""
    conv = nn.Conv2d(1, 1, tuple(K.shape), bias=False)
    return torch.func.functional_call(conv, {"weight": K[None, None]}, (X[None, None],))[0, 0]


@variant
def row_by_row_conv1d(X, K):
    """A sum over the kernel's rows of one-dimensional cross-correlations."""
    rows = X.shape[0] - K.shape[0] + 1
    return sum(F.conv1d(X[a : a + rows, None], K[a][None, None])[:, 0] for a in range(K.shape[0]))


@variant
def flipped_convolution(X, K):
    """Convolution by the book (full, with a flipped kernel) applied to a kernel that was flipped before."""
    h, w = K.shape
    full = F.conv_transpose2d(X[None, None], K.flip(0, 1)[None, None])[0, 0]
    return full[h - 1 : X.shape[0], w - 1 : X.shape[1]]


@variant
def im2col(X, K):
    """`F.unfold`: windows as columns, one matrix product."""
    (H, W), (h, w) = X.shape, K.shape
    columns = F.unfold(X[None, None], (h, w))
    return (K.reshape(1, -1) @ columns).reshape(H - h + 1, W - w + 1)


@variant
def sliding_window_sum(X, K):
    """`Tensor.unfold` in both directions, then a broadcast product."""
    return (X.unfold(0, K.shape[0], 1).unfold(1, K.shape[1], 1) * K).sum(dim=(2, 3))


@variant
def sliding_window_einsum(X, K):
    """The four indices of the formula written as an einsum."""
    windows = X.unfold(0, K.shape[0], 1).unfold(1, K.shape[1], 1)
    return torch.einsum("ijab,ab->ij", windows, K)


@variant
def sliding_window_tensordot(X, K):
    """Both kernel axes contracted at once."""
    return torch.tensordot(X.unfold(0, K.size(0), 1).unfold(1, K.size(1), 1), K, dims=2)


@variant
def as_strided(X, K):
    """A view of all windows built from the strides that the input really has."""
    (H, W), (h, w) = X.shape, K.shape
    windows = torch.as_strided(X, (H - h + 1, W - w + 1, h, w), X.stride() + X.stride())
    return (windows * K).sum((-2, -1))


@variant
def as_strided_of_a_copy(X, K):
    """Contiguous strides are fine after `contiguous()`."""
    X = X.contiguous()
    (H, W), (h, w) = X.shape, K.shape
    windows = X.as_strided((H - h + 1, W - w + 1, h, w), (W, 1, W, 1))
    return torch.einsum("xyij,ij->xy", windows, K)


@variant
def shifted_slices(X, K):
    """A loop over the kernel: each value times a shifted piece of the input."""
    h, w = K.shape
    rows, columns = X.shape[0] - h + 1, X.shape[1] - w + 1
    return sum(K[a, b] * X[a : a + rows, b : b + columns] for a in range(h) for b in range(w))


@variant
def window_loop(X, K):
    """The textbook's loop over output positions (Dive into Deep Learning): its zeros are float32."""
    h, w = K.shape
    Y = torch.zeros((X.shape[0] - h + 1, X.shape[1] - w + 1))
    for i in range(Y.shape[0]):
        for j in range(Y.shape[1]):
            Y[i, j] = (X[i : i + h, j : j + w] * K).sum()
    return Y


@variant
def window_loop_filling_empty(X, K):
    """Memory of the input's own kind, every place of which is written."""
    h, w = K.shape
    Y = X.new_empty(X.shape[0] - h + 1, X.shape[1] - w + 1)
    for i, j in torch.cartesian_prod(torch.arange(Y.shape[0]), torch.arange(Y.shape[1])).tolist():
        Y[i, j] = torch.sum(torch.mul(X[i : i + h, j : j + w], K))
    return Y


@variant
def quadruple_loop(X, K):
    """The formula letter by letter."""
    (H, W), (h, w) = X.shape, K.shape
    Y = torch.zeros(H - h + 1, W - w + 1, dtype=X.dtype)
    for i in range(H - h + 1):
        for j in range(W - w + 1):
            for a in range(h):
                for b in range(w):
                    Y[i, j] += X[i + a, j + b] * K[a, b]
    return Y


@variant
def list_and_stack(X, K):
    """Rows collected in lists; `stack` keeps the gradient."""
    h, w = K.shape
    rows = []
    for i in range(X.shape[0] - h + 1):
        row = [torch.sum(X[i : i + h, j : j + w] * K) for j in range(X.shape[1] - w + 1)]
        rows.append(torch.stack(row))
    return torch.stack(rows)


@variant
def trace_of_a_product(X, K):
    """trace(A Bᵀ) is the sum of the elementwise product."""
    h, w = K.shape
    rows, columns = X.shape[0] - h + 1, X.shape[1] - w + 1
    values = [torch.trace(X[i : i + h, j : j + w] @ K.T) for i in range(rows) for j in range(columns)]
    return torch.stack(values).view(rows, columns)


@variant
def dot_of_flattened_windows(X, K):
    """`flatten` copies where memory is not contiguous."""
    h, w = K.shape
    shape = (X.shape[0] - h + 1, X.shape[1] - w + 1)
    Y = torch.zeros(shape, dtype=K.dtype)
    for i in range(shape[0]):
        for j in range(shape[1]):
            Y[i][j] = X[i : i + h, j : j + w].flatten().dot(K.flatten())
    return Y


@variant
def index_arrays(X, K):
    """All windows at once by advanced indexing."""
    (H, W), (h, w) = X.shape, K.shape
    rows = torch.arange(H - h + 1)[:, None] + torch.arange(h)
    columns = torch.arange(W - w + 1)[:, None] + torch.arange(w)
    return (X[rows[:, None, :, None], columns[None, :, None, :]] * K).sum((2, 3))


@variant
def toeplitz_matrix(X, K):
    """Cross-correlation is linear: one row of a matrix for each output value."""
    (H, W), (h, w) = X.shape, K.shape
    positions = [(i, j) for i in range(H - h + 1) for j in range(W - w + 1)]
    rows = [F.pad(K, (j, W - w - j, i, H - h - i)).reshape(-1) for i, j in positions]
    return (torch.stack(rows) @ X.reshape(-1)).reshape(H - h + 1, W - w + 1)


@variant
def fft(X, K):
    """The correlation theorem; positions that wrap around are cut off."""
    (H, W), (h, w) = X.shape, K.shape
    product = torch.fft.rfft2(X) * torch.fft.rfft2(K, s=(H, W)).conj()
    return torch.fft.irfft2(product, s=(H, W))[: H - h + 1, : W - w + 1]


@variant
def padded_and_cropped(X, K):
    """Zeros on every side, then only the positions that do not touch them."""
    (H, W), (h, w) = X.shape, K.shape
    full = F.conv2d(X[None, None], K[None, None], padding=(h - 1, w - 1))[0, 0]
    return full[h - 1 : H, w - 1 : W]


@variant
def single_precision(X, K):
    """All work in float32."""
    return F.conv2d(X.float()[None, None], K.float()[None, None])[0, 0]


@variant
def double_precision(X, K):
    """All work in float64."""
    h, w = K.shape
    return (X.double().unfold(0, h, 1).unfold(1, w, 1) * K.double()).sum(-1).sum(-1)


@variant
def with_stride_and_padding(X, K, stride=1, padding=0):
    """Parameters of the student's own, with defaults."""
    X = F.pad(X, (padding, padding, padding, padding))
    h, w = K.shape
    shape = ((X.shape[0] - h) // stride + 1, (X.shape[1] - w) // stride + 1)
    Y = torch.zeros(shape, dtype=X.dtype)
    for i in range(shape[0]):
        for j in range(shape[1]):
            top, left = i * stride, j * stride
            Y[i, j] = (X[top : top + h, left : left + w] * K).sum()
    return Y


@variant
def with_inner_function(X, K):
    """Type hints, a check, an inner function."""
    assert X.dim() == K.dim() == 2, "two-dimensional input only"

    def value(i: int, j: int) -> torch.Tensor:
        return (X.narrow(0, i, K.size(0)).narrow(1, j, K.size(1)) * K).sum()

    rows = range(X.size(0) - K.size(0) + 1)
    columns = range(X.size(1) - K.size(1) + 1)
    return torch.stack([torch.stack([value(i, j) for j in columns]) for i in rows])


@variant
def noisy(X, K):
    """Prints and warnings cost nothing."""
    import warnings

    warnings.warn("this is slow", stacklevel=1)
    print("X", X.shape, "K", K.shape)
    Y = nn.functional.conv2d(X.view(1, 1, *X.shape), K.view(1, 1, *K.shape))
    return Y.reshape(Y.shape[-2:])
