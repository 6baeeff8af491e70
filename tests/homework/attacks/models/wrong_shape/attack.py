def make(source, weights, pack):
    """An eleventh class."""
    code = """

_Honest = CompressedCNN


class CompressedCNN(_Honest):
    def forward(self, x):
        out = super().forward(x)
        return torch.cat([out, out[:, :1]], 1)
"""
    return source + code, pack(weights)
