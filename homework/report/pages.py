"""Write pages: Jinja2 templates that escape everything, self-contained files, replaced atomically."""

from __future__ import annotations

import os
import re
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from homework.counted import counted
from homework.untrusted import html
from homework.untrusted.templates import templates_in

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def write_page(path: Path, template: str, **context: Any) -> Path:
    """Render `template` and write it to `path`, which is replaced atomically."""
    html = _environment().get_template(template).render(context)
    # HTML cannot contain lone surrogates (from a file name that is not UTF-8) or control characters.
    data = _NO_TEXT.sub("\ufffd", html).encode("utf-8", "replace")
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            os.fchmod(file.fileno(), 0o666 & ~_umask())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return path


@cache
def _umask() -> int:
    """The rights that new files of this process do not get."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def points(value: float | None) -> str:
    """A number of points as people write it; a dash for None."""
    return "–" if value is None else f"{round(value, 3) + 0.0:g}"


def short(value: float | None) -> str:
    """A mean with one decimal; a dash for None."""
    return "–" if value is None else f"{value:.1f}"


@cache
def _environment() -> jinja2.Environment:
    environment = templates_in(Path(__file__).parent / "templates")
    environment.filters.update(
        points=points, short=short, prose=html.prose, figured=html.figured, code=html.code
    )
    environment.globals.update(policy=POLICY, counted=counted)
    return environment
