from tests.homework.faults.recipe import source, write


def make(right, released):
    text = source(right, "cross_corr_2d").replace(
        "(X, K)", "(X: torch.Tensor, K: 'torch.Tensor') -> torch.Tensor"
    )
    write(
        right,
        "cross_corr_2d",
        "from __future__ import annotations\nfrom typing import Final\nSIZE: Final[int] = 3\n" + text,
    )
    write(
        right,
        "learning_rate_labels",
        source(right, "learning_rate_labels").replace(
            "learning_rate_labels =", "learning_rate_labels: dict[str, str] ="
        ),
    )
