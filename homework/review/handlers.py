"""The requests of the review pages. Each does its work in a thread, so that none waits for another."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.extension.handler import ExtensionHandlerMixin
from tornado.web import HTTPError, authenticated

from homework.counted import counted
from homework.errors import CourseError
from homework.gradebook.tables import new_id
from homework.review.desk import Desk, templates
from homework.review.marks import Conflict, Wanted, adjustment, items_of
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


class _Answer(Page):
    """Requests about one answer."""

    async def find(self, assignment: str, question: str) -> str:
        """The student whose answer it is."""
        if not self.grader:
            raise HTTPError(403, reason="say who you are on the first page")
        key = self.get_argument("key")
        found: str = await self.work(lambda: self.desk.student(assignment, question, key))
        return found

    async def card(self, assignment: str, question: str, student: str, **more: Any) -> None:
        """Answer with the answer as it is now."""
        shown = await self.work(lambda: self.desk.card(assignment, question, student))
        self.show("saved.html.j2", **shown, said=more.get("said", ""))

    async def wanted(self, assignment: str, question: str) -> Wanted:
        """What the form says."""
        texts = self.get_body_arguments("item")
        if not all(text == "none" or (text.isdecimal() and len(text) < 6) for text in texts):
            raise HTTPError(400, reason="an unknown rubric item")
        return Wanted(
            items_of(texts),
            self.number("adjust"),
            self.get_body_argument("free", "", strip=False).replace("\r\n", "\n")[:20_000],
            bool(self.get_body_argument("flagged", "")),
            await self.group(assignment, question),
        )

    async def group(self, assignment: str, question: str) -> int | None:
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
        if key == self.get_body_argument("key"):
            raise HTTPError(400, reason="an answer cannot be put next to itself: type the key of another")
        await self.work(lambda: self.desk.student(assignment, question, key))
        return number_of(key)


class Mark(_Answer):
    """One answer's mark."""

    @authenticated
    async def get(self, assignment: str, question: str) -> None:
        """The answer as it is now."""
        await self.card(assignment, question, await self.find(assignment, question))

    @authenticated
    async def post(self, assignment: str, question: str) -> None:
        """Change it; 409 with both marks if somebody else has changed it."""
        student = await self.find(assignment, question)
        wanted = await self.wanted(assignment, question)
        version, grader = self.get_body_argument("version"), self.grader
        reviews = await self.work(lambda: self.desk.reviews(assignment))
        try:
            await self.work(lambda: reviews.change(question, student, version, wanted, grader))
        except Conflict as conflict:
            self.conflict(assignment, question, reviews, conflict)
            return
        await self.card(assignment, question, student, said="saved")

    def conflict(self, assignment: str, question: str, reviews: Any, conflict: Conflict) -> None:
        """Show both marks, and leave what was typed where it is."""
        key = self.get_body_argument("key")
        self.set_header("HX-Retarget", f"#conflict-{key}")
        self.set_header("HX-Reswap", "innerHTML")
        theirs = conflict.theirs
        self.show(
            "conflict.html.j2",
            409,
            theirs=theirs.mark,
            version=reviews.version(theirs),
            by=conflict.grader,
            key=key,
            assignment=assignment,
            question=question,
        )


class GroupMark(_Answer):
    """The mark of one answer for its whole group."""

    @authenticated
    async def post(self, assignment: str, question: str) -> None:
        """Say what it would do, and do it if it is confirmed."""
        student, grader = await self.find(assignment, question), self.grader
        reviews = await self.work(lambda: self.desk.reviews(assignment))
        waiting, marked = await self.work(lambda: self.desk.group(assignment, question, student))
        shown = await self.work(lambda: self.desk.card(assignment, question, student))
        card, mark = shown["card"], shown["card"].row.mark
        others = [row for row in marked if row.mark.score != mark.score]
        if not self.get_body_argument("apply", ""):
            skipped = [reviews.answers.key(row.student) for row in others]
            context = {"assignment": assignment, "question": question, "card": card, "skipped": skipped}
            self.show("group.html.j2", **context, count=len(waiting))
            return
        wanted = Wanted(mark.items, adjustment(mark, shown["rubric"]), card.free)
        batch = new_id()

        def give() -> int:
            given = 0
            for row in waiting:
                try:
                    version = reviews.version(row)
                    kept = replace(wanted, group=row.mark.group)
                    reviews.change(question, row.student, version, kept, grader, batch=batch)
                    given += 1
                except Conflict:  # somebody marked it meanwhile: theirs stays
                    continue
            return given

        count = await self.work(give)
        self.set_header("HX-Refresh", "true")
        self.finish(f"{counted(count, 'answer')} got {mark.score}")


class Undo(Page):
    """Take back the grader's last change of a question."""

    @authenticated
    async def post(self, assignment: str, question: str) -> None:
        """Undo, and say what was taken back."""
        reviews, _ = await self.work(lambda: self.desk.question(assignment, question))
        grader = self.grader
        done, refused = await self.work(lambda: reviews.undo(grader, question))
        self.set_header("HX-Refresh", "true")
        self.finish(f"{len(done)} taken back, {len(refused)} changed since")


class Reveal(_Answer):
    """The student's name, which is logged."""

    @authenticated
    async def post(self, assignment: str, question: str) -> None:
        """Tell it."""
        student, grader = await self.find(assignment, question), self.grader
        reviews = await self.work(lambda: self.desk.reviews(assignment))
        await self.work(lambda: reviews.reveal(question, student, grader))
        self.show("name.html.j2", student=student)


class Open(_Answer):
    """Which answers other graders have open."""

    @authenticated
    async def post(self, assignment: str, question: str) -> None:
        """Note this one, and tell the others'."""
        if self.grader:
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
