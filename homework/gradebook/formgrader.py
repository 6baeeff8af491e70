"""Formgrader as `homework serve` shows it: an extension of Jupyter's server next to nbgrader's own.

Theory of operation. nbgrader's page of a submission loads MathJax from a public server. Without a network its script
stops there, before it registers its keys; with one, a third party learns when and by whom work is marked. So this
extension answers the address of that page first (Jupyter loads extensions in the order of their names, and the first
handler of an address counts), lets nbgrader's handler write the page, and changes three things in it: MathJax comes
from this server, a stand-in goes on without formulas where it is not installed, and Tab leads from a score to its
comment, past the extra credit, which would swallow a comment that is typed there.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import re
from pathlib import Path
from typing import Any

from nbgrader.server_extensions.formgrader import handlers
from tornado import web
from tornado.ioloop import IOLoop

from homework.course.settings import REVIEW_PLACE

_MATHJAX = re.compile(r'<script src="https?://[^"]*mathjax[^"]*">\s*</script>', re.IGNORECASE)
_LOCAL = '<script src="{base}/formgrader/mathjax/MathJax.js?config=TeX-AMS-MML_HTMLorMML-full,Safe"></script>'
_STAND_IN = """
<script>
if (!window.MathJax || !window.MathJax.Hub) {
    const signal = {Interest(call) { setTimeout(call, 0, "End"); }};
    window.MathJax = {Hub: {Config() {}, Queue() {}, Startup: {signal}}};
}
document.addEventListener("DOMContentLoaded", () => {
    for (const field of document.querySelectorAll(".extra-credit")) {
        field.classList.remove("tabbable");
        field.tabIndex = -1;
    }
});
</script>
"""
_STYLE = """
<style>
.rendered_html table td, .rendered_html table th { padding: 0.2em 0.6em; }
.rendered_html h2, .rendered_html h3 { font-size: 1.2em; }
</style>
"""
_NO_EXCHANGE = "<style>#warning-exchange { display: none; }</style>"


def mathjax() -> Path | None:
    """The folder of MathJax's files, which the package jupyter_server_mathjax brings; None if it is not installed."""
    found = importlib.util.find_spec("jupyter_server_mathjax")
    folder = Path(found.origin).parent / "static" if found is not None and found.origin else None
    return folder if folder is not None and (folder / "MathJax.js").is_file() else None


class _Submission(handlers.SubmissionHandler):  # type: ignore[misc]  # nbgrader ships no types
    """The page on which a submission is marked."""

    def write(self, chunk: Any) -> None:
        """Write the page with what is ours in it."""
        if isinstance(chunk, str):
            script = _LOCAL.format(base=self.base_url.rstrip("/")) if mathjax() else ""
            chunk = _MATHJAX.sub(lambda _: script + _STAND_IN, chunk, count=1)
            chunk = chunk.replace("</head>", _STYLE + "</head>", 1)
        super().write(chunk)


class _Assignments(handlers.ManageAssignmentsHandler):  # type: ignore[misc]
    """The first page, without a warning about an exchange that nobody has set up."""

    def write(self, chunk: Any) -> None:
        """Write the page; the warning stays where the course's configuration names an exchange."""
        if isinstance(chunk, str) and not _has_exchange(self.settings):
            chunk = chunk.replace("</head>", _NO_EXCHANGE + "</head>", 1)
        super().write(chunk)


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(server: Any) -> None:
    base = server.web_app.settings["base_url"].rstrip("/")
    routes: list[Any] = [
        (f"{base}/formgrader/submissions/([^/]+)/?", _Submission),
        (f"{base}/formgrader/manage_assignments/?", _Assignments),
    ]
    if folder := mathjax():
        routes.append((f"{base}/formgrader/mathjax/(.*)", web.StaticFileHandler, {"path": str(folder)}))
    server.web_app.add_handlers(".*$", routes)
    server.log.addFilter(lambda record: _is_news(record, server.web_app.settings))
    IOLoop.current().add_callback(_tell, server)


def _has_exchange(settings: Any) -> bool:
    """Whether the course's configuration names an exchange."""
    return bool(settings.get("initial_config", {}).get("Exchange"))


def _is_news(record: logging.LogRecord, settings: Any) -> bool:
    """Whether a line of the log says something: not that an exchange is missing that nobody has set up."""
    return "please contact your instructor" not in record.getMessage() or _has_exchange(settings)


def _tell(server: Any) -> None:
    """Print the addresses once the server has started, so that nothing follows them."""
    pages = {
        "JupyterLab:": "lab",
        "Formgrader:": "formgrader",
        "Review:    ": f"review/{os.environ.get(REVIEW_PLACE, '')}",
    }
    for name, path in pages.items():
        token = server.identity_provider.token
        print(f"{name}  http://127.0.0.1:{server.port}/{path}?token={token}", flush=True)
    print("Stop with Ctrl-C.", flush=True)
