from tests.homework.faults.recipe import place, source, write


def make(right, released):
    names = ("spatial_batchnorm_forward", "spatial_batchnorm_backward")
    write(right, names[0], "\n".join(source(right, name) for name in names))
    del right["cells"][place(right, names[1])]
