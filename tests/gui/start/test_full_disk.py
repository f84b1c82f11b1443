"""With a full disk training goes on, the window says so, and storing succeeds as soon as there is room.

A limit on the size of files plays the full disk; `PLAYGROUND_DISK` names the folder of a small real one instead, as in
`unshare -rm sh -c "mount -t tmpfs -o size=50m no /mnt; PLAYGROUND_DISK=/mnt pytest tests/gui/start/test_full_disk.py"`
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from playground.engine.runs.store import RunStore
from playground.gui.session.run_state import RunState
from playground.gui.start.program import Program
from playground.spec.files.presets import preset

if sys.platform == "win32":
    pytest.skip("no limit on the size of files", allow_module_level=True)

import resource

LOAD = 60_000  # milliseconds
WITHIN = 30.0
DISK = os.environ.get("PLAYGROUND_DISK")


@contextmanager
def full() -> Iterator[None]:
    """No file can grow inside the block."""
    if DISK is not None:
        ballast = Path(DISK) / "ballast"
        with suppress(OSError), open(ballast, "wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        try:
            yield
        finally:
            ballast.unlink()
        return
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def said(program: Program) -> bool:
    return any("storing is tried again" in text for text in program.window.messages.texts())


def test_training_goes_on_and_all_is_stored_once_there_is_room(
    qtbot: QtBot, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    if DISK is not None:
        monkeypatch.setenv("PLAYGROUND_RUNS", f"{DISK}/runs")
    program.runs.open()
    store = program.runs.store
    assert isinstance(store, RunStore)
    program.run.load_torch()
    qtbot.waitUntil(lambda: program.run.state is RunState.IDLE, timeout=LOAD)
    experiment = preset("xor").experiment
    program.document.load(experiment.with_(recipe=experiment.recipe.with_(epochs=10_000)), None)
    program.run.train()
    qtbot.waitUntil(lambda: program.run.run_id is not None, timeout=LOAD)
    assert store.flush(WITHIN)
    with full():
        qtbot.waitUntil(lambda: said(program), timeout=LOAD)
        before = program.run.progress.step
        qtbot.waitUntil(lambda: program.run.progress.step > before + 100, timeout=LOAD)
        assert program.run.state is RunState.TRAINING
    qtbot.waitUntil(lambda: store.flush(0.1), timeout=LOAD)
    qtbot.waitUntil(lambda: not said(program), timeout=LOAD)
    program.run.stop()
    qtbot.waitUntil(lambda: program.run.state is RunState.FINISHED, timeout=LOAD)
    assert store.flush(WITHIN)
    run = store.open(program.run.run_id)
    assert [item.step for item in run.curves() if type(item).__name__ == "Step"] == list(
        range(1, program.run.progress.step + 1)
    )
    assert run.checkpoint_file(run.checkpoints()[-1])
    assert not list(store.folder.rglob("*.part"))
