"""Wrong solutions of `FireModule`, each with the sentence that a student whose answer equals it should read."""

import torch
import torch.nn.functional as F
from torch import nn

from homework.judge import misconception


def _cat(a, b):
    return torch.cat([a, b], dim=1)


class _Fire(nn.Module):
    """The right thing, in steps that the classes below replace."""

    bias = True

    def __init__(self, c_in, squeeze, expand1, expand3):
        super().__init__()
        self.build(c_in, squeeze, expand1, expand3)

    def build(self, c_in, squeeze, expand1, expand3):
        self.s = nn.Conv2d(c_in, squeeze, 1, bias=self.bias)
        self.a = nn.Conv2d(squeeze, expand1, 1, bias=self.bias)
        self.b = nn.Conv2d(squeeze, expand3, 3, padding=1, bias=self.bias)

    def forward(self, x):
        s = F.relu(self.s(x))
        return _cat(F.relu(self.a(s)), F.relu(self.b(s)))


# Whatever the further layer is: others that are known have names of their own below.
@misconception(
    "Your module has further layers, or other parameters, than the three layers of a fire module: there is no normalization, no shortcut and no fourth layer, used or not."
)
class FurtherParameters(_Fire):
    def build(self, c_in, squeeze, expand1, expand3):
        super().build(c_in, squeeze, expand1, expand3)
        self.c = nn.Conv2d(c_in, 1, 1)


@misconception(
    "The ReLU after the squeeze layer is missing. Without it two linear layers follow each other and could be one."
)
class NoReluAfterSqueeze(_Fire):
    def forward(self, x):
        s = self.s(x)
        return _cat(F.relu(self.a(s)), F.relu(self.b(s)))


@misconception("The ReLUs after the expand branches are missing.")
class NoReluAfterExpand(_Fire):
    def forward(self, x):
        s = F.relu(self.s(x))
        return _cat(self.a(s), self.b(s))


@misconception(
    "The ReLUs after the squeeze layer and after the 3x3 branch are missing: there is only that of the 1x1 branch."
)
class NoReluButOfBranchOne(_Fire):
    def forward(self, x):
        s = self.s(x)
        return _cat(F.relu(self.a(s)), self.b(s))


@misconception(
    "The ReLUs after the squeeze layer and after the 1x1 branch are missing: there is only that of the 3x3 branch."
)
class NoReluButOfBranchThree(_Fire):
    def forward(self, x):
        s = self.s(x)
        return _cat(self.a(s), F.relu(self.b(s)))


@misconception("There is no ReLU: one belongs after the squeeze layer and one after each expand branch.")
class NoRelu(_Fire):
    def forward(self, x):
        s = self.s(x)
        return _cat(self.a(s), self.b(s))


@misconception("The ReLU after the 3x3 branch is missing.")
class ReluOfBranchOneAlone(_Fire):
    def forward(self, x):
        s = F.relu(self.s(x))
        return _cat(F.relu(self.a(s)), self.b(s))


@misconception("The ReLU after the 1x1 branch is missing.")
class ReluOfBranchThreeAlone(_Fire):
    def forward(self, x):
        s = F.relu(self.s(x))
        return _cat(self.a(s), F.relu(self.b(s)))


@misconception(
    "There is a ReLU before the squeeze layer: the input's negative values are lost. ReLUs come after each layer."
)
class ReluBeforeSqueeze(_Fire):
    def forward(self, x):
        s = F.relu(self.s(F.relu(x)))
        return _cat(F.relu(self.a(s)), F.relu(self.b(s)))


@misconception("Your ReLUs come before the layers. They come after each of them.")
class ReluBeforeSqueezeAndNotAfter(_Fire):
    def forward(self, x):
        s = self.s(F.relu(x))
        s = F.relu(s)
        return _cat(self.a(s), self.b(s))


@misconception("The two branches are concatenated in the other order: the 1x1 branch comes first.")
class BranchThreeFirst(_Fire):
    def forward(self, x):
        s = F.relu(self.s(x))
        return _cat(F.relu(self.b(s)), F.relu(self.a(s)))


# What other activations have in common: they say no more than this of any of them.
@misconception(
    "Your activations are not ReLUs: a part of negative values passes, as with leaky ReLU, GELU or SiLU."
)
class LeakingActivations(_Fire):
    act = staticmethod(F.mish)

    def forward(self, x):
        s = self.act(self.s(x))
        return _cat(self.act(self.a(s)), self.act(self.b(s)))


@misconception(
    "What follows the squeeze layer is not a ReLU: a part of negative values passes, as with leaky ReLU, GELU or SiLU."
)
class LeakingActivationAfterSqueeze(_Fire):
    def forward(self, x):
        s = F.mish(self.s(x))
        return _cat(F.relu(self.a(s)), F.relu(self.b(s)))


@misconception(
    "What follows the expand branches is not a ReLU: a part of negative values passes, as with leaky ReLU, GELU or SiLU."
)
class LeakingActivationsOfBranches(_Fire):
    def forward(self, x):
        s = F.relu(self.s(x))
        return _cat(F.mish(self.a(s)), F.mish(self.b(s)))


@misconception(
    "What follows the squeeze layer is more than a ReLU, or another function: positive values change, as with sigmoid, tanh, ReLU6 or a normalization."
)
class BoundedActivationAfterSqueeze(_Fire):
    def forward(self, x):
        s = F.softsign(self.s(x))
        return _cat(F.relu(self.a(s)), F.relu(self.b(s)))


@misconception(
    "What follows the expand branches is more than a ReLU, or another function: positive values change, as with sigmoid, tanh, ReLU6 or a normalization."
)
class BoundedActivationsOfBranches(_Fire):
    def forward(self, x):
        s = F.relu(self.s(x))
        return _cat(F.softsign(self.a(s)), F.softsign(self.b(s)))


@misconception("Your activations are leaky ReLUs. The fire module has ReLUs.")
class LeakyRelu(_Fire):
    def forward(self, x):
        s = F.leaky_relu(self.s(x))
        return _cat(F.leaky_relu(self.a(s)), F.leaky_relu(self.b(s)))


@misconception("Your activations are sigmoids. The fire module has ReLUs.")
class Sigmoid(_Fire):
    def forward(self, x):
        s = torch.sigmoid(self.s(x))
        return _cat(torch.sigmoid(self.a(s)), torch.sigmoid(self.b(s)))


@misconception("Your activations are hyperbolic tangents. The fire module has ReLUs.")
class Tanh(_Fire):
    def forward(self, x):
        s = torch.tanh(self.s(x))
        return _cat(torch.tanh(self.a(s)), torch.tanh(self.b(s)))


@misconception("Your activations are GELUs. The fire module has ReLUs.")
class Gelu(_Fire):
    def forward(self, x):
        s = F.gelu(self.s(x))
        return _cat(F.gelu(self.a(s)), F.gelu(self.b(s)))


@misconception("Your activations are ReLU6, which stops at 6. The fire module has ReLUs.")
class Relu6(_Fire):
    def forward(self, x):
        s = F.relu6(self.s(x))
        return _cat(F.relu6(self.a(s)), F.relu6(self.b(s)))


@misconception("Your activations are ELUs. The fire module has ReLUs.")
class Elu(_Fire):
    def forward(self, x):
        s = F.elu(self.s(x))
        return _cat(F.elu(self.a(s)), F.elu(self.b(s)))


@misconception("Your activations are SiLUs. The fire module has ReLUs.")
class Silu(_Fire):
    def forward(self, x):
        s = F.silu(self.s(x))
        return _cat(F.silu(self.a(s)), F.silu(self.b(s)))


@misconception("There is dropout in your module, or another chance, in training. The fire module has none.")
class DropoutInTraining(_Fire):
    def forward(self, x):
        return F.dropout(super().forward(x), 0.5, self.training)


@misconception("There is dropout in your module, also in evaluation mode. The fire module has none.")
class DropoutAlways(_Fire):
    def forward(self, x):
        return F.dropout(super().forward(x), 0.5)


@misconception(
    "There is a softmax over the channels at the end. The module ends with the concatenated outputs of the ReLUs."
)
class SoftmaxAtTheEnd(_Fire):
    def forward(self, x):
        s = F.relu(self.s(x))
        return F.softmax(_cat(F.relu(self.a(s)), F.relu(self.b(s))), 1)


@misconception("The branches are concatenated along dimension 0, the examples. Channels are dimension 1.")
class ConcatenatedAlongTheBatch(_Fire):
    def forward(self, x):
        s = F.relu(self.s(x))
        return torch.cat([F.relu(self.a(s)), F.relu(self.b(s))], 0)


@misconception("The branches are put below each other, along the height. Channels are dimension 1.")
class ConcatenatedAlongTheHeight(_Fire):
    def forward(self, x):
        s = F.relu(self.s(x))
        return torch.cat([F.relu(self.a(s)), F.relu(self.b(s))], 2)


@misconception("The branches are put next to each other, along the width. Channels are dimension 1.")
class ConcatenatedAlongTheWidth(_Fire):
    def forward(self, x):
        s = F.relu(self.s(x))
        return torch.cat([F.relu(self.a(s)), F.relu(self.b(s))], -1)


@misconception("The branches are stacked along a new dimension. They are concatenated along the channels.")
class BranchesStacked(_Fire):
    def forward(self, x):
        s = F.relu(self.s(x))
        return torch.stack([F.relu(self.a(s)), F.relu(self.b(s))], 1)


@misconception("The branches are multiplied. They are concatenated: expand1 + expand3 channels come out.")
class BranchesMultiplied(_Fire):
    def forward(self, x):
        s = F.relu(self.s(x))
        return F.relu(self.a(s)) * F.relu(self.b(s))


@misconception("The branches are added. They are concatenated: expand1 + expand3 channels come out.")
class BranchesAdded(_Fire):
    def forward(self, x):
        s = F.relu(self.s(x))
        return F.relu(self.a(s)) + F.relu(self.b(s))


@misconception("The outputs of the 3x3 branch are missing. Both branches are concatenated.")
class BranchOneAlone(_Fire):
    def forward(self, x):
        return F.relu(self.a(F.relu(self.s(x))))


@misconception("The outputs of the 1x1 branch are missing. Both branches are concatenated.")
class BranchThreeAlone(_Fire):
    def forward(self, x):
        return F.relu(self.b(F.relu(self.s(x))))


@misconception("The two branches are returned as a pair. They are concatenated along the channels.")
class BothReturned(_Fire):
    def forward(self, x):
        s = F.relu(self.s(x))
        return F.relu(self.a(s)), F.relu(self.b(s))


@misconception(
    "The squeeze layer's output is in the result as well. Only the two expand branches are concatenated."
)
class SqueezeConcatenatedToo(_Fire):
    def forward(self, x):
        s = F.relu(self.s(x))
        return torch.cat([s, F.relu(self.a(s)), F.relu(self.b(s))], 1)


@misconception(
    "The input is in the result as well, as in a dense block. Only the two expand branches are concatenated."
)
class InputConcatenatedToo(_Fire):
    def forward(self, x):
        s = F.relu(self.s(x))
        return torch.cat([x, F.relu(self.a(s)), F.relu(self.b(s))], 1)


@misconception("The channels of the two branches alternate. The 1x1 branch comes first, as a whole.")
class ChannelsShuffled(_Fire):
    def forward(self, x):
        s = F.relu(self.s(x))
        a, b = F.relu(self.a(s)), F.relu(self.b(s))
        n = min(a.shape[1], b.shape[1])
        mixed = torch.stack([a[:, :n], b[:, :n]], 2).flatten(1, 2)
        return torch.cat([mixed, a[:, n:], b[:, n:]], 1)


@misconception(
    "Your module writes into its input (a ReLU in place, before the first layer, or x += ...). The caller still needs it."
)
class ReluInPlaceOnTheInput(_Fire):
    def forward(self, x):
        s = F.relu(self.s(x))
        x.data.clamp_(min=0)
        return _cat(F.relu(self.a(s)), F.relu(self.b(s)))


@misconception(
    "There is a ReLU in place before the squeeze layer: the input's negative values are lost, for the caller too."
)
class InputClippedInPlace(_Fire):
    def forward(self, x):
        x.data.clamp_(min=0)
        s = F.relu(self.s(x))
        return _cat(F.relu(self.a(s)), F.relu(self.b(s)))


@misconception(
    "The squeeze layer's output is detached: no gradient reaches the squeeze layer and what lies before it."
)
class GradientStopped(_Fire):
    def forward(self, x):
        s = F.relu(self.s(x)).detach()
        return _cat(F.relu(self.a(s)), F.relu(self.b(s)))


@misconception("Your forward pass runs without gradients (no_grad or detach): nothing in it can be trained.")
class NoGradientAtAll(_Fire):
    def forward(self, x):
        with torch.no_grad():
            s = F.relu(self.s(x))
            return _cat(F.relu(self.a(s)), F.relu(self.b(s)))


@misconception(
    "There is a pooling layer in the module. Maps keep their size H x W; SqueezeNet pools between modules."
)
class PooledAtTheEnd(_Fire):
    def forward(self, x):
        s = F.relu(self.s(x))
        return F.max_pool2d(_cat(F.relu(self.a(s)), F.relu(self.b(s))), 2)


@misconception(
    "There is a pooling layer of stride 1 in the 3x3 branch, as in an Inception module. The fire module has none."
)
class BranchThreePooled(_Fire):
    def forward(self, x):
        s = F.relu(self.s(x))
        return _cat(F.relu(self.a(s)), F.max_pool2d(F.relu(self.b(s)), 3, 1, 1))


@misconception(
    "The squeeze layer's output is averaged over its neighborhood. The fire module has no pooling."
)
class SqueezeAveraged(_Fire):
    def forward(self, x):
        s = F.avg_pool2d(F.relu(self.s(x)), 3, 1, 1)
        return _cat(F.relu(self.a(s)), F.relu(self.b(s)))


@misconception("The 3x3 branch is a transposed convolution. It is nn.Conv2d, padded by 1.")
class TransposedBranch(_Fire):
    def build(self, c_in, squeeze, expand1, expand3):
        super().build(c_in, squeeze, expand1, expand3)
        self.b = nn.ConvTranspose2d(squeeze, expand3, 3, padding=1)


@misconception(
    "The output is squeezed: a batch of one loses its dimension. The result is (N, expand1 + expand3, H, W)."
)
class DimensionsOfOneDropped(_Fire):
    def forward(self, x):
        return super().forward(x).squeeze()


@misconception("There is a global average in the module. Maps keep their size H x W.")
class AveragedOverPlaces(_Fire):
    def forward(self, x):
        s = F.relu(self.s(x))
        return _cat(F.relu(self.a(s)), F.relu(self.b(s))).mean((2, 3))


@misconception("The 3x3 branch is padded by repeating the values at the border. It is padded with zeros.")
class BranchThreeCutOff(_Fire):
    def forward(self, x):
        s = F.relu(self.s(x))
        padded = F.pad(s, (1, 1, 1, 1), mode="replicate")
        return _cat(F.relu(self.a(s)), F.relu(F.conv2d(padded, self.b.weight, self.b.bias)))


@misconception(
    "The 3x3 branch is padded circularly, with values from the opposite side. It is padded with zeros."
)
class PaddedCircularly(_Fire):
    def forward(self, x):
        s = F.relu(self.s(x))
        padded = F.pad(s, (1, 1, 1, 1), mode="circular")
        return _cat(F.relu(self.a(s)), F.relu(F.conv2d(padded, self.b.weight, self.b.bias)))


@misconception("The 3x3 branch is padded by reflection. It is padded with zeros.")
class PaddedByReflection(_Fire):
    def forward(self, x):
        s = F.relu(self.s(x))
        padded = F.pad(s, (1, 1, 1, 1), mode="reflect")
        return _cat(F.relu(self.a(s)), F.relu(F.conv2d(padded, self.b.weight, self.b.bias)))


@misconception(
    "The 3x3 branch is padded on one side only, by 2, which shifts its output. One row and column of zeros belong on each side."
)
class PaddedOnOneSide(_Fire):
    def forward(self, x):
        s = F.relu(self.s(x))
        padded = F.pad(s, (0, 2, 0, 2))
        return _cat(F.relu(self.a(s)), F.relu(F.conv2d(padded, self.b.weight, self.b.bias)))


@misconception("The 3x3 branch is not padded; zeros are put around its output instead. Pad its input.")
class OutputPadded(_Fire):
    def forward(self, x):
        s = F.relu(self.s(x))
        b = F.relu(F.conv2d(s, self.b.weight, self.b.bias))
        return _cat(F.relu(self.a(s)), F.pad(b, (1, 1, 1, 1)))


@misconception(
    "The 3x3 branch is not padded, and the 1x1 branch cropped to fit. Pad the 3x3 branch: H x W stays."
)
class BranchOneCropped(_Fire):
    def forward(self, x):
        s = F.relu(self.s(x))
        b = F.relu(F.conv2d(s, self.b.weight, self.b.bias))
        return _cat(F.relu(self.a(s))[:, :, 1:-1, 1:-1], b)


@misconception(
    "The 3x3 branch is not padded: its maps are smaller by 2 and cannot be concatenated with the others. padding=1 keeps H x W."
)
class NotPadded(_Fire):
    def build(self, c_in, squeeze, expand1, expand3):
        super().build(c_in, squeeze, expand1, expand3)
        self.b = nn.Conv2d(squeeze, expand3, 3)


@misconception(
    "Both branches are padded by 1: the maps of the 1x1 branch grow by 2 and cannot be concatenated with the others."
)
class BranchOnePaddedToo(_Fire):
    def build(self, c_in, squeeze, expand1, expand3):
        super().build(c_in, squeeze, expand1, expand3)
        self.a = nn.Conv2d(squeeze, expand1, 1, padding=1)


@misconception(
    "Your maps grow: the squeeze layer or both branches are padded too much. Only the 3x3 branch is padded, by 1, so that H x W stays."
)
class BothPaddedToMatch(_Fire):
    def build(self, c_in, squeeze, expand1, expand3):
        super().build(c_in, squeeze, expand1, expand3)
        self.s = nn.Conv2d(c_in, squeeze, 1, padding=1)


@misconception(
    "The 3x3 branch is padded by 2, so that its maps grow and cannot be concatenated with the others. padding=1 keeps H x W."
)
class PaddedByTwo(_Fire):
    def build(self, c_in, squeeze, expand1, expand3):
        super().build(c_in, squeeze, expand1, expand3)
        self.b = nn.Conv2d(squeeze, expand3, 3, padding=2)


@misconception("The layers have no biases. All three have them here.")
class NoBias(_Fire):
    bias = False


@misconception("The expand branches have no biases. All three layers have them here.")
class NoBiasInExpand(_Fire):
    def build(self, c_in, squeeze, expand1, expand3):
        super().build(c_in, squeeze, expand1, expand3)
        self.a = nn.Conv2d(squeeze, expand1, 1, bias=False)
        self.b = nn.Conv2d(squeeze, expand3, 3, padding=1, bias=False)


@misconception("The squeeze layer has no biases. All three layers have them here.")
class NoBiasInSqueeze(_Fire):
    def build(self, c_in, squeeze, expand1, expand3):
        super().build(c_in, squeeze, expand1, expand3)
        self.s = nn.Conv2d(c_in, squeeze, 1, bias=False)


@misconception("The squeeze layer has 3x3 filters. It has 1x1 filters: it mixes channels only, and is cheap.")
class SqueezeOfThree(_Fire):
    def build(self, c_in, squeeze, expand1, expand3):
        super().build(c_in, squeeze, expand1, expand3)
        self.s = nn.Conv2d(c_in, squeeze, 3, padding=1)


@misconception("Both expand branches have 3x3 filters. One of them has 1x1 filters.")
class BothBranchesOfThree(_Fire):
    def build(self, c_in, squeeze, expand1, expand3):
        super().build(c_in, squeeze, expand1, expand3)
        self.a = nn.Conv2d(squeeze, expand1, 3, padding=1)


@misconception("Both expand branches have 1x1 filters. One of them has 3x3 filters.")
class BothBranchesOfOne(_Fire):
    def build(self, c_in, squeeze, expand1, expand3):
        super().build(c_in, squeeze, expand1, expand3)
        self.b = nn.Conv2d(squeeze, expand3, 1)


@misconception("One branch has 5x5 filters. The fire module has 1x1 and 3x3 filters.")
class BranchOfFive(_Fire):
    def build(self, c_in, squeeze, expand1, expand3):
        super().build(c_in, squeeze, expand1, expand3)
        self.b = nn.Conv2d(squeeze, expand3, 5, padding=2)


@misconception(
    "The numbers of filters of the two branches are swapped: expand1 is that of the 1x1 branch, expand3 that of the 3x3 branch."
)
class NumbersOfTheBranchesSwapped(_Fire):
    def build(self, c_in, squeeze, expand1, expand3):
        super().build(c_in, squeeze, expand3, expand1)


@misconception(
    "The numbers of the squeeze layer and of the 1x1 branch are swapped: `squeeze` filters come first, and both branches see their output."
)
class SqueezeAndBranchOneSwapped(_Fire):
    def build(self, c_in, squeeze, expand1, expand3):
        super().build(c_in, expand1, squeeze, expand3)


@misconception("The biases of the 1x1 branch are missing. All three layers have them here.")
class NoBiasInBranchOne(_Fire):
    def build(self, c_in, squeeze, expand1, expand3):
        super().build(c_in, squeeze, expand1, expand3)
        self.a = nn.Conv2d(squeeze, expand1, 1, bias=False)


@misconception("The biases of the 3x3 branch are missing. All three layers have them here.")
class NoBiasInBranchThree(_Fire):
    def build(self, c_in, squeeze, expand1, expand3):
        super().build(c_in, squeeze, expand1, expand3)
        self.b = nn.Conv2d(squeeze, expand3, 3, padding=1, bias=False)


@misconception(
    "Your parameters take no gradient (requires_grad is False). A module that is trained needs it."
)
class Frozen(_Fire):
    def build(self, c_in, squeeze, expand1, expand3):
        super().build(c_in, squeeze, expand1, expand3)
        self.requires_grad_(False)


@misconception("The outputs are flattened at the end. The result has the shape (N, expand1 + expand3, H, W).")
class FlattenedAtTheEnd(_Fire):
    def forward(self, x):
        return super().forward(x).flatten(1)


@misconception("The branches are swapped: expand1 is the number of 1x1 filters, expand3 that of 3x3 filters.")
class BranchesSwapped(_Fire):
    def build(self, c_in, squeeze, expand1, expand3):
        super().build(c_in, squeeze, expand1, expand3)
        self.a = nn.Conv2d(squeeze, expand1, 3, padding=1)
        self.b = nn.Conv2d(squeeze, expand3, 1)


@misconception(
    "The 3x3 branch sees the module's input. Both expand branches see the squeeze layer's output: that is what makes the module cheap."
)
class BranchThreeFromTheInput(_Fire):
    def build(self, c_in, squeeze, expand1, expand3):
        super().build(c_in, squeeze, expand1, expand3)
        self.b = nn.Conv2d(c_in, expand3, 3, padding=1)

    def forward(self, x):
        return _cat(F.relu(self.a(F.relu(self.s(x)))), F.relu(self.b(x)))


@misconception("The 1x1 branch sees the module's input. Both expand branches see the squeeze layer's output.")
class BranchOneFromTheInput(_Fire):
    def build(self, c_in, squeeze, expand1, expand3):
        super().build(c_in, squeeze, expand1, expand3)
        self.a = nn.Conv2d(c_in, expand1, 1)

    def forward(self, x):
        return _cat(F.relu(self.a(x)), F.relu(self.b(F.relu(self.s(x)))))


@misconception(
    "Both expand branches see the module's input, and the squeeze layer is not used. They see the squeeze layer's output."
)
class BothBranchesFromTheInput(_Fire):
    def build(self, c_in, squeeze, expand1, expand3):
        super().build(c_in, squeeze, expand1, expand3)
        self.a = nn.Conv2d(c_in, expand1, 1)
        self.b = nn.Conv2d(c_in, expand3, 3, padding=1)

    def forward(self, x):
        return _cat(F.relu(self.a(x)), F.relu(self.b(x)))


@misconception(
    "The 3x3 branch sees the 1x1 branch's output. The two stand side by side: both see the squeeze layer's output."
)
class BranchesInARow(_Fire):
    def build(self, c_in, squeeze, expand1, expand3):
        super().build(c_in, squeeze, expand1, expand3)
        self.b = nn.Conv2d(expand1, expand3, 3, padding=1)

    def forward(self, x):
        a = F.relu(self.a(F.relu(self.s(x))))
        return _cat(a, F.relu(self.b(a)))


@misconception(
    "The branches stand one behind the other, and only the last one's output comes out. Both see the squeeze layer's output, and are concatenated."
)
class OneAfterTheOther(_Fire):
    def build(self, c_in, squeeze, expand1, expand3):
        super().build(c_in, squeeze, expand1, expand3)
        self.b = nn.Conv2d(expand1, expand3, 3, padding=1)

    def forward(self, x):
        return F.relu(self.b(F.relu(self.a(F.relu(self.s(x))))))


@misconception(
    "Your module is one regular 3x3 layer. The fire module replaces it by a squeeze layer and two branches."
)
class OneRegularLayer(_Fire):
    def build(self, c_in, squeeze, expand1, expand3):
        self.a = nn.Conv2d(c_in, expand1 + expand3, 3, padding=1)

    def forward(self, x):
        return F.relu(self.a(x))


@misconception(
    "The expand part is one 3x3 layer for all output channels. It has two branches: expand1 filters of 1x1, expand3 of 3x3."
)
class OneExpandLayer(_Fire):
    def build(self, c_in, squeeze, expand1, expand3):
        self.s = nn.Conv2d(c_in, squeeze, 1)
        self.a = nn.Conv2d(squeeze, expand1 + expand3, 3, padding=1)

    def forward(self, x):
        return F.relu(self.a(F.relu(self.s(x))))


@misconception(
    "The 3x3 branch is a depthwise layer: each of its filters sees one channel. Here each sees all channels of the squeeze layer."
)
class DepthwiseBranch(_Fire):
    def build(self, c_in, squeeze, expand1, expand3):
        super().build(c_in, squeeze, expand1, expand3)
        self.b = nn.Sequential(
            nn.Conv2d(squeeze, squeeze, 3, padding=1, groups=squeeze), nn.Conv2d(squeeze, expand3, 1)
        )


@misconception(
    "The 3x3 branch has groups: each of its filters sees one channel. Here each sees all channels of the squeeze layer."
)
class GroupedBranch(_Fire):
    def build(self, c_in, squeeze, expand1, expand3):
        super().build(c_in, squeeze, expand1, expand3)
        self.b = nn.Conv2d(squeeze, expand3, 3, padding=1, groups=squeeze)


@misconception("There is instance normalization in the module. SqueezeNet's fire module has none.")
class InstanceNormAfterSqueeze(_Fire):
    def forward(self, x):
        s = F.relu(F.instance_norm(self.s(x)))
        return _cat(F.relu(self.a(s)), F.relu(self.b(s)))


@misconception("There is batch normalization in the module. SqueezeNet's fire module has none.")
class BatchNormAfterEachLayer(_Fire):
    def build(self, c_in, squeeze, expand1, expand3):
        super().build(c_in, squeeze, expand1, expand3)
        self.s = nn.Sequential(self.s, nn.BatchNorm2d(squeeze))
        self.a = nn.Sequential(self.a, nn.BatchNorm2d(expand1))
        self.b = nn.Sequential(self.b, nn.BatchNorm2d(expand3))


@misconception("There is batch normalization after the squeeze layer. SqueezeNet's fire module has none.")
class BatchNormAfterSqueeze(_Fire):
    def build(self, c_in, squeeze, expand1, expand3):
        super().build(c_in, squeeze, expand1, expand3)
        self.s = nn.Sequential(self.s, nn.BatchNorm2d(squeeze))


@misconception("There is batch normalization at the end. SqueezeNet's fire module has none.")
class BatchNormAtTheEnd(_Fire):
    def build(self, c_in, squeeze, expand1, expand3):
        super().build(c_in, squeeze, expand1, expand3)
        self.n = nn.BatchNorm2d(expand1 + expand3)

    def forward(self, x):
        s = F.relu(self.s(x))
        return self.n(_cat(F.relu(self.a(s)), F.relu(self.b(s))))


@misconception("Your layers have stride 2. Maps keep their size H x W.")
class Strided(_Fire):
    def build(self, c_in, squeeze, expand1, expand3):
        super().build(c_in, squeeze, expand1, expand3)
        self.s = nn.Conv2d(c_in, squeeze, 1, stride=2)


@misconception("The expand branches have stride 2. Maps keep their size H x W.")
class BranchesStrided(_Fire):
    def build(self, c_in, squeeze, expand1, expand3):
        super().build(c_in, squeeze, expand1, expand3)
        self.a = nn.Conv2d(squeeze, expand1, 1, stride=2)
        self.b = nn.Conv2d(squeeze, expand3, 3, stride=2, padding=1)


@misconception("The 3x3 branch is dilated: its filters look two steps away. They look at direct neighbors.")
class Dilated(_Fire):
    def build(self, c_in, squeeze, expand1, expand3):
        super().build(c_in, squeeze, expand1, expand3)
        self.b = nn.Conv2d(squeeze, expand3, 3, padding=2, dilation=2)


@misconception(
    "There is a shortcut around the module. The plain fire module has none (SqueezeNet with bypass adds it outside)."
)
class ShortcutAdded(_Fire):
    def build(self, c_in, squeeze, expand1, expand3):
        super().build(c_in, squeeze, expand1, expand3)
        self.c = nn.Conv2d(c_in, expand1 + expand3, 1)

    def forward(self, x):
        return super().forward(x) + self.c(x)


@misconception(
    "The input is added to the output where the shapes allow it, as in a residual network. The fire module has no shortcut."
)
class ShortcutWhereItFits(_Fire):
    def forward(self, x):
        y = super().forward(x)
        return x + y if x.shape == y.shape else y


@misconception(
    "PyTorch finds no parameters in your module: its layers are in a plain list or dict, in variables without self, or are made anew in forward. Make them attributes in __init__, or use nn.ModuleList."
)
class LayersInAPlainList(_Fire):
    def build(self, c_in, squeeze, expand1, expand3):
        self.layers = [
            nn.Conv2d(c_in, squeeze, 1),
            nn.Conv2d(squeeze, expand1, 1),
            nn.Conv2d(squeeze, expand3, 3, padding=1),
        ]

    def forward(self, x):
        s = F.relu(self.layers[0](x))
        return _cat(F.relu(self.layers[1](s)), F.relu(self.layers[2](s)))


@misconception(
    "The squeeze layer has c_in channels, so that nothing is squeezed. It leads from c_in to `squeeze` channels."
)
class FewChannelsInTheMiddle(_Fire):
    def build(self, c_in, squeeze, expand1, expand3):
        self.s = nn.Conv2d(c_in, c_in, 1)
        self.a = nn.Conv2d(c_in, expand1, 1)
        self.b = nn.Conv2d(c_in, expand3, 3, padding=1)


@misconception("Two things: all layers have biases, and a ReLU comes after each of them.")
class NoBiasNoRelu(_Fire):
    def build(self, c_in, squeeze, expand1, expand3):
        super().build(c_in, squeeze, expand1, expand3)
        self.s = nn.Conv2d(c_in, squeeze, 1, bias=False)
        self.a = nn.Conv2d(squeeze, expand1, 1, bias=False)
        self.b = nn.Conv2d(squeeze, expand3, 3, padding=1, bias=False)

    def forward(self, x):
        s = self.s(x)
        return _cat(self.a(s), self.b(s))


@misconception("Two things: all layers have biases, and the 1x1 branch comes first.")
class NoBiasOtherOrder(_Fire):
    def build(self, c_in, squeeze, expand1, expand3):
        super().build(c_in, squeeze, expand1, expand3)
        self.s = nn.Conv2d(c_in, squeeze, 1, bias=False)
        self.a = nn.Conv2d(squeeze, expand1, 1, bias=False)
        self.b = nn.Conv2d(squeeze, expand3, 3, padding=1, bias=False)

    def forward(self, x):
        s = F.relu(self.s(x))
        return _cat(F.relu(self.b(s)), F.relu(self.a(s)))


@misconception("Two things: a ReLU comes after the squeeze layer, and the 1x1 branch comes first.")
class OtherOrderNoReluAfterSqueeze(_Fire):
    def forward(self, x):
        s = self.s(x)
        return _cat(F.relu(self.b(s)), F.relu(self.a(s)))


@misconception("Two things: ReLUs come after the expand branches as well, and the 1x1 branch comes first.")
class ReluOfSqueezeAloneAndOtherOrder(_Fire):
    def forward(self, x):
        s = F.relu(self.s(x))
        return _cat(self.b(s), self.a(s))
