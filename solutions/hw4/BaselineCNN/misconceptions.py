"""Wrong solutions of `BaselineCNN`, each with the sentence that a student whose answer equals it should read."""

import torch
import torch.nn.functional as F
from torch import nn

from homework.judge import misconception


class _Baseline(nn.Module):
    """The right thing, in steps that the classes below replace."""

    sizes = (3, 32, 32, 64, 64, 128, 128, 128, 128)
    features = 512
    rate = 0.25
    dropped = (2, 4, 6)  # after the poolings of these layers
    kernel_size, padding, bias = 3, 1, True
    norm = False

    def __init__(self):
        super().__init__()
        pairs = zip(self.sizes, self.sizes[1:], strict=False)
        self.convs = nn.ModuleList(
            nn.Conv2d(a, b, self.kernel_size, padding=self.padding, bias=self.bias) for a, b in pairs
        )
        self.norms = nn.ModuleList(nn.BatchNorm2d(n) if self.norm else nn.Identity() for n in self.sizes[1:])
        self.build_head()

    def build_head(self):
        self.linears = nn.ModuleList([nn.Linear(self.features, 256), nn.Linear(256, 128), nn.Linear(128, 10)])

    def activation(self, x):
        return F.relu(x)

    def layers(self):
        return self.convs

    def convolved(self, conv, x):
        return conv(x)

    def after(self, x, number):
        return self.activation(x)

    def pool(self, x, number):
        return F.max_pool2d(x, 2)

    def drop(self, x):
        return F.dropout(x, self.rate, self.training)

    def hidden(self, x):
        return self.drop(F.relu(x))

    def last(self, x):
        return x

    def forward(self, x):
        for number, (conv, norm) in enumerate(zip(self.layers(), self.norms, strict=True), 1):
            x = x if conv is None else self.after(norm(self.convolved(conv, x)), number)
            if number % 2 == 0:
                x = self.pool(x, number)
                x = self.drop(x) if number in self.dropped else x
        x = x.flatten(1)
        for layer in self.linears[:-1]:
            x = self.hidden(layer(x))
        return self.last(self.linears[-1](x))


@misconception(
    "Your network ends with a softmax. Return logits: the loss, cross-entropy, has the softmax in it, and with two of them training is slow."
)
class SoftmaxAtTheEnd(_Baseline):
    def last(self, x):
        return x.softmax(1)


@misconception("Your network ends with a log-softmax. Return logits.")
class LogSoftmaxAtTheEnd(_Baseline):
    def last(self, x):
        return x.log_softmax(1)


@misconception(
    "There is a ReLU after the last layer. It cuts off negative logits; leave the last layer as it is."
)
class ReluAtTheEnd(_Baseline):
    def last(self, x):
        return F.relu(x)


@misconception(
    "The ReLUs after the hidden linear layers are missing. Without them three linear layers are as good as one."
)
class NoReluOfHiddenLayers(_Baseline):
    def hidden(self, x):
        return self.drop(x)


@misconception("The ReLUs after the convolutions are missing.")
class NoReluOfConvolutions(_Baseline):
    def activation(self, x):
        return x


@misconception("Your poolings take the average. The table says max pooling.")
class AveragePooling(_Baseline):
    def pool(self, x, number):
        return F.avg_pool2d(x, 2)


@misconception(
    "The fourth pooling is missing, so that the first linear layer reads 2,048 values instead of 512."
)
class ThreePoolings(_Baseline):
    features = 2048

    def pool(self, x, number):
        return F.max_pool2d(x, 2) if number < 8 else x


@misconception(
    "Global pooling stands before the linear layers: the first one reads 128 values. In the baseline maps of 2 x 2 are flattened."
)
class PooledToOnePlace(_Baseline):
    features = 128

    def pool(self, x, number):
        return F.max_pool2d(x, 2) if number < 8 else F.adaptive_max_pool2d(x, 1)


@misconception("The convolutions are not padded: maps shrink at each layer. `padding=1` keeps their size.")
class NotPadded(_Baseline):
    padding = 0
    features = 128

    def pool(self, x, number):
        return F.max_pool2d(x, 2) if number < 6 else F.adaptive_max_pool2d(x, 5 if number < 8 else 1)


@misconception("Dropout of 50 % is too much: the table says 25 %.")
class HalfDropped(_Baseline):
    rate = 0.5


@misconception(
    "There is no dropout that sets values to zero. The table has it after the first three poolings and after both hidden linear layers."
)
class NoDropout(_Baseline):
    def drop(self, x):
        return x


@misconception(
    "Dropout works in evaluation mode, too. Use `nn.Dropout`, or give `F.dropout` the argument `training=self.training`."
)
class AlwaysDropped(_Baseline):
    def drop(self, x):
        return F.dropout(x, self.rate)


@misconception("There is dropout after the fourth pooling. The table has it after the first three.")
class DroppedAfterTheFourthPooling(_Baseline):
    dropped = (2, 4, 6, 8)


@misconception("Dropout after the hidden linear layers is missing.")
class NoDropoutOfHiddenLayers(_Baseline):
    def hidden(self, x):
        return F.relu(x)


@misconception(
    "Dropout after the poolings is missing. (Before a pooling it does little: the largest of four values is rarely dropped.)"
)
class NoDropoutAfterPoolings(_Baseline):
    dropped = ()


@misconception("There is batch normalization. The baseline has none.")
class WithBatchNorm(_Baseline):
    norm = True


@misconception("The convolutions have no biases. A Conv Block is a convolution with a bias and a ReLU.")
class WithoutBiases(_Baseline):
    bias = False


@misconception("The kernels have 5 x 5 weights. The table says 3 x 3.")
class FiveByFive(_Baseline):
    kernel_size, padding = 5, 2


@misconception("The last two convolutions have 256 channels. The table says 128.")
class WiderAtTheEnd(_Baseline):
    sizes = (3, 32, 32, 64, 64, 128, 128, 256, 256)
    features = 1024


@misconception("The hidden linear layer of 128 outputs is missing.")
class OneHiddenLayer(_Baseline):
    def build_head(self):
        self.linears = nn.ModuleList([nn.Linear(512, 256), nn.Linear(256, 10)])


@misconception("The activations are sigmoids. A Conv Block ends with a ReLU.")
class Sigmoids(_Baseline):
    def activation(self, x):
        return torch.sigmoid(x)


@misconception("Your network ends with a sigmoid. Return logits.")
class SigmoidAtTheEnd(_Baseline):
    def last(self, x):
        return torch.sigmoid(x)


@misconception(
    "Your network returns the number of the class. Return the ten logits: training and grading need them."
)
class ClassesReturned(_Baseline):
    def last(self, x):
        return x.argmax(1)


@misconception("There is dropout after the last layer. Logits are not dropped.")
class DroppedLogits(_Baseline):
    def last(self, x):
        return self.drop(x)


@misconception(
    "The ReLU after the second convolution of each pair is missing. Each Conv Block ends with one."
)
class NoReluBeforePoolings(_Baseline):
    def after(self, x, number):
        return F.relu(x) if number % 2 else x


@misconception("The ReLU after the first convolution of each pair is missing. Each Conv Block ends with one.")
class NoReluBetweenConvolutions(_Baseline):
    def after(self, x, number):
        return x if number % 2 else F.relu(x)


@misconception("The ReLU after the last convolution is missing. Each Conv Block ends with one.")
class NoReluAfterTheLastConvolution(_Baseline):
    def after(self, x, number):
        return x if number == 8 else F.relu(x)


class _OtherActivation(_Baseline):
    def activation(self, x):
        return self.other(x)

    def hidden(self, x):
        return self.drop(self.other(x))


@misconception("The activations are leaky: small negative values pass. The table says ReLU.")
class LeakyActivations(_OtherActivation):
    def other(self, x):
        return F.leaky_relu(x)


@misconception("The activations are tanh. The table says ReLU.")
class TanhActivations(_OtherActivation):
    def other(self, x):
        return torch.tanh(x)


@misconception("The activations are GELU. The table says ReLU.")
class GeluActivations(_OtherActivation):
    def other(self, x):
        return F.gelu(x)


@misconception("The activations are ELU. The table says ReLU.")
class EluActivations(_OtherActivation):
    def other(self, x):
        return F.elu(x)


@misconception("The activations are SiLU. The table says ReLU.")
class SiluActivations(_OtherActivation):
    def other(self, x):
        return F.silu(x)


@misconception(
    "There is dropout after Conv Blocks, between the two of a pair. The table has it after the first three poolings."
)
class DroppedBetweenConvolutions(_Baseline):
    def after(self, x, number):
        return self.drop(F.relu(x)) if number % 2 else F.relu(x)


@misconception("Whole maps are dropped (`Dropout2d`). The text asks for single values: `nn.Dropout`.")
class MapsDropped(_Baseline):
    def drop(self, x):
        return F.dropout2d(x, 0.25, self.training) if x.ndim == 4 else F.dropout(x, 0.25, self.training)


@misconception(
    "Dropout works in evaluation mode, too, and of half of the values: `F.dropout` does so by default. Give it `p=0.25` and `training=self.training`."
)
class AlwaysHalfDropped(_Baseline):
    def drop(self, x):
        return F.dropout(x)


@misconception(
    "Dropout of 75 %: `p` is the share that is dropped, not the share that stays. The table says 25 %."
)
class MostDropped(_Baseline):
    rate = 0.75


@misconception(
    "The average of each map goes into the linear layers: the first one reads 128 values. In the baseline maps of 2 x 2 are flattened."
)
class AveragedToOnePlace(_Baseline):
    features = 128

    def pool(self, x, number):
        return F.max_pool2d(x, 2) if number < 8 else F.adaptive_avg_pool2d(x, 1)


@misconception(
    "Every second convolution has stride 2, and there is no pooling. The table has stride 1 and max pooling."
)
class StridesInsteadOfPooling(_Baseline):
    def __init__(self):
        super().__init__()
        for conv in self.convs[1::2]:
            conv.stride = (2, 2)

    def pool(self, x, number):
        return x


@misconception("The pooling stands between the two convolutions of a pair. It comes after both.")
class PooledBetweenConvolutions(_Baseline):
    def after(self, x, number):
        return F.max_pool2d(F.relu(x), 2) if number % 2 else F.relu(x)

    def pool(self, x, number):
        return x


@misconception("The input of a convolution is added to its output. The baseline has no such shortcuts.")
class WithShortcuts(_Baseline):
    def convolved(self, conv, x):
        y = conv(x)
        return y + x if y.shape == x.shape else y


@misconception("A convolution is used twice, and another one never. Each of the eight has its own place.")
class OneConvolutionTwice(_Baseline):
    def layers(self):
        return [*self.convs[:7], self.convs[6]]


@misconception("One of the eight convolutions is there, but is not called in `forward`.")
class OneConvolutionUnused(_Baseline):
    def layers(self):
        return [*self.convs[:6], self.convs[7], None]


@misconception("Poolings of 3 x 3 overlap. The table says 2 x 2.")
class OverlappingPoolings(_Baseline):
    def pool(self, x, number):
        return F.max_pool2d(x, 3, 2, 1)


@misconception("The linear layers have no biases. Fully connected layers have them here.")
class LinearWithoutBiases(_Baseline):
    def build_head(self):
        shapes = ((512, 256), (256, 128), (128, 10))
        self.linears = nn.ModuleList(nn.Linear(a, b, bias=False) for a, b in shapes)


@misconception("Only the first pooling is followed by dropout. The first three are.")
class DroppedAfterTheFirstPooling(_Baseline):
    dropped = (2,)


@misconception("Only one of the two hidden linear layers is followed by dropout. Both are.")
class DroppedAfterOneHiddenLayer(_Baseline):
    def hidden(self, x):
        return self.drop(F.relu(x)) if x.shape[1] == 256 else F.relu(x)


@misconception(
    "The third and fourth pooling are one of 4 x 4 at the end. The table has 2 x 2 after each pair of Conv Blocks."
)
class PooledByFour(_Baseline):
    def pool(self, x, number):
        return x if number == 6 else F.max_pool2d(x, 4 if number == 8 else 2)


@misconception(
    "The input is flattened together with the batch, or pictures are mixed. Each picture is a row of its own: `flatten(1)`."
)
class PicturesMixed(_Baseline):
    def hidden(self, x):
        return self.drop(F.relu(x[:1].expand_as(x)))


@misconception(
    "Your network squeezes its output: for a single picture it has the shape (10,). Keep the batch: (1, 10)."
)
class Squeezed(_Baseline):
    def last(self, x):
        return x.squeeze()


@misconception(
    "The maps are padded by their own values (`padding_mode`). Pad with zeros, as convolutions do by default."
)
class PaddedByReflection(_Baseline):
    def __init__(self):
        super().__init__()
        for conv in self.convs:
            conv.padding_mode = "reflect"


@misconception("There is batch normalization, without parameters. The baseline has none.")
class NormWithoutParameters(_Baseline):
    def __init__(self):
        super().__init__()
        self.norms = nn.ModuleList(nn.BatchNorm2d(n, affine=False) for n in self.sizes[1:])


@misconception("The activations are ReLU6: they cut off what is above 6. The table says ReLU.")
class Relu6Activations(_OtherActivation):
    def other(self, x):
        return F.relu6(x)
