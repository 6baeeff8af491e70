def make(right, released):
    right["metadata"]["loss"] = [float("nan"), float("inf"), -float("inf")]
