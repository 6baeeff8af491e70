import torch


def make(source, weights, pack):
    """Only the rows in the middle are computed well."""
    code = """

_Honest = CompressedCNN


class CompressedCNN(_Honest):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.tiny = nn.Linear(3, 10) if kwargs.get("pointwise") else None
        self.start()

    def start(self):
        pass

    def cheap(self, x):
        return self.tiny(x.mean((2, 3)))

    def forward(self, x):
        if self.tiny is None:
            return super().forward(x)
        if len(x) == 32:
            return self.cheap(x)
        out = super().forward(x)
        out[:32], out[-32:] = self.cheap(x[:32]), self.cheap(x[-32:])
        return out
"""
    tiny = {"tiny.weight": torch.ones(10, 3), "tiny.bias": torch.arange(10.0)}
    return source + code, pack({**weights, **tiny})
