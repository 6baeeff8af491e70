def make(right, released):
    return b"[" * 1_000_000
