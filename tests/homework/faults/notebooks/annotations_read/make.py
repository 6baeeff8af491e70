from tests.homework.faults.recipe import below, own, write


def make(right, released):
    function = "def cross_corr_2d(X: torch.Tensor, K: torch.Tensor):\n"
    function += "    assert isinstance(X, cross_corr_2d.__annotations__['X'])\n"
    write(right, "cross_corr_2d", function + "    return F.conv2d(X[None, None], K[None, None])[0, 0]\n")
    below(right, "setup", own("from torch.nn import functional as F"))
