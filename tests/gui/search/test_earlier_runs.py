"""Earlier runs with which a search begins: how many are offered, and that the search uses as many."""

from __future__ import annotations

import pytest
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from playground.engine.data.in_memory import load
from playground.engine.runs.run_recorder import RunRecorder
from playground.engine.search.earlier import WarmStart, usable_runs
from playground.engine.search.event_lines import Progressed
from playground.engine.training.trainer import Trainer
from playground.gui.search.window import SearchWindow
from playground.gui.session.search_process import SearchPhase
from playground.gui.start.program import Program
from playground.spec.messages import message
from playground.spec.recipe.optimizers import SGD
from tests.gui.search.conftest import FEW, tell, trial

LOAD = 60_000


def test_the_runs_that_a_search_would_use_are_counted_for_the_choices(ready: Program, qtbot: QtBot) -> None:
    pytest.importorskip("optuna", reason="the extra `search` is not installed")
    ready.runs.open()
    store = ready.runs.store
    assert store is not None
    for rate, epochs in ((0.01, 2), (0.02, 2), (0.03, 1), (5.0, 2)):  # the last lies outside of the range
        recipe = FEW.recipe.with_(optimizer=SGD(lr=rate), epochs=epochs)
        own = FEW.with_(recipe=recipe, search=None)
        trainer, data = Trainer(own, load(own.data)), load(own.data)
        recorder = RunRecorder(store, trainer, data)
        for snapshot in trainer:
            recorder.take(snapshot)
        recorder.close()
    assert store.flush(20)
    ready.document.load(FEW.with_(recipe=FEW.recipe.with_(optimizer=SGD(lr=0.5))), None)
    ready.run_menu.search.trigger()
    assert ready.results.searches is not None
    window = ready.results.searches.window
    assert window is not None
    box = window.choices.earlier
    words = "&Begin with earlier runs: 2 count as finished trials, 1 is trained first"
    qtbot.waitUntil(lambda: box.text() == words, timeout=LOAD)
    assert box.options == ()
    box.click()
    assert box.options == ("--warm-start", "3")
    window.choices.epochs.setValue(3)
    assert box.text() == "&Begin with earlier runs: counting…"
    assert box.options == ("--warm-start", "50")  # that are found when it starts
    words = "&Begin with earlier runs: 0 count as finished trials, 3 are trained first"
    qtbot.waitUntil(lambda: box.text() == words, timeout=LOAD)
    plan = window.choices.plan
    known = [{item.key: item.key for item in plan.space.ranges}]
    assert usable_runs(plan, store, known, 2) == (0, 2)
    window.close()


def test_without_runs_in_the_ranges_the_box_is_off(window: SearchWindow) -> None:
    box = window.choices.earlier
    box.show_found(WarmStart(1, 0))
    box.setChecked(True)
    assert box.options == ("--warm-start", "1")
    started = QSignalSpy(window.start_requested)
    window.start_button.click()
    assert started.at(0)[1][-2:] == ("--warm-start", "1")
    box.show_found(WarmStart(0, 0))
    assert box.text().endswith("none lies in these ranges, beside the starting point")
    assert not box.isEnabled()
    assert box.options == ()


def test_the_box_says_why_no_run_can_be_counted(window: SearchWindow) -> None:
    box = window.choices.earlier
    usual = box.toolTip()
    box.show_found(WarmStart(1, 0))
    box.setChecked(True)
    box.refuse(message("The stored runs cannot be read: {reason}.", reason="disk error"))
    assert box.text().endswith("none can be used")
    assert box.toolTip() == "The stored runs cannot be read: disk error."
    assert not box.isEnabled()
    assert box.options == ()
    box.ask()
    assert box.toolTip() == usual


def test_earlier_runs_are_no_measure_of_how_fast_trials_are(window: SearchWindow) -> None:
    window.process.phase = SearchPhase.SEARCHING
    tell(window, *(trial(number, 0.9, 300) for number in range(5)))
    window.process.take(Progressed(share=0.0, seconds=0.0, running=1))
    tell(window, trial(5, 0.9, 300), trial(6, 0.9, 300))
    window.process.take(Progressed(share=0.1, seconds=60.0, running=1))
    window.update_now()
    assert window.words.text() == "7 trained to the end · 1 running · 1:00 of 10:00"
    tell(window, trial(7, 0.9, 300))
    assert window.words.text().endswith("about 35 trials in all")
