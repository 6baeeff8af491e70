import json
import os
import pickle
import struct

calls = [0]


def frame(tree, sizes=(), rest=b"", nonce=bytes(8)):
    text = tree if isinstance(tree, bytes) else json.dumps(tree).encode()
    return nonce + struct.pack(f"<II{len(sizes)}Q", len(text), len(sizes), *sizes) + text + rest


class Payload:
    def __reduce__(self):
        return os.system, ("touch /tmp/homework-attack-canary",)


FRAMES = [
    bytes(8) + struct.pack("<II", 0xFFFFFFFF, 0),
    bytes(8) + struct.pack("<II", 0, 0xFFFFFFFF),
    frame(b"not json!"),
    frame(b"[" * (1 << 19)),
    frame(None, [1 << 39]),
    frame(None, [(1 << 64) - 1, 1]),
    frame({"a": ["object", [1], None, 0]}, [8], bytes(8)),
    frame({"a": ["float64", [9], [-1], 0]}, [8], bytes(8)),
    frame({"a": ["float64", [1 << 39, 0], None, 0]}, [0]),
    frame({"p": 0}, [len(pickle.dumps(Payload()))], pickle.dumps(Payload())),
    frame({"i": "f" * 4000}, nonce=b"\xff" * 8),
    frame({"d": [[{"l": []}, 1]]}),
]


def cross_corr_2d(X, K):
    calls[0] += 1
    for fd in range(3, 64):
        try:
            os.write(fd, FRAMES[(calls[0] + os.getpid()) % len(FRAMES)])
        except OSError:
            pass
    os._exit(0)
