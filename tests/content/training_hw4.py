"""How hard hw4's pictures are: too hard for simple models, not for the baseline. `make train`; about five minutes.

Not part of `make test`, which does not collect a file of this name.
"""

from __future__ import annotations

import numpy as np
import pytest
import torch

from homework.course import Course
from homework.judge.banks import load as load_bank
from tests.content.source import load
from tests.homework.support import ROOT

HELPERS = ROOT / "source" / "hw4"
pictures = load(HELPERS / "pictures.py")
Data = tuple[torch.Tensor, torch.Tensor]


@pytest.fixture(scope="module")
def data() -> tuple[Data, Data]:
    """6,000 pictures to train on, as the notebook does, and 2,000 others."""
    return pictures.as_tensors(*pictures.make_pictures(6000, 1)), pictures.as_tensors(
        *pictures.make_pictures(2000, 3)
    )


def least_squares(training: np.ndarray, labels: np.ndarray, testing: np.ndarray, weight: float) -> np.ndarray:
    """The classes that a linear model with weight decay names."""
    X = np.c_[training, np.ones(len(training))]
    W = np.linalg.solve(X.T @ X + weight * np.eye(X.shape[1]), X.T @ np.eye(10)[labels])
    return (np.c_[testing, np.ones(len(testing))] @ W).argmax(1)


def test_a_linear_model_is_right_half_of_the_time(data: tuple[Data, Data]) -> None:
    (X, labels), (others, truth) = data
    flat = [one.flatten(1).double().numpy() for one in (X, others)]
    found = least_squares(flat[0], labels.numpy(), flat[1], 3000.0)
    assert 0.45 < (found == truth.numpy()).mean() < 0.55


def test_the_color_of_the_center_says_less(data: tuple[Data, Data]) -> None:
    """Polynomials of the color, up to the fifth degree."""
    (X, labels), (others, truth) = data
    powers = [(a, b, c) for a in range(6) for b in range(6) for c in range(6) if 0 < a + b + c < 6]
    center = [one[:, :, 15:17, 15:17].mean((2, 3)).double().numpy() for one in (X, others)]
    terms = [np.stack([np.prod(color**power, 1) for power in np.array(powers)], 1) for color in center]
    found = least_squares(terms[0], labels.numpy(), terms[1], 1.0)
    assert 0.2 < (found == truth.numpy()).mean() < 0.4


def test_the_baseline_learns_them_in_eight_epochs(
    data: tuple[Data, Data], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(HELPERS)
    training = load(HELPERS / "training.py")
    torch.manual_seed(1)
    bank = load_bank("functions", Course(ROOT).solutions("hw4", "BaselineCNN"), "BaselineCNN")
    model = training.he_initialize(bank.reference())
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        history = training.train(model, *data, epochs=8, lr=2e-3)
    finally:
        torch.set_num_threads(threads)
    assert history["val_accuracy"][-1] >= 0.85
