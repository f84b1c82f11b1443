"""Takes back what PySide does to every import: it reads the source of each module, looking for its own name."""

from __future__ import annotations

import builtins


def import_plainly() -> None:
    """Import from now on as without PySide, which keeps the function it has replaced under this name.

    Its own serves `from __feature__ import`, which nothing here uses, and makes importing torch a fifth slower.
    """
    replaced = getattr(builtins, "__orig_import__", None)
    if replaced is not None:
        builtins.__import__ = replaced
