"""Right solutions of `low_rank_factor`, written in other ways: all of them must get full marks."""

import numpy as np
import torch

from homework.judge import variant


@variant
def values_in_the_first(W, b, r):
    """The singular values go to A."""
    U, s, Vt = np.linalg.svd(W, full_matrices=False)
    return np.diag(s[:r]) @ Vt[:r, :], U[:, :r], b.copy()


@variant
def values_shared(W, b, r):
    """Their roots go to both, from a full decomposition."""
    U, s, Vt = np.linalg.svd(W)
    root = np.sqrt(s[:r])
    return [root[:, None] * Vt[:r], U[:, :r] * root, b]


@variant
def projected_on_the_left(W, b, r):
    """A is W seen in the space of the first left singular vectors."""
    U, _, _ = np.linalg.svd(W, full_matrices=False)
    B = U[:, :r]
    return B.T @ W, B, np.array(b)


@variant
def projected_on_the_right(W, b, r):
    """B is W applied to the eigenvectors of W^T W, the largest last in NumPy's order."""
    _, vectors = np.linalg.eigh(W.T.astype(np.float64) @ W)
    A = vectors[:, ::-1][:, :r].T
    return A, W @ A.T, b


@variant
def through_torch(W, b, r):
    """In torch; the factors are tensors, the layers' weights."""
    U, s, Vh = torch.linalg.svd(torch.tensor(np.ascontiguousarray(W)), full_matrices=False)
    return Vh[:r], U[:, :r] @ torch.diag(s[:r]), torch.tensor(np.ascontiguousarray(b))


@variant
def all_float32(W, b, r):
    """Everything in float32."""
    U, s, Vt = np.linalg.svd(W.astype(np.float32), full_matrices=False)
    return Vt[:r], (U * s)[:, :r], b


@variant
def one_direction_after_the_other(W, b, r):
    """Takes the largest direction out, r times."""
    rest, A, B = np.array(W, dtype=np.float64), [], []
    for _ in range(r):
        U, s, Vt = np.linalg.svd(rest, full_matrices=False)
        A.append(Vt[0])
        B.append(s[0] * U[:, 0])
        rest = rest - np.outer(B[-1], A[-1])
    return np.stack(A), np.stack(B, axis=1), b


@variant
def with_sparse_solver(W, b, r):
    """SciPy's solver for a few singular values; it takes fewer than all."""
    from scipy.sparse.linalg import svds

    if r >= min(W.shape):
        U, s, Vt = np.linalg.svd(W, full_matrices=False)
    else:
        U, s, Vt = svds(np.ascontiguousarray(W, dtype=np.float64), k=r, tol=1e-12)
    return Vt, U * s, b
