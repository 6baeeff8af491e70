"""Sandboxed grading, hidden tests and diagnosis for the homework of EE P 590."""

__version__ = "0.1.0"
