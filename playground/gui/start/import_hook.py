"""Removes PySide's import hook, which reads the source of each module to search for its own name."""

from __future__ import annotations

import builtins


def import_plainly() -> None:
    """Restore the import function that PySide replaced and keeps under this name.

    PySide's hook serves `from __feature__ import`, which is not used here, and makes importing torch a fifth slower.
    """
    replaced = getattr(builtins, "__orig_import__", None)
    if replaced is not None:
        builtins.__import__ = replaced
