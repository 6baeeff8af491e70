"""How soon the review page answers a key in a real browser, against what browser and server need at least.

    .venv/bin/python -m bench.keys [--students 500] [--questions 10] [--runs 40] [--before CHECKOUT]

*Floor* is a `fetch` of `/api`, where the same server has nothing to do, and one animation frame. *Mark* is from the key
that chooses a rubric item until the server has saved it and the page shows so; that includes *save*, what the database
alone takes to write as much to this disk for good. *Score* is from that key to the new score, *see* to the check mark,
*next* from `j` to the next answer; these need no server. All are taken in turns, by the page's own clock, and also with
the program of another checkout. Medians; nothing here is asserted.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from bench.measure import ROOT, circumstances
from bench.report import Table
from bench.review import Server, make_class
from tests.homework.attacks.browser import CHROMIUM, Browser

RESULTS = ROOT / "bench" / "results" / "keys.json"
PORT = 18_925
WHAT = {
    "floor": "`fetch` of a page without work, and one frame: the floor",
    "mark": "rubric item by its number key, until it is saved and shown",
    "save": "of that, the least that SQLite takes to save one row on this disk",
    "score": "the same key, until the new score is shown",
    "see": "the same, until its check mark is shown",
    "next": "`j`, until the next answer is the current one",
}
# `answered` becomes the milliseconds from a key to the first moment at which `sought()` holds.
_CLOCK = """
window.sought = null;
addEventListener("keydown", () => { window.pressed = performance.now(); window.answered = null; }, true);
const look = () => {
    if (window.sought && window.answered === null && sought()) window.answered = performance.now() - pressed;
};
addEventListener("keydown", look);
new MutationObserver(look).observe(document.querySelector("main"), {subtree: true, childList: true, attributes: true});
"""
_FLOOR = """(async () => {
    const started = performance.now();
    await (await fetch("/api", {cache: "no-store"})).text();
    await new Promise(requestAnimationFrame);
    return performance.now() - started;
})()"""
_VERSION = "document.querySelector('.current [name=version]').value"
_SCORE = "document.querySelector('.current .score').textContent"
_ITEM = "document.querySelector('.current [name=item]').checked"
_ANSWER = "document.querySelector('.current').id"


def pressed(browser: Browser, key: str, changed: str) -> float:
    """Milliseconds from a key to the change of an expression in the page."""
    browser.value(f"answered = null; before = {changed}; sought = () => {changed} !== before")
    browser.strike(key)
    browser.wait("answered !== null")
    return float(browser.value("answered"))


def measure(browsers: Sequence[Browser], runs: int, scratch: Path) -> list[dict[str, list[float]]]:
    """Milliseconds of each, in turns; for each browser."""
    for browser in browsers:
        browser.value(_CLOCK)
    found: list[dict[str, list[float]]] = [{name: [] for name in WHAT} for _ in browsers]
    for _ in range(runs + 2):  # the first two load what later ones have
        for browser, times in zip(browsers, found, strict=True):
            floor = browser._ask("Runtime.evaluate", expression=_FLOOR, awaitPromise=True)["result"]["value"]
            times["floor"].append(floor)
            for name, changed in {"mark": _VERSION, "score": _SCORE, "see": _ITEM}.items():
                times[name].append(pressed(browser, "1", changed))
                browser.wait("document.querySelector('#status').textContent === 'saved'")
            times["next"].append(pressed(browser, "j", _ANSWER))
            times["save"].append(saved(scratch))
    return [{name: times[2:] for name, times in one.items()} for one in found]


def saved(scratch: Path) -> float:
    """Milliseconds that SQLite takes to write one row to a file of its own."""
    with closing(sqlite3.connect(scratch / "saved.db")) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS saved (row TEXT)")
        started = time.perf_counter()
        with connection:
            connection.execute("INSERT INTO saved VALUES ('a row')")
        return 1000 * (time.perf_counter() - started)


def table() -> Table:
    """What was measured last."""
    rows = []
    if RESULTS.is_file():
        times = json.loads(RESULTS.read_text())["ms"]
        floor = statistics.median(times["floor"])
        for name, what in WHAT.items():
            middle, few, many = statistics.quantiles(times[name], n=10)[4], *_tenths(times[name])
            rows.append((what, f"{middle:.1f}", f"{few:.1f}–{many:.1f}", f"{middle / floor:.2f}"))
    return Table("keys of the review page", ("what", "ms", "of ten, the middle eight", "× floor"), rows)


def _tenths(values: list[float]) -> tuple[float, float]:
    tenths = statistics.quantiles(values, n=10)
    return tenths[0], tenths[-1]


def main() -> None:
    """Make the class, measure, print, and keep the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--students", type=int, default=500)
    parser.add_argument("--questions", type=int, default=10)
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--before", type=Path, help="a checkout to compare with")
    options = parser.parse_args()
    if CHROMIUM is None:
        raise SystemExit("Chromium is not installed")
    builds = [None, options.before] if options.before else [None]
    with (
        tempfile.TemporaryDirectory(prefix="homework-bench-", ignore_cleanup_errors=True) as name,
        ExitStack() as open_,
    ):
        scratch, browsers = Path(name), []
        course = make_class(scratch / "course", options.students, options.questions)
        for number, build in enumerate(builds):
            server = Server(course, PORT + number, build)
            open_.callback(server.close)
            server.ask("/review/hw1/q01")  # reads the class
            browser = open_.enter_context(Browser(scratch / f"browser{number}"))
            browser.size(1280)
            browser.open(
                f"{server.base}/review/hw1/q01?token={server.token}", "document.querySelector('.current')"
            )
            browsers.append(browser)
        found = measure(browsers, options.runs, scratch)
    kept: dict[str, Any] = {**circumstances(), "ms": found[0]}
    RESULTS.write_text(json.dumps(kept, indent=1) + "\n")
    for row in table().rows:
        print("  ".join(row))
    for before in found[1:]:
        for name in WHAT:
            middle, was = statistics.median(found[0][name]), statistics.median(before[name])
            print(f"{name}: {middle:.1f} ms, before {was:.1f} ms: {was / middle:.1f} times as fast")


if __name__ == "__main__":
    main()
