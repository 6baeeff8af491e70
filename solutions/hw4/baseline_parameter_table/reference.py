"""The parameters of the baseline, layer by layer: hw4, section *Counting by hand*."""


def baseline_parameter_table():
    """A list of (layer, parameters), weights and biases, for the eight convolutions and the three linear layers."""
    table, c_in = [], 3
    for number, c_out in enumerate((32, 32, 64, 64, 128, 128, 128, 128), 1):
        table.append((f"conv{number}", c_in * c_out * 3 * 3 + c_out))
        c_in = c_out
    n_in = 128 * 2 * 2
    for number, n_out in enumerate((256, 128, 10), 1):
        table.append((f"fc{number}", n_in * n_out + n_out))
        n_in = n_out
    return table
