"""Parameters, MACs and memory accesses of convolutions: hw2, section *Separable convolution*."""


def cost_table(kind, H, W, c_in, c_out, kernel_size, t=4):
    """(parameters, macs, memory_accesses) of a convolution, or of a block of them, whose outputs are H × W.

    A MAC is one multiply-add and reads one input and one weight; every output is written once; biases everywhere, but
    neither their additions nor their reads are counted.
    """
    hidden = t * c_in
    layers = {  # of each layer: the inputs that one output value is computed from, and the output channels
        "regular": [(c_in * kernel_size**2, c_out)],
        "depthwise": [(kernel_size**2, c_in)],
        "pointwise": [(c_in, c_out)],
        "separable": [(kernel_size**2, c_in), (c_in, c_out)],
        "inverted": [(c_in, hidden), (kernel_size**2, hidden), (hidden, c_out)],
    }[kind]
    parameters = sum((inputs + 1) * channels for inputs, channels in layers)
    macs = H * W * sum(inputs * channels for inputs, channels in layers)
    outputs = H * W * sum(channels for _, channels in layers)
    return parameters, macs, 2 * macs + outputs
