"""The log: one file per user that keeps what happened, with the traces that nobody wants to read on a screen."""

from __future__ import annotations

import logging
import platform
from logging.handlers import RotatingFileHandler
from pathlib import Path

from platformdirs import user_log_path

from playground import __version__

NAME = "playground.log"
LARGEST = 1_000_000  # bytes of one file; three older ones are kept


def log_folder() -> Path:
    """Where this system keeps the logs of programs like this one; the folder need not exist yet."""
    return user_log_path("Playground", appauthor=False)


def log_handler(folder: Path) -> logging.Handler:
    """What writes the log into a folder, which is made.

    Raises:
        OSError: nothing can be written there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(folder / NAME, maxBytes=LARGEST, backupCount=3, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s [%(threadName)s] %(message)s"))
    return handler


def start_log() -> Path | None:
    """Begin to keep the log; return its file, or None where none can be written: that is no reason not to work."""
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    try:
        root.addHandler(log_handler(log_folder()))
    except OSError:
        root.addHandler(logging.NullHandler())
        return None
    versions = (__version__, platform.python_version(), platform.platform())
    logging.getLogger(__name__).info("Playground %s, Python %s, %s", *versions)
    return log_folder() / NAME
