"""The network, smaller in three ways: hw4, section *Three steps*."""

import torch.nn.functional as F
from torch import nn


class CompressedCNN(nn.Module):
    """(N, 3, 32, 32) to (N, 10): the baseline, narrower by `width`.

    `gap`: global average pooling in place of the hidden linear layers; `pointwise`: the second convolution of each pair
    is 1x1, and there is batch normalization.
    """

    def __init__(self, width=1.0, gap=False, pointwise=None):
        super().__init__()
        pairs = [round(width * channels) for channels in (32, 64, 128, 128)]
        self.gap = gap
        self.convs, self.norms = nn.ModuleList(), nn.ModuleList()
        before = 3
        for channels in pairs:
            for kernel_size in (3, 1 if pointwise else 3):
                self.convs.append(
                    nn.Conv2d(before, channels, kernel_size, padding=kernel_size // 2, bias=not pointwise)
                )
                self.norms.append(nn.BatchNorm2d(channels) if pointwise else nn.Identity())
                before = channels
        if gap:
            self.head = nn.Linear(before, 10)
        else:
            hidden = [nn.Linear(4 * before, 256), nn.ReLU(), nn.Dropout(0.25)]
            hidden += [nn.Linear(256, 128), nn.ReLU(), nn.Dropout(0.25)]
            self.head = nn.Sequential(*hidden, nn.Linear(128, 10))
        self.dropout = nn.Identity() if pointwise else nn.Dropout(0.25)

    def forward(self, x):
        """Logits."""
        for number, (conv, norm) in enumerate(zip(self.convs, self.norms, strict=True), 1):
            x = F.relu(norm(conv(x)))
            if number % 2 == 0 and not (self.gap and number == 8):
                x = F.max_pool2d(x, 2)
                x = self.dropout(x) if number < 8 else x
        return self.head(x.mean((2, 3)) if self.gap else x.flatten(1))


own = {"width": 0.16, "gap": True, "pointwise": True}
training_history = {
    "train_loss": [
        2.2894,
        2.0711,
        1.4681,
        1.0602,
        0.7782,
        0.6032,
        0.4736,
        0.3757,
        0.3251,
        0.2556,
        0.2241,
        0.1756,
        0.1591,
        0.1419,
        0.1185,
        0.1015,
        0.0888,
        0.0751,
        0.0689,
        0.0634,
        0.052,
        0.0551,
        0.0482,
        0.0496,
    ],
    "val_loss": [
        2.2656,
        1.8084,
        1.4755,
        1.0806,
        0.9021,
        0.6842,
        0.5818,
        0.4881,
        0.6458,
        0.3581,
        0.3237,
        0.392,
        0.2792,
        0.235,
        0.2489,
        0.2273,
        0.2214,
        0.2193,
        0.215,
        0.2226,
        0.209,
        0.2117,
        0.2038,
        0.2056,
    ],
    "train_accuracy": [
        0.1332,
        0.2403,
        0.4537,
        0.611,
        0.7145,
        0.775,
        0.8305,
        0.8605,
        0.8813,
        0.9077,
        0.9208,
        0.9395,
        0.9477,
        0.9468,
        0.9597,
        0.9675,
        0.9713,
        0.9788,
        0.9797,
        0.9823,
        0.9873,
        0.9873,
        0.9908,
        0.9893,
    ],
    "val_accuracy": [
        0.166,
        0.327,
        0.408,
        0.605,
        0.674,
        0.733,
        0.798,
        0.829,
        0.753,
        0.883,
        0.878,
        0.851,
        0.907,
        0.918,
        0.916,
        0.921,
        0.922,
        0.926,
        0.927,
        0.919,
        0.933,
        0.926,
        0.929,
        0.928,
    ],
}
