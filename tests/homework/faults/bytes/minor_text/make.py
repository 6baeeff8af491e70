def make(right, released):
    right["nbformat_minor"] = "five"
