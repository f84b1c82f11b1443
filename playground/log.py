"""The log: one file per user with events and tracebacks."""

from __future__ import annotations

import logging
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path

from platformdirs import user_log_path

from playground.version import __version__

NAME = "playground.log"
LARGEST = 1_000_000  # bytes of one file; three older files are kept


def log_folder() -> Path:
    """The folder in which this system keeps the logs of programs; it need not exist yet."""
    return user_log_path("Playground", appauthor=False)


@contextmanager
def keeping_log() -> Iterator[None]:
    """Write the log within the context. If it cannot be written, as on a full disk, the program runs without it."""
    root = logging.getLogger()
    level, handler = root.level, _handler(log_folder())
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    versions = (__version__, platform.python_version(), f"{platform.system()} {platform.release()}")
    logging.getLogger(__name__).info("Playground %s, Python %s, %s", *versions)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        with suppress(OSError):  # no room for buffered records
            handler.close()


class _File(RotatingFileHandler):
    """Drops records that cannot be written, as on a full disk, without a message on the terminal."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  logging's name
        """Ignore an OSError; any other error is a mistake in the logging call."""
        if not isinstance(sys.exception(), OSError):
            super().handleError(record)


def _handler(folder: Path) -> logging.Handler:
    """A handler that writes into a folder, which is created; or a null handler if that fails."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = _File(folder / NAME, maxBytes=LARGEST, backupCount=3, encoding="utf-8")
    except OSError:
        return logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s [%(threadName)s] %(message)s"))
    return handler
