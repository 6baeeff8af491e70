"""Text from students, safe to read: nothing in it controls a terminal or changes the direction of text."""

from __future__ import annotations

import re

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def printable(text: object, length: int | None = None) -> str:
    """`text` on one line, with unprintable characters replaced by U+FFFD; at most `length` characters."""
    return "".join(char if char.isprintable() else "\ufffd" for char in str(text))[:length]


def visible(text: str) -> str:
    """`text` with control characters and lone surrogates replaced by U+FFFD; lines are kept."""
    return _CONTROL.sub("\ufffd", text)


def plain(text: str) -> str:
    """`text` without escape sequences, and with other control characters replaced by U+FFFD."""
    lines = _ANSI.sub("", text).replace("\r\n", "\n").split("\n")
    # A progress bar rewrites its line; a terminal would show the last state.
    lines = [line.rstrip("\r").rpartition("\r")[2] for line in lines]
    return visible("\n".join(lines))
