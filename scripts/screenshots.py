"""Write docs/images: the pages of a week, of the sample class of hw1, as a browser shows them.

    .venv/bin/python scripts/screenshots.py           all of them
    .venv/bin/python scripts/screenshots.py report    some, by name

Needs Chromium. The class is graded in a copy of the course, which takes a minute or two. bench/ draws `bench.png`.
"""

from __future__ import annotations

import base64
import io
import random
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # tests/ is no installed package
from homework.commands.autograde import autograde  # noqa: E402
from homework.commands.demo import sample_class  # noqa: E402
from homework.course import Course  # noqa: E402
from homework.report.classes import write_report  # noqa: E402
from homework.report.feedback import write_feedback  # noqa: E402
from homework.report.similar_page import write_similar  # noqa: E402
from homework.review.marks import Reviews, Wanted  # noqa: E402
from tests.homework.attacks.browser import Browser  # noqa: E402
from tests.homework.lab import Formgrader, Lab  # noqa: E402
from tests.homework.servers import serving, students_lab  # noqa: E402
from tests.homework.support import copy_course  # noqa: E402

IMAGES = ROOT / "docs" / "images"
WIDTH, HEIGHT = 1280, 900
LARGEST = 150_000  # bytes of a picture
STUDENT = "edsger"  # whose feedback page is shown


def keep(browser: Browser, name: str) -> None:
    """Write what the browser shows, with as few colors as the pages have."""
    data = base64.b64decode(browser._ask("Page.captureScreenshot", format="png")["data"])
    picture = Image.open(io.BytesIO(data)).convert("RGB").quantize(128, dither=Image.Dither.NONE)
    path = IMAGES / f"{name}.png"
    picture.save(path, optimize=True)
    print(f"wrote docs/images/{name}.png, {path.stat().st_size / 1000:.0f} kB")
    if path.stat().st_size > LARGEST:
        raise SystemExit(f"{path} is larger than {LARGEST / 1000:.0f} kB")


def shoot(browser: Browser, address: str, name: str, width: int = WIDTH, height: int = HEIGHT) -> None:
    """Write a picture of the top of a page."""
    browser.size(width, height)
    browser._ask("Emulation.setScrollbarsHidden", hidden=True)
    browser.open(address)
    keep(browser, name)


def graded_class(course: Course) -> None:
    """Hand in and grade the sample class, and mark one answer of the student whose page is shown."""
    for student, files in sample_class(course, course.assignment("hw1")).items():
        folder = course.submitted / student / "hw1"
        folder.mkdir(parents=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
    autograde(course, "hw1", quiet=True)
    reviews = Reviews(course, "hw1")
    seen = reviews.version(reviews.load("warmup_a")[0]["warmup_a", STUDENT])
    reviews.change("warmup_a", STUDENT, seen, Wanted((1, 3), free="Name a function that needs depth."), "gil")


def mark_the_rest(course: Course) -> None:
    """Give every answer that waits some items, so that the report is that of the end of a week."""
    reviews, draw = Reviews(course, "hw1"), random.Random(1)
    rubrics = reviews.rubrics()
    for (question, student), row in reviews.load()[0].items():
        if row.mark.review:
            answered = student in reviews.answers.to(
                question
            )  # or the file could not be read: the zeros are confirmed
            items = [one.number for one in rubrics[question].active if answered and draw.random() < 0.6]
            reviews.change(question, student, reviews.version(row), Wanted(tuple(items)), "gil")


def main(wanted: list[str]) -> None:
    """Grade the sample class, and take the pictures."""

    def taken(*names: str) -> bool:
        return not wanted or not set(names).isdisjoint(wanted)

    with tempfile.TemporaryDirectory(
        prefix="homework-screenshots-", ignore_cleanup_errors=True
    ) as scratch_name:
        scratch = Path(scratch_name)
        course = copy_course(scratch / "course")
        if set(wanted) != {"exercise"}:
            graded_class(course)
        with Browser(scratch / "browser", offline=True) as browser:
            if taken("formgrader", "review"):
                with serving(course, "review", "hw1", "--grader", "gil") as server:
                    formgrader = Formgrader(browser, server)
                    if taken("review"):
                        shoot(browser, f"{server.base}/review/hw1/warmup_a?token={server.token}", "review")
                    if taken("formgrader"):
                        browser.size(WIDTH, HEIGHT)
                        formgrader.open("/gradebook/hw1/hw1")
                        keep(browser, "formgrader")
            if taken("feedback", "feedback-phone"):
                write_feedback(course, "hw1", [STUDENT])
                address = (course.feedback / STUDENT / "hw1" / "hw1.html").as_uri()
                if taken("feedback"):
                    shoot(browser, address, "feedback", 900, 1350)
                if taken("feedback-phone"):
                    shoot(browser, address, "feedback-phone", 360, 740)
            if taken("report"):
                mark_the_rest(course)
                shoot(browser, write_report(course, "hw1").as_uri(), "report")
            if taken("similar"):
                shoot(browser, write_similar(course, "hw1")[0].as_uri(), "similar")
            if taken("exercise"):
                with students_lab(scratch / "student", "c = get_config()\n") as server:
                    shutil.copytree(course.assignment("hw1").release, scratch / "student" / "hw1")
                    lab = Lab(browser, server, "/lab/tree/hw1/hw1.ipynb")
                    lab.enter()
                    lab.go_to("def cross_corr_2d(")
                    keep(browser, "exercise")


if __name__ == "__main__":
    main(sys.argv[1:])
