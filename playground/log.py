"""The log: one file per user that keeps what happened, with the traces that nobody wants to read on a screen."""

from __future__ import annotations

import logging
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path

from platformdirs import user_log_path

from playground import __version__

NAME = "playground.log"
LARGEST = 1_000_000  # bytes of one file; three older ones are kept


def log_folder() -> Path:
    """Where this system keeps the logs of programs like this one; the folder need not exist yet."""
    return user_log_path("Playground", appauthor=False)


@contextmanager
def keeping_log() -> Iterator[None]:
    """Keep the log meanwhile. That it cannot be written, to a full disk for example, is no reason not to work."""
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
        with suppress(OSError):  # what waits to be written has no room
            handler.close()


class _File(RotatingFileHandler):
    """Drops what cannot be written, when the disk has become full, say: it must not be told on the terminal."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  logging's name
        """Say nothing of an OSError; any other is a fault of whoever logs."""
        if not isinstance(sys.exception(), OSError):
            super().handleError(record)


def _handler(folder: Path) -> logging.Handler:
    """What writes into a folder, which is made; or what writes nowhere."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = _File(folder / NAME, maxBytes=LARGEST, backupCount=3, encoding="utf-8")
    except OSError:
        return logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s [%(threadName)s] %(message)s"))
    return handler
