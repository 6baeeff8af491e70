import struct


def make(source, weights, pack):
    """Twice as many values as bytes."""
    header = b'{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}, "b": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}'
    return source, struct.pack("<Q", len(header)) + header + bytes(8)
