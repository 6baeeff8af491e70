"""Every cell has the same id."""


def make(right, released):
    for one in right["cells"]:
        one["id"] = "same"
