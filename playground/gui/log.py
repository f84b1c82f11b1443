"""The log: where everything that goes wrong is written down, and how the window hears of it."""

from __future__ import annotations

import logging
import sys
import threading
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from platformdirs import user_log_path
from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType, Signal, qInstallMessageHandler

NAME = "playground.log"
LARGEST = 1_000_000  # bytes of one file; three older ones are kept

_log = logging.getLogger("playground")
_qt_log = logging.getLogger("playground.qt")

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def log_folder() -> Path:
    """Where this system keeps the logs of programs like this one."""
    return user_log_path("Playground", appauthor=False)


class Log(QObject):
    """Writes to a file, rotated, what Python and Qt report; says when an exception reached nobody."""

    unexpected = Signal(str)  # the exception in one line; emitted from whichever thread it happened in

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.folder = folder
        self._handler = _handler(folder)
        self._hooks = (sys.excepthook, threading.excepthook)

    def install(self) -> None:
        """Begin to listen."""
        root = logging.getLogger()
        root.addHandler(self._handler)
        root.setLevel(logging.INFO)
        sys.excepthook = self._exception
        threading.excepthook = self._thread_exception
        qInstallMessageHandler(_qt_message)

    def remove(self) -> None:
        """Leave everything as it was before `install`."""
        qInstallMessageHandler(None)
        sys.excepthook, threading.excepthook = self._hooks
        logging.getLogger().removeHandler(self._handler)
        self._handler.close()

    def _exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._hooks[0](kind, error, trace)
            return
        _log.critical("unexpected", exc_info=(kind, error, trace))
        self.unexpected.emit(_one_line(error))

    def _thread_exception(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
            self._exception(args.exc_type, args.exc_value, args.exc_traceback)


def _handler(folder: Path) -> logging.Handler:
    """A file where one can be written, else the standard error stream."""
    handler: logging.Handler
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(folder / NAME, maxBytes=LARGEST, backupCount=3, encoding="utf-8")
    except OSError as error:
        handler = logging.StreamHandler()
        _log.warning("no log file in %s: %s", folder, error)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s [%(threadName)s] %(message)s"))
    return handler


def _qt_message(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    _qt_log.log(_LEVELS.get(kind, logging.WARNING), "%s: %s", context.category or "default", text)


def _one_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:200]}" if lines else type(error).__name__
