"""The requests of the review pages. Each does its work in a thread, so that none waits for another."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Callable
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.extension.handler import ExtensionHandlerMixin
from tornado.web import HTTPError, authenticated

from homework.counted import counted
from homework.errors import CourseError
from homework.review.desk import Desk, templates
from homework.review.marks import Conflict, Wanted, items_of
from homework.review.rows import number_of
from homework.untrusted.text import printable

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_COOKIE = "homework-grader"


class Page(ExtensionHandlerMixin, JupyterHandler):
    """A page that nothing but this server's own files can act on."""

    @property
    def content_security_policy(self) -> str:
        return POLICY

    @property
    def desk(self) -> Desk:
        """The reviews of this course."""
        desk: Desk = self.settings["homework_desk"]
        return desk

    @property
    def grader(self) -> str:
        """The name of the grader: given at the start, or asked for once. "" while it is unknown."""
        if self.desk.grader:
            return self.desk.grader
        cookie = self.get_signed_cookie(_COOKIE)
        return printable(cookie.decode("utf-8", "replace"), 60).strip() if cookie else ""

    def show(self, template: str, status: int = 200, **context: Any) -> None:
        """Answer with a page or a part of one."""
        self.set_status(status)
        common = {"base": self.base_url, "xsrf": self.xsrf_token.decode(), "grader": self.grader}
        page = templates().get_template(template).render(**common, **context)
        self.finish(page.encode("utf-8", "replace"))

    async def work(self, job: Callable[[], Any]) -> Any:
        """Do `job` in a thread. What a user can fix becomes a message."""
        try:
            return await asyncio.to_thread(job)
        except CourseError as error:
            raise HTTPError(400, "%s", str(error), reason=printable(error, 200)) from error

    def write_error(self, status_code: int, **more: Any) -> None:
        """A message without a traceback."""
        error = more.get("exc_info", (None, None))[1]
        said = error.reason if isinstance(error, HTTPError) and error.reason else "Something failed."
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(said)

    def number(self, name: str) -> float | None:
        """A number in the form; None if the field is empty."""
        text = self.get_body_argument(name, "").strip().replace(",", ".")
        try:
            value = float(text) if text else None
        except ValueError:
            value = math.nan
        if value is not None and not (math.isfinite(value) and abs(value) <= 1000):
            raise HTTPError(400, reason=f"{name} is not a number")
        return value


class Index(Page):
    """The assignments and how far each question is."""

    @authenticated
    async def get(self) -> None:
        """Show the page."""
        self.show("index.html.j2", assignments=await self.work(self.desk.index))


class Name(Page):
    """The grader's name."""

    @authenticated
    async def post(self) -> None:
        """Remember the name."""
        name = printable(self.get_body_argument("name", ""), 60).strip()
        self.set_signed_cookie(_COOKIE, name.encode(), httponly=True, samesite="Strict")
        self.redirect(f"{self.base_url}review/")


class Question(Page):
    """The answers to one question."""

    @authenticated
    async def get(self, assignment: str, question: str) -> None:
        """Show the page."""
        if not self.grader:
            self.redirect(f"{self.base_url}review/")
            return
        page = self.get_query_argument("page", "1")
        number = int(page) if page.isdecimal() and 0 < int(page) < 10_000 else 1
        self.show("work.html.j2", **await self.work(lambda: self.desk.work(assignment, question, number)))


class _Marks(Page):
    """Requests of a grader about answers."""

    async def prepare(self, **options: Any) -> None:
        """Refuse those who have not said who they are."""
        if not self.grader:
            raise HTTPError(403, reason="say who you are on the first page")
        await super().prepare(**options)


class Mark(_Marks):
    """One answer's mark."""

    @authenticated
    async def get(self, assignment: str, question: str) -> None:
        """The answer as it is now."""
        key = self.get_argument("key")
        self.show("card_again.html.j2", **await self.work(lambda: self.desk.card(assignment, question, key)))

    @authenticated
    async def post(self, assignment: str, question: str) -> None:
        """Change it; 409 with both marks if somebody else has changed it."""
        key, version, grader = self.get_body_argument("key"), self.get_body_argument("version"), self.grader
        wanted = await self.wanted(assignment, question, key)
        try:
            saved = await self.work(
                lambda: self.desk.mark(assignment, question, key, version, wanted, grader)
            )
        except Conflict as conflict:
            self.conflict(assignment, question, key, conflict)
            return
        if "card" in saved:
            self.set_header("HX-Retarget", f"#answer-{key}")
        self.show("card_again.html.j2" if "card" in saved else "saved.html.j2", **saved)

    async def wanted(self, assignment: str, question: str, key: str) -> Wanted:
        """What the form says."""
        texts = self.get_body_arguments("item")
        if not all(text == "none" or (text.isdecimal() and len(text) < 6) for text in texts):
            raise HTTPError(400, reason="an unknown rubric item")
        return Wanted(
            items_of(texts),
            self.number("adjust"),
            self.get_body_argument("free", "", strip=False).replace("\r\n", "\n")[:20_000],
            bool(self.get_body_argument("flagged", "")),
            await self.group(assignment, question, key),
        )

    async def group(self, assignment: str, question: str, own: str) -> int | None:
        """What the form says about the group: none (0), next to which answer, or as it was found."""
        if self.get_body_argument("alone", ""):
            return 0
        key = self.get_body_argument("join", "").strip().casefold()
        if key and not re.fullmatch("[0-9a-f]{10}", key):
            raise HTTPError(
                400, reason="a group is named by the key of one of its answers, such as 3f0c2a91b7"
            )
        if not key:
            return None
        if key == own:
            raise HTTPError(400, reason="an answer cannot be put next to itself: type the key of another")
        await self.work(lambda: self.desk.student(assignment, question, key))
        return number_of(key)

    def conflict(self, assignment: str, question: str, key: str, conflict: Conflict) -> None:
        """Show both marks, and leave what was typed where it is."""
        self.set_header("HX-Retarget", f"#conflict-{key}")
        self.set_header("HX-Reswap", "innerHTML")
        context = {"assignment": assignment, "question": question, "key": key}
        theirs = conflict.theirs
        version = self.desk.reviews(assignment).version(theirs)
        self.show("conflict.html.j2", 409, theirs=theirs.mark, version=version, by=conflict.grader, **context)


class GroupMark(_Marks):
    """The mark of one answer for its whole group."""

    @authenticated
    async def post(self, assignment: str, question: str) -> None:
        """Say what it would do, and do it if it is confirmed."""
        key, grader = self.get_body_argument("key"), self.grader
        if not self.get_body_argument("apply", ""):
            shown = await self.work(lambda: self.desk.group(assignment, question, key))
            self.show("group.html.j2", **shown)
            return
        count = await self.work(lambda: self.desk.mark_group(assignment, question, key, grader))
        self.set_header("HX-Refresh", "true")
        self.finish(counted(count, "answer"))


class Undo(_Marks):
    """Take back the grader's last change of a question."""

    @authenticated
    async def post(self, assignment: str, question: str) -> None:
        """Undo, and say what was taken back."""
        reviews = await self.work(lambda: self.desk.reviews(assignment, question))
        grader = self.grader
        done, refused = await self.work(lambda: reviews.undo(grader, question))
        self.set_header("HX-Refresh", "true")
        self.finish(f"{len(done)} taken back, {len(refused)} changed since")


class Reveal(_Marks):
    """The student's name, which is logged."""

    @authenticated
    async def post(self, assignment: str, question: str) -> None:
        """Tell it."""
        key, grader = self.get_body_argument("key"), self.grader

        def reveal() -> str:
            student = self.desk.student(assignment, question, key)
            self.desk.reviews(assignment).reveal(question, student, grader)
            return student

        self.show("name.html.j2", student=await self.work(reveal))


class Open(_Marks):
    """Which answers other graders have open."""

    @authenticated
    async def post(self, assignment: str, question: str) -> None:
        """Note this one, and tell the others'."""
        key = printable(self.get_body_argument("key", ""), 20)
        self.finish({"open": self.desk.looks_at(self.grader, assignment, question, key)})


_PLACE = r"/([\w.-]+)/([\w.-]+)"
HANDLERS: list[tuple[str, type[Page]]] = [
    (r"/?", Index),
    (r"/-/name", Name),
    (_PLACE + "/mark", Mark),
    (_PLACE + "/group", GroupMark),
    (_PLACE + "/undo", Undo),
    (_PLACE + "/name", Reveal),
    (_PLACE + "/open", Open),
    (_PLACE, Question),
]
