def make(right, released):
    return b""
