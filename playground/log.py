"""The log: one file per user that keeps what happened, with the traces that nobody wants to read in a window."""

from __future__ import annotations

import logging
import platform
from logging.handlers import RotatingFileHandler
from pathlib import Path

from platformdirs import user_log_path

from playground import __version__


def log_folder() -> Path:
    """The folder of the log; it need not exist yet."""
    return user_log_path("playground", appauthor=False)


def start_log() -> Path | None:
    """Begin to keep the log, at most four files of 1 MB; return the newest, or None where none can be written."""
    folder = log_folder()
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = RotatingFileHandler(
            folder / "playground.log", maxBytes=1_000_000, backupCount=3, encoding="utf-8"
        )
    except OSError:
        root.addHandler(logging.NullHandler())  # nothing to keep it in is no reason not to work
        return None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root.addHandler(handler)
    logging.getLogger(__name__).info(
        "Playground %s, Python %s, %s", __version__, platform.python_version(), platform.platform()
    )
    return folder / "playground.log"
