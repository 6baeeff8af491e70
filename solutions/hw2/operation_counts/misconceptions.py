"""Wrong solutions of `operation_counts`, each with the sentence that a student whose answer equals it should read."""

from homework.judge import misconception


def _counts(kernel_size, c_in, **changed):
    """The right counts, but for those in `changed`: conv_mul, conv_add, adder_mul, adder_add."""
    n = kernel_size**2 * c_in
    right = {"conv_mul": n, "conv_add": n - 1, "adder_mul": 0, "adder_add": 2 * n - 1}
    right.update(changed)
    return {
        layer: {operation: right[f"{layer}_{operation}"] for operation in ("mul", "add")}
        for layer in ("conv", "adder")
    }


def _counts_of(terms):
    """The right counts for another number of terms."""
    return {"conv": {"mul": terms, "add": terms - 1}, "adder": {"mul": 0, "add": 2 * terms - 1}}


# ------------------------------------------------------------------------------ how many terms


@misconception("Your counts have k where k² belongs: a k × k kernel has k² positions in each channel.")
def kernel_size_not_squared(kernel_size, c_in):
    return _counts_of(kernel_size * c_in)


@misconception("The input channels are missing: a filter has k² weights for each of them, k²·c_in in all.")
def one_channel(kernel_size, c_in):
    return _counts_of(kernel_size**2)


@misconception(
    "The number of channels is squared, as if there were c_in filters. One output value comes from one filter, with k²·c_in weights."
)
def all_filters_counted(kernel_size, c_in):
    return _counts_of((kernel_size * c_in) ** 2)


@misconception("k² and c_in were added. Each of the c_in channels has k² terms of its own: multiply.")
def channels_added(kernel_size, c_in):
    return _counts_of(kernel_size**2 + c_in)


@misconception(
    "The kernel has k steps along the channels in your counts, too. It has k rows and k columns, and c_in channels: k²·c_in terms."
)
def kernel_size_cubed(kernel_size, c_in):
    return _counts_of(kernel_size**3 * c_in)


@misconception(
    "Half of the kernel's terms were counted: a k × k kernel has k·k positions, not k·(k + 1)/2 or k²/2."
)
def half_of_the_kernel(kernel_size, c_in):
    return _counts_of(kernel_size * (kernel_size + 1) // 2 * c_in)


# ------------------------------------------------------------------------------ how many additions


@misconception(
    "One was taken off each factor, (k-1)·(k-1)·(c_in-1). All k²·c_in terms are added into one sum, which takes one addition fewer than there are terms: k²·c_in - 1."
)
def one_less_in_each_factor(kernel_size, c_in):
    add = (kernel_size - 1) ** 2 * (c_in - 1)
    return _counts(kernel_size, c_in, conv_add=add, adder_add=add + kernel_size**2 * c_in)


@misconception(
    "For the convolution one was taken off each factor, (k-1)·(k-1)·(c_in-1). All k²·c_in products are added into one sum, which takes one addition fewer than there are products: k²·c_in - 1."
)
def one_less_in_each_factor_of_the_convolution(kernel_size, c_in):
    return _counts(kernel_size, c_in, conv_add=(kernel_size - 1) ** 2 * (c_in - 1))


@misconception(
    "One was taken off k only, (k-1)²·c_in. All k²·c_in terms are added into one sum, which takes k²·c_in - 1 additions."
)
def one_less_in_the_kernel_size(kernel_size, c_in):
    add = (kernel_size - 1) ** 2 * c_in
    return _counts(kernel_size, c_in, conv_add=add, adder_add=add + kernel_size**2 * c_in)


@misconception(
    "Your sums end inside the channels, c_in·(k² - 1). The channels' sums must be added, too: k²·c_in - 1 in all."
)
def channels_not_added_up(kernel_size, c_in):
    add = c_in * (kernel_size**2 - 1)
    return _counts(kernel_size, c_in, conv_add=add, adder_add=add + kernel_size**2 * c_in)


@misconception(
    "For the convolution your sums end inside the channels, c_in·(k² - 1). The channels' sums must be added, too: k²·c_in - 1 in all."
)
def channels_not_added_up_in_the_convolution(kernel_size, c_in):
    return _counts(kernel_size, c_in, conv_add=c_in * (kernel_size**2 - 1))


@misconception(
    "Only the sums over the channels were counted, k²·(c_in - 1). The kernel's k² positions are added up, too: k²·c_in - 1 in all."
)
def only_channels_added_up(kernel_size, c_in):
    add = kernel_size**2 * (c_in - 1)
    return _counts(kernel_size, c_in, conv_add=add, adder_add=add + kernel_size**2 * c_in)


@misconception(
    "Both sums have one addition too many: n terms are added up by n - 1 additions. The first term is not added to anything (and there is no bias here)."
)
def first_terms_added_to_zero(kernel_size, c_in):
    n = kernel_size**2 * c_in
    return _counts(kernel_size, c_in, conv_add=n, adder_add=2 * n)


@misconception(
    "The convolution has one addition too many: n products are added up by n - 1 additions. The first product is not added to anything (and there is no bias here)."
)
def first_product_added_to_zero(kernel_size, c_in):
    return _counts(kernel_size, c_in, conv_add=kernel_size**2 * c_in)


@misconception(
    "The adder layer has one addition too many: n differences take n subtractions, and adding them up n - 1 additions."
)
def first_difference_added_to_zero(kernel_size, c_in):
    return _counts(kernel_size, c_in, adder_add=2 * kernel_size**2 * c_in)


@misconception(
    "The subtractions are missing. Each of the k²·c_in differences X - W is an operation, counted as an addition, and adding them up takes k²·c_in - 1 more."
)
def subtractions_not_counted(kernel_size, c_in):
    return _counts(kernel_size, c_in, adder_add=kernel_size**2 * c_in - 1)


@misconception(
    "The adder layer's count has the k²·c_in subtractions alone. Adding up the differences takes k²·c_in - 1 additions more."
)
def subtractions_alone(kernel_size, c_in):
    return _counts(kernel_size, c_in, adder_add=kernel_size**2 * c_in)


@misconception(
    "Both layers have as many additions as terms: for the convolution that is one too many (n terms are added up by n - 1 additions), and the adder layer has n subtractions besides."
)
def as_many_additions_as_terms(kernel_size, c_in):
    n = kernel_size**2 * c_in
    return _counts(kernel_size, c_in, conv_add=n, adder_add=n)


@misconception(
    "Each of the two steps of the adder layer was counted with n - 1. Only the sum takes one less than there are terms; there are n subtractions."
)
def one_less_twice(kernel_size, c_in):
    return _counts(kernel_size, c_in, adder_add=2 * (kernel_size**2 * c_in - 1))


@misconception(
    "The absolute values were counted. The statement takes them as free: only the sign bit changes."
)
def absolute_values_counted(kernel_size, c_in):
    return _counts(kernel_size, c_in, adder_add=3 * kernel_size**2 * c_in - 1)


@misconception(
    "The minus in front of the sum was counted as an operation. It changes only the sign bit, as the absolute values do, and is not counted here."
)
def minus_counted(kernel_size, c_in):
    n = kernel_size**2 * c_in
    return _counts(kernel_size, c_in, adder_add=2 * n, adder_mul=1)


@misconception(
    "The convolution's additions are missing: its products are added up into one value, by k²·c_in - 1 additions."
)
def convolution_without_additions(kernel_size, c_in):
    return _counts(kernel_size, c_in, conv_add=0)


# ------------------------------------------------------------------------------ which operations


@misconception(
    "The adder layer still has multiplications in your counts. It has none: differences take the place of products."
)
def adder_multiplies(kernel_size, c_in):
    return _counts(kernel_size, c_in, adder_mul=kernel_size**2 * c_in)


@misconception(
    "The adder layer has one multiplication in your counts, for the minus in front of the sum. Turning the sign is no multiplication."
)
def minus_taken_for_a_multiplication(kernel_size, c_in):
    return _counts(kernel_size, c_in, adder_mul=1)


@misconception(
    "The adder layer has the convolution's counts. It replaces every multiplication by a subtraction, which counts as an addition: no multiplications, 2k²·c_in - 1 additions."
)
def adder_like_convolution(kernel_size, c_in):
    n = kernel_size**2 * c_in
    return _counts(kernel_size, c_in, adder_mul=n, adder_add=n - 1)


@misconception("The two layers are exchanged.")
def layers_exchanged(kernel_size, c_in):
    right = _counts(kernel_size, c_in)
    return {"conv": right["adder"], "adder": right["conv"]}


@misconception("Multiplications and additions are exchanged.")
def operations_exchanged(kernel_size, c_in):
    right = _counts(kernel_size, c_in)
    return {layer: {"mul": counts["add"], "add": counts["mul"]} for layer, counts in right.items()}


@misconception(
    "The convolution's multiplications are counted like additions, with one less. Every one of the k²·c_in terms is a product."
)
def one_multiplication_missing(kernel_size, c_in):
    return _counts(kernel_size, c_in, conv_mul=kernel_size**2 * c_in - 1)


@misconception(
    "The convolution's multiplications are doubled: multiplication and addition make two operations, but they have a count each."
)
def floating_point_operations(kernel_size, c_in):
    return _counts(kernel_size, c_in, conv_mul=2 * kernel_size**2 * c_in)


@misconception("Your function returned nothing: `return` must hand the dictionary back.")
def nothing_returned(kernel_size, c_in):
    _counts(kernel_size, c_in)


@misconception(
    'The two layers\' counts come back without their names. Return a dictionary with the keys "conv" and "adder".'
)
def tuple_of_dicts(kernel_size, c_in):
    return tuple(_counts(kernel_size, c_in).values())


@misconception(
    "Your counts are those of the example, whatever the arguments. They follow from kernel_size and c_in: a filter has k²·c_in weights."
)
def counts_of_the_example(kernel_size, c_in):
    return _counts_of(12)


@misconception("Each of your counts stands in a list. The inner dictionaries hold plain whole numbers.")
def counts_in_lists(kernel_size, c_in):
    right = _counts(kernel_size, c_in)
    return {layer: {operation: [n] for operation, n in counts.items()} for layer, counts in right.items()}


@misconception(
    'Your function returns one number. Four are asked for, in a dictionary with the keys "conv" and "adder", each a dictionary with the keys "mul" and "add".'
)
def one_number(kernel_size, c_in):
    return kernel_size**2 * c_in


@misconception('The operations have other names than asked for: the keys are "mul" and "add".')
def operations_spelled_out(kernel_size, c_in):
    right = _counts(kernel_size, c_in)
    return {
        layer: {"multiplications": counts["mul"], "additions": counts["add"]}
        for layer, counts in right.items()
    }


@misconception(
    "In Python `^` is the exclusive or of two numbers' bits, and `kernel_size ^ 2 * c_in` even takes it of kernel_size and 2 * c_in. The square of kernel_size is `kernel_size**2`."
)
def exclusive_or_for_power(kernel_size, c_in):
    return _counts_of(kernel_size ^ (2 * c_in))


@misconception(
    "In Python `^` is the exclusive or of two numbers' bits: 3 ^ 2 is 1. The square of kernel_size is `kernel_size**2`."
)
def exclusive_or_for_power_in_parentheses(kernel_size, c_in):
    return _counts_of((kernel_size ^ 2) * c_in)
