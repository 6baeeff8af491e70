"""The review page as an extension of Jupyter's server, which brings login and protection against forged requests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jupyter_server.extension.application import ExtensionApp
from traitlets import Unicode

from homework.course import Course
from homework.review.desk import Desk
from homework.review.handlers import HANDLERS
from homework.review.rubric_pages import Counting, RubricItem
from homework.review.similar import Similar

_FOLDER = Path(__file__).parent


class ReviewApp(ExtensionApp):
    """Serves /review/."""

    name = "homework_review"
    extension_url = "/review/"
    load_other_extensions = True
    static_paths = [str(_FOLDER / "static")]  # noqa: RUF012  a trait of the base class
    grader = Unicode("", help="The grader's name; asked for if empty.").tag(config=True)
    graders = Unicode("", help="Who share the work: names with commas.").tag(config=True)

    def initialize_settings(self) -> None:
        """Find the course around the server's folder."""
        assert self.serverapp is not None
        course = Course(Path(self.serverapp.root_dir))
        self.settings["homework_desk"] = Desk(
            course, self.grader, [one.strip() for one in self.graders.split(",") if one.strip()]
        )

    def initialize_handlers(self) -> None:
        """The pages."""
        pages = [
            (r"/([\w.-]+)/similar", Similar),
            (r"/([\w.-]+)/([\w.-]+)/counting", Counting),
            (r"/([\w.-]+)/([\w.-]+)/rubric", RubricItem),
            *HANDLERS,
        ]
        handlers: list[Any] = [(rf"/review{pattern}", handler) for pattern, handler in pages]
        self.handlers.extend(handlers)


main = launch_new_instance = ReviewApp.launch_instance
