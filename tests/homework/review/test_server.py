"""The review page in Jupyter's server: who may do what, and marking by keyboard in a real browser."""

from __future__ import annotations

import re
import shutil
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from http.client import HTTPResponse
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import pytest

from homework.course import Course
from homework.gradebook.scores import scores_of
from homework.report.similar_page import write_similar
from homework.review.answers import ClassAnswers
from homework.review.marks import Reviews, Wanted
from tests.homework.attacks.browser import CHROMIUM, Browser
from tests.homework.axe import needs_axe, violations
from tests.homework.report.support import png
from tests.homework.review.support import ANSWERS, hand_in, in_formgrader, make_course
from tests.homework.servers import serving


class Server:
    """`homework review hw1` with the same course, and requests to it."""

    def __init__(self, course: Course, base: str, token: str) -> None:
        self.course, self.base, self.token = course, base, token
        self.key = ClassAnswers(course, "hw1").key
        self.cookies = CookieJar()
        self._open = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self.cookies), _NoRedirect()
        ).open

    def ask(
        self, path: str, data: dict[str, str] | None = None, *, token: bool = True, **headers: str
    ) -> tuple[int, str, Any]:
        """The status, the text and the headers of an answer."""
        body = urllib.parse.urlencode(data).encode() if data is not None else None
        request = urllib.request.Request(
            self.base + path, body, {k.replace("_", "-"): v for k, v in headers.items()}
        )
        if token:
            request.add_header("Authorization", f"token {self.token}")
        try:
            answer: HTTPResponse = self._open(request, timeout=60)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode(), error.headers
        with answer:
            return answer.status, answer.read().decode(), answer.headers


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("review") / "a course"
    course = make_course(root)
    hand_in(course, "cyd", "See ![sketch](attachment:s.png).", {"s.png": {"image/png": png()}})
    with serving(course, "review", "hw1", "--grader", "gil", "--graders", "gil, kim") as running:
        yield Server(course, running.base, running.token)


def test_only_those_who_are_logged_in_see_anything(server: Server) -> None:
    status, _, headers = server.ask("/review/", token=False)
    assert status == 302 and "/login" in headers["Location"]
    assert server.ask("/review/hw1/depth", token=False)[0] == 302
    assert server.ask("/review/hw1/similar", token=False)[0] == 302
    assert server.ask("/review/", Host="evil.example")[0] == 403


def test_a_forged_request_changes_nothing(server: Server) -> None:
    server.ask(f"/review/?token={server.token}", token=False)  # a browser's cookie
    assert server.ask("/review/", token=False)[0] == 200
    mark = {"key": server.key("bob"), "version": "x", "item": "1"}
    assert server.ask("/review/hw1/depth/mark", mark, token=False)[0] == 403
    assert scores_of(server.course, "hw1")["bob"].cells["depth"].manual is None


def test_nothing_that_a_student_wrote_can_run(server: Server) -> None:
    status, page, headers = server.ask("/review/hw1/depth")
    policy = headers["Content-Security-Policy"]
    assert status == 200
    assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
    assert "unsafe" not in policy
    assert "<script>alert(1)" not in page and "&lt;script&gt;alert(1)" in page
    assert 'href="javascript:' not in page
    assert 'src="data:image/png;base64,' in page  # a sketch, encoded again
    assert not re.search(r"<[^>]+\son\w+=", page)
    assert "ada" not in page


def test_similar_answers_are_next_to_the_review(server: Server) -> None:
    """The page that `homework similar` writes, with its own style and no script; before that, how to write it."""
    assert "homework similar hw1" in server.ask("/review/")[1]
    status, said, _ = server.ask("/review/hw1/similar")
    assert (status, said) == (404, "There is no such page yet: run `homework similar hw1`.")
    write_similar(server.course, "hw1")
    status, page, headers = server.ask("/review/hw1/similar")
    assert status == 200 and "Similar is not copied" in page
    assert "script-src" not in headers["Content-Security-Policy"]
    assert 'href="/review/hw1/similar"' in server.ask("/review/")[1]


@pytest.mark.parametrize(
    ("path", "data", "status"),
    [
        ("/review/hw1/nothing", None, 400),
        ("/review/hw9/depth", None, 400),
        ("/review/hw1/depth/mark?key=none", None, 400),
        ("/review/hw1/depth/mark", {"key": "0", "version": "x"}, 400),
        ("/review/hw1/depth/mark", {"key": "ada", "item": "x"}, 400),
        ("/review/hw1/depth/mark", {"key": "bob", "version": "x", "join": "no key"}, 400),
        ("/review/hw1/depth/rubric", {"item": "77", "points": "1"}, 400),
        ("/review/hw1/depth/rubric", {"item": "1", "points": "much"}, 400),
        ("/review/hw1/depth?page=-1", None, 200),
    ],
)
def test_odd_requests_are_refused_with_a_sentence(
    server: Server, path: str, data: dict[str, str] | None, status: int
) -> None:
    given, said, _ = server.ask(path, data)
    assert given == status, said
    assert "Traceback" not in said


def test_next_to_an_answer_that_does_not_exist_is_told(server: Server) -> None:
    """Before, it was saved, and the answer stood alone without a word."""
    key, other = server.key("ada"), server.key("cyd")
    page = server.ask("/review/hw1/width")[1]
    version = re.search(rf'id="state-{key}" [^>]*><input type="hidden" name="version" value="(\w+)"', page)
    assert version
    form = {"key": key, "version": version[1]}
    status, said, _ = server.ask("/review/hw1/width/mark", {**form, "join": "0123456789"})
    assert (status, said) == (400, "width has no answer 0123456789")
    status, said, _ = server.ask("/review/hw1/width/mark", {**form, "join": key.upper()})
    assert (status, said) == (400, "an answer cannot be put next to itself: type the key of another")
    status, card, _ = server.ask("/review/hw1/width/mark", {**form, "join": other})
    assert status == 200 and f'value="{other}"' in card
    version = re.search(r'name="version" value="(\w+)"', card)
    assert version
    assert server.ask("/review/hw1/width/mark", {"key": key, "version": version[1]})[0] == 200


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Callable[[], Browser]]:
    if CHROMIUM is None:
        pytest.skip("no chromium")
    made: list[Browser] = []

    def start() -> Browser:
        made.append(Browser(tmp_path / str(len(made))))
        return made[-1]

    yield start
    for one in made:
        one.__exit__()
    shutil.rmtree(tmp_path, ignore_errors=True)


def test_the_work_is_split(server: Server) -> None:
    """Everybody sees every answer and whose it is; Enter goes to one's own."""
    page = server.ask("/review/hw1/depth")[1]
    assert 'data-grader="gil"' in page
    shares = re.findall(r'data-dealt="(\w*)"', page)
    assert {name: shares.count(name) for name in set(shares)} == {"gil": 3, "kim": 2}


@needs_axe
def test_the_page_has_no_serious_violation(server: Server, browser: Callable[[], Browser]) -> None:
    """With everything open: the first page and the work."""
    page = browser()
    page.open(f"{server.base}/review/?token={server.token}")
    assert violations(page, f"{server.base}/review/") == []
    assert violations(page, f"{server.base}/review/hw1/depth") == []


def current(student: str, server: Server) -> str:
    return f"document.querySelector('article.current')?.dataset.key === '{server.key(student)}'"


def test_a_question_is_marked_by_keyboard_alone(server: Server, browser: Callable[[], Browser]) -> None:
    page = browser()
    page.open(
        f"{server.base}/review/hw1/depth?token={server.token}", ready="document.querySelector('.current')"
    )
    depth = {name: (lambda n=name: scores_of(server.course, "hw1")[n].cells["depth"]) for name in ANSWERS}  # type: ignore[misc]
    group = {server.key("ada"), server.key("bob")}
    first = page.value("document.querySelector('.current').dataset.key")
    assert first in group  # the largest group first
    name = "ada" if first == server.key("ada") else "bob"
    other = "bob" if name == "ada" else "ada"
    page.strike("1", "2")  # the second before the first is saved
    page.wait("document.querySelector('.current .score').textContent === '1.75'")
    page.strike("c")
    page.type("Well put.")
    page.strike("Escape")
    page.wait(
        "document.querySelector('.current .small').textContent.includes('gil') && document.querySelector('#status').textContent === 'saved'"
    )
    assert (depth[name]().manual, scores_of(server.course, "hw1")[name].comments) == (
        1.75,
        {"depth": "Well put."},
    )
    page.strike("a")
    page.wait("document.querySelector('.confirm')")
    assert "1 other answer 1.75 points" in page.value(
        "document.querySelector('.current .conflict').textContent"
    )
    page.value("window.isOld = true")
    page.value("document.querySelector('.confirm').click()")
    page.wait("!window.isOld && document.querySelector('.current')")
    assert depth[other]().manual == 1.75
    page.value("window.isOld = true")
    page.strike("u")
    page.wait("!window.isOld && document.querySelector('.current')")
    assert (depth[other]().manual, depth[name]().manual) == (None, 1.75)

    # Formgrader changes what the page shows: a conflict, and what was typed stays.
    page.strike("Enter")
    page.wait("document.querySelector('.current .state').dataset.graded === '0'")
    key = page.value("document.querySelector('.current').dataset.key")
    who = next(one for one in ANSWERS if server.key(one) == key)
    in_formgrader(server.course, who, "depth", 0.5, "From Formgrader.")
    page.strike("c")
    page.type("Typed for a while.")
    page.strike("Escape")
    page.wait("document.querySelector('.current .mine')")
    assert "outside" in page.value("document.querySelector('.current .conflict').textContent")
    assert page.value("document.querySelector('.current textarea').value") == "Typed for a while."
    page.value("window.isOld = true")
    page.value("location.reload()")
    page.wait("!window.isOld && document.readyState === 'complete' && document.querySelector('.current')")
    assert page.value(f"document.getElementById('free-{key}').value") == "Typed for a while."
    assert depth[who]().manual == 0.5
    page.strike("c", "Escape")
    page.wait("document.querySelector('#status').textContent === 'saved'")
    assert scores_of(server.course, "hw1")[who].comments["depth"] == "Typed for a while."
    page.strike("/")
    page.wait("document.activeElement.id === 'search'")
    for field in ("search", "sentence"):  # Escape leads back to the answer, where keys work
        page.value(f"document.querySelector('#bank [id={field}], #bank [name={field}]').focus()")
        page.strike("Escape")
        page.wait("document.activeElement === document.querySelector('.current')")
    page.strike("n")
    page.wait("location.pathname.endsWith('/width') && document.querySelector('.current')")
    assert page.dialogs == []
    hosts = {urllib.parse.urlsplit(one).netloc for one in page.requests if one.startswith("http")}
    assert hosts == {urllib.parse.urlsplit(server.base).netloc}


def test_the_page_fits_a_phone_and_stays_after_the_network_is_gone(
    server: Server, browser: Callable[[], Browser]
) -> None:
    page = browser()
    page._ask("Emulation.setDeviceMetricsOverride", width=360, height=740, deviceScaleFactor=1, mobile=True)
    page.open(
        f"{server.base}/review/hw1/width?token={server.token}", ready="document.querySelector('.current')"
    )
    assert page.value("document.documentElement.scrollWidth") <= 360
    page._ask(
        "Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=0, uploadThroughput=0
    )
    page.strike("c")
    page.type("Not to be lost.")
    page.strike("Escape")
    page.wait("document.querySelector('#status').textContent.startsWith('not saved')")
    key = page.value("document.querySelector('.current').dataset.key")
    assert page.value("document.querySelector('.current textarea').value") == "Not to be lost."
    page._ask(
        "Network.emulateNetworkConditions",
        offline=False,
        latency=0,
        downloadThroughput=-1,
        uploadThroughput=-1,
    )
    page.strike("c", "Escape")
    page.wait("document.querySelector('#status').textContent === 'saved'")
    rows = Reviews(server.course, "hw1").load()[0]
    assert {server.key(s): row.mark.comment for (q, s), row in rows.items() if q == "width"}[
        key
    ] == "Not to be lost."


def test_two_graders_in_the_page_get_a_conflict(server: Server) -> None:
    reviews = Reviews(server.course, "hw1")
    seen = reviews.version(reviews.load()[0]["width", "eve"])
    reviews.change("width", "eve", seen, Wanted((1,)), "hal")
    form = {"key": server.key("eve"), "version": seen, "item": "2", "free": "mine"}
    status, said, headers = server.ask("/review/hw1/width/mark", form)
    assert status == 409
    assert "hal" in said and "take mine" in said
    assert headers["HX-Retarget"] == f"#conflict-{server.key('eve')}"
    (version,) = re.findall(r"&#34;version&#34;: &#34;(\w+)|\"version\": \"(\w+)\"", said)
    assert server.ask("/review/hw1/width/mark", {**form, "version": "".join(version)})[0] == 200
    assert scores_of(server.course, "hw1")["eve"].cells["width"].manual == 0.75


def test_a_score_from_formgrader_can_be_given_to_the_group(server: Server) -> None:
    """It follows from no item: then the others get it as an adjustment."""
    in_formgrader(server.course, "ada", "width", 2.0)
    form = {"key": server.key("ada")}
    assert "gives 1 other answer 2 points" in server.ask("/review/hw1/width/group", form)[1]
    assert server.ask("/review/hw1/width/group", {**form, "apply": "1"})[0] == 200
    assert scores_of(server.course, "hw1")["bob"].cells["width"].manual == 2.0
