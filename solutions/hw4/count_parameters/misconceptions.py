"""Wrong solutions of `count_parameters`, each with the sentence that a student whose answer equals it should read."""

from torch import nn

from homework.judge import misconception


def _trained(model):
    return [parameter for parameter in model.parameters() if parameter.requires_grad]


@misconception(
    "Your count is zero. Is it divided, or are only parameters counted that this model does not have?"
)
def nothing_counted(model):
    return 0


@misconception("Frozen parameters are counted. Only those with `requires_grad` are trained.")
def frozen_counted(model):
    return sum(parameter.numel() for parameter in model.parameters())


@misconception("Buffers are counted, such as the averages of batch normalization. They are not trained.")
def buffers_counted(model):
    return sum(p.numel() for p in _trained(model)) + sum(buffer.numel() for buffer in model.buffers())


@misconception("All of `state_dict` is counted: buffers, frozen parameters, and shared ones twice.")
def state_dict_counted(model):
    return sum(value.numel() for value in model.state_dict().values())


@misconception("A parameter that two layers share is counted twice. It is one tensor.")
def shared_twice(model):
    return sum(
        p.numel() for module in model.modules() for p in module.parameters(recurse=False) if p.requires_grad
    )


@misconception(
    "Parameters are counted once for each module that contains them, also the containers. `model.parameters()` already has all of them."
)
def nested_again(model):
    return sum(p.numel() for module in model.modules() for p in module.parameters() if p.requires_grad)


@misconception("This is the number of parameter tensors. Count their elements.")
def tensors_counted(model):
    return len(_trained(model))


@misconception("The biases are missing. They are trained, too.")
def biases_forgotten(model):
    return sum(p.numel() for name, p in model.named_parameters() if p.requires_grad and "bias" not in name)


@misconception(
    "Only parameters with two dimensions or more are counted: biases, and the scale and shift of batch normalization, are missing."
)
def matrices_alone(model):
    return sum(p.numel() for p in _trained(model) if p.ndim > 1)


@misconception(
    "Only convolutions and linear layers are counted. Batch normalization, and parameters of the model's own, are trained, too."
)
def two_kinds_of_layers(model):
    layers = [m for m in model.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
    found = {id(p): p for layer in layers for p in layer.parameters() if p.requires_grad}
    return sum(p.numel() for p in found.values())


@misconception("Only layers at the top of the model are counted; those inside of other modules are missing.")
def top_level_alone(model):
    found = {id(p): p for m in model.children() for p in m.parameters(recurse=False) if p.requires_grad}
    return sum(p.numel() for p in found.values()) + sum(p.numel() for p in model.parameters(recurse=False))


@misconception("These are bytes: four for each parameter. Count the parameters.")
def in_bytes(model):
    return sum(p.numel() * p.element_size() for p in _trained(model))


@misconception("These are millions. Return the number itself, a whole number.")
def in_millions(model):
    return sum(p.numel() for p in _trained(model)) / 1e6


@misconception("Only the first dimension of each parameter is counted. Multiply all of its dimensions.")
def first_dimension(model):
    return sum(len(p) for p in _trained(model))


@misconception(
    "Your function unfreezes the model: afterwards all parameters are trained. Look at it without changing it."
)
def unfreezes(model):
    total = sum(p.numel() for p in _trained(model))
    model.requires_grad_(True)
    return total


@misconception("Your function leaves the model in evaluation mode. Counting parameters needs no other mode.")
def leaves_eval_mode(model):
    model.eval()
    return sum(p.numel() for p in _trained(model))


@misconception(
    "Only parameters that have a gradient already are counted. `requires_grad` says whether they are trained."
)
def with_gradient_alone(model):
    return sum(p.numel() for p in model.parameters() if p.grad is not None)


@misconception(
    "Only parameters of the model's own are counted, none of the layers in it. `model.parameters()` has all of them."
)
def own_alone(model):
    return sum(p.numel() for p in model.parameters(recurse=False) if p.requires_grad)


@misconception("The frozen parameters are counted, and no others. Count those with `requires_grad`.")
def frozen_alone(model):
    return sum(p.numel() for p in model.parameters() if not p.requires_grad)


@misconception(
    "The lengths of a parameter's dimensions are added. Multiply them: a matrix of 2 x 3 has six elements."
)
def lengths_added(model):
    return sum(sum(p.shape) for p in _trained(model))


@misconception(
    "Parameters that are zero are not counted. Their values do not matter: batch normalization's shift starts at zero."
)
def zeros_left_out(model):
    return sum(int((p != 0).sum()) for p in _trained(model))


@misconception("Parameters of equal shapes are counted once. Only a tensor that is the same one counts once.")
def equal_shapes_once(model):
    return sum({tuple(p.shape): p.numel() for p in _trained(model)}.values())


@misconception("Parameters of equal values are counted once. Only a tensor that is the same one counts once.")
def equal_values_once(model):
    return sum({(p.shape, tuple(p.flatten().tolist())): p.numel() for p in _trained(model)}.values())


@misconception("Only the last parameter is counted. Add to the total instead of replacing it.")
def last_alone(model):
    return _trained(model)[-1].numel()


@misconception("Only the first parameter is counted. Is the `return` inside of the loop?")
def first_alone(model):
    return _trained(model)[0].numel()


@misconception(
    "The sizes of kernels are missing: only the first two dimensions of a parameter are multiplied. Multiply all of them."
)
def kernels_forgotten(model):
    return sum(p.shape[:2].numel() for p in _trained(model))


@misconception("The scale and shift of batch normalization are missing. They are trained, too.")
def batch_norm_forgotten(model):
    norms = (nn.BatchNorm1d, nn.BatchNorm2d)
    left_out = {id(p) for m in model.modules() if isinstance(m, norms) for p in m.parameters()}
    return sum(p.numel() for p in _trained(model) if id(p) not in left_out)


@misconception(
    "Your function freezes the model: afterwards nothing is trained. Look at it without changing it."
)
def freezes(model):
    total = sum(p.numel() for p in _trained(model))
    model.requires_grad_(False)
    return total


@misconception(
    "Frozen parameters are counted, because your function unfreezes the model. Look at it without changing it."
)
def counts_after_unfreezing(model):
    model.requires_grad_(True)
    return sum(p.numel() for p in _trained(model))


@misconception("Your function removes the gradients of the model. Look at it without changing it.")
def gradients_removed(model):
    model.zero_grad()
    return sum(p.numel() for p in _trained(model))


@misconception(
    "Parameters are looked for in the direct parts of the model: what these share is counted twice, and the model's own are missing. `model.parameters()` has each tensor once."
)
def parts_alone(model):
    return sum(p.numel() for part in model.children() for p in part.parameters() if p.requires_grad)


@misconception(
    "`state_dict` is counted: the averages of batch normalization, frozen parameters, and shared ones twice are in it."
)
def state_dict_without_counters(model):
    return sum(v.numel() for name, v in model.state_dict().items() if "num_batches" not in name)


@misconception("These are thousands. Return the number itself, a whole number.")
def in_thousands(model):
    return sum(p.numel() for p in _trained(model)) / 1e3


@misconception("These are the trained and all parameters. Return one number: the trained ones.")
def two_numbers(model):
    return sum(p.numel() for p in _trained(model)), sum(p.numel() for p in model.parameters())


@misconception("Only convolutions are counted. Linear layers and batch normalization have parameters, too.")
def convolutions_alone(model):
    found = {id(p): p for m in model.modules() if isinstance(m, nn.Conv2d) for p in m.parameters()}
    return sum(p.numel() for p in found.values() if p.requires_grad)


@misconception("Only linear layers are counted. Convolutions and batch normalization have parameters, too.")
def linear_alone(model):
    found = {id(p): p for m in model.modules() if isinstance(m, nn.Linear) for p in m.parameters()}
    return sum(p.numel() for p in found.values() if p.requires_grad)


@misconception(
    "Modules that contain others are skipped, but they can have parameters of their own. `model.parameters()` has all."
)
def leaves_alone(model):
    found = {id(p): p for m in model.modules() if not list(m.children()) for p in m.parameters()}
    return sum(p.numel() for p in found.values() if p.requires_grad)


@misconception("A parameter that several layers share is not counted at all. It counts once.")
def shared_never(model):
    every = [id(p) for m in model.modules() for p in m.parameters(recurse=False)]
    return sum(p.numel() for p in _trained(model) if every.count(id(p)) == 1)


@misconception(
    "A layer counts as a whole, trained or frozen by its first parameter. Look at `requires_grad` of each parameter."
)
def layers_as_a_whole(model):
    layers = [list(m.parameters(recurse=False)) for m in model.modules()]
    return sum(sum(p.numel() for p in one) for one in layers if one and one[0].requires_grad)


@misconception("These are bits: 32 for each parameter. Count the parameters.")
def in_bits(model):
    return sum(32 * p.numel() for p in _trained(model))


@misconception(
    "Only the weights of layers are counted. Biases, and parameters of the model's own, are trained, too."
)
def weights_of_layers(model):
    weights = [m.weight for m in model.modules() if getattr(m, "weight", None) is not None]
    return sum(weight.numel() for weight in weights if weight.requires_grad)


@misconception("Buffers are subtracted. `model.parameters()` does not have them in the first place.")
def buffers_subtracted(model):
    trained = sum(p.numel() for p in model.parameters() if p.requires_grad)
    return trained - sum(buffer.numel() for buffer in model.buffers())


@misconception(
    "Weights of convolutions and linear layers are counted, and a bias for each output, whether there is one or not. `model.parameters()` has what there is."
)
def biases_that_are_not_there(model):
    layers = [m for m in model.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
    return sum(m.weight.numel() + len(m.weight) for m in layers)
