from tests.homework.faults.recipe import cell


def make(right, released):
    first, second = (
        cell(right, name)["metadata"]["nbgrader"] for name in ("cross_corr_2d", "spatial_batchnorm_forward")
    )
    first["grade_id"], second["grade_id"] = second["grade_id"], first["grade_id"]
