"""The pictures of homework 4: drawn by formulas, or CIFAR-10 from its files. Both in the same layout.

It contains no answers. You may read it and use it; grading uses the original, whatever you change here.

`make_pictures(n, seed)` draws pictures of ten shapes, as many as you like: each seed gives other ones. The pictures on
which your network is graded are drawn by the same function from a seed that is kept secret.
"""

from __future__ import annotations

import hashlib
import sys
import tarfile
import time
import urllib.request
from pathlib import Path

import numpy as np
import torch

SHAPES = ("disk", "ring", "square", "frame", "triangle", "star", "plus", "crescent", "hexagon", "heart")
SIZE = 32  # pixels
CIFAR_URL = "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"
CIFAR_MD5 = "c32a1d4ab5d03f1284b67883e8d87530"
CIFAR_FOLDER = "cifar-10-batches-bin"
_RECORD = 1 + 3 * SIZE * SIZE  # bytes: the label, then the red, the green and the blue values


# ---------------------------------------------------------------------------------------------- drawn pictures


def make_pictures(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """`n` pictures (n, 3, 32, 32) and their labels (n,), both uint8; a label is a place in SHAPES.

    A picture shows one shape, turned, shifted and stretched a little, over a piece of clutter, on a ground that changes
    from one color to another, with noise. The color of the shape hints at its class.
    """
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, len(SHAPES), n).astype(np.uint8)
    pictures = (
        np.stack([_picture(int(label), rng) for label in labels]) if n else np.zeros((0, 3, SIZE, SIZE))
    )
    return pictures.astype(np.uint8), labels


def _picture(label: int, rng: np.random.Generator) -> np.ndarray:
    """One picture (3, 32, 32), values from 0 to 255."""
    y, x = np.mgrid[:SIZE, :SIZE] - (SIZE - 1) / 2
    first, second = rng.uniform(30, 225, (2, 3))
    direction = rng.uniform(0, 2 * np.pi)
    along = (np.cos(direction) * x + np.sin(direction) * y) / SIZE + 0.5
    mixed = rng.uniform(0, 0.6) * np.clip(along, 0, 1)
    ground = first[:, None, None] * (1 - mixed) + second[:, None, None] * mixed
    color = _color(36 * label + rng.normal(0, 45), rng)
    while np.sqrt(np.mean((color - ground.mean((1, 2))) ** 2)) < 60:
        color = _color(36 * label + rng.normal(0, 45), rng)
    ground = _blend(ground, rng.uniform(0, 255, 3), _capsule(x, y, rng))
    scale, turn, stretch = (
        rng.uniform(7, 11),
        np.deg2rad(rng.uniform(-20, 20)),
        np.exp(rng.uniform(-0.15, 0.15)),
    )
    right, down = rng.uniform(-3, 3, 2)
    u = (np.cos(turn) * (x - right) + np.sin(turn) * (y - down)) / (scale * stretch)
    v = (np.cos(turn) * (y - down) - np.sin(turn) * (x - right)) / (scale / stretch)
    picture = _blend(ground, color, scale * _distance(SHAPES[label], u, v))
    return np.clip(np.round(picture + rng.normal(0, 10, picture.shape)), 0, 255)


def _blend(ground: np.ndarray, color: np.ndarray, pixels: np.ndarray) -> np.ndarray:
    """`ground` with `color` where `pixels`, the distance from the edge in pixels, is negative."""
    cover = np.clip(0.5 - pixels, 0, 1)
    return ground * (1 - cover) + color[:, None, None] * cover


def _color(hue: float, rng: np.random.Generator) -> np.ndarray:
    """A color of this hue in degrees, of random saturation and value from 0.35 to 1; red, green, blue to 255."""
    saturation, value = rng.uniform(0.35, 1, 2)
    k = (np.array([5.0, 3.0, 1.0]) + hue / 60) % 6
    return 255 * value * (1 - saturation * np.clip(np.minimum(k, 4 - k), 0, 1))


def _capsule(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The distance in pixels from a short thick line somewhere."""
    a, b = rng.uniform(-SIZE / 2, SIZE / 2, 2)
    angle, half, radius = rng.uniform(0, np.pi), rng.uniform(0, 8), rng.uniform(1.5, 4)
    along = np.clip((x - a) * np.cos(angle) + (y - b) * np.sin(angle), -half, half)
    return np.hypot(x - a - along * np.cos(angle), y - b - along * np.sin(angle)) - radius


def _distance(shape: str, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """The signed distance of the points (u, v) from the edge of a shape: negative inside."""
    r = np.hypot(u, v)
    if shape == "disk":
        return r - 0.9
    if shape == "ring":
        return np.abs(r - 0.72) - 0.2
    if shape == "frame":
        whole = _polygon(_regular(4, 1.12), u, v)
        return np.maximum(whole, -(whole + 0.36))
    if shape == "plus":
        arms = [np.maximum(np.abs(a) - 0.33, np.abs(b) - 1.0) for a, b in ((u, v), (v, u))]
        return np.minimum(*arms)
    if shape == "crescent":
        return np.maximum(r - 0.95, 0.75 - np.hypot(u - 0.45, v))
    return _polygon(_CORNERS[shape], u, v)


def _regular(corners: int, radius: float) -> np.ndarray:
    """The corners (n, 2) of a regular polygon; the first one of a triangle is on top, a square lies on a side."""
    turn = np.pi / 4 if corners == 4 else -np.pi / 2
    angles = turn + 2 * np.pi * np.arange(corners) / corners
    return radius * np.stack([np.cos(angles), np.sin(angles)], 1)


def _star() -> np.ndarray:
    angles = -np.pi / 2 + np.pi * np.arange(10) / 5
    return np.where(np.arange(10) % 2, 0.45, 1.0)[:, None] * np.stack([np.cos(angles), np.sin(angles)], 1)


def _heart() -> np.ndarray:
    t = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    height = 13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)
    return np.stack([16 * np.sin(t) ** 3 / 17, -height / 15], 1)


_CORNERS = {  # of the shapes that are polygons
    "square": _regular(4, 1.1),
    "triangle": _regular(3, 1.1),
    "star": _star(),
    "hexagon": _regular(6, 1.0),
    "heart": _heart(),
}


def _polygon(corners: np.ndarray, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """The signed distance from a polygon."""
    a, b = corners.T[:, :, None]
    edge_a, edge_b = (np.roll(corners, -1, 0) - corners).T[:, :, None]
    u_from, v_from = u.ravel() - a, v.ravel() - b  # (corners, pixels)
    part = np.clip((u_from * edge_a + v_from * edge_b) / (edge_a**2 + edge_b**2), 0, 1)
    squared = ((u_from - part * edge_a) ** 2 + (v_from - part * edge_b) ** 2).min(0)
    crosses = (v_from >= 0) != (v_from >= edge_b)  # the edge passes the point's height, and to its right:
    right = (u_from * edge_b - v_from * edge_a < 0) == (edge_b > 0)
    inside = np.count_nonzero(crosses & right, 0) % 2 == 1
    return np.where(inside, -1, 1).reshape(u.shape) * np.sqrt(squared).reshape(u.shape)


# ---------------------------------------------------------------------------------------------- CIFAR-10


def read_cifar(folder: str | Path, part: str) -> tuple[np.ndarray, np.ndarray]:
    """CIFAR-10's pictures (N, 3, 32, 32) and labels (N,), both uint8; `part` is "train" or "test".

    `folder` contains data_batch_1.bin to data_batch_5.bin and test_batch.bin. Raises FileNotFoundError or ValueError
    that says what is missing or damaged.
    """
    folder = Path(folder)
    names = [f"data_batch_{i}.bin" for i in range(1, 6)] if part == "train" else ["test_batch.bin"]
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise FileNotFoundError(
            f"{folder} has no {', '.join(missing)}. Unpack cifar-10-binary.tar.gz there, or use make_pictures."
        )
    parts = []
    for name in names:
        content = np.fromfile(folder / name, np.uint8)
        if not content.size or content.size % _RECORD or content[::_RECORD].max() > 9:
            raise ValueError(
                f"{folder / name} is damaged: it does not consist of records of {_RECORD} bytes. Get it again."
            )
        parts.append(content.reshape(-1, _RECORD))
    records = np.concatenate(parts)
    return records[:, 1:].reshape(-1, 3, SIZE, SIZE), records[:, 0]


def download_cifar(folder: str | Path = ".", url: str = CIFAR_URL, md5: str = CIFAR_MD5) -> Path:
    """Download CIFAR-10 (162 MB), check it, unpack it, and return its folder; nothing is done if it is there.

    Raises ConnectionError without a network, and ValueError if what came is not the file.
    """
    folder = Path(folder)
    target, archive = folder / CIFAR_FOLDER, folder / "cifar-10-binary.tar.gz"
    if (target / "test_batch.bin").is_file():
        return target
    digest = hashlib.md5(usedforsecurity=False)
    try:
        with urllib.request.urlopen(url, timeout=30) as answer, archive.open("wb") as file:
            total, done = int(answer.headers.get("Content-Length") or 0), 0
            while block := answer.read(1 << 20):
                file.write(block)
                digest.update(block)
                done += len(block)
                show_progress("downloading", done, max(total, done))
    except OSError as error:
        archive.unlink(missing_ok=True)
        raise ConnectionError(
            f"CIFAR-10 could not be downloaded ({error}). The homework does not need it: use make_pictures."
        ) from None
    if digest.hexdigest() != md5:
        archive.unlink()
        raise ValueError(
            f"The download is not the file that was expected (MD5 {digest.hexdigest()}). Try again."
        )
    target.mkdir(exist_ok=True)
    with tarfile.open(archive) as files:
        for member in files:
            content = files.extractfile(member) if member.isfile() and member.name.endswith(".bin") else None
            if content is not None:
                (target / Path(member.name).name).write_bytes(content.read())
    archive.unlink()
    return target


# ---------------------------------------------------------------------------------------------- both


def as_tensors(pictures: np.ndarray, labels: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
    """Pictures as float32 from -2 to 2 and labels as int64, as a network gets them, here and when it is graded."""
    centered = (pictures.astype(np.float32) - 127.5) / 64
    return torch.from_numpy(centered), torch.from_numpy(labels.astype(np.int64))


_started: dict[str, float] = {}


def show_progress(title: str, done: int, total: int) -> None:
    """Show on one line how far something is, and how long it has taken."""
    if done <= 1 or title not in _started:
        _started[title] = time.perf_counter()
    bar = 20 * done // max(total, 1)
    seconds = time.perf_counter() - _started[title]
    end = "\n" if done >= total else ""
    print(f"\r{title:<24} [{'#' * bar:<20}] {seconds:4.0f} s", end=end, flush=True, file=sys.stdout)
