"""The number of trainable parameters: hw4, section *Parameters*."""


def count_parameters(model):
    """The elements of all parameters that are trained; a shared one counts once."""
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)
