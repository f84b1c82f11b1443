"""Torch is loaded in a thread that gives way to the window."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from threading import get_native_id

import pytest
from pytestqt.qtbot import QtBot

from playground.gui.session.document import Document
from playground.gui.session.run import Run
from playground.gui.session.run_state import RunState
from playground.spec.files.presets import FIRST, preset

LOAD = 60_000  # milliseconds: importing torch, on a slow machine


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a nice value for each thread")
def test_the_training_thread_gives_way_to_the_window(qtbot: QtBot) -> None:
    own = os.getpriority(os.PRIO_PROCESS, get_native_id())

    def lowered() -> int:
        tasks = Path("/proc/self/task").iterdir()
        return sum(os.getpriority(os.PRIO_PROCESS, int(task.name)) == min(own + 5, 19) for task in tasks)

    before = lowered()
    run = Run(Document(preset(FIRST).experiment))
    try:
        run.load_torch()
        qtbot.waitUntil(lambda: run.state is RunState.IDLE, timeout=LOAD)
        assert lowered() > before
        assert os.getpriority(os.PRIO_PROCESS, get_native_id()) == own
    finally:
        run.close()
