"""How soon the review page answers a key in a real browser, against what browser and server need at least.

    .venv/bin/python -m bench.keys [--students 500] [--questions 10] [--runs 40]

*Floor* is a `fetch` of `/api`, where the same server has nothing to do, and one animation frame. *Mark* is from the key
that chooses a rubric item to the answer as the server has saved it, with its score. *See* is from that key to the check
mark, *next* from `j` to the next answer; both need no server. All are taken in turns, by the page's own clock. Medians;
nothing here is asserted.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
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
_ITEM = "document.querySelector('.current [name=item]').checked"
_ANSWER = "document.querySelector('.current').id"


def pressed(browser: Browser, key: str, changed: str) -> float:
    """Milliseconds from a key to the change of an expression in the page."""
    browser.value(f"answered = null; before = {changed}; sought = () => {changed} !== before")
    browser.strike(key)
    browser.wait("answered !== null")
    return float(browser.value("answered"))


def measure(browser: Browser, runs: int) -> dict[str, list[float]]:
    """Milliseconds of each, in turns."""
    browser.value(_CLOCK)
    found: dict[str, list[float]] = {name: [] for name in WHAT}
    for _ in range(runs + 2):  # the first two load what later ones have
        floor = browser._ask("Runtime.evaluate", expression=_FLOOR, awaitPromise=True)["result"]["value"]
        found["floor"].append(floor)
        found["mark"].append(pressed(browser, "1", _VERSION))
        found["see"].append(pressed(browser, "1", _ITEM))
        browser.wait("document.querySelector('#status').textContent === 'saved'")
        found["next"].append(pressed(browser, "j", _ANSWER))
    return {name: times[2:] for name, times in found.items()}


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
    options = parser.parse_args()
    if CHROMIUM is None:
        raise SystemExit("Chromium is not installed")
    with tempfile.TemporaryDirectory(prefix="homework-bench-", ignore_cleanup_errors=True) as scratch:
        course = make_class(Path(scratch) / "course", options.students, options.questions)
        server = Server(course, PORT)
        try:
            with Browser(Path(scratch)) as browser:
                browser.size(1280)
                address = f"{server.base}/review/hw1/q01?token={server.token}"
                browser.open(address, "document.querySelector('.current')")
                found = measure(browser, options.runs)
        finally:
            server.close()
    kept: dict[str, Any] = {**circumstances(), "ms": found}
    RESULTS.write_text(json.dumps(kept, indent=1) + "\n")
    for row in table().rows:
        print("  ".join(row))


if __name__ == "__main__":
    main()
