def make(right, released):
    right["nbformat_minor"] = 1
    for one in right["cells"]:
        del one["id"]
