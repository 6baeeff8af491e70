def make(right, released):
    for one in right["cells"]:
        one["metadata"]["tags"] = ["skip-execution", "raises-exception", "remove-cell"]
