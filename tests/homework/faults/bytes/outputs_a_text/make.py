def make(right, released):
    for one in right["cells"]:
        one["outputs"] = "15.0"
