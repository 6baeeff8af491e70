def make(right, released):
    return right
