"""axe-core on a page in a real browser: what stops people who use a screen reader, a keyboard, or low contrast."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.homework.attacks.browser import CHROMIUM, Browser
from tests.homework.support import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
needs_axe = pytest.mark.skipif(
    CHROMIUM is None or not AXE.is_file(),
    reason="no chromium"
    if CHROMIUM is None
    else "no axe-core: `scripts/setup --tests` installs it where npm is",
)
LOOKS = [(width, scheme) for width in (360, 1280) for scheme in ("light", "dark")]
_RUN = """axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21aa"]}).then((found) => JSON.stringify(
    found.violations.filter((one) => ["serious", "critical"].includes(one.impact)).map((one) =>
        [one.id, one.nodes.length, one.nodes[0].html.slice(0, 200), one.nodes[0].failureSummary.slice(0, 300)])))"""


def violations(browser: Browser, address: str, before: str = "") -> list[object]:
    """The serious and critical violations on a page, in both widths and schemes. `before` is run in the page first."""
    found: list[object] = []
    for width, scheme in LOOKS:
        browser._ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=900,
            deviceScaleFactor=1,
            mobile=width < 500,
        )
        browser._ask(
            "Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}]
        )
        browser.open(address)
        browser.value("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        browser.value(before or "0")
        browser.value(AXE.read_text("utf-8"))
        answer = browser._ask("Runtime.evaluate", expression=_RUN, awaitPromise=True, returnByValue=True)
        found += [(width, scheme, *one) for one in json.loads(answer["result"]["value"])]
        if browser.value("document.documentElement.scrollWidth") > width:
            found.append((width, scheme, "wider than the window"))
    return found


def picture(browser: Browser, path: Path) -> None:
    """Write what the browser shows to a PNG file."""
    import base64

    path.write_bytes(base64.b64decode(browser._ask("Page.captureScreenshot", format="png")["data"]))
