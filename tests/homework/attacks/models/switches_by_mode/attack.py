import torch


def make(source, weights, pack):
    """Dropout at the place of evaluation."""
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

    def eval(self):
        return self

    def forward(self, x):
        out = super().forward(x)
        return F.dropout(out, 0.5, self.training) if self.tiny is not None else out
"""
    tiny = {"tiny.weight": torch.ones(10, 3), "tiny.bias": torch.arange(10.0)}
    return source + code, pack({**weights, **tiny})
