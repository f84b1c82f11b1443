"""What nobody expected goes to the log, and the window hears of it."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import qWarning
from pytestqt.qtbot import QtBot

from playground.gui.start.exception_hook import ExceptionHook


@pytest.fixture
def unexpected(qapp: object) -> Iterator[ExceptionHook]:
    made = ExceptionHook()
    made.install()
    yield made
    made.remove()


def error() -> tuple[type[BaseException], BaseException]:
    return ValueError, ValueError("odd\nand more")


def test_an_exception_is_logged_and_said(
    qtbot: QtBot, unexpected: ExceptionHook, caplog: pytest.LogCaptureFixture
) -> None:
    with qtbot.waitSignal(unexpected.happened) as said:
        sys.excepthook(*error(), None)
    assert said.args == ["ValueError: odd"]
    assert "and more" in caplog.text


def test_an_exception_in_a_thread_is_said_too(qtbot: QtBot, unexpected: ExceptionHook) -> None:
    def stumble() -> None:
        raise KeyError("gone")

    with qtbot.waitSignal(unexpected.happened) as said:
        thread = threading.Thread(target=stumble)
        thread.start()
        thread.join()
    assert said.args == ["KeyError: 'gone'"]


def test_what_qt_says_is_logged(unexpected: ExceptionHook, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        qWarning("careful")
    assert "careful" in caplog.text


def test_everything_is_put_back() -> None:
    before = sys.excepthook, threading.excepthook
    made = ExceptionHook()
    made.install()
    made.remove()
    assert (sys.excepthook, threading.excepthook) == before
