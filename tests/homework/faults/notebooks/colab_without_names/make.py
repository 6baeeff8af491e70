def make(right, released):
    for number, one in enumerate(right["cells"]):
        one["metadata"] = {"id": f"Zk{number}"}
