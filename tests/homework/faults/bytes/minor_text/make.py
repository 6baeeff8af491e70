"""A minor version that is text."""


def make(right, released):
    right["nbformat_minor"] = "five"
