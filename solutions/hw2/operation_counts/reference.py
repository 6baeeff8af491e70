"""Operations behind one output value of a convolutional and an adder layer: hw2, section *AdderNet*."""


def operation_counts(kernel_size, c_in):
    """Multiplications and additions of one output value; a subtraction is an addition, an absolute value is free."""
    terms = kernel_size**2 * c_in
    return {"conv": {"mul": terms, "add": terms - 1}, "adder": {"mul": 0, "add": 2 * terms - 1}}
