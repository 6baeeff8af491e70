"""A bank of broken submissions and broken systems, each with what must come of it: `tests/homework/faults/test_faults.py`."""
