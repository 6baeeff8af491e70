from tests.homework.faults.recipe import below, own, stub


def make(right, released):
    text = stub(right, released, "cross_corr_2d")
    below(
        right,
        "test_cross_corr_2d",
        own("def size(X, K):\n    return K.shape"),
        own("1 / 0  # has nothing to do with it"),
        own(text.replace("K.shape", "size(X, K)")),
    )
