def make(right, released):
    right["nbformat_minor"] = 4
    for one in right["cells"]:
        del one["id"]
