def make(source, weights, pack):
    """More than a session may have."""
    code = """

_Honest = CompressedCNN


class CompressedCNN(_Honest):
    def forward(self, x):
        return super().forward(x) + 0 * torch.ones(1 << 29).mean()
"""
    return source + code, pack(weights)
