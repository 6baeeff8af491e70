def make(folder, release, references):
    """A number that takes minutes to read."""
    (folder / "hw1.ipynb").write_text('{"nbformat": ' + "9" * 2_000_000 + ', "cells": []}')
