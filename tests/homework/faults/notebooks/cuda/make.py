from tests.homework.faults.recipe import above, own, source, write


def make(right, released):
    above(
        right,
        "cross_corr_2d_text",
        own("x = torch.ones(3).cuda()"),
        own("device = 'cuda' if torch.cuda.is_available() else 'cpu'"),
    )
    write(
        right,
        "cross_corr_2d",
        source(right, "cross_corr_2d").replace("h, w =", "X, K = X.to(device), K.to(device)\n    h, w ="),
    )
