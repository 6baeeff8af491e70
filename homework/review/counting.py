"""Whether a question's points are counted from 0 or from its maximum."""

from __future__ import annotations

from tornado.web import authenticated

from homework.review.edits import count_from
from homework.review.handlers import Page


class Counting(Page):
    """Where counting starts."""

    @authenticated
    async def post(self, assignment: str, question: str) -> None:
        """Say what the change does to marks, and do it if it is confirmed."""
        reviews, _ = await self.work(lambda: self.desk.question(assignment, question))
        grader, apply = self.grader, bool(self.get_body_argument("apply", ""))
        maximum = self.get_body_argument("from", "") == "max"
        done = await self.work(lambda: count_from(reviews, question, maximum, grader, apply=apply))
        if apply:
            self.set_header("HX-Refresh", "true")
            return
        self.show("item.html.j2", said=str(done))
