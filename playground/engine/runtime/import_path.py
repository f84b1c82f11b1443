"""Where a process that this one starts looks for modules: where this one does, but for the folder it was started in."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import playground


def import_path() -> str:
    """The value of PYTHONPATH for a Python process that is started with `-P`.

    `python -m` and an interactive Python add the working folder to `sys.path`; a module there may be anybody's, as in a
    folder of downloads. It is left out, unless it holds this package or the user's PYTHONPATH names it.
    """
    wanted = {_place(entry) for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry}
    wanted.add(_place(str(Path(playground.__path__[0]).parent)))
    here = _place(".")
    return os.pathsep.join(entry for entry in sys.path if entry and (_place(entry) != here or here in wanted))


def _place(entry: str) -> str:
    try:
        return os.path.realpath(entry)
    except OSError:  # the working folder was removed
        return entry
