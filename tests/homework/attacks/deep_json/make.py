def make(folder, release, references):
    """Nest deeper than a parser can."""
    (folder / "hw1.ipynb").write_text('{"nbformat": 4, "cells": ' + "[" * 100_000)
