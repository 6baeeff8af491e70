"""Wrong solutions of `count_macs`, each with the sentence that a student whose answer equals it should read."""

import copy

import torch
from torch import nn

from homework.judge import misconception


def _conv(layer, inputs, output):
    return output[0].numel() * layer.weight[0].numel()


def _linear(layer, inputs, output):
    return output[0].numel() * layer.in_features


def _run(model, input_shape, conv=_conv, linear=_linear, other=None, batch=1):
    """The sum over all layers of a copy, as it runs."""
    total = []

    def add(layer, inputs, output):
        if isinstance(layer, nn.Conv2d):
            total.append(conv(layer, inputs, output))
        elif isinstance(layer, nn.Linear):
            total.append(linear(layer, inputs, output))
        elif other is not None and not list(layer.children()):
            total.append(other(layer, inputs, output))

    twin = copy.deepcopy(model).eval()
    for layer in twin.modules():
        layer.register_forward_hook(add)
    with torch.no_grad():
        twin(torch.zeros(batch, *input_shape))
    return sum(total)


@misconception(
    "Groups are ignored. Each filter of a grouped convolution sees only `in_channels / groups` channels."
)
def groups_ignored(model, input_shape):
    return _run(model, input_shape, lambda m, x, y: _conv(m, x, y) * m.groups)


@misconception("Additions of biases are counted. Here only multiplications with their addition count.")
def biases_counted(model, input_shape):
    return _run(
        model,
        input_shape,
        lambda m, x, y: _conv(m, x, y) + y[0].numel() * (m.bias is not None),
        lambda m, x, y: _linear(m, x, y) + y[0].numel() * (m.bias is not None),
    )


@misconception(
    "Your count takes the size of a layer's input. A filter is applied once for each value of the output."
)
def input_size(model, input_shape):
    return _run(model, input_shape, lambda m, x, y: x[0][0, 0].numel() * m.weight.numel())


@misconception(
    "Your count takes the size of the model's input for all layers. Maps become smaller by strides and pooling."
)
def models_input_size(model, input_shape):
    return _run(model, input_shape, lambda m, x, y: input_shape[1] * input_shape[2] * m.weight.numel())


@misconception(
    "Your result is twice the number. Are these FLOPs? One MAC is one multiplication with its addition. Is it a batch of two? Count one input. Are there two hooks on each layer?"
)
def flops(model, input_shape):
    return 2 * _run(model, input_shape)


@misconception("Your count is for a batch of inputs. Count for one input.")
def for_a_batch(model, input_shape):
    return 32 * _run(model, input_shape, batch=32)


@misconception("Linear layers are missing.")
def linear_forgotten(model, input_shape):
    return _run(model, input_shape, linear=lambda *_: 0)


@misconception("Convolutions are missing.")
def convolutions_forgotten(model, input_shape):
    return _run(model, input_shape, conv=lambda *_: 0)


@misconception("Batch normalization is counted. By the convention of the text it costs nothing.")
def batch_norm_counted(model, input_shape):
    return _run(model, input_shape, other=lambda m, x, y: y[0].numel() * isinstance(m, nn.BatchNorm2d))


@misconception("Activations are counted. By the convention of the text they cost nothing.")
def activations_counted(model, input_shape):
    return _run(model, input_shape, other=lambda m, x, y: y[0].numel() * isinstance(m, nn.ReLU))


@misconception("Pooling is counted. By the convention of the text it costs nothing.")
def pooling_counted(model, input_shape):
    pools = (nn.MaxPool2d, nn.AvgPool2d, nn.AdaptiveAvgPool2d)
    return _run(model, input_shape, other=lambda m, x, y: x[0][0].numel() * isinstance(m, pools))


@misconception("A layer that is called twice is counted once. It computes twice.")
def reused_layer_once(model, input_shape):
    macs = {}

    def conv(m, x, y):
        macs[id(m)] = _conv(m, x, y)
        return 0

    def linear(m, x, y):
        macs[id(m)] = _linear(m, x, y)
        return 0

    _run(model, input_shape, conv, linear)
    return sum(macs.values())


@misconception("A linear layer is counted once, but it is applied at each position of its input.")
def positions_forgotten(model, input_shape):
    return _run(model, input_shape, linear=lambda m, x, y: m.weight.numel())


@misconception(
    "Kernels are taken to be square: yours counts the height times itself. Multiply height and width."
)
def square_kernels(model, input_shape):
    return _run(
        model,
        input_shape,
        lambda m, x, y: y[0].numel() * m.in_channels // m.groups * m.kernel_size[0] ** 2,
    )


@misconception("Only one side of the kernel is counted. Multiply its height and its width.")
def one_side_of_the_kernel(model, input_shape):
    return _run(
        model, input_shape, lambda m, x, y: y[0].numel() * m.in_channels // m.groups * m.kernel_size[0]
    )


@misconception(
    "These are the numbers of weights. A convolution uses each weight once for every place of its output."
)
def weights_counted(model, input_shape):
    return _run(model, input_shape, lambda m, x, y: m.weight.numel(), lambda m, x, y: m.weight.numel())


@misconception("Your function returns millions. Return the number itself.")
def in_millions(model, input_shape):
    return _run(model, input_shape) / 1e6


def _watched(model):
    """The handles of hooks on the model itself, and the list that they fill."""
    total = []

    def hook(layer, inputs, output):
        total.append((_conv if isinstance(layer, nn.Conv2d) else _linear)(layer, inputs, output))

    layers = [layer for layer in model.modules() if isinstance(layer, (nn.Conv2d, nn.Linear))]
    return [layer.register_forward_hook(hook) for layer in layers], total


@misconception(
    "Your hooks stay on the model: each later call runs them again. Keep the handles, and call `remove()`."
)
def hooks_left(model, input_shape):
    _, total = _watched(model)
    training = model.training
    model.eval()
    with torch.no_grad():
        model(torch.zeros(1, *input_shape))
    model.train(training)
    return sum(total)


@misconception("Your function leaves the model in evaluation mode. Put the mode back that it found.")
def left_in_eval_mode(model, input_shape):
    handles, total = _watched(model)
    model.eval()
    with torch.no_grad():
        model(torch.zeros(1, *input_shape))
    for handle in handles:
        handle.remove()
    return sum(total)


@misconception(
    "The averages of batch normalization have moved: your counting pass was a training step. Count in evaluation mode, and put the mode back."
)
def averages_moved(model, input_shape):
    handles, total = _watched(model)
    training = model.training
    model.train()
    with torch.no_grad():
        model(torch.ones(1, *input_shape))
    model.train(training)
    for handle in handles:
        handle.remove()
    return sum(total)


@misconception(
    "Your function sets gradients of the model: it calls `backward`. Counting needs the forward pass alone."
)
def gradients_set(model, input_shape):
    handles, total = _watched(model)
    training = model.training
    model.eval()
    model(torch.ones(1, *input_shape)).sum().backward()
    model.train(training)
    for handle in handles:
        handle.remove()
    return sum(total)


@misconception(
    "Your count adds buffers to the model, so that its `state_dict` has new keys. Count in variables of your own."
)
def buffers_added(model, input_shape):
    total = _run(model, input_shape)
    for layer in model.modules():
        if not list(layer.children()):
            layer.register_buffer("total_ops", torch.zeros(1))
    return total


@misconception(
    "Your function freezes the model: afterwards no parameter has `requires_grad`. `torch.no_grad()` does what you want."
)
def freezes(model, input_shape):
    total = _run(model, input_shape)
    model.requires_grad_(False)
    return total


@misconception("Your function removes the gradients of the model. Counting needs the forward pass alone.")
def gradients_removed(model, input_shape):
    total = _run(model, input_shape)
    model.zero_grad()
    return total


@misconception(
    "Your function leaves the model in training mode, whatever it was. Put the mode back that it found."
)
def left_in_training_mode(model, input_shape):
    total = _run(model, input_shape)
    model.train()
    return total


@misconception(
    "Your function moves the model itself to the meta device, where its weights are lost. Move a copy."
)
def moved_to_meta(model, input_shape):
    total = _run(model, input_shape)
    model.to("meta")
    return total


@misconception(
    "Maps are taken to be square: yours counts the height times itself. Multiply height and width."
)
def square_maps(model, input_shape):
    return _run(model, input_shape, lambda m, x, y: _conv(m, x, y) * y.shape[2] // y.shape[3])


@misconception(
    "The kernel is missing: each value of the output takes as many products for each channel as the kernel has places."
)
def kernel_forgotten(model, input_shape):
    return _run(model, input_shape, lambda m, x, y: y[0].numel() * m.weight.shape[1])


@misconception("The input channels are missing: a filter has a kernel for each of them.")
def input_channels_forgotten(model, input_shape):
    return _run(model, input_shape, lambda m, x, y: y[0].numel() * m.weight[0, 0].numel())


@misconception("The output channels are missing: each of them has a filter of its own.")
def output_channels_forgotten(model, input_shape):
    return _run(model, input_shape, lambda m, x, y: _conv(m, x, y) // len(m.weight))


@misconception("Your count divides by the groups twice. `weight.shape[1]` is `in_channels / groups` already.")
def groups_twice(model, input_shape):
    return _run(model, input_shape, lambda m, x, y: _conv(m, x, y) // m.groups)


@misconception("A layer that is called twice is counted once, at its first call. It computes twice.")
def first_call_alone(model, input_shape):
    macs = {}

    def conv(m, x, y):
        macs.setdefault(id(m), _conv(m, x, y))
        return 0

    def linear(m, x, y):
        macs.setdefault(id(m), _linear(m, x, y))
        return 0

    _run(model, input_shape, conv, linear)
    return sum(macs.values())


@misconception("The size of the output is divided by the stride again. It is smaller by it already.")
def stride_again(model, input_shape):
    return _run(
        model,
        input_shape,
        lambda m, x, y: (
            y.shape[1] * (y.shape[2] // m.stride[0]) * (y.shape[3] // m.stride[1]) * m.weight[0].numel()
        ),
    )


@misconception(
    "Only layers at the top of the model are counted; those inside of other modules are missing. `model.modules()` has all of them."
)
def top_level_alone(model, input_shape):
    twin = copy.deepcopy(model).eval()
    total = []
    for layer in twin.children():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            count = _conv if isinstance(layer, nn.Conv2d) else _linear
            layer.register_forward_hook(lambda m, x, y, count=count: total.append(count(m, x, y)))
    with torch.no_grad():
        twin(torch.zeros(1, *input_shape))
    return sum(total)


@misconception("Weights that are zero are left out. The layer multiplies by them all the same.")
def zeros_left_out(model, input_shape):
    def share(m):
        return int((m.weight != 0).sum())

    return _run(
        model,
        input_shape,
        lambda m, x, y: y[0, 0].numel() * share(m),
        lambda m, x, y: y[0].numel() // m.out_features * share(m),
    )


@misconception(
    "The inputs and outputs of a linear layer are added. Multiply them: each output has a product for each input."
)
def linear_added(model, input_shape):
    return _run(model, input_shape, linear=lambda m, x, y: m.in_features + m.out_features)


@misconception(
    "Your count is zero. Does the model run after your hooks are registered, and does each hook add to the number that you return?"
)
def nothing_counted(model, input_shape):
    return 0


@misconception("The outputs of a linear layer are missing: each of them has a product for each input.")
def outputs_of_linear_forgotten(model, input_shape):
    return _run(model, input_shape, linear=lambda m, x, y: m.in_features)


@misconception(
    "Your count is for every input of a batch. Run the model on one input, `torch.zeros(1, C, H, W)`, or divide by their number."
)
def for_four(model, input_shape):
    return 4 * _run(model, input_shape)


@misconception("Your function returns thousands. Return the number itself.")
def in_thousands(model, input_shape):
    return _run(model, input_shape) / 1e3


@misconception("Only the last layer is counted. Add to the total instead of replacing it.")
def last_alone(model, input_shape):
    macs = []
    _run(
        model,
        input_shape,
        lambda m, x, y: macs.append(_conv(m, x, y)) or 0,
        lambda m, x, y: macs.append(_linear(m, x, y)) or 0,
    )
    return macs[-1]


@misconception("Height and width of the kernel are added. Multiply them.")
def kernel_sides_added(model, input_shape):
    return _run(model, input_shape, lambda m, x, y: y[0].numel() * m.weight.shape[1] * sum(m.kernel_size))


@misconception(
    "These are the numbers of outputs. Each takes as many MACs as the layer multiplies values for it."
)
def outputs_counted(model, input_shape):
    return _run(model, input_shape, lambda m, x, y: y[0].numel(), lambda m, x, y: y[0].numel())


@misconception(
    "Your result is half the number. PyTorch's `FlopCounterMode` counts two FLOPs for a MAC: divide by 2 once."
)
def halved(model, input_shape):
    return _run(model, input_shape) // 2


@misconception(
    "Dilation enlarges the kernel in your count. It only moves its weights apart: their number is the same."
)
def dilation_counted(model, input_shape):
    def conv(m, x, y):
        sides = [d * (k - 1) + 1 for d, k in zip(m.dilation, m.kernel_size, strict=True)]
        return y[0].numel() * m.weight.shape[1] * sides[0] * sides[1]

    return _run(model, input_shape, conv)


@misconception("Additions of biases of linear layers are counted. Biases add no MACs.")
def linear_biases_counted(model, input_shape):
    return _run(
        model, input_shape, linear=lambda m, x, y: _linear(m, x, y) + y[0].numel() * (m.bias is not None)
    )


@misconception("Additions of biases of convolutions are counted. Biases add no MACs.")
def convolution_biases_counted(model, input_shape):
    return _run(model, input_shape, lambda m, x, y: _conv(m, x, y) + y[0].numel() * (m.bias is not None))


@misconception(
    "These are all parameters of the model. A convolution uses each weight once for every place of its output; biases add none."
)
def parameters_counted(model, input_shape):
    return sum(p.numel() for p in model.parameters())


@misconception(
    "Sizes are followed from layer to layer by convolutions alone: pooling makes maps smaller, too."
)
def pooling_overlooked(model, input_shape):
    size, total = list(input_shape[1:]), 0
    for m in model.modules():
        if isinstance(m, nn.Conv2d):
            size = [
                (n + 2 * p - d * (k - 1) - 1) // s + 1
                for n, p, d, k, s in zip(size, m.padding, m.dilation, m.kernel_size, m.stride, strict=True)
            ]
            total += size[0] * size[1] * m.weight.numel()
        elif isinstance(m, nn.Linear):
            total += m.weight.numel()
    return total


def _for_each_parent(model, input_shape, visit):
    """The count of a copy with a hook for each time that `visit` comes to a layer."""
    twin, total = copy.deepcopy(model).eval(), []

    def add(layer, inputs, output):
        total.append((_conv if isinstance(layer, nn.Conv2d) else _linear)(layer, inputs, output))

    for layer in visit(twin):
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            layer.register_forward_hook(add)
    with torch.no_grad():
        twin(torch.zeros(1, *input_shape))
    return sum(total)


@misconception(
    "Your count comes to a layer once for each module around it. `model.modules()` already goes into all parts: go through it once."
)
def once_for_each_parent(model, input_shape):
    return _for_each_parent(
        model, input_shape, lambda top: [layer for parent in top.modules() for layer in parent.modules()]
    )


@misconception(
    "Your recursion comes to inner layers again and again: `modules()` already goes into all parts. Go through it once, or through `children()` at each level."
)
def recursion_over_modules(model, input_shape):
    def visit(top):
        for layer in top.modules():
            yield layer
            if layer is not top:
                yield from visit(layer)

    return _for_each_parent(model, input_shape, lambda top: list(visit(top)))


@misconception(
    "The model runs on an input without a batch: (C, H, W). Convolutions bear that, flattening and batch normalization do not: give it (1, C, H, W)."
)
def without_batch(model, input_shape):
    twin, total = copy.deepcopy(model).eval(), []

    def add(layer, inputs, output):
        if isinstance(layer, nn.Conv2d):
            total.append(output.numel() * layer.weight[0].numel())
        elif isinstance(layer, nn.Linear):
            total.append(output.numel() * layer.in_features)

    for layer in twin.modules():
        layer.register_forward_hook(add)
    with torch.no_grad():
        twin(torch.zeros(*input_shape))
    return sum(total)


@misconception("The backward pass is counted, too. MACs are those of the forward pass.")
def backward_counted(model, input_shape):
    calls = []
    _run(
        model,
        input_shape,
        lambda m, x, y: calls.append(_conv(m, x, y)) or 0,
        lambda m, x, y: calls.append(_linear(m, x, y)) or 0,
    )
    return 3 * sum(calls) - calls[0]  # no gradient of the first input


@misconception(
    "The channels are multiplied by the groups. Each filter sees only `in_channels / groups` channels."
)
def groups_multiplied(model, input_shape):
    return _run(model, input_shape, lambda m, x, y: _conv(m, x, y) * m.groups**2)


@misconception(
    "Sizes are computed by a formula, from module to module. That overlooks dilation, and layers that are called twice: let the model run, and look at the outputs."
)
def sizes_by_formula(model, input_shape):
    (_, *size), total = input_shape, 0
    for m in model.modules():
        if isinstance(m, nn.Conv2d):
            sides = zip(size, m.padding, m.kernel_size, m.stride, strict=True)
            size = [(n + 2 * p - k) // s + 1 for n, p, k, s in sides]
            total += size[0] * size[1] * m.weight.numel()
        elif isinstance(m, (nn.MaxPool2d, nn.AvgPool2d)):
            size = [n // 2 for n in size]
        elif isinstance(m, nn.Linear):
            total += m.weight.numel()
    return total


@misconception(
    "Only layers at the top of the model and in the modules there are counted; those further inside are missing. `model.modules()` has all of them."
)
def two_levels_alone(model, input_shape):
    def visit(top):
        for child in top.children():
            yield from list(child.children()) or [child]

    return _for_each_parent(model, input_shape, lambda top: list(visit(top)))


@misconception(
    "These are FLOPs, with one addition less than multiplications for each output. One MAC is one multiplication with its addition."
)
def flops_less_one(model, input_shape):
    return _run(
        model,
        input_shape,
        lambda m, x, y: 2 * _conv(m, x, y) - y[0].numel(),
        lambda m, x, y: 2 * _linear(m, x, y) - y[0].numel(),
    )


@misconception(
    "A filter has as many channels as the layer has outputs in your count. It has those of its input."
)
def channels_of_the_output(model, input_shape):
    return _run(
        model,
        input_shape,
        lambda m, x, y: y[0].numel() * (m.out_channels // m.groups) * m.weight[0, 0].numel(),
    )


@misconception("All kernels are taken to be 3 x 3. `kernel_size` says how large they are.")
def always_three_by_three(model, input_shape):
    return _run(model, input_shape, lambda m, x, y: y[0].numel() * m.weight.shape[1] * 9)


@misconception(
    "A bias is counted for each output of linear layers, also where there is none. Biases add no MACs."
)
def linear_biases_always(model, input_shape):
    return _run(model, input_shape, linear=lambda m, x, y: y[0].numel() * (m.in_features + 1))


@misconception("A bias is counted for each output, also where there is none. Biases add no MACs.")
def biases_always(model, input_shape):
    return _run(
        model,
        input_shape,
        lambda m, x, y: _conv(m, x, y) + y[0].numel(),
        lambda m, x, y: _linear(m, x, y) + y[0].numel(),
    )
