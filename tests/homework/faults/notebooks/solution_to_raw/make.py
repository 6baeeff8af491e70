from tests.homework.faults.recipe import cell


def make(right, released):
    cell(right, "spatial_batchnorm_backward")["cell_type"] = "raw"
