from tests.homework.faults.recipe import above, copied, place


def make(right, released):
    half = copied(right, "cross_corr_2d")
    half["source"] = "def size(K):\n    return K.shape"
    above(right, "cross_corr_2d", half)
    text = "".join(right["cells"][place(right, "cross_corr_2d") + 1]["source"])
    right["cells"][place(right, "cross_corr_2d") + 1]["source"] = text.replace("K.shape", "size(K)")
