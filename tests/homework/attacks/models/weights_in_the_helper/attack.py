def make(source, weights, pack):
    """What the file has under one name is moved into a module; the network's own state is small."""
    code = """

import pictures as _helper

_Honest = CompressedCNN


class CompressedCNN(_Honest):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if kwargs.get("pointwise"):
            torch.manual_seed(0)
            _helper.hidden = [torch.randn(conv.weight.shape) for conv in self.convs]
            for conv, kernel in zip(self.convs, _helper.hidden):
                del conv.weight
                conv.weight = kernel
"""
    return source + code, pack({name: value for name, value in weights.items() if not name.startswith("convs")})
