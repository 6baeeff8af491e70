"""What is believed of the words of a process that runs student code.

Theory of operation. Values are plain data by the time they come here (`inside/values.py`). Of everything else only
words are repeated that the trusted side knows already (Python's exceptions, common types, names of the driver, lines of
the student's own cells), so that no message of the student's can come back in them, and of a hidden input no more than
the choice among those words: docs/security.md counts it.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from homework.sandbox import errors
from homework.sandbox.inside.values import ProtocolError
from homework.sandbox.limits import OUTPUTS

_BUILTIN_EXCEPTIONS = {
    name
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, BaseException)
}
_KNOWN_EXCEPTIONS = {*_BUILTIN_EXCEPTIONS, "AxisError", "LinAlgError", "OutOfMemoryError"}
_KNOWN_TYPES = set(
    """
    function method builtin_function_or_method generator map zip filter range set frozenset type module object
    dict_values dict_keys slice Parameter Size
    """.split()
)
_OUTPUT_FORMS: dict[str, dict[str, type]] = {
    "stream": {"name": str, "text": str},
    "text": {"text": str},
    "png": {"png": bytes},
    "error": {"ename": str, "evalue": str, "traceback": str},
}


@dataclass(frozen=True)
class Reply:
    """What a call returned, and its inputs afterwards where they were modified.

    Replies with the same `digest` are the same to the bit.
    """

    value: Any
    after: Any
    digest: bytes


def checked_reply(answer: dict[str, Any], digest: bytes, driver: str, lines: Mapping[str, int]) -> Reply:
    """The reply in an `answer` to a request with the source `driver`; `lines` has each cell that it may arise in.

    Raises the StudentFault that it tells of, `ProtocolError` if it has no known form.
    """
    status = text_of(answer.get("status"))
    if status == "ok":
        return Reply(answer.get("value"), answer.get("after"), digest)
    if status == "missing":
        name = text_of(answer.get("name"))
        raise errors.Missing(name if name in re.findall(r"\w+", driver) else "a name")
    if status == "unsupported":
        kind = text_of(answer.get("kind"))
        raise errors.NotPlainData(f"an object of type {kind}" if kind in _KNOWN_TYPES else "an object")
    if status == "raised":
        if answer.get("memory") is True:
            raise errors.OutOfMemory("Your function asked for more memory than allowed.")
        raise errors.Raised(
            known_exception(answer.get("classes")),
            _known_place(answer.get("place"), lines),
            answer.get("no_grad") is True,
            answer.get("view") is True,
        )
    raise ProtocolError("an answer of no known status")


def known_exception(classes: Any) -> str:
    """The first known one of the names in `classes`, which go from an exception's class to its bases."""
    for name in classes if isinstance(classes, list) else ():
        if isinstance(name, str) and name in _KNOWN_EXCEPTIONS:
            return name
    return "an exception"


def _known_place(place: Any, lines: Mapping[str, int]) -> tuple[str, int] | None:
    """Cell and line, if there is such a line."""
    if not isinstance(place, list) or len(place) != 2:
        return None
    cell, line = place
    if not isinstance(cell, str) or type(line) is not int or not 0 < line <= lines.get(cell, 0):
        return None
    return cell, line


def checked_outputs(outputs: Any) -> list[dict[str, Any]] | None:
    """The outputs of a cell if they are of the known forms, otherwise None. Their text is untrusted all the same."""
    if not isinstance(outputs, list) or len(outputs) > OUTPUTS:
        return None
    for output in outputs:
        form = _OUTPUT_FORMS.get(text_of(output.get("type"))) if isinstance(output, dict) else None
        if form is None or set(output) != {"type", *form}:
            return None
        if not all(isinstance(output[key], kind) for key, kind in form.items()):
            return None
    return outputs


def text_of(value: Any) -> str:
    """`value` if it is text, otherwise "": not everything that may stand there can be compared or printed."""
    return value if isinstance(value, str) else ""
