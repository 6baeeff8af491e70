"""The page of similar answers, served next to the review."""

from __future__ import annotations

from tornado.web import HTTPError, authenticated

from homework.review.handlers import Page

PAGE_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)


class Similar(Page):
    """What `homework similar` wrote: a page with its own style and without scripts."""

    @property
    def content_security_policy(self) -> str:
        return f"{PAGE_POLICY}; frame-ancestors 'none'"

    @authenticated
    async def get(self, assignment: str) -> None:
        """Show the page, or say how to make it."""
        page = await self.work(lambda: self.desk.similar(assignment))
        if page is None:
            raise HTTPError(404, reason=f"There is no such page yet: run `homework similar {assignment}`.")
        self.finish(await self.work(page.read_bytes))
