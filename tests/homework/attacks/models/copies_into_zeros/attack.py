def make(source, weights, pack):
    """The counts are those of the network."""
    code = """

_Honest = CompressedCNN


class CompressedCNN(_Honest):
    def forward(self, x):
        return super().forward(torch.zeros_like(x).copy_(x))
"""
    return source + code, pack(weights)
