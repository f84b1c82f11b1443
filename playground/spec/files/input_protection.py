"""Protects the files that a command reads from being replaced by the one that it writes."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from playground.spec.files.storage import FileError, shown
from playground.spec.messages import message, tr_noop


def ensure_not_an_input(out: Path, inputs: Iterable[Path | str]) -> None:
    """Refuse to write a file that is one of the inputs, or exists in one that is a folder, also by way of links.

    Raises:
        FileError: it is; the message names both.
    """
    for given in inputs:
        if _replaces(out, Path(given)):
            words = tr_noop(
                "“{out}” was not written: that would replace “{input}”, which is read. Choose another file."
            )
            raise FileError(message(words, out=shown(out), input=shown(given)))


def _replaces(out: Path, given: Path) -> bool:
    try:
        target, source = (os.path.realpath(path) for path in (out, given))
        if target == source or (os.path.exists(target) and os.path.exists(source) and os.path.samefile(target, source)):
            return True
        inside = os.path.isdir(source) and os.path.commonpath((target, source)) == source
        return inside and os.path.exists(target)
    except (OSError, ValueError):  # names that no path can have, or paths on two drives
        return False
