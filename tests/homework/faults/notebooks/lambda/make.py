from tests.homework.faults.recipe import write


def make(right, released):
    write(
        right,
        "cross_corr_2d",
        "cross_corr_2d = lambda X, K: torch.nn.functional.conv2d(X[None, None], K[None, None])[0, 0]",
    )
