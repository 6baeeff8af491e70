import struct


def make(source, weights, pack):
    """Neither may take memory or time."""
    return source, struct.pack("<Q", (1 << 64) - 1) + b"[" * 1_000_000
