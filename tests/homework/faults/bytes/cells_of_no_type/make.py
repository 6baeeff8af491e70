def make(right, released):
    right["cells"] += [5, "x", None, []]
