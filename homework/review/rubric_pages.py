"""Changes of a question's rubric: items, and whether points are counted from 0 or from the maximum."""

from __future__ import annotations

from tornado.web import authenticated

from homework.review.edits import count_from, edit
from homework.review.handlers import Page
from homework.review.rubric import Item


class Counting(Page):
    """Where counting starts."""

    @authenticated
    async def post(self, assignment: str, question: str) -> None:
        """Say what the change does to marks, and do it if it is confirmed."""
        reviews = await self.work(lambda: self.desk.reviews(assignment, question))
        grader, apply = self.grader, bool(self.get_body_argument("apply", ""))
        maximum = self.get_body_argument("from", "") == "max"
        done = await self.work(lambda: count_from(reviews, question, maximum, grader, apply=apply))
        if apply:
            self.set_header("HX-Refresh", "true")
            return
        self.show("item.html.j2", said=str(done))


class RubricItem(Page):
    """One item of the rubric, or a new one; and a sentence for the comment bank."""

    @authenticated
    async def post(self, assignment: str, question: str) -> None:
        """Say what the change does to marks, and do it if it is confirmed."""
        reviews = await self.work(lambda: self.desk.reviews(assignment, question))
        if sentence := self.get_body_argument("sentence", ""):
            await self.work(lambda: self.desk.bank(assignment, question, sentence[:2000]))
            self.set_header("HX-Refresh", "true")
            return
        number = self.get_body_argument("item", "0")
        item = Item(
            int(number) if number.isdecimal() and len(number) < 6 else 0,
            self.number("points") or 0.0,
            self.get_body_argument("text", "")[:2000],
            self.get_body_argument("comment", "")[:2000],
            self.get_body_argument("note", "")[:2000],
            bool(self.get_body_argument("retired", "")),
        )
        grader, apply = self.grader, bool(self.get_body_argument("apply", ""))
        done = await self.work(lambda: edit(reviews, question, item, grader, apply=apply))
        if apply:
            self.set_header("HX-Refresh", "true")
            return
        self.show("item.html.j2", said=str(done), item=item, assignment=assignment, question=question)
