"""Imports torch in the training thread with as little effect on the window as possible."""

from __future__ import annotations

import gc
import platform
import sys

SWITCH_INTERVAL = 0.001  # seconds after which the run must release Python's lock to the window's waiting thread


def load_torch() -> str:
    """Import torch and all modules of a run; return the versions of torch and Python as text."""
    from playground.engine.runtime.library_preload import open_libraries
    from playground.engine.runtime.priority import lower_thread_priority

    sys.setswitchinterval(SWITCH_INTERVAL)
    lower_thread_priority()  # before torch starts threads of its own, which inherit it
    first = "torch" not in sys.modules
    if first:
        open_libraries()
    import torch

    import playground.engine.runs.run_recorder
    import playground.engine.training.trainer  # noqa: F401  a fifth of a second that the first run need not wait for
    from playground.engine.runtime.device import prepare_thread

    prepare_thread(1)
    # Torch leaves 300,000 objects that live to the end; collecting among them would stop all threads, including the
    # window's, for 0.2 s and more, in the middle of a pen stroke.
    if first:
        gc.freeze()
    return f"torch {torch.__version__.split('+')[0]} · Python {platform.python_version()}"
