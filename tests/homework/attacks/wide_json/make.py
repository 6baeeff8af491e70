def make(folder, release, references):
    """Lists and dicts that are far smaller as text than in memory."""
    (folder / "hw1.ipynb").write_text('{"nbformat": 4, "cells": [' + "{}," * 5_000_000 + "{}]}")
