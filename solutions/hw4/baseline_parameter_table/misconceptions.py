"""Wrong solutions of `baseline_parameter_table`, each with the sentence that a student whose answer equals it should read."""

from homework.judge import misconception

_CONV = [(3, 32), (32, 32), (32, 64), (64, 64), (64, 128), (128, 128), (128, 128), (128, 128)]
_LINEAR = [(512, 256), (256, 128), (128, 10)]
_SIZES = (32, 32, 16, 16, 8, 8, 4, 4)  # of the maps


def _table(conv=lambda a, b: 9 * a * b + b, linear=lambda a, b: a * b + b, convs=_CONV, linears=_LINEAR):
    counts = [conv(*shape) for shape in convs] + [linear(*shape) for shape in linears]
    return [(str(number), count) for number, count in enumerate(counts)]


@misconception(
    "The biases are missing: one for each output channel, and one for each output of a linear layer."
)
def no_biases():
    return _table(lambda a, b: 9 * a * b, lambda a, b: a * b)


@misconception("The biases of the convolutions are missing: one for each output channel.")
def no_biases_of_convolutions():
    return _table(lambda a, b: 9 * a * b)


@misconception("The biases of the linear layers are missing: one for each output.")
def no_biases_of_linear_layers():
    return _table(linear=lambda a, b: a * b)


@misconception("Yours has one bias for each layer. There is one for each output channel or output.")
def one_bias_per_layer():
    return _table(lambda a, b: 9 * a * b + 1, lambda a, b: a * b + 1)


@misconception("Yours has one bias for each input channel. There is one for each output channel.")
def bias_per_input():
    return _table(lambda a, b: 9 * a * b + a, lambda a, b: a * b + a)


@misconception(
    "The first linear layer reads 128 values in yours, as after global pooling. Four poolings leave maps of 2 x 2: 512 values."
)
def flatten_one_by_one():
    return _table(linears=[(128, 256), *_LINEAR[1:]])


@misconception(
    "The first linear layer reads 2048 values in yours: one pooling is forgotten. Four poolings leave maps of 2 x 2: 512 values."
)
def last_pooling_forgotten():
    return _table(linears=[(2048, 256), *_LINEAR[1:]])


@misconception(
    "The first linear layer reads 131,072 values in yours: the poolings are forgotten. Four of them leave maps of 2 x 2."
)
def poolings_forgotten():
    return _table(linears=[(128 * 32 * 32, 256), *_LINEAR[1:]])


@misconception("A kernel of 3 x 3 has nine weights for each input channel; yours counts three.")
def kernel_not_squared():
    return _table(lambda a, b: 3 * a * b + b)


@misconception("The kernels are missing: yours counts one weight for each pair of channels instead of nine.")
def kernel_forgotten():
    return _table(lambda a, b: a * b + b)


@misconception("The input channels are missing: each filter has nine weights for each of them.")
def input_channels_forgotten():
    return _table(lambda a, b: 9 * b + b)


@misconception(
    "The input channels are those of the wrong layer. A layer reads as many channels as the one above it has filters."
)
def own_channels_as_input():
    return _table(convs=[(3, 32), *[(b, b) for _, b in _CONV[1:]]])


@misconception("The first layer reads one channel in yours. The pictures have three: red, green, blue.")
def gray_pictures():
    return _table(convs=[(1, 32), *_CONV[1:]])


@misconception(
    "These are MACs. Count the weights and biases that the layers hold; how often they are used does not matter."
)
def macs():
    counts = [9 * a * b * n * n for (a, b), n in zip(_CONV, _SIZES, strict=True)] + [
        a * b for a, b in _LINEAR
    ]
    return [(str(number), count) for number, count in enumerate(counts)]


@misconception("The total is in the list. It has eleven pairs, one for each layer with parameters.")
def total_appended():
    return [*_table(), ("total", sum(count for _, count in _table()))]


@misconception(
    "Layers without parameters are in the list. It has eleven pairs: eight convolutions and three linear layers."
)
def poolings_listed():
    rows = []
    for number, row in enumerate(_table(), 1):
        rows.append(row)
        if number in (2, 4, 6, 8):
            rows.append(("pooling", 0))
    return rows


@misconception("Batch normalization is counted. The table has none.")
def batch_norm_added():
    return _table(lambda a, b: 9 * a * b + 3 * b)


@misconception("Your list has the numbers alone. Each entry is a pair (layer, parameters).")
def numbers_alone():
    return [count for _, count in _table()]


@misconception("Only the convolutions are listed. The three linear layers have parameters, too.")
def linear_layers_forgotten():
    return _table(linears=[])


@misconception(
    "Your function returns a dictionary. Return a list of pairs, for example `list(table.items())`."
)
def dictionary():
    return dict(_table())


@misconception("The numbers stand first in your pairs. Each is `(layer, parameters)`.")
def numbers_first():
    return [(count, name) for name, count in _table()]


@misconception("The numbers in your list are text. Return whole numbers, without separators.")
def numbers_as_text():
    return [(name, f"{count:,}") for name, count in _table()]


@misconception("The flattening is in the list. It has no parameters; the list has eleven pairs.")
def flattening_listed():
    return [*_table()[:8], ("flatten", 0), *_table()[8:]]


@misconception("Dropout is in the list. It has no parameters; the list has eleven pairs.")
def dropout_listed():
    return [*_table()[:9], ("dropout", 0), _table()[9], ("dropout", 0), _table()[10]]


@misconception("The last two convolutions have 256 channels in yours. The table says 128.")
def wider_at_the_end():
    return _table(convs=[*_CONV[:6], (128, 256), (256, 256)], linears=[(1024, 256), *_LINEAR[1:]])


@misconception("The last two convolutions have 256 channels in yours. The table says 128.")
def wider_convolutions():
    return _table(convs=[*_CONV[:6], (128, 256), (256, 256)])


@misconception("Your list goes from the output to the input. Begin with the first convolution.")
def from_the_output():
    return _table()[::-1]


@misconception("Your numbers are sums of all layers so far. Each pair has the parameters of its own layer.")
def running_totals():
    counts = [count for _, count in _table()]
    return [(str(number), sum(counts[: number + 1])) for number in range(len(counts))]


@misconception("The kernels have 5 x 5 weights in yours. The table says 3 x 3.")
def five_by_five():
    return _table(lambda a, b: 25 * a * b + b)


@misconception("Your numbers are thousands. Return the numbers themselves.")
def in_thousands():
    return [(name, count / 1000) for name, count in _table()]


@misconception("Only the linear layers are listed. The eight convolutions have parameters, too.")
def convolutions_forgotten():
    return _table(convs=[])


@misconception("Each pair of convolutions is one row in yours. The list has a row for each of the eight.")
def pairs_together():
    counts = [count for _, count in _table()]
    pairs = [counts[at] + counts[at + 1] for at in (0, 2, 4, 6)]
    return [(str(number), count) for number, count in enumerate([*pairs, *counts[8:]])]


@misconception(
    "The sides of the kernel, or its channels, are added in yours. Multiply them: 3 x 3 weights for each pair of channels."
)
def sides_added():
    return _table(lambda a, b: 6 * a * b + b)


@misconception("These are bytes, four for each parameter. Count the parameters.")
def in_bytes():
    return [(name, 4 * count) for name, count in _table()]


@misconception("Yours counts two biases for each output. There is one.")
def two_biases():
    return _table(lambda a, b: 9 * a * b + 2 * b, lambda a, b: a * b + 2 * b)


@misconception("The first convolution has no biases in yours: it has 32, as the example of the text says.")
def no_biases_of_the_first():
    return [("1", 864), *_table()[1:]]


@misconception(
    "The first linear layer reads 8192 values in yours: the last stages are forgotten. Four poolings leave maps of 2 x 2: 512 values."
)
def two_poolings_forgotten():
    return _table(linears=[(8192, 256), *_LINEAR[1:]])


@misconception("The last layer has 100 outputs in yours. There are ten classes.")
def hundred_classes():
    return _table(linears=[*_LINEAR[:2], (128, 100)])


@misconception(
    "Each entry has three parts in yours. Each is a pair: (layer, parameters), with weights and biases added."
)
def triples():
    return [(name, count, 0) for name, count in _table()]


@misconception(
    "Both convolutions of a pair read the channels that go into the pair. The second one reads what the first one makes."
)
def pair_reads_its_input():
    return _table(convs=[(a, b) for a, b in _CONV[::2] for _ in range(2)])


@misconception("The hidden linear layers are exchanged: the first has 256 outputs, the second 128.")
def hidden_layers_exchanged():
    return _table(linears=[(512, 128), (128, 256), (256, 10)])
