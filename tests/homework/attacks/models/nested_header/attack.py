import struct


def make(source, weights, pack):
    """The parser must not overflow."""
    header = b"[" * 500_000
    return source, struct.pack("<Q", len(header)) + header
