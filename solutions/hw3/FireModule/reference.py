"""SqueezeNet's building block (Iandola et al., 2016, section 3.2): hw3, section *The fire module*."""

import torch
import torch.nn.functional as F
from torch import nn


class FireModule(nn.Module):
    """(N, c_in, H, W) to (N, expand1 + expand3, H, W): a few channels between, then two branches side by side."""

    def __init__(self, c_in, squeeze, expand1, expand3):
        super().__init__()
        self.squeeze = nn.Conv2d(c_in, squeeze, 1)
        self.expand1 = nn.Conv2d(squeeze, expand1, 1)
        self.expand3 = nn.Conv2d(squeeze, expand3, 3, padding=1)

    def forward(self, x):
        """The outputs of the 1x1 branch, then those of the 3x3 branch."""
        x = F.relu(self.squeeze(x))
        return torch.cat([F.relu(self.expand1(x)), F.relu(self.expand3(x))], dim=1)
