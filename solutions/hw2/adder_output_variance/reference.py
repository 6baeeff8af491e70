"""The variance of an adder layer's output (Chen et al., AdderNet, CVPR 2020, section 3.3): hw2, section *AdderNet*.

X - W is normal with variance var_x + var_w; the absolute value of a normal variable of variance v has variance (1 - 2/pi) v.
"""

import math


def adder_output_variance(kernel_size, c_in, var_x, var_w):
    """Variance of a sum of kernel_size² c_in independent |X - W| for normal X and W of mean 0."""
    return (1 - 2 / math.pi) * kernel_size**2 * c_in * (var_x + var_w)
