"""Right solutions of `CompressedCNN`, written in other ways: all of them must get full marks."""

import torch
import torch.nn.functional as F
from torch import nn

from homework.judge import variant

own = {"width": 0.16, "gap": True, "pointwise": True}
on_leaderboard = True
training_history = {
    "train_loss": [2.105, 1.513, 1.02, 0.75],
    "val_loss": [1.96, 1.28, 0.95, 0.81],
    "train_accuracy": [0.211, 0.456, 0.641, 0.739],
    "val_accuracy": [0.27, 0.55, 0.664, 0.72],
}


class _Network(nn.Module):
    """Steps 1 and 2, and what they share with step 3."""

    def __init__(self, width=1.0, gap=False, pointwise=None):
        super().__init__()
        channels = [round(width * n) for n in (32, 32, 64, 64, 128, 128, 128, 128)]
        self.gap, self.kernels = gap, [1 if pointwise and i % 2 else 3 for i in range(8)]
        self.build(list(zip([3, *channels], channels, self.kernels, strict=False)), bool(pointwise))
        if gap:
            self.head = nn.Linear(channels[-1], 10)
        else:
            self.head = nn.Sequential(
                nn.Linear(4 * channels[-1], 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU()
            )
            self.head.append(nn.Linear(128, 10))

    def forward(self, x):
        for i in range(8):
            x = F.relu(self.layer(i, x))
            if i in (1, 3, 5) or (i == 7 and not self.gap):
                x = F.max_pool2d(x, 2)
        return self.head(x.mean((2, 3)) if self.gap else x.flatten(1))


@variant
class folded(_Network):
    """Batch normalization is folded into the convolutions, as on a device."""

    def build(self, shapes, own):
        self.convs = nn.ModuleList(nn.Conv2d(a, b, k, padding=k // 2) for a, b, k in shapes)

    def layer(self, i, x):
        return self.convs[i](x)


@variant
class int8(_Network):
    """Weights of step 3 as int8 in buffers, with a scale for each filter."""

    def build(self, shapes, own):
        self.own = own
        if not own:
            self.convs = nn.ModuleList(nn.Conv2d(a, b, k, padding=k // 2) for a, b, k in shapes)
            return
        for i, (a, b, k) in enumerate(shapes):
            self.register_buffer(f"q{i}", torch.zeros(b, a, k, k, dtype=torch.int8))
            self.register_buffer(f"scale{i}", torch.ones(b, 1, 1, 1))
            self.register_buffer(f"bias{i}", torch.zeros(b))

    def layer(self, i, x):
        if not self.own:
            return self.convs[i](x)
        q, scale, bias = (getattr(self, f"{name}{i}") for name in ("q", "scale", "bias"))
        return F.conv2d(x, q.float() * scale, bias, padding=self.kernels[i] // 2)


@variant
class as_matrices(_Network):
    """Convolutions as products of matrices: windows for 3x3, `einsum` for 1x1."""

    def build(self, shapes, own):
        self.convs = nn.ModuleList(nn.Conv2d(a, b, k, padding=k // 2, bias=not own) for a, b, k in shapes)
        self.norms = nn.ModuleList(nn.BatchNorm2d(b) if own else nn.Identity() for _, b, _ in shapes)
        self.own = own

    def layer(self, i, x):
        conv = self.convs[i]
        if not self.own:
            return conv(x)
        if self.kernels[i] == 1:
            x = torch.einsum("nchw,dc->ndhw", x, conv.weight[:, :, 0, 0])
        else:
            N, _, H, W = x.shape
            x = (conv.weight.flatten(1) @ F.unfold(x, 3, padding=1)).reshape(N, -1, H, W)
        return self.norms[i](x)


@variant
class separable(nn.Module):
    """Step 3 made of depthwise separable layers, whose 1x1 layers mix the channels."""

    def __init__(self, width=1.0, gap=False, pointwise=None):
        super().__init__()
        c = [round(width * n) for n in (32, 64, 128, 128)]

        def regular(a, b):
            return [nn.Conv2d(a, b, 3, padding=1), nn.ReLU()]

        def apart(a, b):
            layers = [nn.Conv2d(a, a, 3, padding=1, groups=a, bias=False), nn.BatchNorm2d(a), nn.ReLU()]
            return [*layers, nn.Conv2d(a, b, 1, bias=False), nn.BatchNorm2d(b), nn.ReLU()]

        if pointwise:
            c = [round(width * n) for n in (75, 170, 300, 400)]
            first = [
                nn.Conv2d(3, c[0], 3, padding=1, bias=False),
                nn.BatchNorm2d(c[0]),
                nn.ReLU(),
                nn.MaxPool2d(2),
            ]
            layers = [*first, *apart(c[0], c[1]), nn.MaxPool2d(2), *apart(c[1], c[2]), nn.MaxPool2d(2)]
            layers += apart(c[2], c[3])
        else:
            layers, a = [], 3
            for number, b in enumerate(c):
                layers += [*regular(a, b), *regular(b, b)]
                if number < 3 or not gap:
                    layers.append(nn.MaxPool2d(2))
                if number < 3:
                    layers.append(nn.Dropout(0.25))
                a = b
        if gap:
            layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(c[3], 10)]
        else:
            layers += [
                nn.Flatten(),
                nn.Linear(4 * c[3], 256),
                nn.ReLU(),
                nn.Dropout(0.25),
                nn.Linear(256, 128),
            ]
            layers += [nn.ReLU(), nn.Dropout(0.25), nn.Linear(128, 10)]
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return self.layers(x)
