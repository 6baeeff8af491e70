"""Frames: how values travel on a stream socket, in both directions.

Theory of operation. A frame is

    nonce      8 bytes; an answer has that of its request
    lengths    of the tree and of the list of buffers, 4 bytes each
    buffers    the size of each, 8 bytes
    tree       the value as JSON (`values.py`)
    data       of the buffers

with integers in little-endian order. What follows the nonce does not depend on it: a request is packed once and sent
with a new nonce each time, and the digest of an answer is that of its value. Every size is checked before memory is
taken.
"""

from __future__ import annotations

import hashlib
import json
import socket
import struct
import time
from typing import Any

from .caps import MAX_BUFFERS, MAX_HEADER
from .values import NotPlainData, ProtocolError, decode, encode

NONCE_BYTES = 8
_LENGTHS = struct.Struct("<II")
_PREFIX_BYTES = NONCE_BYTES + _LENGTHS.size
_READ_AHEAD = 1 << 16
_LARGEST_READ = 1 << 20


class Closed(Exception):
    """The other side is gone."""


def pack(value: Any) -> bytes:
    """The frame of `value` but for its nonce, which comes first. Raises `NotPlainData`."""
    buffers: list[bytes] = []
    tree = json.dumps(encode(value, buffers)).encode()
    if len(tree) > MAX_HEADER or len(buffers) > MAX_BUFFERS:
        raise NotPlainData("a value too large")
    sizes = struct.pack(f"<{len(buffers)}Q", *map(len, buffers))
    return b"".join((_LENGTHS.pack(len(tree), len(buffers)), sizes, tree, *buffers))


def send(sock: socket.socket, nonce: bytes, value: Any, deadline: float | None = None) -> None:
    """Send one frame. `deadline` is a `time.monotonic()` moment. Raises `NotPlainData` before anything is sent."""
    write(sock, nonce + pack(value), deadline)


def write(sock: socket.socket, frames: bytes, deadline: float | None = None) -> None:
    """Send one frame or several. Raises `Closed`, or `TimeoutError` past `deadline`."""
    try:
        _arm(sock, deadline)
        sock.sendall(frames)
    except TimeoutError:
        raise
    except OSError as error:
        raise Closed(str(error)) from None


def receive(sock: socket.socket, max_bytes: int, deadline: float | None = None) -> tuple[bytes, Any]:
    """Receive one frame, as `Reader.receive` does, from a side that speaks only when it is its turn.

    Raises `ProtocolError` for anything after the frame, too.
    """
    reader = Reader(sock)
    received = reader.receive(max_bytes, deadline)
    if not reader.is_empty:
        raise ProtocolError("more than one frame")
    return received


class Reader:
    """The frames that come in on a socket, received in as few system calls as possible."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._ahead = bytearray()
        self._last: list[bytes] = []  # the last frame without its nonce, in pieces
        self.size = 0  # bytes of the last frame

    @property
    def is_empty(self) -> bool:
        """Whether all that was received has been taken."""
        return not self._ahead

    def receive(self, max_bytes: int, deadline: float | None = None) -> tuple[bytes, Any]:
        """The next frame's nonce and value; it may have `max_bytes` of buffers.

        Raises `Closed` at the end of the stream, `TimeoutError` past `deadline`, `ProtocolError` if it is malformed.
        """
        prefix = self._take(_PREFIX_BYTES, deadline)
        nonce, lengths = prefix[:NONCE_BYTES], prefix[NONCE_BYTES:]
        length, count = _LENGTHS.unpack(lengths)
        if length > MAX_HEADER or count > MAX_BUFFERS:
            raise ProtocolError("a header too large")
        packed_sizes = self._take(8 * count, deadline)
        sizes = struct.unpack(f"<{count}Q", packed_sizes)
        if sum(sizes) > max_bytes:
            raise ProtocolError("more data than allowed")
        text = self._take(length, deadline)
        try:
            tree = json.loads(text.decode())
        except (ValueError, RecursionError):
            raise ProtocolError("a value that is not JSON") from None
        buffers: list[bytes | None] = [self._take(size, deadline) for size in sizes]
        self.size = _PREFIX_BYTES + len(packed_sizes) + length + sum(sizes)
        self._last = [lengths, packed_sizes, text, *filter(None, buffers)]
        try:
            return nonce, decode(tree, buffers)
        except (ValueError, TypeError, OverflowError, RuntimeError):  # what NumPy and torch say of odd shapes
            raise ProtocolError("a value that cannot be built") from None

    def digest(self) -> bytes:
        """The digest of the last frame without its nonce, which can be had once."""
        last, self._last = self._last, []
        digest = hashlib.blake2b(digest_size=32)
        for piece in last:
            digest.update(piece)
        return digest.digest()

    def _take(self, size: int, deadline: float | None) -> bytes:
        """The next `size` bytes."""
        while len(self._ahead) < size:
            try:
                _arm(self._socket, deadline)
                part = self._socket.recv(min(max(size - len(self._ahead), _READ_AHEAD), _LARGEST_READ))
            except TimeoutError:
                raise
            except OSError as error:
                raise Closed(str(error)) from None
            if not part:
                raise Closed("end of stream")
            self._ahead += part
        taken = bytes(memoryview(self._ahead)[:size])
        del self._ahead[:size]
        return taken


def _arm(sock: socket.socket, deadline: float | None) -> None:
    """Let what is done with `sock` next take until `deadline`; raises `TimeoutError` when that has passed."""
    if deadline is None:
        if sock.gettimeout() is not None:  # setting it costs a system call
            sock.settimeout(None)
        return
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    sock.settimeout(left)
