from tests.homework.faults.recipe import source, write

CODE = """import functools
def logged(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        print("called", function.__name__)
        return function(*args, **kwargs)
    return wrapper
"""


def make(right, released):
    text = source(right, "spatial_batchnorm_backward").replace(
        "def spatial", "@logged\n@torch.no_grad()\ndef spatial"
    )
    write(right, "spatial_batchnorm_backward", CODE + text)
