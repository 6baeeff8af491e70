"""What an exception says of the notebook's own cells: in which of them it arose, and at which line.

The code of a cell is compiled under a file name made of the cell's, so that a frame tells its cell.
"""

from __future__ import annotations

import traceback
from types import TracebackType

_FILE = "<cell {}>"
_BEFORE, _AFTER = _FILE.split("{}")


def file_of(cell: str) -> str:
    """The file name under which the code of `cell` is compiled."""
    return _FILE.format(cell)


def places(trace: TracebackType | None) -> list[tuple[str, int]]:
    """The cell and the line of each frame that is in a cell, the innermost last.

    `traceback.extract_tb` would read IPython's own sources, too.
    """
    frames = ((frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(trace))
    return [
        (name.removeprefix(_BEFORE).removesuffix(_AFTER), line)
        for name, line in frames
        if name.startswith(_BEFORE)
    ]


def text_of(error: object) -> str:
    """The text of an exception; empty if its class, which may be the student's, cannot say it."""
    try:
        return str(error)
    except BaseException:
        return ""
