"""Imports torch into the thread that trains, so that the window is hindered as little as can be."""

from __future__ import annotations

import gc
import platform
import sys

SWITCH_INTERVAL = 0.001  # seconds that the window's thread waits for Python's lock before the run must let go of it


def load_torch() -> str:
    """Import torch and all that a run needs; return its version and Python's, for a person to read."""
    from playground.engine.runtime.library_preload import open_libraries

    sys.setswitchinterval(SWITCH_INTERVAL)
    first = "torch" not in sys.modules
    if first:
        open_libraries()
    import torch

    import playground.engine.training.trainer  # noqa: F401  a fifth of a second that the first run need not wait for
    from playground.engine.runtime.device import prepare_thread

    prepare_thread(1)
    # Torch leaves 300,000 objects that live to the end; collecting among them would stop all threads, the
    # window's too, for 0.2 s and more, in the middle of a stroke of the pen.
    if first:
        gc.freeze()
    return f"torch {torch.__version__.split('+')[0]} · Python {platform.python_version()}"
