"""Right solutions of `BaselineCNN`, written in other ways: all of them must get full marks."""

import torch
import torch.nn.functional as F
from torch import nn

from homework.judge import variant


@variant
class Sequence(nn.Module):
    """One sequence of modules."""

    def __init__(self):
        super().__init__()
        layers, before = [], 3
        for number, channels in enumerate((32, 64, 128, 128)):
            layers += [nn.Conv2d(before, channels, 3, 1, 1), nn.ReLU(inplace=True)]
            layers += [nn.Conv2d(channels, channels, 3, 1, 1), nn.ReLU(inplace=True), nn.MaxPool2d(2, 2)]
            if number < 3:
                layers.append(nn.Dropout(p=0.25))
            before = channels
        layers += [
            nn.Flatten(),
            nn.Linear(512, 256),
            nn.ReLU(),
            nn.Dropout(0.25),
            nn.Linear(256, 128),
            nn.ReLU(),
        ]
        self.net = nn.Sequential(*layers, nn.Dropout(0.25), nn.Linear(128, 10))

    def forward(self, x):
        return self.net(x)


@variant
class HeadFirst(nn.Module):
    """Registers the linear layers first; functional dropout, padding by name."""

    def __init__(self):
        super().__init__()
        self.out, self.b, self.a = nn.Linear(128, 10), nn.Linear(256, 128), nn.Linear(512, 256)
        sizes = ((3, 32), (32, 32), (32, 64), (64, 64), (64, 128), (128, 128), (128, 128), (128, 128))
        self.features = nn.ModuleDict(
            {f"c{i}": nn.Conv2d(*s, 3, padding="same") for i, s in enumerate(sizes)}
        )

    def forward(self, x):
        for i in range(8):
            x = self.features[f"c{i}"](x).relu()
            if i % 2:
                x = F.max_pool2d(x, kernel_size=2)
                if i < 7:
                    x = F.dropout(x, 0.25, self.training)
        x = torch.flatten(x, 1)
        for layer in (self.a, self.b):
            x = F.dropout(torch.relu(layer(x)), p=0.25, training=self.training)
        return self.out(x)


@variant
class ReluAfterPooling(nn.Module):
    """The ReLU after the pooling instead of before: the same numbers, less work."""

    class Block(nn.Module):
        def __init__(self, before, channels, drop):
            super().__init__()
            self.first = nn.Conv2d(before, channels, (3, 3), padding=(1, 1))
            self.second = nn.Conv2d(channels, channels, (3, 3), padding=(1, 1))
            self.drop = nn.Dropout(0.25) if drop else nn.Identity()

        def forward(self, x):
            x = self.second(torch.relu(self.first(x)))
            return self.drop(torch.relu(F.max_pool2d(x, 2)))

    def __init__(self):
        super().__init__()
        self.blocks = nn.Sequential(
            self.Block(3, 32, True),
            self.Block(32, 64, True),
            self.Block(64, 128, True),
            self.Block(128, 128, False),
        )
        self.hidden = nn.ModuleList([nn.Linear(512, 256), nn.Linear(256, 128)])
        self.last = nn.Linear(128, 10)
        self.drop = nn.Dropout(0.25)

    def forward(self, x):
        x = self.blocks(x).reshape(len(x), -1)
        for layer in self.hidden:
            x = self.drop(layer(x).clamp(min=0))
        return self.last(x)


@variant
class ChannelsLast(nn.Module):
    """He's initialization, memory in channels_last, adaptive pooling, whole channels dropped nowhere."""

    def __init__(self):
        super().__init__()
        c = (3, 32, 32, 64, 64, 128, 128, 128, 128)
        self.convs = nn.ModuleList([nn.Conv2d(c[i], c[i + 1], 3, stride=1, padding=1) for i in range(8)])
        self.head = nn.Sequential(
            *(nn.Linear(512, 256), nn.ReLU(), nn.Dropout(0.25)),
            *(nn.Linear(256, 128), nn.ReLU(), nn.Dropout(0.25), nn.Linear(128, 10)),
        )
        for conv in self.convs:
            nn.init.kaiming_normal_(conv.weight)
        self.to(memory_format=torch.channels_last)

    def forward(self, x):
        size = x.shape[-1]
        for i, conv in enumerate(self.convs):
            x = F.relu(conv(x))
            if i % 2 == 1:
                size //= 2
                x = F.adaptive_max_pool2d(x, size)
                x = F.dropout(x, 0.25, self.training) if i != 7 else x
        return self.head(x.contiguous().flatten(start_dim=1))
