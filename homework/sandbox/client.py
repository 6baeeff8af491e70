"""A client of the process that answers calls in a session.

Theory of operation. Requests are answered in order, one at a time. Which ones will come is known as a rule (the
`plan`), so they are sent before the answers in front of them have come, and neither side waits for the other. What is
sent ahead stays so small that sending never has to wait: the other process may itself wait until its answers are read.
Answers to what has not been asked yet are kept until it is. When the process is lost in a call sent ahead, whoever
waits for a later one gets a CallDropped and asks another process, better without a plan.

Everything here treats the other side as hostile: each wait has a deadline, each answer is checked for its nonce and its
form, and any deviation ends the process.
"""

from __future__ import annotations

import secrets
import socket
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from homework.sandbox import errors
from homework.sandbox.control import Control
from homework.sandbox.inside import frames
from homework.sandbox.inside.values import ProtocolError
from homework.sandbox.limits import ANSWER_BYTES, KEPT_ANSWER_BYTES
from homework.sandbox.replies import Reply, checked_reply
from homework.sandbox.request import Request

# What is on its way must fit into a socket's buffer, where it takes twice its size and a kilobyte for each piece.
_BYTES_AHEAD = 48 << 10
_REQUESTS_AHEAD = 32


@dataclass(frozen=True)
class _Answer:
    """An answer as it came, with its digest, and `size` in bytes."""

    value: dict[str, Any]
    digest: bytes
    size: int


@dataclass(frozen=True)
class _Sent:
    request: Request
    nonce: bytes
    size: int


class CallClient:
    """Calls a process of a session, until that misbehaves: the fork with the number `pid` there, or the worker itself.

    `plan`: the requests that are expected, in order; whatever else is asked for is answered, too. A call has
    `most_seconds`; `places` are the cells above the grade cell of each exercise, with their numbers of lines.
    """

    def __init__(
        self,
        control: Control,
        sock: socket.socket,
        pid: int | None,
        *,
        most_seconds: float,
        places: Mapping[str, Mapping[str, int]],
        plan: Sequence[Request],
    ) -> None:
        self._control = control
        self._socket = sock
        self._answers = frames.Reader(sock)
        self._pid = pid
        self._most_seconds = most_seconds
        self._places = places
        self._plan = plan
        self._next = 0  # in the plan, to be sent
        self._sent: deque[_Sent] = deque()  # not answered yet
        self._kept: deque[tuple[Request, _Answer]] = deque()
        self.alive = True

    def close(self) -> None:
        """End the process that answers; where that is the worker, the session."""
        if self.alive:
            self.alive = False
            self._socket.close()
            if self._pid is None:
                self._control.end()
            else:
                self._control.kill(self._pid)

    def call(self, request: Request, seconds: float) -> Reply:
        """The answer to `request`, for which it has `seconds` at most.

        Raises a StudentFault: what the student's code did. After OutOfTime, OutOfMemory or Crashed it is not `alive`.
        Raises CallDropped if the process was lost before it came to `request`, SandboxFault if the sandbox was lost.
        """
        limit = min(seconds, self._most_seconds)
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
            places = self._places.get(request.exercise, {})
            return checked_reply(answer.value, answer.digest, request.driver, places)
        except ProtocolError as error:
            self.close()
            raise _out_of_order(error) from None

    def _send(self, request: Request, limit: float) -> None:
        """Send `request`, and of what follows it in the plan as much as may be on its way."""
        following: Sequence[Request] = ()
        for index in range(self._next, len(self._plan)):
            if self._plan[index] is request:
                following = self._plan[index + 1 :]
                self._next = index + 1
                break
        while self._sent and not self._has_room(request):
            self._keep(*self._receive(request, limit))
        sending = self._frame(request)
        for later in following:
            if not self._has_room(later):
                break
            sending += self._frame(later)
            self._next += 1
        try:
            frames.write(self._socket, sending, time.monotonic() + limit)
        except frames.Closed:
            pass  # what it answered before is still to be read
        except TimeoutError:  # it does not read: then this is the only one, too large for a socket's buffer
            self.close()
            raise _out_of_time(limit) from None

    def _frame(self, request: Request) -> bytes:
        """The request with a nonce, noted as sent."""
        nonce = secrets.token_bytes(frames.NONCE_BYTES)
        frame = nonce + request.packed
        self._sent.append(_Sent(request, nonce, len(frame)))
        return frame

    def _has_room(self, request: Request) -> bool:
        """Whether sending one more will not have to wait."""
        size = frames.NONCE_BYTES + len(request.packed) + sum(sent.size for sent in self._sent)
        return len(self._sent) < _REQUESTS_AHEAD and size <= _BYTES_AHEAD

    def _receive(self, asked: Request, limit: float) -> tuple[Request, _Answer]:
        """The next answer, and what it answers; meanwhile the one to `asked` is waited for."""
        head = self._sent[0]
        try:
            nonce, answer = self._answers.receive(ANSWER_BYTES, time.monotonic() + limit)
            if nonce != head.nonce or not isinstance(answer, dict):
                raise ProtocolError("an answer to no request")
            if len(self._sent) == 1 and not self._answers.is_empty:
                raise ProtocolError("more than one frame")
        except TimeoutError:
            fault: errors.StudentFault = _out_of_time(limit)
        except frames.Closed:
            fault = self._death()
        except ProtocolError as error:
            fault = _out_of_order(error)
        else:
            self._sent.popleft()
            return head.request, _Answer(answer, self._answers.digest(), self._answers.size)
        self.close()
        raise fault if head.request is asked else errors.CallDropped

    def _death(self) -> errors.StudentFault:
        """What the process died of. Raises SandboxFault if it was of us."""
        out_of_memory = self._control.out_of_memory(self._pid)
        self.close()
        self._control.raise_if_zygote_is_lost()
        if out_of_memory:
            return errors.OutOfMemory("Your function used more memory than allowed.")
        return errors.Crashed("The Python process died while your function ran.")

    def _keep(self, request: Request, answer: _Answer) -> None:
        """Keep an answer until it is asked for."""
        self._kept.append((request, answer))
        while sum(kept.size for _, kept in self._kept) > KEPT_ANSWER_BYTES:
            self._kept.popleft()  # it can be asked for again

    def _kept_answer(self, request: Request) -> _Answer | None:
        for index, (answered, answer) in enumerate(self._kept):
            if answered is request:
                del self._kept[index]
                return answer
        return None


def _out_of_time(limit: float) -> errors.OutOfTime:
    return errors.OutOfTime(f"Your function did not finish within {limit:g} seconds.")


def _out_of_order(error: ProtocolError) -> errors.Crashed:
    return errors.Crashed(f"Your function's process answered out of order ({error}).")
