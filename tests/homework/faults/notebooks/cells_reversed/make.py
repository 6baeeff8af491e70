def make(right, released):
    right["cells"].reverse()
