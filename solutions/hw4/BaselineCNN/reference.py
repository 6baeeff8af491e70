"""The network that is compressed: hw4, section *The network*."""

from itertools import pairwise

import torch.nn.functional as F
from torch import nn


class BaselineCNN(nn.Module):
    """(N, 3, 32, 32) to (N, 10): eight convolutions, four poolings, three linear layers; 747,690 parameters."""

    def __init__(self):
        super().__init__()
        sizes = [3, 32, 32, 64, 64, 128, 128, 128, 128]
        self.convs = nn.ModuleList(nn.Conv2d(a, b, 3, padding=1) for a, b in pairwise(sizes))
        self.fc1, self.fc2, self.fc3 = nn.Linear(512, 256), nn.Linear(256, 128), nn.Linear(128, 10)
        self.dropout = nn.Dropout(0.25)

    def forward(self, x):
        """Logits."""
        for number, conv in enumerate(self.convs, 1):
            x = F.relu(conv(x))
            if number % 2 == 0:
                x = F.max_pool2d(x, 2)
                x = self.dropout(x) if number < 8 else x
        x = self.dropout(F.relu(self.fc1(x.flatten(1))))
        x = self.dropout(F.relu(self.fc2(x)))
        return self.fc3(x)
