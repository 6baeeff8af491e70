from tests.homework.faults.recipe import saved


def make(right, released):
    right["nbformat"] = 3
    right["worksheets"] = [{"cells": right.pop("cells")}]
    return saved(right)
