"""Wrong solutions of `cost_table`, each with the sentence that a student whose answer equals it should read.

Most change one thing of the reference: its list of layers (of each the inputs that one output value is computed from, and
the output channels), or how a quantity is summed over them. A slip made for one kind alone is named after the same slip
made for all.
"""

import numpy as np

from homework.judge import misconception


def _layers(kind, c_in, c_out, kernel_size, t):
    hidden = t * c_in
    return {
        "regular": [(c_in * kernel_size**2, c_out)],
        "depthwise": [(kernel_size**2, c_in)],
        "pointwise": [(c_in, c_out)],
        "separable": [(kernel_size**2, c_in), (c_in, c_out)],
        "inverted": [(c_in, hidden), (kernel_size**2, hidden), (hidden, c_out)],
    }[kind]


def _outputs(layers, H, W):
    return H * W * sum(channels for _, channels in layers)


def _costs(layers, H, W, parameters=None, macs=None, memory=None):
    """The three quantities of `layers`; those given are wrong ones. Memory accesses follow from the MACs."""
    if parameters is None:
        parameters = sum((inputs + 1) * channels for inputs, channels in layers)
    if macs is None:
        macs = H * W * sum(inputs * channels for inputs, channels in layers)
    if memory is None:
        memory = 2 * macs + _outputs(layers, H, W)
    return parameters, macs, memory


def _weights(layers):
    return sum(inputs * channels for inputs, channels in layers)


def _fed(kind, layers, H, W, c_in):
    """How many values all layers together get as input."""
    return H * W * (c_in + sum(channels for _, channels in layers[:-1]))


# ------------------------------------------------------------------------------ parameters


@misconception(
    "Your parameters are the weights alone. Every layer here has biases too: one for each output channel, in each layer of a block."
)
def no_bias(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    return _costs(layers, H, W, parameters=_weights(layers))


@misconception(
    "You counted a single bias for a whole layer. Each output channel has a bias of its own, so a layer has as many as output channels."
)
def one_bias_a_layer(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    return _costs(layers, H, W, parameters=_weights(layers) + len(layers))


@misconception(
    "You counted the biases of one layer of the block only, the last. Each of its layers adds a bias to each of its own output channels: the depthwise one, and an expansion, have biases too."
)
def biases_of_the_last_layer_only(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    return _costs(layers, H, W, parameters=_weights(layers) + layers[-1][1])


@misconception(
    "You left out the biases of the block's last layer. A pointwise convolution has biases like any other, one for each output channel; what a linear bottleneck lacks is the activation."
)
def last_layer_without_bias(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    biases = sum(channels for _, channels in layers[:-1]) or layers[-1][1]
    return _costs(layers, H, W, parameters=_weights(layers) + biases)


@misconception(
    "You counted a bias for each input channel. A bias is added to an output value, so a layer has one for each output channel."
)
def biases_of_input_channels(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    biases = c_in + sum(channels for _, channels in layers[:-1])
    return _costs(layers, H, W, parameters=_weights(layers) + biases)


@misconception(
    "You counted a bias for every k × k slice of a filter. A filter has one slice for each input channel, but all of them feed one sum, to which one bias is added."
)
def bias_for_every_slice(kind, H, W, c_in, c_out, kernel_size, t=4):
    parameters = 0
    for inputs, channels in _layers(kind, c_in, c_out, kernel_size, t):
        slices = inputs // kernel_size**2 if kind == "regular" else 1 if inputs == kernel_size**2 else inputs
        parameters += (inputs + slices) * channels
    return _costs(_layers(kind, c_in, c_out, kernel_size, t), H, W, parameters=parameters)


@misconception(
    "You counted two parameters for each output channel beside the weights, as batch norm has them (scale and shift). Here every layer has a plain bias: one for each output channel."
)
def batch_norm_for_bias(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    parameters = sum((inputs + 2) * channels for inputs, channels in layers)
    return _costs(layers, H, W, parameters=parameters)


@misconception(
    "You counted one depthwise kernel for all channels. Each channel is filtered by a kernel of its own: c_in kernels of k² weights (and a bias each)."
)
def one_depthwise_kernel_for_all(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    at = {"depthwise": 0, "separable": 0, "inverted": 1}.get(kind)
    shared = [(inputs, 1) if place == at else (inputs, n) for place, (inputs, n) in enumerate(layers)]
    return _costs(layers, H, W, parameters=sum((inputs + 1) * channels for inputs, channels in shared))


@misconception(
    "Your parameters grow with the size of the feature map. A convolution uses the same weights at every position, so H and W do not matter for its parameters."
)
def weights_of_every_position(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    return _costs(layers, H, W, parameters=H * W * sum((inputs + 1) * n for inputs, n in layers))


# ------------------------------------------------------------------------------ MACs


@misconception(
    "Your MACs are twice too many: those are FLOPs. Here a multiplication and the addition that follows it are one operation, a multiply-add (MAC)."
)
def flops_for_macs(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    return _costs(layers, H, W, macs=2 * H * W * _weights(layers))


@misconception(
    "Your MACs contain one more for each output value: the addition of the bias (as does parameters × positions). That is an addition without a multiplication, and the statement does not count it."
)
def bias_additions_as_macs(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    return _costs(layers, H, W, macs=H * W * _weights(layers) + _outputs(layers, H, W))


@misconception(
    "Your MACs are one too few for each output value: n products need only n - 1 additions, but MACs are counted by products. The first one is a multiply-add too, to a sum of zero."
)
def additions_counted(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    return _costs(layers, H, W, macs=H * W * _weights(layers) - _outputs(layers, H, W))


@misconception(
    "Your MACs are those of one position. All weights are used again at each of the H · W positions of the output."
)
def macs_of_one_position(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    return _costs(layers, H, W, macs=_weights(layers))


@misconception(
    "Your MACs are those of one filter. A layer has one filter for each output channel, and each of them works at every position."
)
def macs_of_one_filter(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    return _costs(layers, H, W, macs=H * W * sum(inputs for inputs, _ in layers))


@misconception(
    "You took H and W for the size of the input and let the kernel shrink it: (H - k + 1) × (W - k + 1) positions. The statement gives the size of the output, H × W; the input was padded."
)
def output_shrunk_by_the_kernel(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    shrinks = kind != "pointwise"
    rows, columns = (H - kernel_size + 1, W - kernel_size + 1) if shrinks else (H, W)
    return _costs(layers, rows, columns)


@misconception(
    "With an even kernel your output is larger than H × W: you padded k // 2 on both sides, which fits odd kernels only. The statement gives the size of the output, H × W, for every kernel."
)
def output_grown_by_even_kernels(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    more = 0 if kind == "pointwise" else 2 * (kernel_size // 2) - kernel_size + 1
    return _costs(layers, H + more, W + more)


# ------------------------------------------------------------------------------ memory accesses


@misconception(
    "Your memory accesses are reads only. Every output value is also written, once: in each layer H · W times its output channels."
)
def no_write(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    return _costs(layers, H, W, memory=2 * H * W * _weights(layers))


@misconception(
    "You counted a write for every MAC. The sum is kept until it is complete: each output value is written once, not once for each product."
)
def write_at_every_mac(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    return _costs(layers, H, W, memory=3 * H * W * _weights(layers))


@misconception(
    "You counted four accesses for every MAC, as if the sum were read and written each time. It is kept until it is complete: two reads for each MAC, and one write for each output value."
)
def sum_read_and_written_at_every_mac(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    return _costs(layers, H, W, memory=4 * H * W * _weights(layers))


@misconception("You counted one read for every MAC. A MAC reads two values: an input and a weight.")
def one_read_for_every_mac(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    return _costs(layers, H, W, memory=H * W * _weights(layers) + _outputs(layers, H, W))


@misconception(
    "You counted every input, weight and output once, as with a cache that holds them all. The statement assumes no cache: every MAC reads its input and its weight again."
)
def perfect_cache(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    memory = _fed(kind, layers, H, W, c_in) + _weights(layers) + _outputs(layers, H, W)
    return _costs(layers, H, W, memory=memory)


@misconception(
    "You counted every input, parameter and output once: that is the memory that they occupy. Accesses are asked for, without a cache: every MAC reads its input and its weight again, and biases are not counted."
)
def memory_occupied(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    parameters = sum((inputs + 1) * channels for inputs, channels in layers)
    memory = _fed(kind, layers, H, W, c_in) + parameters + _outputs(layers, H, W)
    return _costs(layers, H, W, memory=memory)


@misconception(
    "You counted the reading of every weight once. Without a cache it is read again at every position: one weight for every MAC."
)
def weights_read_once(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    memory = H * W * _weights(layers) + _weights(layers) + _outputs(layers, H, W)
    return _costs(layers, H, W, memory=memory)


@misconception(
    "You counted the reading of every input once. Without a cache it is read again by every MAC that needs it: by all windows that contain it, and for each output channel."
)
def inputs_read_once(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    memory = H * W * _weights(layers) + _fed(kind, layers, H, W, c_in) + _outputs(layers, H, W)
    return _costs(layers, H, W, memory=memory)


@misconception(
    "You counted the input of the layer or block once more, beside the reads of the MACs. These read every input value already: two reads for each MAC, and one write for each output value."
)
def input_read_once_more(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    memory = 2 * H * W * _weights(layers) + H * W * c_in + _outputs(layers, H, W)
    return _costs(layers, H, W, memory=memory)


@misconception(
    "You counted the input of every layer once more, beside the reads of the MACs. These read every input value already: two reads for each MAC, and one write for each output value."
)
def inputs_read_once_more(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    memory = 2 * H * W * _weights(layers) + _fed(kind, layers, H, W, c_in) + _outputs(layers, H, W)
    return _costs(layers, H, W, memory=memory)


@misconception(
    "You counted a read of the bias for every output value. The statement leaves the reads of biases out: two reads for each MAC, and one write for each output value."
)
def bias_reads_counted(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    return _costs(layers, H, W, memory=2 * H * W * _weights(layers) + 2 * _outputs(layers, H, W))


@misconception(
    "You counted bytes, four for each value. Accesses are asked for: one for each value that is read or written, whatever its size."
)
def bytes_for_accesses(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    return _costs(layers, H, W, memory=4 * (2 * H * W * _weights(layers) + _outputs(layers, H, W)))


@misconception(
    "You counted the writes of the block's last layer only. What a layer within the block computes is written too, so that the next layer can read it."
)
def inner_outputs_not_written(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    memory = 2 * H * W * _weights(layers) + _outputs(layers[-1:], H, W)
    return _costs(layers, H, W, memory=memory)


@misconception(
    "You let what passes from layer to layer within the block stay out of memory: neither written by one layer nor read by the next. The statement assumes no cache; each layer reads and writes like a layer on its own."
)
def block_fused(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    reads = H * W * (_weights(layers) + _weights(layers[:1]))
    return _costs(layers, H, W, memory=reads + _outputs(layers[-1:], H, W))


@misconception(
    "You counted c_out channels that a depthwise convolution writes. It has as many output channels as input channels: H · W · c_in values are written."
)
def depthwise_writes_output_channels(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    written = _outputs(layers, H, W)
    if kind in ("depthwise", "separable"):
        written += H * W * (c_out - c_in)
    return _costs(layers, H, W, memory=2 * H * W * _weights(layers) + written)


# ------------------------------------------------------------------------------ sizes


@misconception(
    "Your costs do not depend on c_out: c_in stands in both places. The table's formulas with one c hold only where input and output have the same number of channels."
)
def output_channels_ignored(kind, H, W, c_in, c_out, kernel_size, t=4):
    return _costs(_layers(kind, c_in, c_in, kernel_size, t), H, W)


@misconception(
    "Your costs do not depend on c_in: c_out stands in both places. Each filter is as deep as the layer's input has channels."
)
def input_channels_ignored(kind, H, W, c_in, c_out, kernel_size, t=4):
    return _costs(_layers(kind, c_out, c_out, kernel_size, t), H, W)


@misconception("You took the feature map for a square of side H. Its positions are H · W.")
def width_ignored(kind, H, W, c_in, c_out, kernel_size, t=4):
    return _costs(_layers(kind, c_in, c_out, kernel_size, t), H, H)


@misconception("You took the feature map for a square of side W. Its positions are H · W.")
def height_ignored(kind, H, W, c_in, c_out, kernel_size, t=4):
    return _costs(_layers(kind, c_in, c_out, kernel_size, t), W, W)


@misconception("Your kernel has k weights for each channel. It is k × k: kernel_size squared.")
def kernel_not_squared(kind, H, W, c_in, c_out, kernel_size, t=4):
    return _costs(_layers(kind, c_in, c_out, kernel_size**0.5, t), H, W)


@misconception(
    "Your kernel has 2k weights for each channel: kernel_size was doubled (`*`) where it should be squared (`**`)."
)
def kernel_doubled(kind, H, W, c_in, c_out, kernel_size, t=4):
    return _costs(_layers(kind, c_in, c_out, (2 * kernel_size) ** 0.5, t), H, W)


@misconception(
    "In Python `^` is the exclusive or of two numbers' bits: 3 ^ 2 is 1. The square of kernel_size is `kernel_size**2`."
)
def exclusive_or_for_power(kind, H, W, c_in, c_out, kernel_size, t=4):
    return _costs(_layers(kind, c_in, c_out, (kernel_size ^ 2) ** 0.5, t), H, W)


@misconception("Your kernel is always 3 × 3. Its size is an argument, kernel_size.")
def kernel_size_ignored(kind, H, W, c_in, c_out, kernel_size, t=4):
    return _costs(_layers(kind, c_in, c_out, 3, t), H, W)


@misconception(
    "Your expansion is always fourfold. 4 is only the default of t: use the argument, whatever it is."
)
def t_fixed_at_four(kind, H, W, c_in, c_out, kernel_size, t=4):
    return _costs(_layers(kind, c_in, c_out, kernel_size, 4), H, W)


@misconception(
    "Your block does not expand. In an inverted bottleneck the first pointwise convolution makes t · c_in channels out of c_in; the depthwise one works on these."
)
def no_expansion(kind, H, W, c_in, c_out, kernel_size, t=4):
    return _costs(_layers(kind, c_in, c_out, kernel_size, 1), H, W)


# ------------------------------------------------------------------------------ what a kind of layer is


@misconception(
    "Your depthwise filters look at all channels, as those of a regular convolution. Depthwise, each filter sees one channel only: k² weights, whatever c_in is."
)
def depthwise_filters_see_all_channels(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    at = {"depthwise": 0, "separable": 0, "inverted": 1}.get(kind)
    layers = [(inputs * n, n) if place == at else (inputs, n) for place, (inputs, n) in enumerate(layers)]
    return _costs(layers, H, W)


@misconception(
    "You gave the depthwise convolution c_out kernels. It has one for each input channel, and so its output has c_in channels; only a pointwise convolution after it can change that number."
)
def depthwise_with_output_channels(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    if kind in ("depthwise", "separable"):
        layers[0] = (kernel_size**2, c_out)
    return _costs(layers, H, W)


@misconception(
    "You gave every pair of an input and an output channel a depthwise kernel, c_in · c_out of them. There are c_in: one for each channel, whose output is not added up over channels either."
)
def depthwise_kernel_for_every_pair(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    if kind in ("depthwise", "separable"):
        layers[0] = (kernel_size**2, c_in * c_out)
    return _costs(layers, H, W)


@misconception(
    "Your pointwise convolution has k × k kernels. Pointwise means 1 × 1, whatever kernel_size is: c_in weights for each output channel."
)
def pointwise_with_kernel_size(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    pointwise = {"pointwise": [0], "separable": [1], "inverted": [0, 2]}.get(kind, [])
    area = kernel_size**2
    return _costs([(n * area, m) if i in pointwise else (n, m) for i, (n, m) in enumerate(layers)], H, W)


@misconception(
    "Your pointwise convolution has one weight for each output channel. A 1 × 1 kernel is c_in deep: each output value mixes all input channels at its position."
)
def pointwise_mixes_no_channels(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    pointwise = {"pointwise": [0], "separable": [1], "inverted": [0, 2]}.get(kind, [])
    return _costs([(1, m) if i in pointwise else (n, m) for i, (n, m) in enumerate(layers)], H, W)


@misconception(
    "Your regular filters are one channel deep. A filter of a regular convolution covers all c_in channels of its input: k² · c_in weights."
)
def filters_one_channel_deep(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = [(kernel_size**2, c_out)] if kind == "regular" else _layers(kind, c_in, c_out, kernel_size, t)
    return _costs(layers, H, W)


# ------------------------------------------------------------------------------ blocks


@misconception(
    "Your block consists of its first layer alone. A separable convolution is a depthwise and then a pointwise one, an inverted bottleneck has three layers: their costs add up."
)
def first_layer_only(kind, H, W, c_in, c_out, kernel_size, t=4):
    return _costs(_layers(kind, c_in, c_out, kernel_size, t)[:1], H, W)


@misconception(
    "Your block consists of its last layer alone. A separable convolution is a depthwise and then a pointwise one, an inverted bottleneck has three layers: their costs add up (`+=`, not `=`)."
)
def last_layer_only(kind, H, W, c_in, c_out, kernel_size, t=4):
    return _costs(_layers(kind, c_in, c_out, kernel_size, t)[-1:], H, W)


@misconception(
    "Your separable convolution mixes channels first and filters them afterwards. Here the depthwise convolution comes first, on c_in channels; the pointwise one makes c_out of them."
)
def pointwise_before_depthwise(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    if kind == "separable":
        layers = [(c_in, c_out), (kernel_size**2, c_out)]
    return _costs(layers, H, W)


@misconception(
    "You separated the two directions of the kernel, k × 1 and 1 × k. Separable means depthwise separable here: space (k × k in each channel) apart from channels (1 × 1)."
)
def spatially_separable(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    if kind == "separable":
        layers = [(kernel_size * c_in, c_in), (kernel_size * c_in, c_out)]
    return _costs(layers, H, W)


@misconception(
    "You expanded the output channels, to t · c_out. The first pointwise convolution expands what comes in, to t · c_in channels."
)
def expansion_of_the_output(kind, H, W, c_in, c_out, kernel_size, t=4):
    hidden = t * c_out
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    if kind == "inverted":
        layers = [(c_in, hidden), (kernel_size**2, hidden), (hidden, c_out)]
    return _costs(layers, H, W)


@misconception(
    "Your block becomes narrow in the middle, c_in / t: that is the bottleneck of ResNet. The inverted one is wide in the middle: t · c_in channels."
)
def bottleneck_not_inverted(kind, H, W, c_in, c_out, kernel_size, t=4):
    hidden = c_in // t
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    if kind == "inverted":
        layers = [(c_in, hidden), (kernel_size**2, hidden), (hidden, c_out)]
    return _costs(layers, H, W)


@misconception(
    "Your block's depthwise convolution works on c_in channels. It stands behind the expansion, so it has t · c_in channels to filter."
)
def depthwise_not_expanded(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    if kind == "inverted":
        layers[1] = (kernel_size**2, c_in)
    return _costs(layers, H, W)


@misconception(
    "The expansion itself costs nothing in your block. The t · c_in channels are made by a pointwise convolution, with weights, MACs and writes of its own."
)
def expansion_for_free(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    return _costs(layers[1:] if kind == "inverted" else layers, H, W)


@misconception(
    "Where t is 1 you left out the first pointwise convolution, as some implementations do. The block has its three layers whatever t is: with t = 1 the first one makes c_in channels out of c_in, and costs what such a layer costs."
)
def expansion_left_out_at_one(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    return _costs(layers[1:] if kind == "inverted" and t == 1 else layers, H, W)


@misconception(
    "Your block ends with the depthwise convolution. A second pointwise convolution follows, which brings the t · c_in channels down to c_out."
)
def projection_left_out(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    return _costs(layers[:2] if kind == "inverted" else layers, H, W)


@misconception(
    "Your block has two pointwise convolutions and nothing between them. The depthwise k × k convolution on the t · c_in channels stands there."
)
def depthwise_left_out(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    return _costs(layers[::2] if kind == "inverted" else layers, H, W)


@misconception(
    "You counted a shortcut around the block: its additions where c_in = c_out. The block here is three convolutions, and an addition is no MAC."
)
def shortcut_counted(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    extra = H * W * c_out if kind == "inverted" and c_in == c_out else 0
    return _costs(layers, H, W, macs=H * W * _weights(layers) + extra)


# ------------------------------------------------------------------------------ what is returned


@misconception(
    "Your counts are wrong for large layers: 32-bit integers end at 2147483647 and go on with negative numbers. Python's own integers have no end."
)
def integers_of_32_bits(kind, H, W, c_in, c_out, kernel_size, t=4):
    costs = _costs(_layers(kind, c_in, c_out, kernel_size, t), H, W)
    return tuple((count + 2**31) % 2**32 - 2**31 for count in costs)


@misconception(
    "Your counts are inexact for large layers: float32 holds seven to eight digits. Count in whole numbers."
)
def counts_in_single_precision(kind, H, W, c_in, c_out, kernel_size, t=4):
    return tuple(
        float(np.float32(count)) for count in _costs(_layers(kind, c_in, c_out, kernel_size, t), H, W)
    )


@misconception(
    "Parameters and MACs come back in each other's place. The order is parameters, MACs, memory accesses."
)
def parameters_and_macs_exchanged(kind, H, W, c_in, c_out, kernel_size, t=4):
    parameters, macs, memory = _costs(_layers(kind, c_in, c_out, kernel_size, t), H, W)
    return macs, parameters, memory


@misconception(
    "MACs and memory accesses come back in each other's place. The order is parameters, MACs, memory accesses."
)
def macs_and_memory_exchanged(kind, H, W, c_in, c_out, kernel_size, t=4):
    parameters, macs, memory = _costs(_layers(kind, c_in, c_out, kernel_size, t), H, W)
    return parameters, memory, macs


@misconception(
    "Your numbers are right but come back in a dict. A tuple is asked for: parameters, macs, memory_accesses."
)
def dict_for_tuple(kind, H, W, c_in, c_out, kernel_size, t=4):
    costs = _costs(_layers(kind, c_in, c_out, kernel_size, t), H, W)
    return dict(zip(("parameters", "macs", "memory_accesses"), costs, strict=True))


@misconception(
    "Your function returned nothing: after the last line of the work, `return parameters, macs, memory_accesses` must hand the result back."
)
def nothing_returned(kind, H, W, c_in, c_out, kernel_size, t=4):
    _costs(_layers(kind, c_in, c_out, kernel_size, t), H, W)


# ------------------------------------------------------------------------------ what counters print


@misconception(
    "Your MACs are twice those asked for, and two more for each output: FLOPs with the additions of biases, as calflops prints. One multiply-add is one MAC, and a bias is none."
)
def flops_with_bias_additions(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    macs = 2 * H * W * _weights(layers) + _outputs(layers, H, W)
    return _costs(layers, H, W, macs=macs)


@misconception(
    "Your MACs are three times too many. Perhaps a backward pass was counted, or a count before it failed and left its traces: count one forward pass, in a fresh kernel."
)
def counted_three_times(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    return _costs(layers, H, W, macs=3 * H * W * _weights(layers))


# ------------------------------------------------------------------------------ one quantity, or one layer, by another rule


@misconception(
    "You added up multiplications and additions, n products and n - 1 sums for each output value. A MAC is both together: n of them for each output value. (Your memory accesses are right.)"
)
def multiplications_and_additions(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    macs = 2 * H * W * _weights(layers) - _outputs(layers, H, W)
    return _costs(layers, H, W, macs=macs, memory=2 * H * W * _weights(layers) + _outputs(layers, H, W))


@misconception(
    "You added up multiplications and additions, n products and n - 1 sums for each output value, and took twice that for what is read. A MAC is both together: n of them for each output value, each of which reads two values."
)
def multiplications_and_additions_read(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    return _costs(layers, H, W, macs=2 * H * W * _weights(layers) - _outputs(layers, H, W))


@misconception(
    "The pointwise layer of your separable block works at one position only. Its c_in · c_out weights are used at each of the H · W positions, as those of the depthwise layer are."
)
def pointwise_part_at_one_position(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    if kind != "separable":
        return _costs(layers, H, W)
    return _costs(layers, H, W, macs=H * W * c_in * kernel_size**2 + c_in * c_out)


@misconception(
    "Your depthwise layers have no biases, the others do. A depthwise layer has output channels like any other, as many as input channels, and one bias for each."
)
def depthwise_without_bias(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    missing = {"depthwise": c_in, "separable": c_in, "inverted": t * c_in}.get(kind, 0)
    return _costs(layers, H, W, parameters=_costs(layers, H, W)[0] - missing)


@misconception(
    "You took H and W for the size of the input and let each k × k kernel shrink it: (H - k + 1) × (W - k + 1) positions after it. The statement gives the size of the output, H × W, and of all maps between; the input was padded."
)
def output_shrunk_by_each_kernel(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    rows, columns = H - kernel_size + 1, W - kernel_size + 1
    if kind == "pointwise":
        return _costs(layers, H, W)
    if kind != "inverted":
        return _costs(layers, rows, columns)
    parts = zip(_costs(layers[:1], H, W), _costs(layers[1:], rows, columns), strict=True)
    return tuple(sum(part) for part in parts)


@misconception(
    "For a block of several layers you joined their tuples (`+` of two tuples) instead of adding up the numbers in them. The block's parameters are the sum of its layers' parameters, and so on: three numbers in all."
)
def tuples_joined(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    return tuple(number for layer in layers for number in _costs([layer], H, W))


# ------------------------------------------------------------------------------ MACs alone, with memory accesses counted apart


def _with_own_memory(layers, H, W, macs):
    memory = 2 * H * W * _weights(layers) + _outputs(layers, H, W)
    return _costs(layers, H, W, macs=macs, memory=memory)


@misconception(
    "Your MACs are twice too many: those are FLOPs. Here a multiplication and the addition that follows it are one operation, a multiply-add (MAC). Your memory accesses have it right."
)
def flops_for_macs_alone(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    return _with_own_memory(layers, H, W, 2 * H * W * _weights(layers))


@misconception(
    "Your MACs contain one more for each output value: the addition of the bias. That is an addition without a multiplication, and the statement does not count it. Your memory accesses have it right."
)
def bias_additions_as_macs_alone(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    return _with_own_memory(layers, H, W, H * W * _weights(layers) + _outputs(layers, H, W))


@misconception(
    "Your MACs are one too few for each output value: n products need only n - 1 additions, but MACs are counted by products. The first one is a multiply-add too, to a sum of zero. Your memory accesses have it right."
)
def additions_counted_alone(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    return _with_own_memory(layers, H, W, H * W * _weights(layers) - _outputs(layers, H, W))


@misconception(
    "Your MACs are those of one position. All weights are used again at each of the H · W positions of the output, as in your memory accesses."
)
def macs_of_one_position_alone(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    return _with_own_memory(layers, H, W, _weights(layers))


@misconception(
    "Your MACs are twice those asked for, and one more for each output: FLOPs with the additions of biases. One multiply-add is one MAC, and a bias is none. Your memory accesses have it right."
)
def flops_with_bias_additions_alone(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    return _with_own_memory(layers, H, W, 2 * H * W * _weights(layers) + _outputs(layers, H, W))


@misconception(
    "The last layer of your block starts from c_in channels. It stands behind the depthwise layer, whose output has t · c_in channels, and mixes all of them."
)
def projection_from_the_input(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    if kind == "inverted":
        layers[2] = (c_in, c_out)
    return _costs(layers, H, W)


@misconception(
    "The MACs of your separable convolution are those of a regular one: the two layers were multiplied. They work one after the other, so their MACs add up: k² · c_in and c_in · c_out for each position."
)
def separable_macs_multiplied(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    regular = H * W * _weights(_layers("regular", c_in, c_out, kernel_size, t))
    return _with_own_memory(layers, H, W, regular) if kind == "separable" else _costs(layers, H, W)


@misconception(
    "The MACs of your separable convolution, and with them the accesses, are those of a regular one: the two layers were multiplied. They work one after the other, so their MACs add up: k² · c_in and c_in · c_out for each position."
)
def separable_costs_multiplied(kind, H, W, c_in, c_out, kernel_size, t=4):
    layers = _layers(kind, c_in, c_out, kernel_size, t)
    regular = H * W * _weights(_layers("regular", c_in, c_out, kernel_size, t))
    return _costs(layers, H, W, macs=regular if kind == "separable" else None)
