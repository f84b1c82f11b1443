"""Lets work that lasts leave the processor to what the user waits for: a pen stroke, a repainted block."""

from __future__ import annotations

import os
import sys
import threading

_STEPS = 5  # of nice: about a third of the share of a thread that competes for the same core
_LOWEST = 19


def lower_thread_priority() -> None:
    """Lower the priority of the calling thread, and of all threads that it starts from now on, for good.

    Only Linux has a nice value for each thread; elsewhere the thread is left as it is.
    """
    if sys.platform == "linux":
        thread = threading.get_native_id()
        raised = min(os.getpriority(os.PRIO_PROCESS, thread) + _STEPS, _LOWEST)
        os.setpriority(os.PRIO_PROCESS, thread, raised)


def lower_process_priority() -> None:
    """Lower the priority of the whole process, for good, where the system has nice values."""
    if hasattr(os, "nice"):
        os.nice(_STEPS)
