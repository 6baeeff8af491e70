def make(right, released):
    for one in right["cells"]:
        one["source"] = "".join(one["source"]).splitlines(keepends=True)
