"""The trusted side of a server, which answers requests.

Theory of operation. Requests are answered in order, one at a time. Those that will come next are known as a rule (the
`script`), so they are sent before the answers in front of them have come: neither side then waits for the other. What
has been sent ahead stays so small that sending never has to wait for a server, which may itself wait until somebody
reads. Answers to what has not been asked yet are kept until it is. A server that is lost in such a call is lost for
the one that waits as well, which is then for another server; whoever asks that one had better go without a script.
"""

from __future__ import annotations

import builtins
import re
import secrets
import socket
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from homework.sandbox import errors
from homework.sandbox.inside import wire
from homework.sandbox.request import Request

if TYPE_CHECKING:
    from homework.sandbox.host import Session

_LARGEST_ANSWER = 64 << 20
_LARGEST_KEPT = 8 << 20  # bytes of all answers that nobody has asked for yet
# What is on its way must fit into a socket's buffer, where it takes twice its size and a kilobyte for each piece.
_BYTES_AHEAD = 48 << 10
_REQUESTS_AHEAD = 32
_KNOWN_EXCEPTIONS = {
    *(
        name
        for name, kind in vars(builtins).items()
        if isinstance(kind, type) and issubclass(kind, BaseException)
    ),
    *("AxisError", "LinAlgError", "OutOfMemoryError"),
}
_KNOWN_TYPES = {
    *(
        "function",
        "method",
        "builtin_function_or_method",
        "generator",
        "map",
        "zip",
        "filter",
        "range",
        "set",
    ),
    *("frozenset", "type", "module", "object", "dict_values", "dict_keys", "slice", "Parameter", "Size"),
}


@dataclass(frozen=True)
class Reply:
    """What a call returned, and its inputs afterwards where they were modified.

    Replies with the same `mark` are the same to the bit; a reply that has none was written as ours are not.
    """

    value: Any
    after: Any = None
    mark: bytes | None = None


@dataclass(frozen=True)
class _Answer:
    """An answer as it came, with its mark, and `size` in bytes."""

    value: dict[str, Any]
    mark: bytes | None
    size: int


@dataclass(frozen=True)
class _Sent:
    request: Request
    nonce: str
    size: int


class Server:
    """Answers calls until it misbehaves: a fork of a session, with its `pid` there, or the session itself.

    `script`: the requests that are expected, in order; whatever else is asked for is answered, too.
    """

    def __init__(
        self, session: Session, sock: socket.socket, pid: int | None, script: Sequence[Request]
    ) -> None:
        self._session = session
        self._socket = sock
        self._answers = wire.Reader(sock)
        self._pid = pid
        self._script = script
        self._next = 0  # in the script, to be sent
        self._sent: deque[_Sent] = deque()  # not answered yet
        self._kept: deque[tuple[Request, _Answer]] = deque()
        self.alive = True

    def close(self) -> None:
        """Kill the server."""
        if self.alive:
            self.alive = False
            self._socket.close()
            if self._pid is None:
                self._session.close()
            else:
                self._session.control(f"kill {self._pid}")

    def call(self, request: Request, seconds: float) -> Reply:
        """The answer to `request`, for which it has `seconds` at most.

        Raises a StudentFault: what the student's code did. After OutOfTime, OutOfMemory or Crashed the server is gone.
        Raises LostBefore if it was gone before it came to `request`, SandboxFault when the sandbox was lost.
        """
        limit = min(seconds, self._session.limits.seconds_per_call)
        answer = self._kept_answer(request)
        if answer is None and not any(sent.request is request for sent in self._sent):
            self._send(request, limit)
        while answer is None:
            answered, found = self._receive(request, limit)
            if answered is request:
                answer = found
            else:
                self._keep(answered, found)
        try:
            return _checked_reply(answer, request.driver, self._session.cells)
        except wire.Deviation as deviation:
            self.close()
            raise _out_of_order(deviation) from None

    def _send(self, request: Request, limit: float) -> None:
        """Send `request`, and of what follows it in the script as much as may be on its way."""
        following: Sequence[Request] = ()
        for index in range(self._next, len(self._script)):
            if self._script[index] is request:
                following = self._script[index + 1 :]
                self._next = index + 1
                break
        frame = self._frame(request)
        while self._sent and not self._has_room(frame):
            self._keep(*self._receive(request, limit))
        frames = [self._note(request, frame)]
        for later in following:
            frame = self._frame(later)
            if not self._has_room(frame):
                break
            frames.append(self._note(later, frame))
            self._next += 1
        try:
            wire.write(self._socket, b"".join(frames), time.monotonic() + limit)
        except wire.Closed:
            pass  # what it answered before is still to be read
        except TimeoutError:  # it does not read: then this is the only one, too large for a socket's buffer
            self.close()
            raise _out_of_time(limit) from None

    def _frame(self, request: Request) -> tuple[str, bytes]:
        """A nonce, and the frame with it."""
        nonce = secrets.token_hex(8)
        header = {"nonce": nonce, "seed": self._session.seed, "exercise": request.exercise}
        return nonce, wire.frame(header, request.packed)

    def _note(self, request: Request, frame: tuple[str, bytes]) -> bytes:
        nonce, data = frame
        self._sent.append(_Sent(request, nonce, len(data)))
        return data

    def _has_room(self, frame: tuple[str, bytes]) -> bool:
        """Whether sending one more will not have to wait."""
        on_its_way = sum(sent.size for sent in self._sent)
        return len(self._sent) < _REQUESTS_AHEAD and on_its_way + len(frame[1]) <= _BYTES_AHEAD

    def _receive(self, asked: Request, limit: float) -> tuple[Request, _Answer]:
        """The next answer, while the one to `asked` is waited for, and what it answers."""
        head = self._sent[0]
        try:
            header, answer = self._answers.receive(_LARGEST_ANSWER, time.monotonic() + limit)
            if header.get("nonce") != head.nonce or not isinstance(answer, dict):
                raise wire.Deviation("an answer to no request")
            if len(self._sent) == 1 and not self._answers.is_empty:
                raise wire.Deviation("more than one frame")
        except TimeoutError:
            fault: errors.StudentFault = _out_of_time(limit)
        except wire.Closed:
            fault = self._death()
        except wire.Deviation as deviation:
            fault = _out_of_order(deviation)
        else:
            self._sent.popleft()
            return head.request, _Answer(answer, self._answers.mark(head.nonce), self._answers.size)
        self.close()
        raise fault if head.request is asked else errors.LostBefore

    def _death(self) -> errors.StudentFault:
        """What the server died of. Raises SandboxFault if it was of us."""
        time.sleep(0.01)  # the note of the session's warden may be a moment behind the end of the stream
        out_of_memory = self._session.out_of_memory()
        self.close()
        self._session.raise_if_zygote_is_lost()
        if out_of_memory:
            return errors.OutOfMemory("Your function used more memory than allowed.")
        return errors.Crashed("The Python process died while your function ran.")

    def _keep(self, request: Request, answer: _Answer) -> None:
        """Keep an answer until somebody asks for it."""
        self._kept.append((request, answer))
        while sum(kept.size for _, kept in self._kept) > _LARGEST_KEPT:
            self._kept.popleft()  # it can be asked for again

    def _kept_answer(self, request: Request) -> _Answer | None:
        for index, (answered, answer) in enumerate(self._kept):
            if answered is request:
                del self._kept[index]
                return answer
        return None


def _out_of_time(limit: float) -> errors.OutOfTime:
    return errors.OutOfTime(f"Your function did not finish within {limit:g} seconds.")


def _out_of_order(deviation: wire.Deviation) -> errors.Crashed:
    return errors.Crashed(f"Your function's process answered out of order ({deviation}).")


def _checked_reply(said: _Answer, driver: str, cells: set[str]) -> Reply:
    """What a server answered. Of its words only those are repeated that we know already, so that nothing leaks."""
    answer = said.value
    status = text_of(answer.get("status"))
    if status == "ok":
        return Reply(answer.get("value"), answer.get("after"), said.mark)
    if status == "missing":
        name = answer.get("name")
        raise errors.Missing(
            name if isinstance(name, str) and name in re.findall(r"\w+", driver) else "a name"
        )
    if status == "unsupported":
        kind = answer.get("kind")
        raise errors.NotFlat(
            f"an object of type {kind}" if isinstance(kind, str) and kind in _KNOWN_TYPES else "an object"
        )
    if status == "raised":
        if answer.get("memory") is True:
            raise errors.OutOfMemory("Your function asked for more memory than allowed.")
        classes = answer.get("classes")
        known = (
            [name for name in classes if isinstance(name, str) and name in _KNOWN_EXCEPTIONS]
            if isinstance(classes, list)
            else []
        )
        place = answer.get("place")
        if not (
            isinstance(place, list)
            and len(place) == 2
            and isinstance(place[0], str)
            and place[0] in cells
            and type(place[1]) is int
        ):
            place = None
        raise errors.Raised(
            known[0] if known else "an exception",
            (place[0], place[1]) if place and 0 < place[1] < 10_000 else None,
            answer.get("no_grad") is True,
        )
    raise wire.Deviation("an answer of no known status")


def text_of(value: Any) -> str:
    """`value` if it is text, else "": what else the other side may say there cannot all be compared or printed."""
    return value if isinstance(value, str) else ""
