"""Chromium without a screen, told what to do over a pipe (Chrome DevTools Protocol), as a person would do it."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

NAMES = ("chromium-headless-shell", "chromium", "google-chrome", "chrome")
FOUND = next(filter(None, map(shutil.which, NAMES)), None)
_START = "import os, sys; os.dup2(int(sys.argv[2]), 99); os.dup2(int(sys.argv[1]), 3); os.dup2(99, 4); " + (
    "os.execv(sys.argv[3], sys.argv[3:])"
)
PATIENCE = 30.0  # seconds


class Page:
    """A page that is open."""

    def __init__(self, read: int, write: int) -> None:
        self._read, self._write = read, write
        self._rest, self._last, self._session = b"", 0, ""
        self.complaints: list[str] = []  # of the console: refused resources, errors of scripts

    def __call__(self, method: str, **parameters: object) -> dict[str, Any]:
        """Send a command, and return its result."""
        self._last += 1
        command = {"id": self._last, "method": method, "params": parameters}
        if self._session:
            command["sessionId"] = self._session
        os.write(self._write, json.dumps(command).encode() + b"\0")
        while True:
            found = self._message()
            if found.get("id") == self._last:
                assert "error" not in found, found
                result: dict[str, Any] = found["result"]
                return result

    def open(self, address: str, *, dark: bool = False, size: tuple[int, int] = (1280, 720)) -> None:
        """Open an address."""
        target = self("Target.createTarget", url="about:blank")["targetId"]
        self._session = self("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self(f"{domain}.enable")
        self("Emulation.setDeviceMetricsOverride", width=size[0], height=size[1], deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self("Emulation.setEmulatedMedia", features=[scheme])
        self("Page.navigate", url=address)
        self.until("document.readyState === 'complete'")

    def value(self, expression: str) -> Any:
        """The value of an expression on the page."""
        return self("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def until(self, expression: str) -> Any:
        """Wait until an expression is true, and return it."""
        end = monotonic() + PATIENCE
        while monotonic() < end:
            found = self.value(expression)
            if found:
                return found
        raise AssertionError(f"{expression}: {self.value('document.body.innerText')}, {self.complaints}")

    def stroke(self, points: Sequence[tuple[float, float]], *, touch: bool = False) -> None:
        """Draw through points with the mouse, or a finger."""
        for number, (x, y) in enumerate([*points, points[-1]]):
            kind = 0 if number == 0 else 2 if number == len(points) else 1
            if touch:
                name = ("touchStart", "touchMove", "touchEnd")[kind]
                self("Input.dispatchTouchEvent", type=name, touchPoints=[] if kind == 2 else [{"x": x, "y": y}])
            else:
                name = ("mousePressed", "mouseMoved", "mouseReleased")[kind]
                buttons = {"button": "left", "buttons": 1, "clickCount": 1}
                self("Input.dispatchMouseEvent", type=name, x=x, y=y, **buttons)

    def picture(self, path: Path) -> None:
        """Save what is seen as a PNG file."""
        path.write_bytes(base64.b64decode(self("Page.captureScreenshot", format="png")["data"]))

    def _message(self) -> dict[str, Any]:
        end = monotonic() + PATIENCE
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._read], [], [], max(0.0, end - monotonic()))
            assert ready, "Chromium does not answer"
            self._rest += os.read(self._read, 2**20)
        text, _, self._rest = self._rest.partition(b"\0")
        found: dict[str, Any] = json.loads(text)
        if found.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown"):
            self.complaints.append(json.dumps(found["params"]))
        return found


@contextmanager
def chromium(profile: Path) -> Iterator[Page]:
    """A browser, which is ended afterwards."""
    assert FOUND
    (its_in, our_out), (our_in, its_out) = os.pipe(), os.pipe()
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", f"--user-data-dir={profile}"]
    options += ["--disable-background-networking", "--disable-component-update", "--no-first-run"]
    command = [sys.executable, "-c", _START, str(its_in), str(its_out), FOUND, *options]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, pass_fds=(its_in, its_out), stdout=quiet, stderr=quiet) as process:
        try:
            yield Page(our_in, our_out)
        finally:
            process.kill()
            process.wait()
            for end in (its_in, our_out, our_in, its_out):
                os.close(end)
