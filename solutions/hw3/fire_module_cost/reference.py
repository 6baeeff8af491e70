"""What SqueezeNet's fire module costs (Iandola et al., 2016): hw3, section *The fire module*."""


def fire_module_cost(c_in, squeeze, expand1, expand3, H, W):
    """(parameters, MACs) of a fire module on maps of H x W; biases are parameters and no MACs."""
    weights = c_in * squeeze + squeeze * expand1 + 9 * squeeze * expand3
    return weights + squeeze + expand1 + expand3, weights * H * W
