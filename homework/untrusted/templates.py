"""Jinja2 templates that escape everything that they are given."""

from __future__ import annotations

from pathlib import Path

import jinja2


def templates_in(folder: Path) -> jinja2.Environment:
    """The templates in `folder`. A name that they are not given is an error, not an empty text."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
