"""Right solutions of `FireModule`, written in other ways: all of them must get full marks."""

import torch
import torch.nn.functional as F
from torch import nn

from homework.judge import variant


@variant
class AsInTorchvision(nn.Module):
    """Each ReLU a module of its own, in place."""

    def __init__(self, c_in, squeeze, expand1, expand3):
        super().__init__()
        self.inplanes = c_in
        self.squeeze = nn.Conv2d(c_in, squeeze, kernel_size=1)
        self.squeeze_activation = nn.ReLU(inplace=True)
        self.expand1x1 = nn.Conv2d(squeeze, expand1, kernel_size=1)
        self.expand1x1_activation = nn.ReLU(inplace=True)
        self.expand3x3 = nn.Conv2d(squeeze, expand3, kernel_size=3, padding=1)
        self.expand3x3_activation = nn.ReLU(inplace=True)

    def forward(self, x):
        x = self.squeeze_activation(self.squeeze(x))
        return torch.cat(
            [self.expand1x1_activation(self.expand1x1(x)), self.expand3x3_activation(self.expand3x3(x))], 1
        )


@variant
class OneReluAtTheEnd(nn.Module):
    """ReLU of the concatenation is the concatenation of ReLUs."""

    def __init__(self, c_in, squeeze, expand1, expand3):
        super().__init__()
        self.layers = nn.ModuleDict(
            {
                "expand3": nn.Conv2d(squeeze, expand3, 3, padding="same"),
                "expand1": nn.Conv2d(squeeze, expand1, 1),
                "squeeze": nn.Conv2d(c_in, squeeze, 1),
            }
        )

    def forward(self, x):
        x = torch.relu(self.layers["squeeze"](x))
        return torch.relu(torch.cat((self.layers["expand1"](x), self.layers["expand3"](x)), dim=1))


@variant
class InSequences(nn.Module):
    """Sequences of convolution and ReLU."""

    def __init__(self, c_in, squeeze, expand1, expand3):
        super().__init__()
        self.s = nn.Sequential(nn.Conv2d(c_in, squeeze, (1, 1)), nn.ReLU())
        self.branches = nn.ModuleList(
            [
                nn.Sequential(nn.Conv2d(squeeze, expand1, (1, 1)), nn.ReLU()),
                nn.Sequential(nn.ZeroPad2d(1), nn.Conv2d(squeeze, expand3, (3, 3)), nn.ReLU()),
            ]
        )

    def forward(self, x):
        s = self.s(x)
        return torch.cat([branch(s) for branch in self.branches], 1)


@variant
class PaddedByHand(nn.Module):
    """Zeros around the map, clamp in place of ReLU."""

    def __init__(self, c_in, squeeze, expand1, expand3):
        super().__init__()
        self.one, self.two = nn.Conv2d(c_in, squeeze, 1), nn.Conv2d(squeeze, expand1, 1)
        self.three = nn.Conv2d(squeeze, expand3, 3)

    def forward(self, x):
        x = self.one(x).clamp(min=0)
        wide = F.pad(x, (1, 1, 1, 1))
        return torch.concat((self.two(x).clamp(min=0), self.three(wide).clamp(min=0)), dim=-3)


@variant
class OutputsFilledIn(nn.Module):
    """Writes both branches into one tensor."""

    def __init__(self, c_in, squeeze, expand1, expand3):
        super().__init__()
        self.sq = nn.Conv2d(c_in, squeeze, kernel_size=1, stride=1, padding=0, bias=True)
        self.e1 = nn.Conv2d(squeeze, expand1, kernel_size=1, bias=True)
        self.e3 = nn.Conv2d(squeeze, expand3, kernel_size=3, stride=1, padding=(1, 1), bias=True)
        self.relu = nn.ReLU()

    def forward(self, x):
        s = self.relu(self.sq(x))
        a, b = self.e1(s), self.e3(s)
        y = a.new_zeros(a.shape[0], a.shape[1] + b.shape[1], *a.shape[2:])
        y[:, : a.shape[1]] = a
        y[:, a.shape[1] :] = b
        return F.relu(y)


@variant
class WithOwnInitialization(nn.Module):
    """Weights are initialized by the author's taste; the two branches are one module."""

    class Expand(nn.Module):
        def __init__(self, squeeze, expand1, expand3):
            super().__init__()
            self.a = nn.Conv2d(squeeze, expand1, 1)
            self.b = nn.Conv2d(squeeze, expand3, 3, 1, 1)

        def forward(self, x):
            return torch.cat([self.a(x), self.b(x)], dim=1)

    def __init__(self, c_in, squeeze, expand1, expand3):
        nn.Module.__init__(self)
        self.net = nn.Sequential(
            nn.Conv2d(c_in, squeeze, 1), nn.ReLU(), self.Expand(squeeze, expand1, expand3), nn.ReLU()
        )
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def forward(self, x):
        return self.net(x)
