"""Sends uncaught exceptions and Qt's messages to the log, and notifies the window."""

from __future__ import annotations

import logging
import sys
import threading
from types import TracebackType
from typing import Any

from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType, Signal, qInstallMessageHandler

from playground.engine.runtime.out_of_memory import as_out_of_memory
from playground.gui.style.translation import translated

_log = logging.getLogger("playground")
_qt_log = logging.getLogger("playground.qt")

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class ExceptionHook(QObject):
    """Handles all threads and Qt while it is installed."""

    happened = Signal(str)  # the exception in one line; emitted from the thread that raised it

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._before = (sys.excepthook, threading.excepthook)
        self._qt_before: Any = None

    def install(self) -> None:
        """Install the hooks."""
        self._before = (sys.excepthook, threading.excepthook)
        sys.excepthook = self._exception
        threading.excepthook = self._thread_exception
        self._qt_before = qInstallMessageHandler(_qt_message)

    def remove(self) -> None:
        """Restore the previous hooks."""
        qInstallMessageHandler(self._qt_before)
        sys.excepthook, threading.excepthook = self._before

    def _exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._before[0](kind, error, trace)
            return
        _log.critical("unexpected", exc_info=(kind, error, trace))
        self.happened.emit(_one_line(error))

    def _thread_exception(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
            self._exception(args.exc_type, args.exc_value, args.exc_traceback)


def _qt_message(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    _qt_log.log(_LEVELS.get(kind, logging.WARNING), "%s: %s", context.category or "default", text)


def _one_line(error: BaseException) -> str:
    known = as_out_of_memory(error)
    if known is not None:
        return translated(known.message)
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:200]}" if lines else type(error).__name__
