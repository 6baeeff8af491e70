"""Wrong solutions of `pruned_linear_cost`, each with the sentence that a student whose answer equals it should read."""

import math

from homework.judge import misconception


def _kept(in_features, out_features, sparsity):
    return round(in_features * out_features * (1 - sparsity))


# ------------------------------------------------------------------------------ biases


@misconception(
    "Your parameters are the weights alone. The layer has a bias for each of its outputs too, and none of them is pruned."
)
def no_bias(in_features, out_features, sparsity):
    kept = _kept(in_features, out_features, sparsity)
    return {"macs": kept, "parameters": kept}


@misconception(
    "You pruned the biases as well. Only weights are pruned: all biases stay, one for each output."
)
def biases_pruned_too(in_features, out_features, sparsity):
    kept = _kept(in_features, out_features, sparsity)
    return {"macs": kept, "parameters": round((in_features + 1) * out_features * (1 - sparsity))}


@misconception(
    "You counted a bias for each input. A bias is added to an output: a layer of 1024 inputs and 512 outputs has 512 of them."
)
def bias_for_every_input(in_features, out_features, sparsity):
    kept = _kept(in_features, out_features, sparsity)
    return {"macs": kept, "parameters": kept + in_features}


@misconception("You counted one bias for the whole layer. It has one for each output.")
def one_bias(in_features, out_features, sparsity):
    kept = _kept(in_features, out_features, sparsity)
    return {"macs": kept, "parameters": kept + 1}


@misconception(
    "You counted the addition of each bias as a MAC. It is an addition without a multiplication; only the weights that are left make MACs."
)
def bias_additions_as_macs(in_features, out_features, sparsity):
    kept = _kept(in_features, out_features, sparsity)
    return {"macs": kept + out_features, "parameters": kept + out_features}


# ------------------------------------------------------------------------------ what is left


@misconception(
    "You took the sparsity for the share of weights that stay, or counted those that go. Sparsity is the share of zeros: of sparsity 0.3, 70% of the weights stay."
)
def sparsity_as_share_kept(in_features, out_features, sparsity):
    kept = round(in_features * out_features * sparsity)
    return {"macs": kept, "parameters": kept + out_features}


@misconception(
    "You took the sparsity for a percentage. It is a share between 0 and 1: 0.3 means 30%, so do not divide it by 100."
)
def sparsity_in_percent(in_features, out_features, sparsity):
    kept = _kept(in_features, out_features, sparsity / 100)
    return {"macs": kept, "parameters": kept + out_features}


@misconception(
    "Your MACs are those of the dense layer. A product with a weight that was pruned need not be computed: one MAC for each weight that is left."
)
def macs_of_the_dense_layer(in_features, out_features, sparsity):
    kept = _kept(in_features, out_features, sparsity)
    return {"macs": in_features * out_features, "parameters": kept + out_features}


@misconception(
    "Your parameters are those of the dense layer. Weights that were pruned are no longer parameters: count those that are left, and all biases."
)
def parameters_of_the_dense_layer(in_features, out_features, sparsity):
    kept = _kept(in_features, out_features, sparsity)
    return {"macs": kept, "parameters": (in_features + 1) * out_features}


@misconception(
    "Your costs are those of the dense layer. Weights that were pruned are neither stored nor multiplied here."
)
def sparsity_ignored(in_features, out_features, sparsity):
    kept = in_features * out_features
    return {"macs": kept, "parameters": kept + out_features}


@misconception(
    "You pruned whole outputs with their biases: that is neuron pruning. Here single weights go, all outputs and biases stay."
)
def outputs_pruned(in_features, out_features, sparsity):
    outputs = round(out_features * (1 - sparsity))
    return {"macs": in_features * outputs, "parameters": (in_features + 1) * outputs}


@misconception(
    "You rounded the number of whole inputs or outputs that stay. Single weights are pruned: round the number of weights."
)
def weights_left_in_whole_rows(in_features, out_features, sparsity):
    kept = in_features * round(out_features * (1 - sparsity))
    return {"macs": kept, "parameters": kept + out_features}


@misconception(
    "You pruned inputs and outputs alike, so that (1 - sparsity)² of the weights are left. Here single weights go: 1 - sparsity of them are left."
)
def both_sides_pruned(in_features, out_features, sparsity):
    kept = round(in_features * (1 - sparsity)) * round(out_features * (1 - sparsity))
    return {"macs": kept, "parameters": kept + out_features}


@misconception(
    "You counted the position of each weight that is left as a parameter. A sparse format stores positions beside the weights, but they are not parameters: nobody trains them."
)
def positions_as_parameters(in_features, out_features, sparsity):
    kept = _kept(in_features, out_features, sparsity)
    return {"macs": kept, "parameters": 2 * kept + out_features}


@misconception(
    "You rounded the number of weights that stay in one row, or cut off its fraction, and multiplied by the rows. Single weights are pruned, anywhere in the layer: round the number of all weights."
)
def weights_rounded_in_each_row(in_features, out_features, sparsity):
    kept = round(in_features * (1 - sparsity)) * out_features
    return {"macs": kept, "parameters": kept + out_features}


@misconception(
    "You cut off the fraction of the weights that go in one row, and multiplied by the rows. Single weights are pruned, anywhere in the layer: round the number of all weights."
)
def weights_rounded_up_in_each_row(in_features, out_features, sparsity):
    kept = (in_features - math.floor(in_features * sparsity)) * out_features
    return {"macs": kept, "parameters": kept + out_features}


# ------------------------------------------------------------------------------ whole numbers


@misconception(
    "You cut the fraction off (`int`, `floor`, `//`). The statement rounds: 367001.6 weights are 367002, not 367001."
)
def rounded_down(in_features, out_features, sparsity):
    kept = math.floor(in_features * out_features * (1 - sparsity))
    return {"macs": kept, "parameters": kept + out_features}


@misconception(
    "You always rounded up (`ceil`, or the weights that go were cut off by `int`). The statement rounds to the nearest whole number."
)
def rounded_up(in_features, out_features, sparsity):
    kept = math.ceil(in_features * out_features * (1 - sparsity))
    return {"macs": kept, "parameters": kept + out_features}


@misconception(
    "Your counts have fractions. There is no such thing as 0.6 of a weight: round the number of weights that are left."
)
def not_rounded(in_features, out_features, sparsity):
    kept = in_features * out_features * (1 - sparsity)
    return {"macs": kept, "parameters": kept + out_features}


@misconception(
    "In the parameters you cut the fraction off (`int`, `floor`, `//`). The weights among them are the ones that make the MACs: round their number there, too."
)
def parameters_rounded_down(in_features, out_features, sparsity):
    kept = _kept(in_features, out_features, sparsity)
    parameters = math.floor(in_features * out_features * (1 - sparsity)) + out_features
    return {"macs": kept, "parameters": parameters}


@misconception(
    "In the parameters you always rounded up (`ceil`, or the weights that go were cut off by `int`). The weights among them are the ones that make the MACs: round their number there, too."
)
def parameters_rounded_up(in_features, out_features, sparsity):
    kept = _kept(in_features, out_features, sparsity)
    parameters = math.ceil(in_features * out_features * (1 - sparsity)) + out_features
    return {"macs": kept, "parameters": parameters}


@misconception(
    "Your parameters have fractions. The weights among them are the ones that make the MACs: round their number there, too."
)
def parameters_not_rounded(in_features, out_features, sparsity):
    kept = _kept(in_features, out_features, sparsity)
    return {"macs": kept, "parameters": in_features * out_features * (1 - sparsity) + out_features}


# ------------------------------------------------------------------------------ units and form


@misconception(
    "Your MACs are twice too many: those are FLOPs. A multiplication and the addition that follows it are one MAC."
)
def flops_for_macs(in_features, out_features, sparsity):
    kept = _kept(in_features, out_features, sparsity)
    return {"macs": 2 * kept, "parameters": kept + out_features}


@misconception(
    "Your parameters are in bytes, four for each. The number of parameters is asked for, whatever their size."
)
def bytes_for_parameters(in_features, out_features, sparsity):
    kept = _kept(in_features, out_features, sparsity)
    return {"macs": kept, "parameters": 4 * (kept + out_features)}


@misconception(
    "MACs and parameters stand at each other's key. MACs are one for each weight that is left; the parameters are more, by the biases."
)
def keys_exchanged(in_features, out_features, sparsity):
    kept = _kept(in_features, out_features, sparsity)
    return {"macs": kept + out_features, "parameters": kept}


@misconception(
    "Your counts are right but stand at other keys. The dict has the keys 'macs' and 'parameters', in small letters."
)
def other_keys(in_features, out_features, sparsity):
    kept = _kept(in_features, out_features, sparsity)
    return {"MACs": kept, "params": kept + out_features}


@misconception(
    "Your counts are right but come back in a tuple. A dict with the keys 'macs' and 'parameters' is asked for."
)
def tuple_for_dict(in_features, out_features, sparsity):
    kept = _kept(in_features, out_features, sparsity)
    return kept, kept + out_features


@misconception(
    "Your function returned nothing: after the last line of the work, `return` must hand the dict back. Printing it is not enough."
)
def nothing_returned(in_features, out_features, sparsity):
    _kept(in_features, out_features, sparsity)


# ------------------------------------------------------------------------------ what counters print


@misconception(
    "Your MACs are those of the dense layer and one more for each output: biases counted, and nothing pruned, as ptflops prints. Count one MAC for each weight that is left."
)
def dense_with_bias_additions(in_features, out_features, sparsity):
    kept = _kept(in_features, out_features, sparsity)
    return {"macs": (in_features + 1) * out_features, "parameters": kept + out_features}


@misconception(
    "Your MACs are twice those of the dense layer: the product of weights and mask was counted, as by torchprofile, or they are FLOPs. Count one MAC for each weight that is left."
)
def product_with_the_mask_counted(in_features, out_features, sparsity):
    kept = _kept(in_features, out_features, sparsity)
    return {"macs": 2 * in_features * out_features, "parameters": kept + out_features}


@misconception(
    "Your MACs are three times too many. Perhaps a backward pass was counted, or a count before it failed and left its traces: count one forward pass, in a fresh kernel."
)
def counted_three_times(in_features, out_features, sparsity):
    kept = _kept(in_features, out_features, sparsity)
    return {"macs": 3 * kept, "parameters": kept + out_features}


@misconception(
    "Your MACs are four times too many. Perhaps counts before it failed and left their traces, or they are bytes: count in a fresh kernel."
)
def counted_four_times(in_features, out_features, sparsity):
    kept = _kept(in_features, out_features, sparsity)
    return {"macs": 4 * kept, "parameters": kept + out_features}
