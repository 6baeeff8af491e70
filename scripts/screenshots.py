"""Write docs/images: the pages that instructors and graders read, of the sample class of hw1, as a browser shows them.

    .venv/bin/python scripts/screenshots.py           all of them
    .venv/bin/python scripts/screenshots.py report    some, by name

Needs Chromium. The class is graded in a copy of the course, which takes a minute or two. bench/ draws `bench.png`.
"""

from __future__ import annotations

import base64
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

from homework.commands.autograde import autograde
from homework.commands.demo import sample_class
from homework.course import Course
from homework.report.classes import write_report
from homework.report.similar_page import write_similar
from tests.homework.attacks.browser import Browser
from tests.homework.support import copy_course

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
WIDTH, HEIGHT = 1280, 900
PORT = 18_923


def homework(course: Course, *arguments: str) -> subprocess.Popen[str]:
    """Start a command in a course."""
    environment = {**os.environ, "HOMEWORK_COURSE": str(course.root)}
    command = [sys.executable, "-m", "homework", *arguments]
    return subprocess.Popen(command, cwd=course.root, env=environment, stdout=subprocess.PIPE, text=True)


def shoot(browser: Browser, address: str, name: str, width: int = WIDTH) -> None:
    """Write a picture of the top of a page."""
    screen = {"width": width, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": width < 500}
    browser._ask("Emulation.setDeviceMetricsOverride", **screen)
    browser.open(address)
    data = browser._ask("Page.captureScreenshot", format="png")["data"]
    (IMAGES / f"{name}.png").write_bytes(base64.b64decode(data))
    print(f"wrote docs/images/{name}.png")


def review_page(course: Course, browser: Browser) -> None:
    """Start the course's server, and show the first question."""
    process = homework(course, "review", "hw1", "--port", str(PORT), "--grader", "gil")
    try:
        assert process.stdout is not None
        found = None
        while found is None:
            line = process.stdout.readline()
            if not line:
                raise SystemExit("the server does not start")
            found = re.search(r"http://\S+/review/hw1/\S+", line)
        while True:
            try:
                urlopen(found[0], timeout=5).close()
                break
            except OSError:
                time.sleep(0.5)
        shoot(browser, found[0], "review")
    finally:
        process.terminate()
        process.wait()


def main(wanted: list[str]) -> None:
    """Grade the sample class, and take the pictures."""
    with tempfile.TemporaryDirectory(prefix="homework-screenshots-", ignore_cleanup_errors=True) as scratch:
        course = copy_course(Path(scratch) / "course")
        for student, files in sample_class(course, course.assignment("hw1")).items():
            folder = course.submitted / student / "hw1"
            folder.mkdir(parents=True)
            for name, content in files.items():
                (folder / name).write_bytes(content)
        autograde(course, "hw1", quiet=True)
        pages = {
            "report": write_report(course, "hw1"),
            "similar": write_similar(course, "hw1")[0],
        }
        with Browser(Path(scratch)) as browser:
            for name, page in pages.items():
                if (not wanted or name in wanted) and page.is_file():
                    shoot(browser, page.as_uri(), name)
            if not wanted or "review" in wanted:
                review_page(course, browser)


if __name__ == "__main__":
    main(sys.argv[1:])
