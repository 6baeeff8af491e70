"""What a cell shows, capped: its streams, displayed values, pictures and errors.

It crosses in one frame, the texts in the header. What is beyond a cap is dropped, so that a cell that prints without
end costs no memory.
"""

from __future__ import annotations

import base64
import contextlib
import io
import linecache
from types import TracebackType
from typing import Any

from . import caps, traces


class Outputs:
    """The outputs of the cell that is running. `cap`: characters kept of one text; a session sets it."""

    cap = 0

    def __init__(self) -> None:
        self.items: list[dict[str, Any]] = []
        self.clear()

    def clear(self) -> list[dict[str, Any]]:
        """Start anew; return what there was."""
        items, self.items = self.items, []
        self.characters, self.bytes = caps.TEXT_CHARACTERS, caps.PICTURES_BYTES  # what there is room for
        return items

    def add(self, item: dict[str, Any]) -> None:
        """Append an output if there is room for it."""
        characters = sum(len(value) for value in item.values() if isinstance(value, str))
        size = len(item.get("png", b""))
        if len(self.items) < caps.OUTPUTS and characters <= self.characters and size <= self.bytes:
            self.items.append(item)
            self.characters -= characters
            self.bytes -= size

    def text(self, name: str, text: str) -> None:
        """Append to the stream `name`, joining with the output before it when it is the same stream."""
        last = self.items[-1] if self.items else {}
        if last.get("type") != "stream" or last.get("name") != name:
            self.add({"type": "stream", "name": name, "text": ""})
            last = self.items[-1] if self.items else {}
            if last.get("name") != name:
                return
        kept = text[: max(0, min(self.cap - len(last["text"]), self.characters))]
        last["text"] += kept
        self.characters -= len(kept)

    def display(self, data: dict[str, Any]) -> None:
        """Append a value as a picture if it is one, else as its text. `data`: by MIME type, as IPython has it."""
        picture = data.get("image/png")
        if isinstance(picture, str):
            with contextlib.suppress(ValueError):
                picture = base64.b64decode(picture)
        if isinstance(picture, bytes) and len(picture) <= caps.PICTURE_BYTES:
            self.add({"type": "png", "png": picture})
        elif "text/plain" in data:
            self.add({"type": "text", "text": str(data["text/plain"])[: self.cap]})

    def error(
        self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Append an exception with the lines of the notebook's own cells that it came through."""
        lines = []
        for cell, line in traces.places(trace)[-caps.TRACEBACK_LINES :]:
            file = traces.file_of(cell)
            lines.append(f"{file}, line {line}: {linecache.getline(file, line).strip()}")
        self.add(
            {
                "type": "error",
                "ename": kind.__name__[:100],
                "evalue": traces.text_of(error)[:2000],
                "traceback": "\n".join(lines)[:4000],
            }
        )


class Stream(io.TextIOBase):
    """Takes the place of stdout or stderr: what is written becomes outputs."""

    encoding = "utf-8"

    def __init__(self, outputs: Outputs, name: str) -> None:
        self._outputs = outputs
        self.name = name

    def write(self, text: str) -> int:
        """Append `text` as far as there is room, and say that all was written."""
        self._outputs.text(self.name, text)
        return len(text)

    def writable(self) -> bool:
        """Always."""
        return True
