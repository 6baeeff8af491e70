"""An upload that broke before its first byte."""


def make(right, released):
    return b""
