def make(right, released):
    right["nbformat_minor"] = 99
