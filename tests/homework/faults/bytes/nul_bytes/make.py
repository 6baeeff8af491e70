"""A file system that lost its data when the power went."""

from tests.homework.faults.recipe import saved


def make(right, released):
    return bytes(len(saved(right)))
