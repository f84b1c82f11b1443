"""The store is switched off and on, moved, and given another share of the disk from the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

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


def train(qtbot: QtBot, program: Program) -> None:
    with qtbot.waitSignal(program.run.state_changed, timeout=LOAD):
        program.run.train_anew()
    qtbot.waitUntil(lambda: program.run.state is RunState.FINISHED, timeout=LOAD)


def stored(program: Program) -> RunStore:
    assert program.runs.store is not None
    assert program.runs.store.flush(WITHIN)
    return program.runs.store


def test_runs_are_no_longer_stored_and_again(qtbot: QtBot, ready: Program, menu: StoreMenu) -> None:
    train(qtbot, ready)
    assert len(stored(ready).runs()) == 1
    menu.store.trigger()
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
    ready.runs.open()
    train(qtbot, ready)
    old = stored(ready).folder
    menu.follow()
    assert menu.relocate.isEnabled()
    answers.path = tmp_path / "elsewhere"
    with qtbot.waitSignal(ready.runs.opened, timeout=LOAD):
        menu.relocate.trigger()
    assert stored(ready).folder == tmp_path / "elsewhere"
    assert len(stored(ready).runs()) == 1
    assert not old.exists()
    train(qtbot, ready)
    assert len(stored(ready).runs()) == 2


def test_a_move_that_fails_leaves_everything(
    qtbot: QtBot,
    make_program: Callable[[], Program],
    ready: Program,
    menu: StoreMenu,
    answers: Answers,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("PLAYGROUND_RUNS")
    ready.runs.open()
    train(qtbot, ready)
    answers.path = tmp_path / "full"
    answers.path.mkdir()
    (answers.path / "mine").write_text("mine")
    menu.follow()
    with qtbot.waitSignals([ready.runs.failed, ready.runs.opened], timeout=LOAD):
        menu.relocate.trigger()
    assert len(stored(ready).runs()) == 1
