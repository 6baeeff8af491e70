"""Nothing in a submission executes in a page or loads anything."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
import zlib
from pathlib import Path

import pytest

from homework.course import Course
from homework.report.feedback import write_feedback
from homework.report.overview import write_overview
from tests.homework.report.support import (
    OTHERS,
    Seen,
    ending,
    given,
    page_of,
    png,
    read,
    record,
    result,
    without_score,
)
from tests.homework.untrusted.attacks import ATTACHMENTS, ATTACKER, ATTACKS, MARKDOWN_ATTACKS, RUN


def attacked(course: Course) -> list[Path]:
    """The pages of a submission that attacks wherever text from outside is shown."""
    tests = [
        ending(f"a{number}", "error", 0.5, attack, title=attack, misconception=attack if number % 2 else None)
        for number, attack in enumerate(ATTACKS)
    ]
    graded = result(ATTACKER, tests, submission={"sha256": "ab" * 32, "notes": ATTACKS})
    unreadable = without_score(f"bob{ATTACKER}", "unreadable", " ".join(ATTACKS))
    everything = "\n\n".join(MARKDOWN_ATTACKS)
    record(course, graded, code="\n".join(ATTACKS), answer=everything, attachments=ATTACHMENTS)
    record(course, unreadable)
    scores = {ATTACKER: given(depth=(1.0, everything, 0, False), correlate=(None, everything, 0, False))}
    pages = write_feedback(course, "hw1", scores=scores)
    return [*pages, write_overview(course, "hw1", read([graded, unreadable]))]


def test_whatever_a_submission_says_is_shown_as_text(course: Course) -> None:
    feedback, _, overview = attacked(course)
    for page in (feedback, overview):
        html = page.read_text()
        seen = Seen(html)
        assert seen.dangers == []
        assert f"<script>{RUN}</script>" in seen.text  # shown, not swallowed
        assert ATTACKER in seen.text
        assert "{{ 7 * 191 }}" in seen.text
        assert not re.search("[\x00-\x08\x0e-\x1f]", html)
    assert {link["href"] for link in Seen(feedback.read_text()).links if "rel" in link} == {
        f"https://example.org/?%22onclick={RUN}"
    }
    assert all(
        link["rel"] == "nofollow noopener noreferrer"
        for link in Seen(feedback.read_text()).links
        if "rel" in link
    )


def test_pages_allow_no_script_no_network_and_no_foreign_picture(course: Course) -> None:
    for page in attacked(course):
        head = page.read_text().partition("<title>")[0]
        policy = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', head)
        assert policy is not None
        assert (
            policy[1]
            .replace("&#39;", "'")
            .startswith("default-src 'none'; img-src data:; style-src 'unsafe-inline';")
        )
        assert '<html lang="en">' in head


def test_only_pictures_among_attachments_are_shown(course: Course) -> None:
    attachments = {
        "sketch 1.png": {"image/png": png()},
        "unused.png": {"image/png": [png(5, 4)]},
        "photo.jpg": {"image/jpeg": png(kind="JPEG")},
        "cut.png": {"image/png": png(60, 50)[:80]},
        "bomb.png": {"image/png": bomb(30_000, 30_000)},
        "picture.svg": {"image/svg+xml": "<svg/>"},
        "number": {"image/png": 7},
    }
    answer = "See ![my sketch](attachment:sketch%201.png) and ![cut](attachment:cut.png)."
    seen = Seen(page_of(course, result("ada", OTHERS), answer=answer, attachments=attachments))
    assert [picture["alt"] for picture in seen.pictures] == ["my sketch", "unused.png", "photo.jpg"]
    assert seen.dangers == []
    assert "[a picture that was not attached: cut ]" in seen.text
    for name in ("cut.png", "bomb.png", "picture.svg", "number"):
        assert f"Not shown (not a picture that can be read, or too large): {name}" in seen.text


def bomb(width: int, height: int) -> str:
    """A small PNG file that claims to be large."""
    data = bytearray(base64.b64decode(png()))
    data[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    return base64.b64encode(data).decode()


CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium here to open the pages with")
def test_nothing_executes_in_a_real_browser(course: Course, tmp_path: Path) -> None:
    control = tmp_path / "control.html"
    control.write_text(f'<title>quiet</title><img src=x onerror="{RUN}">')
    assert "<title>pwned</title>" in opened(control, tmp_path)  # the browser does run scripts
    for number, page in enumerate(attacked(course)):
        copy = tmp_path / f"page{number}.html"  # a name that a file: address can hold
        copy.write_bytes(page.read_bytes())
        dom = opened(copy, tmp_path)
        title = re.search(r"<title>(.*?)</title>", dom, re.DOTALL)
        assert title is not None
        assert "hw1: " in title[1]
        assert Seen(dom).dangers == []


def opened(page: Path, scratch: Path) -> str:
    """The page as a browser has it after loading."""
    flags = (
        "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
        "--disable-component-update --disable-sync --disable-dev-shm-usage --virtual-time-budget=2000 --dump-dom"
    )
    command = [str(CHROMIUM), *flags.split(), f"--user-data-dir={scratch / 'profile'}", page.as_uri()]
    done = subprocess.run(command, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr.decode(errors="replace")[-2000:]
    return done.stdout.decode(errors="replace")
