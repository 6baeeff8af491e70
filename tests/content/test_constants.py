"""A constant is no answer: what a driver of hidden tests hands on of it must not be the value that it compares."""

from __future__ import annotations

import runpy
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.homework.support import ROOT


@pytest.mark.parametrize(
    "constant", [True, 1, 1.0, np.float64(1), np.ones(()), (True,), [1.0, 2, 3], None, ""]
)
def test_a_constant_is_no_derivative(constant: object) -> None:
    """The driver of test_derivative compares a ratio that is 1 for whoever is right."""
    drivers: dict[str, Any] = {}
    source = (ROOT / "tests/hw1/test_spatial_batchnorm_backward.py").read_text()
    exec(source[: source.index("@points")], drivers)  # the tests below need the judge's pytest
    reference = runpy.run_path(str(ROOT / "solutions/hw1/spatial_batchnorm_forward/reference.py"))
    constant_solution = SimpleNamespace(
        spatial_batchnorm_forward=reference["spatial_batchnorm_forward"],
        spatial_batchnorm_backward=lambda dout, cache: constant,
    )
    x = np.random.default_rng(1).normal(size=(3, 2, 4, 5))
    assert drivers["own_derivative"](constant_solution, x, np.ones(2), np.zeros(2), x, x) is None
