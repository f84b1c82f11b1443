"""Searches from the store: the list, and one of another experiment in the window."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtTest import QSignalSpy

from playground.engine.search.plan import Plan, plan
from playground.engine.search.stored import OpenedSearch, StoredSearch
from playground.gui.search.window import SearchWindow
from playground.spec.search.narrowing import narrowed
from playground.spec.search.space import Limits, SearchSpace
from tests.gui.search.conftest import FEW, RATE, trial


def other() -> Plan:
    """With goals, seeds and limits that the window does not offer by itself."""
    space = FEW.search
    assert space is not None
    changed = space.with_(limits=Limits(parameters=500, flops=2000))
    return plan(FEW.with_(name="Other", search=changed), ("score", "parameters", "flops"), "nsga2", seeds=2)


def test_the_list_names_searches(window: SearchWindow) -> None:
    asked, chosen = QSignalSpy(window.stored_requested), QSignalSpy(window.reopen_requested)
    window.stored.list.aboutToShow.emit()
    assert asked.count() == 1
    window.stored.show_searches([StoredSearch("mine", other(), 12, datetime(2026, 5, 4, 3, 2))])
    (action,) = window.stored.list.actions()
    assert action.text() == "Other · Validation score, Parameters, FLOPs · 12 trials · 2026-05-04 03:02"
    action.trigger()
    assert chosen.at(0) == ["mine"]
    window.stored.show_searches([])
    assert [(item.text(), item.isEnabled()) for item in window.stored.list.actions()] == [
        ("No search is stored.", False)
    ]


def test_the_space_of_the_search_that_is_opened_takes_the_place_of_the_one_before(window: SearchWindow) -> None:
    offered, found = window.choices.space.count(), other()
    window.show_search(OpenedSearch("mine", found, (trial(0, 0.8, 100)._replace(values=(0.8, 100.0, 50.0)),), {}))
    first = window.choices.words.text()
    few = plan(FEW.with_(search=narrowed(FEW.search or SearchSpace(), FEW, trial(9, 0.9, 1).params)), ("score",))
    window.show_search(OpenedSearch("few", few, (trial(0, 0.8, 100)._replace(values=(0.8,)),), {}))
    assert window.choices.space.count() == offered + 1
    assert window.choices.space.currentText() == "Of “Few”"
    assert window.choices.words.text() != first
    assert window.choices.plan.space == few.space


def test_a_search_of_another_experiment_is_shown_and_continued(window: SearchWindow) -> None:
    found = other()
    rows = tuple(trial(number, 0.8, 100)._replace(values=(0.8, 100.0, 50.0)) for number in range(3))
    window.show_search(OpenedSearch("mine", found, rows, {RATE.key: 1.0}))
    assert window.plan == found
    assert [row.number for row in window.model.trials] == [0, 1, 2]
    assert window.bars.rows == (("Learning rate", 1.0),)
    assert window.windowTitle() == "Search: Other"
    assert window.choices.plan.digest == found.digest
    assert window.start_button.text() == "&Continue"
    assert window.report_button.isEnabled()
    started, deleted = QSignalSpy(window.start_requested), QSignalSpy(window.delete_requested)
    window.start_button.click()
    options = started.at(0)[1]
    assert options[options.index("--study") + 1] == "mine"
    assert options[options.index("--seeds") + 1] == "2"
    window.delete_button.click()
    assert deleted.at(0) == ["mine"]
