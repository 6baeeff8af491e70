"""Makes data/fashion.npz and data/network.npz of hw3: `python source/hw3/scripts/make_network.py [folder]`.

The pictures come from Debian's package `dataset-fashion-mnist` (`apt-get install dataset-fashion-mnist`). The
network is trained on all 60,000 of them, on one thread; two minutes. Its 10,000 test pictures are not trained on.
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from small_network import SmallNetwork, accuracy

PACKAGE = Path("/usr/share/datasets/fashion-mnist")
TRAIN, TEST = 4_000, 1_000  # pictures that students get
EPOCHS, BATCH = 12, 100


def read(part: str) -> tuple[np.ndarray, np.ndarray]:
    """Pictures (N, 14, 14), each value the mean of 2 x 2 pixels, and labels (N,), both uint8."""
    pictures = gzip.decompress((PACKAGE / f"{part}-images-idx3-ubyte.gz").read_bytes())
    labels = gzip.decompress((PACKAGE / f"{part}-labels-idx1-ubyte.gz").read_bytes())
    pixels = np.frombuffer(pictures, np.uint8, offset=16).reshape(-1, 14, 2, 14, 2)
    return np.round(pixels.mean((2, 4))).astype(np.uint8), np.frombuffer(labels, np.uint8, offset=8)


def tensors(pictures: np.ndarray, labels: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
    """Both as `small_network.load_pictures` gives them."""
    return torch.from_numpy(pictures[:, None] / np.float32(255)), torch.from_numpy(labels.astype(np.int64))


def trained(pictures: torch.Tensor, labels: torch.Tensor) -> SmallNetwork:
    """The network after EPOCHS epochs of Adam; the learning rate falls to zero along half a cosine."""
    torch.manual_seed(590)
    network = SmallNetwork()
    optimizer = torch.optim.Adam(network.parameters(), lr=2e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS)
    for epoch in range(EPOCHS):
        for rows in torch.randperm(len(pictures)).split(BATCH):
            optimizer.zero_grad()
            F.cross_entropy(network(pictures[rows]), labels[rows]).backward()
            optimizer.step()
        schedule.step()
        print(f"epoch {epoch + 1} of {EPOCHS}", flush=True)
    return network


def main() -> None:
    """Write both files."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[1] / "data"
    torch.set_num_threads(1)
    train, test = read("train"), read("t10k")
    np.savez_compressed(
        folder / "fashion.npz",
        train_pictures=train[0][:TRAIN],
        train_labels=train[1][:TRAIN],
        test_pictures=test[0][:TEST],
        test_labels=test[1][:TEST],
    )
    network = trained(*tensors(*train))
    weights = {name: weight.numpy() for name, weight in network.state_dict().items()}
    np.savez_compressed(folder / "network.npz", **weights)
    print(f"accuracy on all 10,000 test pictures: {accuracy(network, *tensors(*test)):.4f}")
    print(f"on the first {TEST:,}: {accuracy(network, *tensors(test[0][:TEST], test[1][:TEST])):.4f}")


if __name__ == "__main__":
    main()
