"""From bottom to top."""


def make(right, released):
    right["cells"].reverse()
