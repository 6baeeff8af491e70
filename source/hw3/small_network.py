"""The small network of homeworks 2 and 3 and its pictures: loading, accuracy, training.

It contains no answers. You may read it and use it; grading uses the original, whatever you change here.

The pictures are 4,000 for training and 1,000 for testing out of Fashion-MNIST (Xiao et al., 2017; MIT license, see
data/LICENSE.txt), made smaller: each of the 14 x 14 values is the mean of 2 x 2 pixels. The network was trained on
all 60,000 training pictures of that size. Both files are written by scripts in the course's repository.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

DATA = Path(__file__).with_name("data")
CLASSES = ("T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot")


def load_pictures(part: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Pictures (N, 1, 14, 14), float32 from 0 to 1, and labels (N,); `part` is "train" or "test"."""
    with np.load(DATA / "fashion.npz") as files:
        pictures, labels = files[f"{part}_pictures"], files[f"{part}_labels"]
    return torch.from_numpy(pictures[:, None].astype(np.float32) / 255), torch.from_numpy(
        labels.astype(np.int64)
    )


class SmallNetwork(nn.Module):
    """Two convolutions with pooling, two linear layers, ten logits: 23,946 parameters."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3, padding=1)
        self.conv2 = nn.Conv2d(16, 32, 3, padding=1)
        self.fc1 = nn.Linear(288, 64)
        self.fc2 = nn.Linear(64, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc2(F.relu(self.fc1(x.flatten(1))))


def load_network() -> SmallNetwork:
    """The trained network, a new copy each time."""
    network = SmallNetwork()
    with np.load(DATA / "network.npz") as files:
        network.load_state_dict({name: torch.from_numpy(files[name]) for name in files.files})
    return network


def accuracy(
    network: Callable[[torch.Tensor], torch.Tensor], pictures: torch.Tensor, labels: torch.Tensor
) -> float:
    """The share of the pictures whose largest logit is that of their label."""
    with torch.no_grad():
        return (network(pictures).argmax(1) == labels).double().mean().item()


def train(
    network: nn.Module,
    loss: Callable[[torch.Tensor, torch.Tensor, torch.Tensor], torch.Tensor],
    pictures: torch.Tensor,
    labels: torch.Tensor,
    epochs: int,
    lr: float = 1e-3,
    title: str = "training",
) -> None:
    """Train `network` with Adam on batches of 100, the same every time; the learning rate falls to 0.

    `loss(logits, rows, labels)` gets the logits of a batch, the positions of its pictures and its labels.
    """
    optimizer = torch.optim.Adam(network.parameters(), lr=lr)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    generator = torch.Generator().manual_seed(590)
    for _ in progress(range(epochs), title):
        for rows in torch.randperm(len(pictures), generator=generator).split(100):
            optimizer.zero_grad()
            loss(network(pictures[rows]), rows, labels[rows]).backward()
            optimizer.step()
        schedule.step()


def progress(items: Sequence[Any], title: str) -> Iterator[Any]:
    """Go through `items` and show on one line how far it is."""
    start, shown = time.perf_counter(), -1
    for done, item in enumerate(items):
        if (bar := 10 * done // len(items)) > shown:
            shown = bar
            print(f"\r{title:<24} [{'#' * bar:<10}]", end="", flush=True)
        yield item
    print(f"\r{title:<24} [{'#' * 10}] {time.perf_counter() - start:.0f} s", flush=True)
