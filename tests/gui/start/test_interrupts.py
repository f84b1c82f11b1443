"""Ctrl+C ends the program whenever it comes, also while Qt is imported and before the event loop runs."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from playground.gui.start.interrupts import Interrupts

INTERRUPTED = """
import signal, sys
from playground.gui.start.interrupts import Interrupts

interrupts = Interrupts()
if {before}:
    signal.raise_signal(signal.SIGINT)
from playground.gui.start import app

class Watched(app.StartupSequence):
    def start(self):
        super().start()
        if not {before}:
            self._shell.window.painted.connect(lambda: signal.raise_signal(signal.SIGINT))

app.StartupSequence = Watched
sys.exit(app.main(None, interrupts))
"""


@pytest.fixture
def interrupts() -> Iterator[Interrupts]:
    before = signal.getsignal(signal.SIGINT)
    yield Interrupts()
    signal.signal(signal.SIGINT, before)


def test_an_interrupt_waits_for_something_that_it_can_end(interrupts: Interrupts) -> None:
    ended: list[bool] = []
    signal.raise_signal(signal.SIGINT)
    assert not ended
    interrupts.end_with(lambda: ended.append(True))
    assert ended == [True]


def test_an_interrupt_later_ends_it_at_once(interrupts: Interrupts) -> None:
    ended: list[bool] = []
    interrupts.end_with(lambda: ended.append(True))
    assert not ended
    signal.raise_signal(signal.SIGINT)
    assert ended == [True]


@pytest.mark.parametrize("before", [True, False], ids=["before Qt is imported", "at the first paint"])
def test_the_window_is_closed(before: bool) -> None:
    code = INTERRUPTED.format(before=before)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
