"""A race by real clicks: chosen in the table of runs, watched in its dialog, and found in the list afterwards."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from playground.engine.runs.store import RunStore
from playground.gui.race.dialog import RaceDialog
from playground.gui.session.run_state import RunState
from playground.gui.start.program import Program
from playground.spec.datasets.mnist import MNIST
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.recipe import Recipe
from tests.gui.runs.stored_runs import store_run

WITHIN = 20.0  # seconds
SMALL = Experiment(
    name="Small & fast",
    data=MNIST(train_limit=400, validation_share=0.01),
    stack=Stack(layers=(Flatten(), Linear(out_features=10))),
    recipe=Recipe(batch_size=50, device="cpu"),
    seed=3,
)
WIDE = SMALL.with_(name="Wide", stack=Stack(layers=(Flatten(), Linear(out_features=32), Linear(out_features=10))))


@pytest.fixture
def open_race(qtbot: QtBot, program: Program, store: RunStore) -> Callable[[], RaceDialog]:
    """Select the two stored runs, and choose Race in their menu."""
    program.run.load_torch()
    qtbot.waitUntil(lambda: program.run.state is RunState.IDLE, timeout=20_000)
    for number, experiment in enumerate((SMALL, WIDE)):
        store_run(store, experiment, number)

    def make() -> RaceDialog:
        results = program.results
        assert results.runs is not None
        assert results.races is not None
        races, runs = results.races, results.runs
        program.runs.store = store
        program.runs.opened.emit(store)
        results.pane.show_page(runs)
        qtbot.waitUntil(lambda: runs.model.rowCount() == 2)
        runs.table.selectAll()
        runs.table.setFocus()
        QTest.keyClick(runs.table, Qt.Key.Key_R)
        qtbot.waitUntil(lambda: races.dialog is not None)
        assert races.dialog is not None
        qtbot.waitUntil(races.dialog.isVisible)
        return races.dialog

    return make


def click(button: QWidget) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def cells(dialog: RaceDialog, column: int) -> list[str]:
    """The texts of a column."""
    items = (dialog.table.item(row, column) for row in range(dialog.table.rowCount()))
    return [item.text() if item else "" for item in items]


def ended(qtbot: QtBot, program: Program) -> None:
    """Wait until its thread has ended."""
    assert program.results.races is not None
    qtbot.waitUntil(lambda: not program.results.threads, timeout=20_000)


def begin(qtbot: QtBot, dialog: RaceDialog) -> None:
    """Start a race, and wait until each contestant has made a step."""
    click(dialog.start_button)
    qtbot.waitUntil(lambda: all(cell not in ("", "0") for cell in cells(dialog, 4)), timeout=30_000)


def test_a_race_is_chosen_watched_and_found_in_the_list(
    qtbot: QtBot, program: Program, store: RunStore, open_race: Callable[[], RaceDialog]
) -> None:
    dialog = open_race()
    assert dialog.isModal()
    assert {box.text() for box in dialog.form.boxes[:2]} == {"Small && fast", "Wide"}
    assert [box.isChecked() for box in dialog.form.boxes] == [True, True, False]
    dialog.form.amount.setValue(40)
    click(dialog.start_button)
    assert not dialog.form.isEnabled()
    qtbot.waitUntil(lambda: set(cells(dialog, 0)) == {"1", "2"}, timeout=30_000)
    assert sorted(cells(dialog, 1)) == ["Small & fast", "Wide"]
    assert cells(dialog, 4) == ["40", "40"]
    assert cells(dialog, 5) == ["5.00", "5.00"]
    title = dialog.table.horizontalHeaderItem(2)
    assert title is not None
    assert title.text() == "Validation accuracy"
    for score, loss in dialog.plots.curves:
        assert score.getData()[0][-1] == pytest.approx(100.0)
        assert len(loss.getData()[1]) == 40
    ended(qtbot, program)
    runs = program.results.runs
    assert runs is not None
    qtbot.waitUntil(lambda: runs.model.rowCount() == 4)
    groups = [row.group for row in store.runs()]
    assert sorted(map(bool, groups)) == [False, False, True, True]
    assert len(set(groups)) == 2
    click(dialog.close_button)
    qtbot.waitUntil(lambda: program.results.races is not None and program.results.races.dialog is None)


def test_stop_scores_each_as_it_is_and_closing_stores_what_there_is(
    qtbot: QtBot, program: Program, store: RunStore, open_race: Callable[[], RaceDialog]
) -> None:
    dialog = open_race()
    dialog.form.amount.setValue(1_000_000)
    begin(qtbot, dialog)
    click(dialog.stop_button)
    qtbot.waitUntil(lambda: set(cells(dialog, 0)) == {"1", "2"}, timeout=30_000)
    assert "used less than its budget: It was stopped." in dialog.words.text()
    ended(qtbot, program)
    begin(qtbot, dialog)
    click(dialog.close_button)
    ended(qtbot, program)
    assert store.flush(WITHIN)
    assert len(store.runs()) == 6
    assert all(row.ended for row in store.runs())


def test_what_cannot_race_is_said(qtbot: QtBot, program: Program, open_race: Callable[[], RaceDialog]) -> None:
    dialog = open_race()
    assert dialog.words.text().startswith("All train with seed 3")
    click(dialog.form.boxes[0])
    assert "2 to 6 experiments, but there are 1" in dialog.words.text()
    assert not dialog.start_button.isEnabled()
    click(dialog.form.boxes[2])
    assert "they can race only if all get the data of the first" in dialog.words.text()
    click(dialog.form.same_data)
    assert dialog.start_button.isEnabled()
    click(dialog.close_button)


def test_none_begins_beside_a_training(qtbot: QtBot, program: Program, open_race: Callable[[], RaceDialog]) -> None:
    program.run_menu.train.trigger()
    qtbot.waitUntil(lambda: program.run.state is RunState.TRAINING, timeout=20_000)
    dialog = open_race()
    assert "A run is being trained" in dialog.words.text()
    assert not dialog.start_button.isEnabled()
    click(dialog.close_button)


def test_the_window_ends_during_a_race(
    qtbot: QtBot, program: Program, store: RunStore, open_race: Callable[[], RaceDialog]
) -> None:
    dialog = open_race()
    dialog.form.amount.setValue(1_000_000)
    begin(qtbot, dialog)
    program.runs.store = None  # the fixture closes it
    assert program.close(5_000)
    assert store.flush(WITHIN)
    assert len([row for row in store.runs() if row.group]) == 2
