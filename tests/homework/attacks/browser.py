"""A real headless Chromium that opens pages, clicks on what can be clicked on, and tells what was executed."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import websocket

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
_FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage --remote-debugging-port=0 about:blank"
)
# Links that lead neither to the web nor within the site, and handlers that stand in the page itself.
_CLICK = """
for (const element of document.querySelectorAll("a[href], area[href]"))
    if (!/^(https?:|mailto:|file:)/.test(element.href)) element.click();
for (const element of document.querySelectorAll("*"))
    for (const {name, value} of element.attributes)
        if (name.startsWith("on") && value.includes("alert")) element.dispatchEvent(new Event(name.slice(2)));
"""


class Browser:
    """One page of a browser. `dialogs`: what `alert` said, in any frame; `requests`: every address that was asked for."""

    def __init__(self, scratch: Path, *, offline: bool = False) -> None:
        """`offline`: only this machine can be reached."""
        self.dialogs: list[str] = []
        self.requests: list[str] = []
        self._number = 0
        profile = scratch / "profile"
        command = [str(CHROMIUM), *_FLAGS.split(), f"--user-data-dir={profile}"]
        if offline:
            command.append("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        port_file = profile / "DevToolsActivePort"
        while not (port_file.exists() and port_file.read_text().count("\n")):
            assert self._process.poll() is None, "chromium does not start"
            time.sleep(0.05)
        port, path = port_file.read_text().split("\n")[:2]
        self._socket = websocket.create_connection(
            f"ws://127.0.0.1:{port}{path}", timeout=60, suppress_origin=True
        )
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime"):
            self._ask(f"{domain}.enable")

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
        self._process.kill()
        self._process.wait()

    def open(self, address: str, ready: str = "true") -> str:
        """Open a page, wait until the expression `ready` holds, click on everything odd, and return the page."""
        self.value("window.isOld = true")
        self._ask("Page.navigate", url=address)
        self.wait(f"!window.isOld && document.readyState === 'complete' && !!({ready})")
        self.value(_CLICK)
        return str(self.value("document.documentElement.outerHTML"))

    def wait(self, condition: str, seconds: float = 60) -> None:
        """Wait until an expression holds."""
        deadline = time.monotonic() + seconds
        while not self.value(f"!!({condition})"):
            assert time.monotonic() < deadline, f"{condition} does not hold: {self.value('document.title')}"
            time.sleep(0.05)

    def click(self, element: str, then: str = "true", *, double: bool = False) -> None:
        """Click with the mouse on what the expression `element` finds; again if `then` does not hold soon.

        A page that is still being built may lose a click, and people click again. So what a click does must be harmless
        to do twice, if `then` is given.
        """
        middle = (
            f"(() => {{ const found = {element}; if (!found) return '';"
            " found.scrollIntoView({block: 'nearest'}); const {x, y, width, height} = found.getBoundingClientRect();"
            " return width && height ? `${x + width / 2} ${y + height / 2}` : ''; })()"
        )
        self.wait(middle)
        for _ in range(30):
            if not (place := self.value(middle)):  # it led to another page, which is not ready yet
                self.wait(then, 300)
                return
            x, y = map(float, place.split())
            for count in (1, 2) if double else (1,):
                button = {"button": "left", "clickCount": count}
                for kind, pressed in (
                    ("mouseMoved", {}),
                    ("mousePressed", button),
                    ("mouseReleased", button),
                ):
                    self._ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, **pressed)
            try:
                self.wait(then, 10)
            except AssertionError:
                continue
            return
        raise AssertionError(f"clicks on {element} do not lead to {then}")

    def press(self, key: str, code: int, *, control: bool = False) -> None:
        """Press and release a key, by its name and its virtual key code."""
        for kind in ("rawKeyDown", "keyUp"):
            self._ask(
                "Input.dispatchKeyEvent",
                type=kind,
                key=key,
                windowsVirtualKeyCode=code,
                modifiers=2 if control else 0,
            )

    def strike(self, *keys: str) -> None:
        """Press and release keys by their names; a letter is also typed."""
        for key in keys:
            text = {"Enter": "\r"}.get(key, key if len(key) == 1 else "")
            event = {"key": key, "text": text} if text else {"key": key}
            self._ask("Input.dispatchKeyEvent", type="keyDown", **event)
            self._ask("Input.dispatchKeyEvent", type="keyUp", key=key)

    def type(self, text: str) -> None:
        """Type into the field that has the focus."""
        self._ask("Input.insertText", text=text)

    def size(self, width: int, height: int = 900) -> None:
        """Give the page the size of a window, or of a phone."""
        screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        self._ask("Emulation.setDeviceMetricsOverride", **screen)

    def value(self, expression: str) -> Any:
        return self._ask("Runtime.evaluate", expression=expression).get("result", {}).get("value")

    def _ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = self._send(method, parameters)
        while True:
            message = json.loads(self._socket.recv())
            if message.get("id") == number:
                found: dict[str, Any] = message.get("result", {})
                return found
            event, content = message.get("method"), message.get("params", {})
            if event == "Page.javascriptDialogOpening":
                self.dialogs.append(f"{content.get('message')} on {content.get('url')}")
                self._send("Page.handleJavaScriptDialog", {"accept": True})
            elif event == "Network.requestWillBeSent":
                self.requests.append(content["request"]["url"])

    def _send(self, method: str, parameters: dict[str, Any]) -> int:
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if hasattr(self, "_session"):
            message["sessionId"] = self._session
        self._socket.send(json.dumps(message))
        return self._number
