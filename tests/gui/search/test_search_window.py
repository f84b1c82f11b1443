"""The window of a search: what it shows of recorded lines, and a short real search from the menu to an opened trial."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from playground.engine.search.event_lines import Importances, Progressed
from playground.engine.search.outcome import FAILED, PRUNED, TRAINED
from playground.engine.search.plan import plan
from playground.engine.search.stored import OpenedSearch
from playground.gui.search.window import SearchWindow
from playground.gui.session.run_state import RunState
from playground.gui.session.search_process import SearchPhase, SearchProcess
from playground.gui.start.program import Program
from playground.gui.start.searches import Searches
from playground.gui.window.statusbar import StatusLine
from playground.spec.edits import Set
from playground.spec.files.presets import preset
from playground.spec.messages import message
from playground.spec.search.presets import preset_space
from playground.spec.search.ranges import Choices, NumberRange
from tests.gui.conftest import Answers
from tests.gui.search.conftest import FEW, RATE, WIDTH, tell, trial

LOAD = 60_000


def shown(window: SearchWindow) -> list[list[str]]:
    """The texts of the table, as sorted."""
    model = window.table.model()
    return [
        [str(model.index(row, column).data()) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def test_trials_come_into_table_and_plots(window: SearchWindow) -> None:
    trials = (trial(0, 0.9, 300), trial(1, 0.8, 400), trial(2, 0.95, 500), trial(3, 0.85, 100))
    tell(window, *trials, trial(4, 0.0, 0, FAILED, "It diverged."), trial(5, 0.0, 0, PRUNED))
    texts = shown(window)
    assert [line[0] for line in texts] == ["5", "4", "3", "2", "1", "0"]
    assert texts[1][4] == "failed: It diverged."
    assert texts[3][1:3] == ["95.00 %", "500"]
    assert texts[3][5] == "Linear 1: Units 4, Learning rate 0.003, Linear 2: Bias yes"
    assert texts[5][4] == "done (the starting point)"
    assert [point.trial for point in window.front.points if point.best] == [0, 2, 3]
    assert [point.trial for point in window.views.best.points if point.best] == [0, 2]
    assert [(point.x, point.y) for point in window.views.best.points] == [(0, 90.0), (1, 80.0), (2, 95.0), (3, 85.0)]
    window.table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    assert [line[0] for line in shown(window)][:4] == ["2", "0", "3", "1"]


def test_a_later_line_replaces_a_trial(window: SearchWindow) -> None:
    running = trial(0, 0.0, 0, "running")._replace(params={})
    tell(window, running)
    assert shown(window)[0][4:] == ["running", ""]
    tell(window, running._replace(state="again"))
    assert shown(window)[0][4:] == ["begun again", ""]
    tell(window, trial(0, 0.7, 20))
    assert [(line[1], line[5]) for line in shown(window)] == [
        ("70.00 %", "Linear 1: Units 2, Learning rate 0.001, Linear 2: Bias yes")
    ]


def test_a_point_that_is_clicked_is_selected_and_opened(window: SearchWindow) -> None:
    tell(window, trial(0, 0.9, 300), trial(1, 0.5, 4000), trial(2, 0.95, 10))
    point = next(point for point in window.views.best.points if point.trial == 1)
    view = window.views.best.plot
    window.grab()  # the ranges of its axes are those of the points once it has been painted
    place = view.mapFromScene(view.getPlotItem().getViewBox().mapViewToScene(QPointF(point.x, point.y)))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place.x(), place.y()))
    assert window.chosen is not None
    assert window.chosen.number == 1
    assert window.trial.words.text() == "Trial 1: Validation score 50.00 %, Parameters 4,000"
    assert [plot.chosen for plot in window.plots] == [1] * len(window.plots)
    opened = QSignalSpy(window.open_requested)
    window.table.setFocus()
    QTest.keyClick(window.table, Qt.Key.Key_Return)
    assert opened.at(0)[1].run_ids == ("run 1",)


def test_around_a_trial_the_ranges_are_narrow(window: SearchWindow) -> None:
    tell(window, trial(0, 0.9, 300), trial(9, 0.95, 10))
    window.choose(9)
    window.trial.around_button.click()
    assert window.choices.space.currentText() == "Around trial 9"
    width, rate, bias = window.choices.plan.space.ranges
    assert isinstance(width, NumberRange)
    assert isinstance(rate, NumberRange)
    assert isinstance(bias, Choices)
    assert (width.low, width.high) == (2, 20)  # a quarter of 38 to either side of 11
    assert rate.low == pytest.approx(0.01 / 10**0.75)
    assert rate.high == pytest.approx(0.01 * 10**0.75)
    assert bias.options == (False,)
    assert window.start_button.text() == "&Start"  # another search


def test_it_says_what_mattered_how_long_and_what_won(window: SearchWindow) -> None:
    window.process.phase = SearchPhase.SEARCHING
    window.process.take(Progressed(share=0.0, seconds=5.0, running=1))
    window.update_now()
    assert window.words.text() == "No trial has ended · 1 running · 0:05 of 10:00"
    tell(window, trial(0, 0.9, 300), trial(1, 0.95, 300), trial(2, 0.8, 400))
    assert window.matter_title.text() == "What mattered for: Validation score (told after 8 trials to the end)"
    window.process.take(Importances(shares={RATE.key: 0.75, WIDTH.key: 0.25}, trials=3))
    window.update_now()
    assert window.bars.rows == (("Learning rate", 0.75), ("Linear 1: Units", 0.25))
    assert window.matter_title.text() == "What mattered for: Validation score"
    window.process.phase = SearchPhase.STARTING
    window.process.take(Progressed(share=0.1, seconds=60.0, running=2))
    window.update_now()
    assert window.words.text() == "3 trained to the end · 2 running · 1:00 of 10:00 · about 30 trials in all"
    window.process.phase = SearchPhase.DONE
    window.process.changed.emit()
    won = "Trial 1 won: Validation score 95.00 %, Parameters 300 (0 more on the front); +5.00 points, ±0 against "
    assert window.words.text() == (
        f"{won}the starting point (Validation score 90.00 %, Parameters 300). 3 trained to the end."
    )


def test_the_table_clips_neither_states_nor_what_was_chosen(window: SearchWindow) -> None:
    tell(window, trial(0, 0.9, 300), trial(1, 0.8, 400))
    window.resize(1180, 680)
    table, model = window.table, window.table.model()
    window.grab()
    for column in range(model.columnCount()):
        assert table.columnWidth(column) >= table.sizeHintForColumn(column), model.headerData(
            column, Qt.Orientation.Horizontal
        )


def test_each_button_has_a_letter_of_its_own(window: SearchWindow) -> None:
    buttons = window.findChildren(QAbstractButton)
    letters = [key.toString() for button in buttons if not (key := QKeySequence.mnemonic(button.text())).isEmpty()]
    assert len(letters) > 6
    assert len(set(letters)) == len(letters)


def test_trials_and_epochs_are_counted_in_whole_numbers(window: SearchWindow) -> None:
    for view in (window.views.best, window.views.curves):
        ticks = view.plot.getAxis("bottom").tickStrings([-1.0, -0.5, 0.0, 0.5, 1.0, 1000.0], 1.0, 0.5)
        assert ticks == ["", "", "0", "", "1", "1,000"]


def test_what_cannot_be_searched_is_said(qtbot: QtBot) -> None:
    window = SearchWindow(FEW, SearchProcess(), None)
    qtbot.addWidget(window, before_close_func=lambda _: window.process.deleteLater())
    window.choices.goals.setCurrentIndex(2)
    window.choices.sampler.setCurrentIndex(3)  # CMA-ES
    assert window.words.text() == "CMA-ES has one goal; take tpe, nsga2 or gp for several."
    assert not window.start_button.isEnabled()
    window.choices.goals.setCurrentIndex(0)
    assert window.start_button.isEnabled()


def opened_for_few(ready: Program) -> tuple[Searches, SearchWindow]:
    """The window of a search for the small experiment, and what serves it."""
    ready.runs.open()
    ready.document.load(FEW, None)
    ready.run_menu.search.trigger()
    assert ready.results is not None
    searches = ready.results.searches
    assert searches is not None
    window = searches.window
    assert window is not None
    return searches, window


def test_a_search_runs_pauses_and_its_trial_opens(
    ready: Program, qtbot: QtBot, answers: Answers, tmp_path: Path
) -> None:
    pytest.importorskip("optuna", reason="the extra `search` is not installed")
    searches, window = opened_for_few(ready)
    window.choices.kind.setCurrentIndex(1)
    window.choices.amount.setValue(300)
    window.choices.workers.setValue(1)
    window.start_button.setFocus()
    window.start_button.click()
    assert window.focusWidget() is window.pause_button  # a second Return closes nothing
    qtbot.waitUntil(lambda: sum(row.state == TRAINED for row in window.model.trials) >= 2, timeout=LOAD)
    children = psutil.Process(window.process.pid).children(recursive=True)
    assert children
    window.pause_button.click()
    qtbot.waitUntil(lambda: window.process.phase is SearchPhase.PAUSED, timeout=LOAD)
    assert not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children)
    assert window.start_button.text() == "&Continue"
    window.choose(1)
    chosen = window.chosen
    assert chosen is not None
    window.trial.open_button.click()
    qtbot.waitUntil(
        lambda: ready.run.run_id == chosen.run_ids[0] and ready.run.state is RunState.FINISHED, timeout=LOAD
    )
    qtbot.waitUntil(lambda: window.trial.note.text() == "Trial 1 is open in the main window, which is behind this one.")
    assert window.trial.note.isVisible()
    window.choose(0)
    assert window.trial.note.isHidden()
    assert ready.document.experiment.stack.layers[0].with_(out_features=8) == FEW.stack.layers[0]
    assert ready.document.experiment.recipe.optimizer.lr == chosen.params[RATE.key]  # type: ignore[attr-defined]
    answers.path = tmp_path / "report.csv"
    window.report_button.menu().actions()[1].trigger()
    qtbot.waitUntil(lambda: answers.path is not None and answers.path.exists())
    assert len(answers.path.read_text("utf-8").splitlines()) == 1 + len(window.model.trials)
    _ensure_it_opens_again(window, qtbot)
    _ensure_deleting_is_undone(window, qtbot)
    window.start_button.click()
    window.close()
    line = ready.window.findChild(StatusLine)
    assert line is not None
    assert line.saved.text().startswith("The search was paused with its window")
    qtbot.waitUntil(lambda: not searches.threads, timeout=LOAD)


def test_a_trial_that_is_not_opened_says_why_in_the_window_of_the_search(
    ready: Program, answers: Answers, qtbot: QtBot
) -> None:
    _, window = opened_for_few(ready)
    window.start_requested.disconnect()
    window.choices.goals.setCurrentIndex(2)  # score, parameters
    window.start_button.click()
    tell(window, trial(0, 0.9, 300), trial(1, 0.5, 4000))
    window.choose(1)
    window.trial.open_button.click()  # its run is not in the store
    qtbot.waitUntil(lambda: bool(window.trial.note.text()), timeout=LOAD)
    assert "run" in window.trial.note.text()
    assert window.trial.note.isVisible()
    assert window.trial.note.property("look") == "error"
    window.choose(0)
    assert window.trial.note.isHidden()
    ready.document.do(Set(("seed",), 3, message("Seed")))
    window.trial.open_button.click()  # the changes are to stay: nothing is being opened
    ready.files.failed.emit(message("Another file was not opened."))
    assert answers.asked == ["Few"]
    assert window.trial.note.isHidden()
    window.show_problem(message("There is no search “mine” any more."))
    assert window.words.text() == "There is no search “mine” any more."
    window.wait_for_storage(waiting=True)
    window.wait_for_storage(waiting=False)
    assert window.words.text() != "There is no search “mine” any more."
    window.close()


def _ensure_it_opens_again(window: SearchWindow, qtbot: QtBot) -> None:
    """From the list of stored searches, in a window that is about another experiment."""
    before = tuple(row for row in window.model.trials if row.counted)
    window.stored.list.aboutToShow.emit()
    qtbot.waitUntil(lambda: bool(window.stored.list.actions()[0].data()), timeout=LOAD)
    (action,) = window.stored.list.actions()
    assert " · Few · Validation score · " in action.text()
    other = plan(preset_space("dense", preset("xor").experiment))
    window.show_search(OpenedSearch("other", other, (), {}))
    assert not window.model.trials
    action = window.stored.list.actions()[0]
    action.trigger()
    qtbot.waitUntil(lambda: len(window.model.trials) >= len(before), timeout=LOAD)
    assert tuple(row for row in window.model.trials if row.counted) == before
    assert window.windowTitle() == "Search: Few"
    assert window.start_button.text() == "&Continue"


def _ensure_deleting_is_undone(window: SearchWindow, qtbot: QtBot) -> None:
    before = tuple(window.model.trials)
    window.delete_button.click()
    window.delete_button.click()  # as of a double click: what was deleted can still be restored
    qtbot.waitUntil(lambda: not window.model.trials, timeout=LOAD)
    qtbot.waitUntil(window.delete_button.isEnabled, timeout=LOAD)
    assert window.delete_button.text() == "R&estore search"
    assert "was deleted" in window.words.text()
    window.delete_button.click()
    qtbot.waitUntil(lambda: tuple(window.model.trials) == before, timeout=LOAD)
    assert window.delete_button.text() == "&Delete search"
    assert window.start_button.text() == "&Continue"
