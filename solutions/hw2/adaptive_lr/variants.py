"""Right ways to write `adaptive_lr` that students take. Each must get full marks."""

import math

import numpy as np
import torch
import torch.nn.functional as F

from homework.judge import variant


@variant
def sum_of_squares(grad, eta):
    """The norm as its formula has it."""
    norm = np.sqrt(np.sum(grad**2))
    return eta * np.sqrt(grad.size) / np.maximum(norm, 1e-12) * grad


@variant
def rate_first(grad, eta):
    """alpha, then alpha times the gradient."""
    k = np.prod(grad.shape)
    alpha = eta * k**0.5 / max(float(np.linalg.norm(grad.ravel(), ord=2)), 1e-12)
    step = alpha * grad
    return step.reshape(grad.shape)


@variant
def unit_vector_first(grad, eta):
    """A direction of length one, made longer."""
    flat = np.reshape(grad, -1)
    direction = flat / max(np.sqrt(flat @ flat), 1e-12)
    return (eta * math.sqrt(len(flat)) * direction).reshape(grad.shape)


@variant
def by_root_mean_square(grad, eta):
    """sqrt(k) / norm is one over the root mean square."""
    rms = np.sqrt(np.mean(np.square(grad)))
    return eta * grad / max(rms, 1e-12 / np.sqrt(grad.size))


@variant
def loop(grad, eta):
    """Plain Python, one value at a time."""
    total, count = 0.0, 0
    for value in grad.flat:
        total += float(value) * float(value)
        count += 1
    length = math.sqrt(total)
    if length < 1e-12:
        length = 1e-12
    step = np.zeros_like(grad)
    for index in np.ndindex(grad.shape):
        step[index] = eta * math.sqrt(count) * grad[index] / length
    return step


@variant
def hypot(grad, eta):
    """The norm by `math.hypot`; zero apart."""
    norm = math.hypot(*grad.flatten().tolist())
    if norm == 0:
        return np.zeros(grad.shape)
    return np.multiply(grad, eta * math.sqrt(grad.size) / max(norm, 1e-12))


@variant
def torch_inside(grad, eta):
    """Tensors inside, and a tensor comes back."""
    g = torch.from_numpy(np.ascontiguousarray(grad))
    return eta * g.numel() ** 0.5 * g / g.norm(p=2).clamp(min=1e-12)


@variant
def normalize(grad, eta):
    """`F.normalize` has the same limit."""
    flat = F.normalize(torch.tensor(grad).reshape(-1), dim=0, eps=1e-12)
    return (eta * math.sqrt(grad.size) * flat.numpy()).reshape(grad.shape)


@variant
def single_precision(grad, eta):
    """All work in float32."""
    g = grad.astype(np.float32)
    return np.float32(eta) * np.sqrt(np.float32(g.size)) * g / max(np.linalg.norm(g), np.float32(1e-12))


@variant
def in_place_of_a_copy(grad, eta):
    """Operators that work in place, on a copy; a print."""
    step = np.array(grad, dtype=np.float64)
    print("norm", np.linalg.norm(step))
    step /= np.clip(np.linalg.norm(step), 1e-12, None)
    step *= eta * np.sqrt(step.size)
    return step
