"""Wrong solutions of `fire_module_cost`, each with the sentence that a student whose answer equals it should read."""

from homework.judge import misconception


@misconception(
    "The factor 9 is missing: each filter of the 3x3 branch has nine weights for each of its input channels."
)
def nine_forgotten(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + squeeze * expand1 + squeeze * expand3 + squeeze + expand1 + expand3
    macs = (c_in * squeeze + squeeze * expand1 + squeeze * expand3) * H * W
    return parameters, macs


@misconception("You counted 3 + 3 weights for a 3x3 filter. It has 3 * 3 = 9 for each input channel.")
def six_for_nine(c_in, squeeze, expand1, expand3, H, W):
    weights = c_in * squeeze + squeeze * expand1 + 6 * squeeze * expand3
    return weights + squeeze + expand1 + expand3, weights * H * W


@misconception("You counted the biases twice. Each of the three layers has one for each of its filters.")
def biases_twice(c_in, squeeze, expand1, expand3, H, W):
    weights = c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3
    return weights + 2 * (squeeze + expand1 + expand3), weights * H * W


@misconception(
    "You counted the biases of the two branches twice, perhaps for the concatenation, which has no parameters."
)
def biases_of_the_branches_twice(c_in, squeeze, expand1, expand3, H, W):
    weights = c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3
    return weights + squeeze + 2 * (expand1 + expand3), weights * H * W


@misconception("You return bytes, four for each parameter. The number of parameters is asked for.")
def bytes_of_the_parameters(c_in, squeeze, expand1, expand3, H, W):
    weights = c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3
    return 4 * (weights + squeeze + expand1 + expand3), weights * H * W


@misconception(
    "Your MACs have expand1 + expand3 too many for each place: the biases of the branches, or the concatenation, are counted. Neither is a multiplication."
)
def branches_outputs_counted(c_in, squeeze, expand1, expand3, H, W):
    weights = c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3
    return weights + squeeze + expand1 + expand3, (weights + expand1 + expand3) * H * W


@misconception(
    "The MACs of the expand branches are those of one place. Every filter is applied at H * W places."
)
def places_of_the_squeeze_layer_alone(c_in, squeeze, expand1, expand3, H, W):
    branches = squeeze * expand1 + 9 * squeeze * expand3
    return c_in * squeeze + branches + squeeze + expand1 + expand3, c_in * squeeze * H * W + branches


@misconception("A 3x3 filter has 9 weights for each input channel, not 3.")
def three_for_nine(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + squeeze * expand1 + 3 * squeeze * expand3 + squeeze + expand1 + expand3
    macs = (c_in * squeeze + squeeze * expand1 + 3 * squeeze * expand3) * H * W
    return parameters, macs


@misconception(
    "The factor 9 is missing in the MACs: each output value of the 3x3 branch meets nine weights for each input channel."
)
def nine_forgotten_in_the_macs(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3 + squeeze + expand1 + expand3
    macs = (c_in * squeeze + squeeze * expand1 + squeeze * expand3) * H * W
    return parameters, macs


@misconception("Both expand branches count 3x3 filters. One of them has 1x1 filters.")
def nine_in_both_branches(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + 9 * squeeze * expand1 + 9 * squeeze * expand3 + squeeze + expand1 + expand3
    macs = (c_in * squeeze + 9 * squeeze * expand1 + 9 * squeeze * expand3) * H * W
    return parameters, macs


@misconception(
    "The factor 9 stands at expand1: the two branches are swapped. expand1 is the number of 1x1 filters, expand3 that of 3x3 filters."
)
def nine_in_the_wrong_branch(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + 9 * squeeze * expand1 + squeeze * expand3 + squeeze + expand1 + expand3
    macs = (c_in * squeeze + 9 * squeeze * expand1 + squeeze * expand3) * H * W
    return parameters, macs


@misconception("The squeeze layer counts 3x3 filters. It has 1x1 filters.")
def squeeze_with_nine(c_in, squeeze, expand1, expand3, H, W):
    parameters = 9 * c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3 + squeeze + expand1 + expand3
    macs = (9 * c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3) * H * W
    return parameters, macs


@misconception("All three layers count 3x3 filters. Only the second expand branch has them.")
def everything_three_by_three(c_in, squeeze, expand1, expand3, H, W):
    parameters = 9 * (c_in * squeeze + squeeze * expand1 + squeeze * expand3) + squeeze + expand1 + expand3
    macs = 9 * (c_in * squeeze + squeeze * expand1 + squeeze * expand3) * H * W
    return parameters, macs


@misconception(
    "The 3x3 branch counts c_in input channels. Both expand branches see the output of the squeeze layer, `squeeze` channels: that is what makes the module cheap."
)
def branch_three_from_the_input(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + squeeze * expand1 + 9 * c_in * expand3 + squeeze + expand1 + expand3
    macs = (c_in * squeeze + squeeze * expand1 + 9 * c_in * expand3) * H * W
    return parameters, macs


@misconception(
    "The 1x1 branch counts c_in input channels. Both expand branches see the output of the squeeze layer, `squeeze` channels."
)
def branch_one_from_the_input(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + c_in * expand1 + 9 * squeeze * expand3 + squeeze + expand1 + expand3
    macs = (c_in * squeeze + c_in * expand1 + 9 * squeeze * expand3) * H * W
    return parameters, macs


@misconception(
    "Both expand branches count c_in input channels. They see the output of the squeeze layer, `squeeze` channels: that is what makes the module cheap."
)
def both_branches_from_the_input(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + c_in * expand1 + 9 * c_in * expand3 + squeeze + expand1 + expand3
    macs = (c_in * squeeze + c_in * expand1 + 9 * c_in * expand3) * H * W
    return parameters, macs


@misconception(
    "The 3x3 branch counts the 1x1 branch's channels as its input. The two stand side by side: both see the squeeze layer's output."
)
def branches_in_a_row(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + squeeze * expand1 + 9 * expand1 * expand3 + squeeze + expand1 + expand3
    macs = (c_in * squeeze + squeeze * expand1 + 9 * expand1 * expand3) * H * W
    return parameters, macs


@misconception(
    "The 3x3 branch counts the squeeze layer's and the 1x1 branch's channels as its input. It sees the squeeze layer's output alone."
)
def branch_three_sees_both(c_in, squeeze, expand1, expand3, H, W):
    parameters = (
        c_in * squeeze + squeeze * expand1 + 9 * (squeeze + expand1) * expand3 + squeeze + expand1 + expand3
    )
    macs = (c_in * squeeze + squeeze * expand1 + 9 * (squeeze + expand1) * expand3) * H * W
    return parameters, macs


@misconception(
    "The squeeze layer counts the module's output channels. It leads from c_in to `squeeze` channels."
)
def squeeze_to_the_outputs(c_in, squeeze, expand1, expand3, H, W):
    parameters = (
        (expand1 + expand3) * squeeze
        + squeeze * expand1
        + 9 * squeeze * expand3
        + squeeze
        + expand1
        + expand3
    )
    macs = ((expand1 + expand3) * squeeze + squeeze * expand1 + 9 * squeeze * expand3) * H * W
    return parameters, macs


@misconception("The squeeze layer is missing: it is a layer of 1x1 filters from c_in to `squeeze` channels.")
def no_squeeze_layer(c_in, squeeze, expand1, expand3, H, W):
    parameters = squeeze * expand1 + 9 * squeeze * expand3 + expand1 + expand3
    macs = (squeeze * expand1 + 9 * squeeze * expand3) * H * W
    return parameters, macs


@misconception("The 1x1 branch is missing: it leads from `squeeze` to `expand1` channels.")
def no_branch_one(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + 9 * squeeze * expand3 + squeeze + expand3
    macs = (c_in * squeeze + 9 * squeeze * expand3) * H * W
    return parameters, macs


@misconception("The 3x3 branch is missing: it leads from `squeeze` to `expand3` channels.")
def no_branch_three(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + squeeze * expand1 + squeeze + expand1
    macs = (c_in * squeeze + squeeze * expand1) * H * W
    return parameters, macs


@misconception(
    "The 3x3 branch counts one input channel for each filter, as a depthwise layer. It is a regular layer: each filter sees all `squeeze` channels."
)
def depthwise_branch_three(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + squeeze * expand1 + 9 * expand3 + squeeze + expand1 + expand3
    macs = (c_in * squeeze + squeeze * expand1 + 9 * expand3) * H * W
    return parameters, macs


@misconception("The biases are missing: each of the three layers has one for each of its output channels.")
def no_biases(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3
    macs = (c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3) * H * W
    return parameters, macs


@misconception("The biases of the squeeze layer are missing.")
def biases_of_the_branches_alone(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3 + expand1 + expand3
    macs = (c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3) * H * W
    return parameters, macs


@misconception("The biases of the two expand branches are missing.")
def biases_of_the_squeeze_layer_alone(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3 + squeeze
    macs = (c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3) * H * W
    return parameters, macs


@misconception("The biases of the 1x1 branch are missing.")
def no_biases_of_branch_one(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3 + squeeze + expand3
    macs = (c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3) * H * W
    return parameters, macs


@misconception("The biases of the 3x3 branch are missing.")
def no_biases_of_branch_three(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3 + squeeze + expand1
    macs = (c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3) * H * W
    return parameters, macs


@misconception("You counted one bias for each layer. There is one for each output channel.")
def one_bias_for_each_layer(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3 + 3
    macs = (c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3) * H * W
    return parameters, macs


@misconception(
    "You counted a bias for each input channel of the squeeze layer. Biases belong to output channels."
)
def biases_of_the_input(c_in, squeeze, expand1, expand3, H, W):
    parameters = (
        c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3 + c_in + squeeze + expand1 + expand3
    )
    macs = (c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3) * H * W
    return parameters, macs


@misconception(
    "You counted biases by input channels: c_in, squeeze, squeeze. They belong to output channels: squeeze, expand1, expand3."
)
def biases_of_input_channels(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3 + c_in + 2 * squeeze
    macs = (c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3) * H * W
    return parameters, macs


@misconception(
    "The biases (or the ReLUs, which are as many) are in the MACs. Only multiplications with their additions count; some counters print others."
)
def biases_in_the_macs(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3 + squeeze + expand1 + expand3
    macs = (c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3 + squeeze + expand1 + expand3) * H * W
    return parameters, macs


@misconception("The biases are added to the MACs once. Here they are none.")
def biases_once_in_the_macs(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3 + squeeze + expand1 + expand3
    macs = (c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3) * H * W + squeeze + expand1 + expand3
    return parameters, macs


@misconception("You counted two operations for each MAC. A multiplication with its addition is one MAC.")
def flops(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3 + squeeze + expand1 + expand3
    macs = 2 * (c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3) * H * W
    return parameters, macs


@misconception("Your MACs are half of what they should be: a multiplication with its addition is one MAC.")
def half_of_the_macs(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3 + squeeze + expand1 + expand3
    macs = (c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3) * H * W // 2
    return parameters, macs


@misconception("The MACs count one dimension of the map only. Every filter is applied at H * W places.")
def height_alone(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3 + squeeze + expand1 + expand3
    macs = (c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3) * H
    return parameters, macs


@misconception("The MACs count the width of the map only. Every filter is applied at H * W places.")
def width_alone(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3 + squeeze + expand1 + expand3
    macs = (c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3) * W
    return parameters, macs


@misconception("The MACs take the maps for square: H * H. They have H * W places.")
def square_maps(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3 + squeeze + expand1 + expand3
    macs = (c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3) * H * H
    return parameters, macs


@misconception("The MACs take the maps for square: W * W. They have H * W places.")
def square_maps_of_the_width(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3 + squeeze + expand1 + expand3
    macs = (c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3) * W * W
    return parameters, macs


@misconception("You added H and W. There are H * W places.")
def perimeter(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3 + squeeze + expand1 + expand3
    macs = (c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3) * (H + W)
    return parameters, macs


@misconception("Your MACs are those of one place. Every filter is applied at H * W places.")
def places_forgotten(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3 + squeeze + expand1 + expand3
    macs = c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3
    return parameters, macs


@misconception(
    "The 3x3 branch counts (H - 2) * (W - 2) places, as without padding. It is padded, so that H * W stays."
)
def shrunk_maps(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3 + squeeze + expand1 + expand3
    macs = (c_in * squeeze + squeeze * expand1) * H * W + 9 * squeeze * expand3 * (H - 2) * (W - 2)
    return parameters, macs


@misconception("All layers count (H - 2) * (W - 2) places. The 3x3 branch is padded, so that H * W stays.")
def all_maps_shrunk(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3 + squeeze + expand1 + expand3
    macs = (c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3) * (H - 2) * (W - 2)
    return parameters, macs


@misconception(
    "The 3x3 branch counts the padded border as places. Padding adds inputs, not outputs: there are H * W places."
)
def grown_maps(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3 + squeeze + expand1 + expand3
    macs = (c_in * squeeze + squeeze * expand1) * H * W + 9 * squeeze * expand3 * (H + 2) * (W + 2)
    return parameters, macs


@misconception("The MACs of the squeeze layer are missing.")
def squeeze_layer_s_macs_forgotten(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3 + squeeze + expand1 + expand3
    macs = (squeeze * expand1 + 9 * squeeze * expand3) * H * W
    return parameters, macs


@misconception("The MACs of the 1x1 branch are missing.")
def macs_of_branch_one_forgotten(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3 + squeeze + expand1 + expand3
    macs = (c_in * squeeze + 9 * squeeze * expand3) * H * W
    return parameters, macs


@misconception("The MACs of the 3x3 branch are missing.")
def macs_of_branch_three_forgotten(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3 + squeeze + expand1 + expand3
    macs = (c_in * squeeze + squeeze * expand1) * H * W
    return parameters, macs


@misconception(
    "Only the expand branches are applied at every place in your MACs; the squeeze layer is as well."
)
def macs_with_places_of_some_layers(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3 + squeeze + expand1 + expand3
    macs = c_in * squeeze + (squeeze * expand1 + 9 * squeeze * expand3) * H * W
    return parameters, macs


@misconception(
    "Your parameters are multiplied by the number of places. A convolution uses the same weights everywhere."
)
def places_in_the_parameters(c_in, squeeze, expand1, expand3, H, W):
    parameters = (
        (c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3) * H * W + squeeze + expand1 + expand3
    )
    macs = (c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3) * H * W
    return parameters, macs


@misconception(
    "You counted one regular 3x3 layer from c_in to expand1 + expand3 channels. The fire module is what replaces it: a squeeze layer and two branches."
)
def regular_layer(c_in, squeeze, expand1, expand3, H, W):
    parameters = 9 * c_in * (expand1 + expand3) + expand1 + expand3
    macs = 9 * c_in * (expand1 + expand3) * H * W
    return parameters, macs


@misconception("You multiplied the two branches. They stand side by side: their numbers add up.")
def branches_multiplied(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + 9 * squeeze * expand1 * expand3 + squeeze + expand1 + expand3
    macs = (c_in * squeeze + 9 * squeeze * expand1 * expand3) * H * W
    return parameters, macs


@misconception("You return the MACs first. The order is parameters, MACs.")
def results_swapped(c_in, squeeze, expand1, expand3, H, W):
    parameters = (c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3) * H * W
    macs = c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3 + squeeze + expand1 + expand3
    return parameters, macs


@misconception("You return the parameters alone. The MACs are asked for as well.")
def parameters_alone(c_in, squeeze, expand1, expand3, H, W):
    return c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3 + squeeze + expand1 + expand3


@misconception("You return the MACs alone. The parameters are asked for as well, first.")
def macs_alone(c_in, squeeze, expand1, expand3, H, W):
    return (c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3) * H * W


@misconception(
    "Your parameters, biases too, are multiplied by the number of places. A convolution uses the same parameters everywhere."
)
def places_in_all_parameters(c_in, squeeze, expand1, expand3, H, W):
    weights = c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3
    return (weights + squeeze + expand1 + expand3) * H * W, weights * H * W


@misconception("Your MACs are in millions. Asked for are the exact numbers.")
def macs_in_millions(c_in, squeeze, expand1, expand3, H, W):
    weights = c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3
    return weights + squeeze + expand1 + expand3, weights * H * W / 1e6


@misconception(
    "The expand branches count maps of half the height and width. Nothing in the module makes maps smaller: all three layers have H * W places."
)
def branches_on_halved_maps(c_in, squeeze, expand1, expand3, H, W):
    branches = squeeze * expand1 + 9 * squeeze * expand3
    parameters = c_in * squeeze + branches + squeeze + expand1 + expand3
    return parameters, c_in * squeeze * H * W + branches * (H // 2) * (W // 2)


@misconception("You return millions. Asked for are the exact numbers.")
def in_millions(c_in, squeeze, expand1, expand3, H, W):
    parameters = (
        c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3 + squeeze + expand1 + expand3
    ) / 1e6
    macs = ((c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3) * H * W) / 1e6
    return parameters, macs


@misconception("Two things: biases are parameters, and a multiplication with its addition is one MAC.")
def no_biases_and_flops(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3
    macs = 2 * (c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3) * H * W
    return parameters, macs


@misconception("Two things: biases are parameters, and a 3x3 filter has nine weights for each input channel.")
def no_biases_and_nine_forgotten(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + squeeze * expand1 + squeeze * expand3
    macs = (c_in * squeeze + squeeze * expand1 + squeeze * expand3) * H * W
    return parameters, macs


@misconception("Two things: biases are parameters, and both expand branches see the `squeeze` channels.")
def no_biases_and_branches_from_the_input(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + c_in * expand1 + 9 * c_in * expand3
    macs = (c_in * squeeze + c_in * expand1 + 9 * c_in * expand3) * H * W
    return parameters, macs


@misconception("Two things: biases are parameters, and the 3x3 branch sees the `squeeze` channels.")
def no_biases_and_branch_three_from_the_input(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + squeeze * expand1 + 9 * c_in * expand3
    macs = (c_in * squeeze + squeeze * expand1 + 9 * c_in * expand3) * H * W
    return parameters, macs


@misconception(
    "Two things: the 3x3 branch sees the `squeeze` channels, and a multiplication with its addition is one MAC."
)
def branch_three_from_the_input_and_flops(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + squeeze * expand1 + 9 * c_in * expand3 + squeeze + expand1 + expand3
    macs = 2 * (c_in * squeeze + squeeze * expand1 + 9 * c_in * expand3) * H * W
    return parameters, macs


@misconception("Two things: a multiplication with its addition is one MAC, and biases are none.")
def biases_in_flops(c_in, squeeze, expand1, expand3, H, W):
    parameters = c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3 + squeeze + expand1 + expand3
    macs = (
        2 * (c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3) * H * W
        + (squeeze + expand1 + expand3) * H * W
    )
    return parameters, macs
