"""The store is switched off and on, moved, and given another share of the disk from the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest
from pytestqt.qtbot import QtBot

from playground.engine.runs.store import RunStore
from playground.engine.runs.store_settings import read_settings
from playground.gui.session.run_state import RunState
from playground.gui.start.program import Program
from playground.gui.start.store_menu import StoreMenu
from playground.spec.files.presets import preset
from tests.gui.conftest import Answers

LOAD = 60_000  # milliseconds
WITHIN = 30.0


@pytest.fixture
def ready(qtbot: QtBot, program: Program) -> Program:
    program.runs.open()
    program.run.load_torch()
    qtbot.waitUntil(lambda: program.run.state is RunState.IDLE, timeout=LOAD)
    experiment = preset("xor").experiment
    program.document.load(experiment.with_(recipe=experiment.recipe.with_(epochs=3)), None)
    return program


@pytest.fixture
def menu(ready: Program, answers: Answers) -> StoreMenu:
    return StoreMenu(ready.runs, answers, ready.window)


@pytest.fixture
def movable(ready: Program, monkeypatch: pytest.MonkeyPatch) -> Program:
    """A program whose store lies in the usual folder, which no variable of the environment names."""
    monkeypatch.delenv("PLAYGROUND_RUNS")
    ready.runs.close()
    ready.runs.open()
    return ready


def train(qtbot: QtBot, program: Program) -> None:
    with qtbot.waitSignal(program.run.state_changed, timeout=LOAD):
        program.run.train_anew()
    qtbot.waitUntil(lambda: program.run.state is RunState.FINISHED, timeout=LOAD)


def moved(qtbot: QtBot, program: Program, menu: StoreMenu) -> None:
    menu.follow()
    menu.relocate.trigger()
    qtbot.waitUntil(lambda: not program.runs.busy and program.runs.store is not None, timeout=LOAD)


def stored(program: Program) -> RunStore:
    assert program.runs.store is not None
    assert program.runs.store.flush(WITHIN)
    return program.runs.store


def test_runs_are_no_longer_stored_and_again(qtbot: QtBot, ready: Program, menu: StoreMenu) -> None:
    train(qtbot, ready)
    assert len(stored(ready).runs()) == 1
    slow = Event()
    stored(ready)._thread.put(lambda: slow.wait(WITHIN) and None)
    with qtbot.waitSignal(ready.runs.opened, timeout=LOAD):
        menu.store.trigger()  # the window does not wait for the disk
    assert ready.runs.store is None
    assert ready.runs.busy
    assert "being written" in " ".join(ready.window.messages.texts())
    slow.set()
    qtbot.waitUntil(lambda: not ready.runs.busy, timeout=LOAD)
    assert "being written" not in " ".join(ready.window.messages.texts())
    assert ready.runs.store is None
    assert not read_settings().enabled
    train(qtbot, ready)
    menu.follow()
    assert not menu.store.isChecked()
    menu.store.trigger()
    assert len(stored(ready).runs()) == 1
    train(qtbot, ready)
    assert len(stored(ready).runs()) == 2


def test_the_budget_is_set_and_shown(ready: Program, menu: StoreMenu) -> None:
    action = next(action for action in menu.budget.actions() if action.data() == 2_000_000_000)
    action.trigger()
    assert read_settings().budget == stored(ready).usage().budget == 2_000_000_000
    menu.follow()
    assert [action.data() for action in menu.budget.actions() if action.isChecked()] == [2_000_000_000]


def test_nothing_is_changed_while_a_run_goes_on(qtbot: QtBot, ready: Program, menu: StoreMenu) -> None:
    with qtbot.waitSignal(ready.run.state_changed, timeout=LOAD):
        ready.run.step()
    qtbot.waitUntil(lambda: ready.run.state is RunState.PAUSED, timeout=LOAD)
    menu.follow()
    assert (menu.store.isEnabled(), menu.relocate.isEnabled()) == (False, False)


def test_runs_are_moved(
    qtbot: QtBot,
    ready: Program,
    menu: StoreMenu,
    answers: Answers,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    menu.follow()
    assert not menu.relocate.isEnabled()  # the environment names the folder
    monkeypatch.delenv("PLAYGROUND_RUNS")
    ready.runs.close()
    ready.runs.open()
    train(qtbot, ready)
    old = stored(ready).folder
    menu.follow()
    assert menu.relocate.isEnabled()
    answers.path = tmp_path / "elsewhere"
    moved(qtbot, ready, menu)
    assert stored(ready).folder == tmp_path / "elsewhere"
    assert len(stored(ready).runs()) == 1
    assert not old.exists()
    train(qtbot, ready)
    assert len(stored(ready).runs()) == 2


def test_a_move_that_fails_leaves_everything(
    qtbot: QtBot,
    make_program: Callable[[], Program],
    movable: Program,
    menu: StoreMenu,
    answers: Answers,
    tmp_path: Path,
) -> None:
    train(qtbot, movable)
    answers.path = tmp_path / "full"
    answers.path.mkdir()
    (answers.path / "mine").write_text("mine")
    menu.follow()
    with qtbot.waitSignal(movable.runs.failed, timeout=LOAD):
        menu.follow()
        menu.relocate.trigger()
    assert len(stored(movable).runs()) == 1


def test_what_is_pinned_while_the_store_moves_arrives(
    qtbot: QtBot,
    movable: Program,
    menu: StoreMenu,
    answers: Answers,
    tmp_path: Path,
) -> None:
    train(qtbot, movable)
    store, step = stored(movable), movable.run.progress.step
    slow = Event()
    store._thread.put(lambda: slow.wait(WITHIN) and None)
    with qtbot.waitSignal(movable.run.kept, timeout=LOAD) as kept:
        movable.run.keep()
    assert kept.args[0].link.step == step
    answers.path = tmp_path / "elsewhere"
    menu.follow()
    menu.relocate.trigger()
    slow.set()
    qtbot.waitUntil(lambda: not movable.runs.busy, timeout=LOAD)
    assert stored(movable).folder == answers.path
    assert stored(movable).keeps(kept.args[0].link.run_id, step)
    train(qtbot, movable)
    answers.path = tmp_path / "again"
    moved(qtbot, movable, menu)
    with qtbot.waitSignal(movable.run.kept, timeout=LOAD) as kept:  # of a run that was trained before the move
        movable.run.keep()
    assert stored(movable).keeps(kept.args[0].link.run_id, kept.args[0].link.step)


def test_runs_whose_last_changes_cannot_be_written_are_not_moved(
    qtbot: QtBot,
    movable: Program,
    menu: StoreMenu,
    answers: Answers,
    tmp_path: Path,
) -> None:
    store = stored(movable)
    full = [OSError("no room")]

    def refused() -> None:
        if full:
            raise full[0]

    store._thread.put(refused)
    answers.path = tmp_path / "elsewhere"
    with qtbot.waitSignal(movable.runs.failed, timeout=LOAD) as failed:
        menu.follow()
        menu.relocate.trigger()
    assert "cannot be written" in str(failed.args[0])
    qtbot.waitUntil(lambda: movable.runs.store is store, timeout=LOAD)
    full.clear()
    assert store.flush(WITHIN)
