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
        2.3239,
        2.1507,
        1.8109,
        1.3413,
        0.9877,
        0.7463,
        0.5836,
        0.4717,
        0.3828,
        0.3184,
        0.2755,
        0.2306,
        0.2012,
        0.1701,
        0.1455,
        0.1259,
        0.1071,
        0.0967,
        0.0784,
        0.071,
        0.0609,
        0.0635,
        0.0535,
        0.0538,
    ],
    "val_loss": [
        2.2717,
        2.041,
        1.6078,
        1.3961,
        1.0552,
        0.7119,
        1.1777,
        0.7959,
        1.0401,
        0.4916,
        0.4991,
        0.3328,
        0.4032,
        0.2864,
        0.2461,
        0.2759,
        0.2446,
        0.2403,
        0.2333,
        0.2363,
        0.2244,
        0.2326,
        0.2255,
        0.2277,
    ],
    "train_accuracy": [
        0.1262,
        0.214,
        0.3788,
        0.5342,
        0.6563,
        0.7365,
        0.7863,
        0.829,
        0.8595,
        0.882,
        0.9022,
        0.9187,
        0.9305,
        0.9407,
        0.9508,
        0.9562,
        0.966,
        0.972,
        0.9763,
        0.982,
        0.9843,
        0.9858,
        0.9878,
        0.989,
    ],
    "val_accuracy": [
        0.154,
        0.287,
        0.426,
        0.469,
        0.613,
        0.734,
        0.611,
        0.72,
        0.621,
        0.804,
        0.811,
        0.855,
        0.847,
        0.889,
        0.896,
        0.898,
        0.907,
        0.917,
        0.914,
        0.911,
        0.92,
        0.918,
        0.925,
        0.923,
    ],
}
