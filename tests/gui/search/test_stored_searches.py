"""Searches from the store: the list, and one of another experiment in the window."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from playground.engine.search.event_lines import Ended
from playground.engine.search.plan import SAMPLERS, Plan, plan
from playground.engine.search.storage_url import default_storage
from playground.engine.search.stored import OpenedSearch, StoredSearch
from playground.gui.search.window import SearchWindow
from playground.gui.session.search_process import SearchPhase
from playground.gui.start.program import Program
from playground.spec.messages import message
from playground.spec.search.narrowing import narrowed
from playground.spec.search.space import Limits, SearchSpace
from tests.gui.search.conftest import FEW, RATE, tell, trial

PAIR = ("score", "parameters")
LONGER = FEW.with_(recipe=FEW.recipe.with_(epochs=9))


def other() -> Plan:
    """With goals, seeds and limits that the window does not offer by itself."""
    space = FEW.search
    assert space is not None
    changed = space.with_(limits=Limits(parameters=10**10, flops=1_234_567))  # more than the boxes show
    return plan(FEW.with_(name="Other", search=changed), ("score", "parameters", "flops"), "nsga2", "none", 2)


def test_the_list_names_searches(window: SearchWindow) -> None:
    asked, chosen = QSignalSpy(window.stored_requested), QSignalSpy(window.reopen_requested)
    window.stored.list.aboutToShow.emit()
    assert asked.count() == 1
    window.stored.show_searches([StoredSearch("mine", other(), 12, datetime(2026, 5, 4, 3, 2))])
    (action,) = window.stored.list.actions()
    assert action.text() == "2026-05-04 03:02 · Other · Validation score, Parameters, FLOPs · 12 trials · 3 ranges"
    assert "Learning rate: 0.001 … 1" in action.toolTip()
    action.trigger()
    assert chosen.at(0) == ["mine"]
    window.stored.show_searches([])
    assert [(item.text(), item.isEnabled()) for item in window.stored.list.actions()] == [
        ("No search is stored.", False)
    ]
    window.stored.list.aboutToShow.emit()
    window.stored.show_problem(message("The storage of {name} cannot be read.", name="R&D"))
    assert [item.text() for item in window.stored.list.actions()] == ["The storage of R&&D cannot be read."]


def test_searches_of_one_experiment_are_told_apart(window: SearchWindow) -> None:
    first, later = datetime(2026, 5, 4, 3, 2), datetime(2026, 5, 4, 3, 3)
    found = [StoredSearch(name, other(), 12, when) for name, when in (("a", first), ("b", first), ("c", later))]
    window.stored.show_searches([*found, StoredSearch("d", other(), 0, None)])
    texts = [action.text() for action in window.stored.list.actions()]
    assert len(set(texts)) == 4
    assert [text.endswith(f"· “{name}”") for text, name in zip(texts, "abcd", strict=True)] == [
        True,
        True,
        False,
        False,
    ]
    assert texts[3].startswith("not begun · Other")


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


def test_a_search_that_goes_on_keeps_its_pruner(window: SearchWindow) -> None:
    started = QSignalSpy(window.start_requested)
    for pruner, seeds in (("rounds", 1), ("none", 1), ("none", 2)):
        window.show_search(
            OpenedSearch("mine", plan(LONGER, PAIR, pruner=pruner, seeds=seeds), (trial(0, 0.8, 9),), {})
        )
        assert window.start_button.text() == "&Continue"
        window.start_button.click()
        options = started.at(started.count() - 1)[1]
        assert options[options.index("--pruner") + 1] == pruner
    spaces = [window.choices.space.itemText(number) for number in range(window.choices.space.count())]
    assert spaces.count("Of “Few”") == 1  # each took the place of the one before


def test_a_search_that_goes_on_with_another_sampler_reports_that_one(window: SearchWindow) -> None:
    started = QSignalSpy(window.start_requested)
    window.show_search(OpenedSearch("mine", plan(LONGER, PAIR, "nsga2"), (trial(0, 0.8, 9),), {}))
    window.choices.sampler.setCurrentIndex(SAMPLERS.index("random"))
    window.start_button.click()
    options = started.at(0)[1]
    assert options[options.index("--sampler") + 1] == "random"
    assert window.plan == plan(LONGER, PAIR, "random")
    assert [row.number for row in window.model.trials] == [0]


def test_a_space_around_a_trial_has_the_seeds_of_its_search(window: SearchWindow) -> None:
    window.show_search(OpenedSearch("mine", plan(LONGER, PAIR, seeds=3), (trial(0, 0.8, 9),), {}))
    window.choices.space.setCurrentIndex(0)
    window.choose(0)
    window.trial.around_button.click()
    assert window.choices.plan.seeds == 3


@pytest.mark.parametrize("exhausted", [True, False])
def test_how_the_last_search_ended_is_not_said_of_another(window: SearchWindow, exhausted: bool) -> None:
    tell(window, trial(0, 0.9, 300))
    process = window.process
    process.problem, process.phase = message("The search ended unexpectedly."), SearchPhase.FAILED
    if exhausted:
        process.take(Ended(exhausted=True, reason="The space seems to hold no further network."))
        process.phase = SearchPhase.DONE
    process.changed.emit()
    said = "no further network" if exhausted else "unexpectedly"
    assert said in window.words.text()
    window.show_search(OpenedSearch("mine", other(), (trial(0, 0.8, 100)._replace(values=(0.8, 100.0, 50.0)),), {}))
    assert said not in window.words.text()
    assert "1 trained to the end" in window.words.text()


def test_nothing_else_begins_while_the_storage_works(window: SearchWindow) -> None:
    tell(window, trial(0, 0.9, 300))
    buttons = window.start_button, window.delete_button, window.stored
    window.wait_for_storage(waiting=True)
    assert not any(button.isEnabled() for button in buttons)
    window.wait_for_storage(waiting=False)
    assert all(button.isEnabled() for button in buttons)


def test_a_storage_that_cannot_be_read_is_said_in_the_menu_and_the_window_goes_on(
    ready: Program, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("optuna", reason="the extra `search` is not installed")
    monkeypatch.setenv("PLAYGROUND_RUNS", str(tmp_path / "runs"))
    Path(default_storage().removeprefix("sqlite:///")).write_text("no database" * 1000)
    ready.document.load(FEW, None)
    ready.run_menu.search.trigger()
    assert ready.results.searches is not None
    window = ready.results.searches.window
    assert window is not None
    window.stored.list.aboutToShow.emit()
    assert [item.text() for item in window.stored.list.actions()] == ["Reading…"]
    qtbot.waitUntil(lambda: "file is not a database" in window.stored.list.actions()[0].text(), timeout=60_000)
    window.stored.chosen.emit("mine")
    assert not window.start_button.isEnabled()
    qtbot.waitUntil(window.start_button.isEnabled, timeout=60_000)
    window.close()
