def make(source, weights, pack):
    """Nothing but NaN."""
    code = """

_Honest = CompressedCNN


class CompressedCNN(_Honest):
    def forward(self, x):
        return super().forward(x) * float("nan")
"""
    return source + code, pack(weights)
