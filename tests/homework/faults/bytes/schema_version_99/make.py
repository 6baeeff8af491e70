def make(right, released):
    for one in right["cells"]:
        one["metadata"]["nbgrader"]["schema_version"] = 99
