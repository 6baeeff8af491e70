"""JupyterLab and Formgrader in a real browser, used as people use them: menus, buttons, keys, the mouse."""

from __future__ import annotations

import json

from tests.homework.attacks.browser import Browser
from tests.homework.servers import Serving

PATIENCE = 300  # seconds that something may take on a busy machine
_ACTIVE = "document.querySelector('.jp-Cell.jp-mod-active')"
_COMMANDS = "document.activeElement.closest('.jp-Notebook.jp-mod-commandMode')"  # keys move between cells
_TYPING = "document.activeElement.closest('.cm-content')"


def named(selector: str, text: str) -> str:
    """The expression for the element that `selector` finds and whose text is `text`."""
    return (
        f"[...document.querySelectorAll({json.dumps(selector)})].find((one) => one.innerText.trim() === "
        f"{json.dumps(text)})"
    )


class Lab:
    """JupyterLab with one notebook."""

    FEEDBACK = named("#submitted_assignments_list a", "(view feedback)")

    def __init__(self, browser: Browser, server: Serving, path: str = "/lab") -> None:
        """Open it, and wait until it is built. `path` can lead to a notebook: `/lab/tree/hw1/hw1.ipynb`."""
        self.browser = browser
        browser.size(1280)
        browser.open(
            f"{server.base}{path}?token={server.token}",
            "document.querySelector('.lm-MenuBar-item') && !document.querySelector('#jupyterlab-splash')",
        )

    def assignments(self) -> None:
        """Open nbgrader's list of assignments."""
        item = named(".lm-Menu-item .lm-Menu-itemLabel", "Assignment List")
        self.browser.click(named(".lm-MenuBar-item", "Nbgrader"), item)
        self.browser.click(item, "document.querySelector('#assignments')")

    def press(self, button: str, then: str) -> None:
        """Press a button of that list, and wait for what comes of it."""
        self.browser.click(named("#assignments button", button))
        self.browser.wait(then, PATIENCE)

    def open(self, notebook: str) -> None:
        """Open a notebook that was fetched, from the list."""
        link = named("#fetched_assignments_list .nested_list_item a", notebook)
        self.browser.click("document.querySelector('.assignment-notebooks-link')", f"{link}?.offsetParent")
        self.browser.click(link, "document.querySelector('.jp-Notebook .jp-Cell')")
        self.enter()

    def enter(self) -> None:
        """Go to the first cell of the notebook, when its kernel has started."""
        self.browser.wait("document.querySelector('.jp-Notebook-ExecutionIndicator[data-status=idle]')")
        self.browser.click("document.querySelector('.jp-Notebook .jp-Cell')", _COMMANDS)

    def go_to(self, text: str) -> None:
        """Go down to the next cell that has `text`, with the arrow key; cells far below are not on the page yet."""
        while not self.browser.value(f"{_ACTIVE}.innerText.includes({json.dumps(text)})"):
            place = f"{_ACTIVE}.dataset.windowedListIndex"
            before = self.browser.value(place)
            self.browser.press("ArrowDown", 40)
            self.browser.wait(f"{place} !== {before!r}")

    def fill(self, stub: str, answer: str) -> None:
        """Type an answer in place of all that is in the next cell that has `stub`."""
        self.go_to(stub)
        self.browser.press("Enter", 13)
        self.browser.wait(_TYPING)
        self.browser.press("a", 65, control=True)
        self.browser.type(answer)
        self.browser.press("Escape", 27)
        self.browser.wait(_COMMANDS)

    def save(self) -> None:
        """Save with Ctrl+S."""
        self.browser.press("s", 83, control=True)
        self.browser.wait("!document.querySelector('.jp-mod-dirty')")

    def validate(self) -> str:
        """Press *Validate* above the notebook; what the dialog says when it is done."""
        self.browser.click("document.querySelector('.validate-button')")
        self.browser.wait(named(".jp-Dialog-header", "Validation Results"), PATIENCE)
        said = str(self.browser.value("document.querySelector('.jp-Dialog').innerText"))
        self.browser.click(named(".jp-Dialog button", "Ok"), "!document.querySelector('.jp-Dialog')")
        return said

    def view_feedback(self, page: str) -> str:
        """Follow *view feedback*, open the page with a double click, and return its text."""
        entry = named(".jp-DirListing-itemText", page)
        self.browser.click(self.FEEDBACK, entry)
        frame = "document.querySelector('.jp-HTMLViewer iframe')?.contentDocument"
        self.browser.click(entry, f"{frame}?.querySelector('h1')", double=True)
        return str(self.browser.value(f"{frame}.body.innerText"))


class Formgrader:
    """nbgrader's pages of a course."""

    # A submission's page can be marked: its script has loaded marks and comments, and its keys work.
    MARKING = "window.formgrader && formgrader.keyboard_manager && formgrader.grades.loaded && formgrader.comments.loaded"

    def __init__(self, browser: Browser, server: Serving) -> None:
        """Log in with the address that the course's server printed."""
        self.browser, self.base = browser, f"{server.base}/formgrader"
        browser.size(1280)
        self.open(f"?token={server.token}")

    def open(self, path: str) -> None:
        """Open a page with a table, and wait for its rows."""
        self.browser.open(self.base + path, "document.querySelector('tbody tr td a')")

    def press(self, column: str, row: str) -> str:
        """Press the button in a column of the row in which a cell says `row`; what the dialog says when it is done."""
        button = f"{named('tbody td', row)}?.closest('tr').querySelector('.{column} a')"
        self.browser.click(button)
        self.browser.wait("document.querySelector('.modal.in .modal-body')", PATIENCE)
        said = str(self.browser.value("document.querySelector('.modal.in').innerText"))
        self.browser.click(named(".modal.in .modal-footer button", "OK"), "!document.querySelector('.modal')")
        return said

    def row(self, text: str) -> list[str]:
        """The cells of the row in which one says `text`."""
        cells = f"{named('tbody td', text)}?.closest('tr').children"
        self.browser.wait(cells)
        found = self.browser.value(f"JSON.stringify([...{cells}].map((cell) => cell.innerText.trim()))")
        return list(json.loads(found))

    def mark(self, submission: str) -> None:
        """Open a submission from the list of a notebook's submissions."""
        self.browser.click(named("tbody td a", submission), self.MARKING)
