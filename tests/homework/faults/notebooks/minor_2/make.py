def make(right, released):
    right["nbformat_minor"] = 2
    for one in right["cells"]:
        del one["id"]
