def make(right, released):
    right["nbformat_minor"] = 3
    for one in right["cells"]:
        del one["id"]
