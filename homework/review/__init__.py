"""`homework review`: mark written answers, question by question, in the course's Jupyter server.

It writes to the gradebook that Formgrader writes to. `marks.py` has the rules; the pages are in `handlers.py`.
"""

from __future__ import annotations

from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    """What Jupyter's server asks an extension for."""
    from homework.review.app import ReviewApp

    return [{"module": "homework.review.app", "app": ReviewApp}]
