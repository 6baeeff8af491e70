"""Wrong solutions of `CompressedCNN`, each with the sentence that a student whose answer equals it should read."""

import torch.nn.functional as F
from torch import nn

from homework.judge import misconception

own = {"width": 0.16, "gap": True, "pointwise": True}
training_history = {
    "train_loss": [2.105, 1.513, 1.02, 0.75],
    "val_loss": [1.96, 1.28, 0.95, 0.81],
    "train_accuracy": [0.211, 0.456, 0.641, 0.739],
    "val_accuracy": [0.27, 0.55, 0.664, 0.72],
}


class _Compressed(nn.Module):
    """The right thing, in steps that the classes below replace."""

    def __init__(self, width=1.0, gap=False, pointwise=None):
        super().__init__()
        self.gap, self.pointwise = gap, pointwise
        self.convs, self.norms = nn.ModuleList(), nn.ModuleList()
        before = 3
        for channels in self.channels(width):
            for kernel_size in (3, 1 if pointwise else 3):
                self.convs.append(
                    nn.Conv2d(before, channels, kernel_size, padding=kernel_size // 2, bias=not pointwise)
                )
                self.norms.append(nn.BatchNorm2d(channels) if pointwise else nn.Identity())
                before = channels
        self.head = self.build_head(before)

    def channels(self, width):
        return [round(width * channels) for channels in (32, 64, 128, 128)]

    def build_head(self, before):
        if self.gap:
            return nn.Linear(before, 10)
        return nn.Sequential(
            *(nn.Linear(4 * before, 256), nn.ReLU(), nn.Dropout(0.25), nn.Linear(256, 128), nn.ReLU()),
            *(nn.Dropout(0.25), nn.Linear(128, 10)),
        )

    def pooled(self, x):
        return x.mean((2, 3))

    def forward(self, x):
        for number, (conv, norm) in enumerate(zip(self.convs, self.norms, strict=True), 1):
            x = F.relu(norm(conv(x)))
            if number % 2 == 0 and not (self.gap and number == 8):
                x = F.max_pool2d(x, 2)
        return self.head(self.pooled(x) if self.gap else x.flatten(1))


@misconception(
    "Before the last layer your step 3 takes the largest value of each map. Take the average: it lets all places of a map vote."
)
class max_pooling_at_the_end(_Compressed):
    def pooled(self, x):
        return x.amax((2, 3)) if self.pointwise else x.mean((2, 3))


@misconception(
    "Your step 3 has a hidden linear layer. After the average pooling there is only one linear layer, from the channels to the ten classes."
)
class hidden_layer_after_pooling(_Compressed):
    def build_head(self, before):
        if self.gap and self.pointwise:
            return nn.Sequential(nn.Linear(before, 32), nn.ReLU(), nn.Linear(32, 10))
        return super().build_head(before)


@misconception(
    "Your network is small, but it has lost too much: compression counts from an accuracy of 80 % on. Make it wider, or train it longer."
)
class too_narrow(_Compressed):
    def __init__(self, width=1.0, gap=False, pointwise=None):
        super().__init__(0.05 if pointwise else width, gap, pointwise)


@misconception("This is the baseline, not a smaller network. Hand in a network of your own: step 3.")
class baseline_untouched(_Compressed):
    def __init__(self, width=1.0, gap=False, pointwise=None):
        super().__init__(*((1.0, False, None) if pointwise else (width, gap, None)))


@misconception(
    "This is step 1. Hand in a network of your own, with fewer channels and convolutions of 1 x 1: step 3."
)
class step_one_alone(_Compressed):
    def __init__(self, width=1.0, gap=False, pointwise=None):
        super().__init__(*((1.0, True, None) if pointwise else (width, gap, None)))


@misconception("This is step 2. Hand in a network of your own, with convolutions of 1 x 1: step 3.")
class step_two_alone(_Compressed):
    def __init__(self, width=1.0, gap=False, pointwise=None):
        super().__init__(*((0.5, True, None) if pointwise else (width, gap, None)))


@misconception(
    "Your network ends with a softmax. Return logits: the loss, cross-entropy, has the softmax in it."
)
class softmax_at_the_end(_Compressed):
    def forward(self, x):
        x = super().forward(x)
        return x.softmax(1) if self.pointwise else x


@misconception(
    "The accuracy is near that of guessing: the weights in the file do not give your network's outputs. Was the file written before "
    "training, or from NumPy views (`np.ascontiguousarray` helps), or do you normalize pictures outside of the network?"
)
class saved_from_views(_Compressed):
    pass


@misconception(
    "The file has tensors of other names than your network. Save the network itself, `save_weights(model)`, not one that wraps it."
)
class other_names(_Compressed):
    pass


@misconception(
    "The averages of batch normalization are not in the file. They are buffers: save the whole `state_dict`, as `save_weights` does."
)
class averages_missing(_Compressed):
    pass


@misconception(
    "The shapes in the file are not those of your network: `own` describes another one than you saved. Set `own` to the arguments that you trained with."
)
class other_width(_Compressed):
    def __init__(self, width=1.0, gap=False, pointwise=None):
        super().__init__(0.25 if pointwise else width, gap, pointwise)


@misconception("`width` changes nothing in your network. Multiply the channels of all convolutions by it.")
class width_ignored(_Compressed):
    def channels(self, width):
        return [32, 64, 128, 128] if not self.pointwise else super().channels(width)


@misconception(
    "With `gap=True` the hidden linear layers are still there. After the average pooling there is one linear layer, from 128 values to 10."
)
class hidden_layers_kept(_Compressed):
    def build_head(self, before):
        if self.gap and not self.pointwise:
            return nn.Sequential(
                nn.Linear(before, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10)
            )
        return super().build_head(before)


@misconception(
    "With `gap=True` your network flattens the last maps. The average of each map is one value: 128 of them."
)
class flattened_instead(_Compressed):
    def build_head(self, before):
        return nn.Linear(16 * before, 10) if self.gap and not self.pointwise else super().build_head(before)

    def pooled(self, x):
        return x.mean((2, 3)) if self.pointwise else x.flatten(1)


@misconception(
    "With `width` only the first convolution of each pair becomes narrower. Multiply the channels of both."
)
class half_of_the_layers(_Compressed):
    def __init__(self, width=1.0, gap=False, pointwise=None):
        super().__init__(width, gap, pointwise)
        if not pointwise:
            before = 3
            for number, channels in enumerate((32, 64, 128, 128)):
                narrow = round(width * channels)
                self.convs[2 * number] = nn.Conv2d(before, narrow, 3, padding=1)
                self.convs[2 * number + 1] = nn.Conv2d(narrow, channels, 3, padding=1)
                before = channels
            self.head = self.build_head(before)


class _OtherSteps(_Compressed):
    """Of the steps, without `pointwise`; the student's own network is right."""

    def __init__(self, width=1.0, gap=False, pointwise=None):
        super().__init__(width, gap, pointwise)
        if gap and not pointwise:
            self.change(width)

    def change(self, width):
        raise NotImplementedError

    def each(self, build):
        """Replace each convolution by what `build` makes of its number and channels."""
        for number, conv in enumerate(self.convs):
            self.convs[number] = build(number, conv.in_channels, conv.out_channels)


@misconception("`gap` changes nothing in your network: it has the three linear layers all the same.")
class gap_ignored(_OtherSteps):
    def change(self, width):
        before = self.convs[-1].out_channels
        self.gap = False
        self.head = self.build_head(before)


@misconception(
    "With `gap=True` each of the last maps is pooled to 2 x 2 values. Global average pooling leaves one value of each: 128 of them."
)
class pooled_to_four(_OtherSteps):
    def change(self, width):
        self.head = nn.Linear(4 * self.convs[-1].out_channels, 10)

    def pooled(self, x):
        return x.mean((2, 3)) if self.pointwise else F.adaptive_avg_pool2d(x, 2).flatten(1)


@misconception(
    "The convolutions of your steps have no biases. Those of the baseline have them, and steps 1 and 2 keep them."
)
class steps_without_biases(_OtherSteps):
    def change(self, width):
        self.each(lambda _, a, b: nn.Conv2d(a, b, 3, padding=1, bias=False))


@misconception(
    "Steps 1 and 2 have batch normalization in your network. The baseline has none; it is for step 3."
)
class steps_with_batch_norm(_OtherSteps):
    def change(self, width):
        self.norms = nn.ModuleList(nn.BatchNorm2d(conv.out_channels) for conv in self.convs)


@misconception(
    "Steps 1 and 2 have convolutions of 1 x 1 in your network. With `pointwise=None` there are none: all are 3 x 3."
)
class steps_with_pointwise(_OtherSteps):
    def change(self, width):
        self.each(lambda n, a, b: nn.Conv2d(a, b, 1 if n % 2 else 3, padding=0 if n % 2 else 1))


@misconception(
    "The channels are multiplied by `width` twice. With 0.5 a layer has half of them, not a quarter."
)
class width_squared(_Compressed):
    def channels(self, width):
        return super().channels(width if self.pointwise else width**2)


@misconception("With `width` the last convolutions keep their 128 channels. Multiply those of all eight.")
class last_layers_wide(_Compressed):
    def channels(self, width):
        narrow = super().channels(width)
        return narrow if self.pointwise else [*narrow[:3], 128]


@misconception("A pooling is missing with `gap=True`: there are three before the global average pooling.")
class one_pooling_less(_Compressed):
    def forward(self, x):
        missing = self.gap and not self.pointwise
        for number, (conv, norm) in enumerate(zip(self.convs, self.norms, strict=True), 1):
            x = F.relu(norm(conv(x)))
            if number % 2 == 0 and not (self.gap and number == 8) and not (missing and number == 6):
                x = F.max_pool2d(x, 2)
        return self.head(self.pooled(x) if self.gap else x.flatten(1))


@misconception("`gap=True` is right, but the linear layer of your steps has no bias. It has ten.")
class linear_without_bias(_OtherSteps):
    def change(self, width):
        self.head = nn.Linear(self.convs[-1].out_channels, 10, bias=False)


@misconception(
    "The hidden linear layer of 256 outputs is still there with `gap=True`. There is one linear layer, from 128 values to 10."
)
class one_hidden_layer_kept(_OtherSteps):
    def change(self, width):
        self.head = nn.Sequential(nn.Linear(self.convs[-1].out_channels, 256), nn.ReLU(), nn.Linear(256, 10))


class _OtherWidths(_Compressed):
    """Of the steps, without `pointwise`, convolutions with other channels."""

    def all_channels(self, width):
        raise NotImplementedError

    def __init__(self, width=1.0, gap=False, pointwise=None):
        super().__init__(width, gap, pointwise)
        if not pointwise:
            sizes = [3, *self.all_channels(width)]
            self.each(lambda number: nn.Conv2d(sizes[number], sizes[number + 1], 3, padding=1))
            self.head = self.build_head(sizes[-1])

    def each(self, build):
        for number in range(len(self.convs)):
            self.convs[number] = build(number)


@misconception("With `width` the first convolution keeps its 32 channels. Multiply those of all eight.")
class first_layer_wide(_OtherWidths):
    def all_channels(self, width):
        return [32, *(round(width * n) for n in (32, 64, 64, 128, 128, 128, 128))]


@misconception("With `width` the last convolution keeps its 128 channels. Multiply those of all eight.")
class last_layer_wide(_OtherWidths):
    def all_channels(self, width):
        return [*(round(width * n) for n in (32, 32, 64, 64, 128, 128, 128)), 128]


@misconception(
    "`width` is the factor for the channels: with 0.5 a layer has half of them, and a quarter of the weights. Yours multiplies them by its square root."
)
class width_of_weights(_OtherWidths):
    def all_channels(self, width):
        return [int(width**0.5 * n) for n in (32, 32, 64, 64, 128, 128, 128, 128)]


@misconception(
    "With `width` only the second convolution of each pair becomes narrower. Multiply the channels of both."
)
class second_of_each_pair(_OtherWidths):
    def all_channels(self, width):
        return [
            round(n * (width if at % 2 else 1)) for at, n in enumerate((32, 32, 64, 64, 128, 128, 128, 128))
        ]
