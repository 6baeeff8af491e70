"""Text that others wrote, for reading: nothing in it steers a terminal, turns text around, or is not text."""

from __future__ import annotations

import re

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def printable(text: object, length: int | None = None) -> str:
    """`text` in one line, with everything that is not printable made visible; of a long one the first characters."""
    return "".join(char if char.isprintable() else "\ufffd" for char in str(text))[:length]


def visible(text: str) -> str:
    """`text` with every character that is not for reading made visible; lines stay."""
    return _CONTROL.sub("\ufffd", text)


def plain(text: str) -> str:
    """`text` without escape sequences, and with every character that is not for reading made visible."""
    lines = _ANSI.sub("", text).replace("\r\n", "\n").split("\n")
    # A progress bar writes its line again and again; a terminal would show the last one.
    lines = [line.rstrip("\r").rpartition("\r")[2] for line in lines]
    return visible("\n".join(lines))
