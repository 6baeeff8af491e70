"""Right ways to write `adder2d_gradients` that students take. Each must get full marks."""

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

from homework.judge import variant


@variant
def seven_loops(X, W, dY, stride=1, padding=0):
    """The two sums letter by letter."""
    padded = F.pad(X, (padding,) * 4)
    dpadded, dW = torch.zeros_like(padded), torch.zeros_like(W)
    N, filters, rows, columns = dY.shape
    _, C, kh, kw = W.shape
    for n in range(N):
        for f in range(filters):
            for i in range(rows):
                for j in range(columns):
                    for c in range(C):
                        for a in range(kh):
                            for b in range(kw):
                                p, q = i * stride + a, j * stride + b
                                d = padded[n, c, p, q] - W[f, c, a, b]
                                dW[f, c, a, b] += d * dY[n, f, i, j]
                                dpadded[n, c, p, q] += max(-1, min(1, -d)) * dY[n, f, i, j]
    return dpadded[:, :, padding : padding + X.shape[2], padding : padding + X.shape[3]], dW


@variant
def window_loop(X, W, dY, stride=1, padding=0):
    """A loop over images, filters and positions; its zeros are float32."""
    (N, _, H, width), (filters, _, kh, kw) = X.shape, W.shape
    padded = F.pad(X, (padding, padding, padding, padding))
    dpadded, dW = torch.zeros(padded.shape), torch.zeros(W.shape)
    for n in range(N):
        for f in range(filters):
            for i in range(dY.shape[2]):
                for j in range(dY.shape[3]):
                    rows = slice(i * stride, i * stride + kh)
                    columns = slice(j * stride, j * stride + kw)
                    difference = padded[n, :, rows, columns] - W[f]
                    dW[f] += difference * dY[n, f, i, j]
                    dpadded[n, :, rows, columns] += F.hardtanh(-difference) * dY[n, f, i, j]
    return dpadded[:, :, padding : padding + H, padding : padding + width], dW


@variant
def position_loop(X, W, dY, stride=1, padding=0):
    """A loop over positions alone, and a list in place of a tuple."""
    padded = nn.ZeroPad2d(padding)(X)
    dpadded, dW = torch.zeros_like(padded), torch.zeros_like(W)
    kh, kw = W.shape[-2:]
    for i in range(dY.size(2)):
        for j in range(dY.size(3)):
            place = (..., slice(i * stride, i * stride + kh), slice(j * stride, j * stride + kw))
            upstream = dY[:, :, i, j, None, None, None]
            difference = padded[place].unsqueeze(1) - W
            dW += (difference * upstream).sum(0)
            dpadded[place] += (torch.clamp(-difference, min=-1.0, max=1.0) * upstream).sum(1)
    if padding > 0:
        dpadded = dpadded[:, :, padding:-padding, padding:-padding]
    return [dpadded, dW]


@variant
def kernel_loop(X, W, dY, stride=1, padding=0):
    """A loop over the kernel: each of its positions meets a strided piece of the input."""
    padded = F.pad(X, [padding] * 4)
    dpadded, dW = torch.zeros_like(padded), torch.empty_like(W)
    rows, columns = dY.shape[2:]
    for a in range(W.shape[2]):
        for b in range(W.shape[3]):
            place = (
                slice(None),
                slice(None),
                slice(a, a + (rows - 1) * stride + 1, stride),
                slice(b, b + (columns - 1) * stride + 1, stride),
            )
            difference = padded[place][:, None] - W[:, :, a, b, None, None]
            dW[:, :, a, b] = (difference * dY[:, :, None]).sum((0, 3, 4))
            dpadded[place] += ((-difference).clip(-1, 1) * dY[:, :, None]).sum(1)
    return dpadded[:, :, padding : padding + X.shape[2], padding : padding + X.shape[3]], dW


@variant
def im2col(X, W, dY, stride=1, padding=0):
    """`F.unfold` there, `F.fold` back."""
    columns = F.unfold(X, W.shape[2:], padding=padding, stride=stride)  # (N, C kh kw, L)
    difference = columns.unsqueeze(1) - W.reshape(1, W.shape[0], -1, 1)
    upstream = dY.flatten(2).unsqueeze(2)
    dW = (difference * upstream).sum(dim=(0, 3)).reshape(W.shape)
    dcolumns = (F.hardtanh(-difference, -1, 1) * upstream).sum(1)
    return F.fold(dcolumns, X.shape[2:], W.shape[2:], padding=padding, stride=stride), dW


@variant
def matrix_products(X, W, dY, stride=1, padding=0):
    """dW without a large tensor: sum of X dY less W times the sum of dY."""
    upstream = dY.flatten(2)
    columns = F.unfold(X, W.shape[2:], padding=padding, stride=stride)
    dW = torch.einsum("nkl,nfl->fk", columns, upstream) - W.flatten(1) * upstream.sum((0, 2))[:, None]
    patches = 0
    for f in range(len(W)):
        patches = patches + (W[f].reshape(1, -1, 1) - columns).clamp(-1, 1) * upstream[:, f : f + 1]
    dX = F.fold(patches, tuple(X.shape[-2:]), tuple(W.shape[-2:]), padding=padding, stride=stride)
    return dX, dW.reshape(W.shape)


@variant
def autograd_function(X, W, dY, stride=1, padding=0):
    """The surrogate as the backward pass of a `torch.autograd.Function`, as the authors wrote it."""

    class Adder(torch.autograd.Function):
        @staticmethod
        def forward(ctx, columns, weights):
            ctx.save_for_backward(columns, weights)
            return -(weights.unsqueeze(2) - columns.unsqueeze(0)).abs().sum(1)

        @staticmethod
        def backward(ctx, upstream):
            columns, weights = ctx.saved_tensors
            difference = columns.unsqueeze(0) - weights.unsqueeze(2)
            dweights = (difference * upstream.unsqueeze(1)).sum(2)
            return (-difference.clamp(-1, 1) * upstream.unsqueeze(1)).sum(0), dweights

    X, W = X.clone().requires_grad_(), W.clone().requires_grad_()
    columns = F.unfold(X, W.shape[2:], padding=padding, stride=stride).permute(1, 2, 0).flatten(1)
    Y = Adder.apply(columns, W.flatten(1))
    Y.backward(dY.permute(1, 2, 3, 0).reshape(Y.shape))
    return X.grad, W.grad


@variant
def autograd_through_surrogate_losses(X, W, dY, stride=1, padding=0):
    """Functions whose true derivatives are the surrogates: half a square for W, Huber's loss for X."""
    X, W = nn.Parameter(X.clone()), nn.Parameter(W.clone())
    windows = F.pad(X, (padding,) * 4).unfold(2, W.shape[2], stride).unfold(3, W.shape[3], stride)
    weights = W[:, :, None, None].expand(len(X), -1, -1, *windows.shape[2:4], -1, -1)
    inputs = windows[:, None].expand_as(weights)
    upstream = dY[:, :, None, :, :, None, None]
    square = -0.5 * ((inputs.detach() - weights) ** 2 * upstream).sum()
    huber = -(F.huber_loss(inputs, weights.detach(), reduction="none", delta=1.0) * upstream).sum()
    return torch.autograd.grad(huber, X)[0], torch.autograd.grad(square, W)[0]


@variant
def numpy_windows(X, W, dY, stride=1, padding=0):
    """NumPy inside, and arrays come back."""
    x, w, dy = X.numpy(), W.numpy(), dY.numpy()
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    kh, kw = w.shape[2:]
    for i, j in np.ndindex(*dy.shape[2:]):
        top, left = i * stride, j * stride
        difference = padded[:, None, :, top : top + kh, left : left + kw] - w[None]
        upstream = dy[:, :, i, j][:, :, None, None, None]
        dw += np.sum(difference * upstream, axis=0)
        dpadded[:, :, top : top + kh, left : left + kw] += np.sum(
            np.clip(-difference, -1, 1) * upstream, axis=1
        )
    return dpadded[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]], dw


@variant
def scattered_by_index(X, W, dY, stride=1, padding=0):
    """The places of all windows as numbers, and `index_add`; in double precision."""
    N, C, H, width = X.shape
    height, wide = H + 2 * padding, width + 2 * padding
    numbers = torch.arange(height * wide, dtype=torch.float64).reshape(1, 1, height, wide)
    places = F.unfold(numbers, W.shape[2:], stride=stride)[0].long()  # (kh kw, L)
    flat = F.pad(X.double(), (padding,) * 4).flatten(2)
    columns = flat[:, :, places]  # (N, C, kh kw, L)
    difference = columns[:, None] - W.double().flatten(2)[None, ..., None]
    upstream = dY.double().flatten(2)[:, :, None, None]
    dW = (difference * upstream).sum((0, 4)).view(W.shape)
    terms = (nn.Hardtanh()(-difference) * upstream).sum(1).flatten(2)
    dflat = torch.zeros_like(flat).index_add(2, places.flatten(), terms)
    dX = dflat.view(N, C, height, wide)[:, :, padding : padding + H, padding : padding + width]
    return dX, dW


@variant
def clipped_by_cases(X, W, dY, stride=1, padding=0):
    """`torch.where` in place of a clip; one image at a time; all work in float32."""
    dX, dW = [], torch.zeros(W.shape)
    W = W.float()
    for x, dy in zip(X.float(), dY.float(), strict=True):
        windows = F.pad(x, (padding,) * 4).unfold(1, W.shape[2], stride).unfold(2, W.shape[3], stride)
        d = W[:, :, None, None] - windows
        clipped = torch.where(d > 1, torch.ones_like(d), torch.where(d < -1, -torch.ones_like(d), d))
        dW -= (d * dy[:, None, :, :, None, None]).sum(dim=(2, 3))
        patches = (clipped * dy[:, None, :, :, None, None]).sum(0).permute(0, 3, 4, 1, 2)
        patches = patches.reshape(1, -1, dy.shape[1] * dy.shape[2])
        dX.append(F.fold(patches, x.shape[1:], W.shape[2:], padding=padding, stride=stride)[0])
    return torch.stack(dX), dW


@variant
def noisy(X, W, dY, stride: int = 1, padding: int = 0):
    """Prints and warnings cost nothing; results that know of autograd."""
    import warnings

    warnings.warn("this is slow", stacklevel=1)
    print(X.shape, W.shape, dY.shape)
    weights = W.clone().requires_grad_()
    kernel = tuple(weights.shape[2:])
    columns = F.unfold(X, kernel, padding=padding, stride=stride)
    difference = columns[:, None] - weights.flatten(1)[None, :, :, None]
    upstream = dY.reshape(*dY.shape[:2], 1, -1)
    dW = torch.sum(difference * upstream, (0, 3)).view_as(W)
    patches = torch.sum(
        torch.minimum(torch.maximum(-difference, -torch.ones(1)), torch.ones(1)) * upstream, 1
    )
    return F.fold(patches, tuple(X.shape[2:]), kernel, padding=padding, stride=stride), dW
