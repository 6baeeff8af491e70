"""Figures inside a notebook, so that it travels alone: Colab shows neither files beside it nor attachments of texts."""

from __future__ import annotations

import base64
import re
from pathlib import Path

_FIGURE = re.compile(r"(!\[[^\]]*\]\()([\w./-]+\.png)(?=\))")


def embedded(text: str, folder: Path) -> str:
    """A text with `data:` addresses in the place of those of the PNG files in `folder` that it shows."""

    def address(found: re.Match[str]) -> str:
        path = (folder / found[2]).resolve()
        if folder.resolve() not in path.parents or not path.is_file():
            return found[0]
        return f"{found[1]}data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()}"

    return _FIGURE.sub(address, text)
