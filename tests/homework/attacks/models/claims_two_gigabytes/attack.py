import struct


def make(source, weights, pack):
    """There are four bytes of it."""
    header = b'{"a": {"dtype": "F32", "shape": [536870912], "data_offsets": [0, 2147483648]}}'
    return source, struct.pack("<Q", len(header)) + header + bytes(4)
