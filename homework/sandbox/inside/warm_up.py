"""What the zygote does once so that no session has to: import, and run what notebooks run.

Theory of operation. The first call of nearly everything is slow: libraries bind their symbols and fill their tables,
Python specializes its bytecode, caches are looked up in vain. Worse, whatever is written to in a session that the
zygote has not written to before costs a page of memory, and a fault, in every session. So typical code runs here,
with one thread: a pool of threads would be lost in a fork, and waiting for it would hang.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch.nn import functional as F

from . import frames

_TIMES = 12  # Python specializes a function's bytecode after eight calls


def warm_up(run_cell: Callable[[str, str], Any], call: Callable[..., Any]) -> None:
    """Run typical cells through `run_cell`, and typical hidden calls through `call` and the sockets."""
    for _ in range(_TIMES):
        for source in _CELLS:
            run_cell("warm_up", source)
    ours, theirs = socket.socketpair()
    nonce = bytes(frames.NONCE_BYTES)
    with ours, theirs:
        for _ in range(_TIMES):
            for driver in (_arrays, _tensors, _raises):
                inputs = np.linspace(-1, 1, 24).reshape(2, 3, 4), torch.ones(2, 3, 4)
                frames.send(ours, nonce, {"driver": b"", "args": inputs, "kwargs": {"mode": "train"}})
                _, value = frames.receive(theirs, 1 << 20)
                frames.send(theirs, nonce, call(driver, value["args"], value["kwargs"]))
                frames.receive(ours, 1 << 20)


def warm_up_for(source: str) -> None:
    """Do once what a notebook will do that has a cell with this `source`, where the first time takes long."""
    for pattern in [pattern for pattern in _WHERE_FOUND if re.search(pattern, source)]:
        _WHERE_FOUND.pop(pattern)()


# Each leaves nothing behind: what it binds is bound inside of a function, or deleted.
_CELLS = (
    "1 + 1",
    "print('text', 1.5)",
    "raise NotImplementedError()",
    "assert 1 == 2, 'text'",
    """
def _f():
    import numpy as np
    import torch
    x = torch.tensor([[0.0, 5.0, 8.0], [2.0, -1.0, 4.0]], requires_grad=True)
    (x.unfold(0, 2, 1) * 2).sum().backward()
    assert x.grad is not None and tuple(x.shape) == (2, 3)
    assert np.allclose(x.tolist(), np.array([[0.0, 5.0, 8.0], [2.0, -1.0, 4.0]]))
    return f"{x}", repr(np.arange(4.0)), f"{np.float64(1.5):.2e}"
_f()
del _f
""",
)


def _arrays(_: Any, x: np.ndarray, *others: Any, mode: str) -> Any:
    generator = np.random.default_rng(1)
    y = generator.normal(size=(2, 4, 5)) @ np.pad(x, ((0, 0), (1, 1), (0, 0)))
    y = np.maximum(
        (y - y.mean(axis=(0, 2), keepdims=True)) / np.sqrt(y.var(axis=(0, 2), keepdims=True) + 1e-5), 0
    )
    z = np.einsum("nij,nkj->ik", y, y) + np.tensordot(y, y, ((0, 2), (0, 2))) + np.exp(-np.abs(y)).sum()
    order = np.argsort(z.ravel())[::-1]
    mask = np.ones(z.shape, dtype=bool)
    mask.flat[order[:3]] = False
    parts = np.stack([np.concatenate([row, row]) for row in np.where(mask, z, 0.0)])
    (
        np.linalg.norm(parts, axis=1),
        np.round(parts, 2),
        np.clip(parts, -1, 1),
        parts.astype(np.float32).tolist(),
    )
    return {"y": y, "order": [int(i) for i in order], "largest": float(z.max())}, mode


def _tensors(_: Any, __: Any, x: torch.Tensor, mode: str) -> Any:
    weight = torch.full((5, 3, 2, 2), 0.1, dtype=x.dtype, requires_grad=True)
    images = F.pad(torch.stack([x, 2 * x]).permute(1, 2, 0, 3).contiguous(), (1, 1, 1, 1))
    y = F.conv2d(images, weight, torch.zeros(5), stride=1)
    y = F.max_pool2d(F.relu(F.batch_norm(y, None, None, training=True)), 2)
    windows = F.unfold(images, (2, 2)).transpose(1, 2)
    scores = y.flatten(1) @ torch.ones(y[0].numel(), 4) + torch.einsum("nlk->n", windows)[:, None]
    loss = F.cross_entropy(scores, torch.tensor([0, 1])) + (weight.double().abs() ** 2).mean().sqrt()
    loss.backward()
    with torch.no_grad():
        step = weight - 0.1 * torch.sign(weight.grad if weight.grad is not None else weight).clamp(-1, 1)
    Y = torch.zeros(2, 3, dtype=torch.float64)
    for i in range(2):
        for j in range(3):
            Y[i, j] = (x[i, j : j + 2].double() * x[i, j : j + 2].double()).sum()
    return (
        step,
        Y,
        torch.cat([scores.softmax(1), scores.log()], 1).numpy(force=True),
        loss.item(),
        torch.argmax(scores, 1),
    )


def _raises(solution: Any, *_: Any, mode: str) -> Any:
    return solution.no_such_name


def _given_gradient() -> None:
    """The first time that a gradient is handed to `backward` torch imports five hundred modules."""
    x = torch.ones(2, requires_grad=True)
    (2 * x).backward(torch.ones(2))


def _counted() -> None:
    """The first time that a tensor without content is multiplied torch imports eight hundred modules.

    So it does for the first `FlopCounterMode`, and for `torch.utils.checkpoint`: up to three seconds.
    """
    from torch.utils.flop_counter import FlopCounterMode

    model = torch.nn.Sequential(torch.nn.Conv2d(1, 1, 1), torch.nn.Flatten(), torch.nn.Linear(4, 1))
    with torch.no_grad():
        with FlopCounterMode(display=False):
            model(torch.zeros(1, 1, 2, 2))
        model.to("meta")(torch.zeros(1, 1, 2, 2, device="meta"))


_WHERE_FOUND = {
    r"\.backward\([^)]|grad_outputs": _given_gradient,
    r"""device\(?["'( =]+meta|FlopCounterMode""": _counted,
}
