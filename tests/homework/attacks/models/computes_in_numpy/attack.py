def make(source, weights, pack):
    """The picture's mean, subtracted outside of torch."""
    code = """

_Honest = CompressedCNN


class CompressedCNN(_Honest):
    def forward(self, x):
        return super().forward(torch.from_numpy(x.numpy() - x.numpy().mean((2, 3), keepdims=True)))
"""
    return source + code, pack(weights)
