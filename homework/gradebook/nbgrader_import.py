"""Import nbgrader in half of the time.

Everything that imports nbgrader does so through `nbgrader_api` or after it. Measured on two cores: 0.23 s for 0.48 s.
A test looks that what is left out here is still found by whoever asks nbgrader for it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from homework.imports import uncollected

_EXTENSIONS = "nbgrader.server_extensions"


@cache
def nbgrader_api() -> Any:
    """The module `nbgrader.api`, with what it needs around it."""
    with uncollected(), _without_what_is_slow():
        import nbgrader.api
    # For a new database nbgrader runs the command `alembic`, which takes seconds and must be found.
    nbgrader.api.get_alembic_version = _newest_version
    return nbgrader.api


@contextmanager
def _without_what_is_slow() -> Iterator[None]:
    """Import nbgrader without what it imports along and nobody needs here: that takes seconds.

    jsonschema builds a grammar of internationalised addresses, for which no notebook is checked; None makes that
    import fail, for which jsonschema is prepared. nbgrader itself imports its extensions of Jupyter's server, and with
    them the server and nbconvert; in their place stand modules that import them when they are asked to load.
    """
    instead: dict[str, ModuleType | None] = {}
    if "jsonschema" not in sys.modules:
        instead["rfc3987_syntax"] = None
    if "nbgrader" not in sys.modules:
        instead[_EXTENSIONS] = ModuleType(_EXTENSIONS)
        for name in ("assignment_list", "course_list", "formgrader", "validate_assignment"):
            extension = ModuleType(f"{_EXTENSIONS}.{name}")
            extension.load_jupyter_server_extension = partial(_load, extension.__name__)  # type: ignore[attr-defined]
            instead[extension.__name__] = extension
    instead = {name: module for name, module in instead.items() if name not in sys.modules}
    sys.modules.update(instead)  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in instead:
            del sys.modules[name]


def _load(extension: str, app: Any) -> None:
    import_module(extension).load_jupyter_server_extension(app)


def _newest_version() -> str:
    """The version of the tables that this nbgrader makes, as `alembic heads` says it."""
    import nbgrader
    from alembic.script import ScriptDirectory

    return str(ScriptDirectory(str(Path(nbgrader.__file__).parent / "alembic")).get_current_head())
