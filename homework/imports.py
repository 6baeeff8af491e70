"""Import large libraries a tenth or a fifth quicker."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Without Python's collector of garbage, which would look at all the new objects again and again, in vain.

    Nor will it look at what there is by then later, so that processes forked from this one keep sharing its memory.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if enabled:
            gc.enable()
