"""A learning rate is searched for in the optimizer's popover, plotted and taken, and no run is disturbed."""

from __future__ import annotations

from collections.abc import Iterator
from math import log10

import pytest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from playground.engine.training.rate_test import STEPS, RateTest, Suggestion
from playground.engine.training.snapshots import Epoch, Snapshot
from playground.gui.recipe.popover import Popover
from playground.gui.recipe.rate_finder import RateFinder
from playground.gui.recipe.rate_plot import curve_of
from playground.gui.recipe.strip import RecipeStrip
from playground.gui.session.document import Document
from playground.gui.session.run import Run, RunState
from playground.gui.session.worker_mailbox import RateFound
from playground.spec.datasets.mnist import MNIST
from playground.spec.edits import Set
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.regularization import Dropout
from playground.spec.layers.shape import Flatten
from playground.spec.messages import message
from playground.spec.recipe.recipe import Recipe

LOAD = 60_000  # milliseconds: importing torch, on a slow machine
EXPERIMENT = Experiment(
    data=MNIST(train_limit=500),
    stack=Stack(layers=(Flatten(), Linear(out_features=10))),
    recipe=Recipe(batch_size=10, epochs=2),
)


@pytest.fixture
def document(qtbot: QtBot) -> Document:
    return Document(EXPERIMENT)


@pytest.fixture
def run(document: Document) -> Iterator[Run]:
    made = Run(document)
    yield made
    made.close()


@pytest.fixture
def finder(qtbot: QtBot, document: Document, run: Run) -> RateFinder:
    made = RateFinder(document, run)
    qtbot.addWidget(made)
    made.show()
    return made


def ready(qtbot: QtBot, run: Run) -> None:
    run.load_torch()
    qtbot.waitUntil(lambda: run.state is RunState.IDLE, timeout=LOAD)


def change_batch(document: Document, size: int) -> None:
    document.do(Set(("recipe", "batch_size"), size, message("x")))


def test_the_rate_that_was_found_is_taken_and_undone(
    qtbot: QtBot, document: Document, run: Run, finder: RateFinder
) -> None:
    assert not finder.find_button.isEnabled()
    assert "loading" in finder.find_button.toolTip()
    ready(qtbot, run)
    before = document.experiment.recipe.optimizer.lr
    with qtbot.waitSignals([run.rate_searching, run.rate_found], timeout=LOAD):
        finder.find_button.click()
        assert finder.find_button.text() == "Stop"
    assert finder.test is not None
    assert finder.test.suggestion is not None
    assert finder.test.race is not None
    assert finder.words.text().startswith(f"Of {len(finder.test.race.trials)} rates, ")
    assert finder.words.text().endswith("after the whole run.")
    assert finder.find_button.text() == "Find a learning rate"
    assert finder.use_button.isVisible()
    finder.use_button.click()
    assert document.experiment.recipe.optimizer.lr == finder.test.suggestion.rate != before
    assert not finder.use_button.isEnabled()  # it is used
    document.undo_stack.undo()
    assert document.experiment == EXPERIMENT
    assert finder.use_button.isEnabled()
    change_batch(document, 20)
    assert finder.test is None  # it was found for another experiment
    assert not finder.use_button.isVisible()


def test_it_can_be_stopped_and_gives_way_to_every_command(
    qtbot: QtBot, document: Document, run: Run, finder: RateFinder
) -> None:
    ready(qtbot, run)
    for interrupt in (finder.find_button.click, finder.hide, run.step, lambda: change_batch(document, 25)):
        finder.show()
        finder.find_button.click()
        with qtbot.waitSignal(run.rate_found, timeout=LOAD) as found:
            interrupt()
        assert found.args[0].test is None
        assert finder.words.text() == "This was cancelled before it was finished."
    with qtbot.waitSignal(run.rate_found, timeout=LOAD):
        finder.find_button.click()
    assert finder.test is not None


def test_a_search_during_a_pause_leaves_the_bits_of_the_run_alone(
    qtbot: QtBot, document: Document, run: Run, finder: RateFinder
) -> None:
    ready(qtbot, run)
    seen: list[Snapshot] = []
    run.snapshots.connect(seen.extend)
    losses: list[list[float]] = []
    for searches in (0, 1):
        run.reset()
        seen.clear()
        run.reset()
        run.step()
        qtbot.waitUntil(lambda: run.state is RunState.PAUSED, timeout=LOAD)
        for _ in range(searches):
            with qtbot.waitSignal(run.rate_found, timeout=LOAD):
                finder.find_button.click()
            assert run.state is RunState.PAUSED
        run.train()
        qtbot.waitUntil(lambda: run.state is RunState.FINISHED, timeout=LOAD)
        losses.append([snapshot.train_loss for snapshot in seen if isinstance(snapshot, Epoch)])
    assert len(losses[0]) == 2
    assert losses[0] == losses[1]


def test_during_training_it_says_why_it_waits(qtbot: QtBot, document: Document, run: Run, finder: RateFinder) -> None:
    document.do(Set(("recipe", "epochs"), 5000, message("x")))
    ready(qtbot, run)
    run.train()
    qtbot.waitUntil(lambda: run.state is RunState.TRAINING, timeout=LOAD)
    assert not finder.find_button.isEnabled()
    assert "training" in finder.find_button.toolTip()
    run.pause()
    qtbot.waitUntil(lambda: run.state is RunState.PAUSED, timeout=LOAD)
    assert finder.find_button.isEnabled()
    assert finder.find_button.toolTip() == ""


def test_a_stack_with_a_problem_cannot_be_searched_for(
    qtbot: QtBot, document: Document, run: Run, finder: RateFinder
) -> None:
    ready(qtbot, run)
    document.do(Set(("stack",), Stack(layers=(Linear(out_features=10),)), message("x")))
    assert not finder.find_button.isEnabled()
    assert finder.find_button.toolTip() != ""


def test_without_a_suggestion_the_reason_is_shown(
    qtbot: QtBot, document: Document, run: Run, finder: RateFinder
) -> None:
    nothing_seen = (Flatten(), *(Dropout(p=0.95),) * 3, Linear(out_features=10))
    document.do(Set(("stack",), Stack(layers=nothing_seen), message("x")))
    ready(qtbot, run)
    with qtbot.waitSignal(run.rate_found, timeout=LOAD):
        finder.find_button.click()
    assert "hardly fell" in finder.words.text()
    assert not finder.use_button.isVisible()
    assert finder.test is not None  # its curve is shown


def test_it_says_what_is_being_trained_and_what_decided(
    qtbot: QtBot, document: Document, run: Run, finder: RateFinder
) -> None:
    ready(qtbot, run)
    words: list[str] = []
    run.rate_searching.connect(lambda _: words.append(finder.words.text()))
    with qtbot.waitSignal(run.rate_found, timeout=LOAD) as found:
        finder.find_button.click()
    assert f"Step 4 of {STEPS}" in words
    assert any(line.startswith("Training with 0.") and line.endswith(" of 100") for line in words)
    experiment, test = found.args[0].experiment, found.args[0].test
    for told, ending in (
        (test._replace(race=test.race._replace(whole=False)), "after 100 steps. A longer run may want a lower one."),
        (test._replace(race=None), "A tenth of that is a good rate to begin with."),
    ):
        finder.find_button.click()
        run.stop_finding_rate()
        run.rate_found.emit(RateFound(document.experiment, told))
        assert finder.words.text().endswith(ending)
    assert experiment == EXPERIMENT


def test_it_is_in_the_popover_of_the_optimizer(qtbot: QtBot, document: Document, run: Run) -> None:
    strip = RecipeStrip(document)
    qtbot.addWidget(strip)
    strip.resize(3000, 40)
    strip.set_preview("optimizer", lambda: RateFinder(document, run))
    strip.show()
    ready(qtbot, run)
    cell = strip.cell("optimizer")
    cell.findChildren(QToolButton)[-1].click()
    (popover,) = strip.findChildren(Popover)
    found = popover.findChild(RateFinder)
    assert found is not None
    assert popover.rect().contains(found.geometry())
    found.find_button.click()
    with qtbot.waitSignals([run.rate_found, popover.destroyed], timeout=LOAD):
        popover.close()  # ends the search


def test_the_curve_marks_the_suggestion_and_leaves_out_what_explodes() -> None:
    test = RateTest((1e-3, 1e-2, 1e-1, 1.0), (2.0, 1.0, 5.0, 90.0), (2.0, 1.0, 4.0, 80.0), Suggestion(1e-3, 1e-2, 2e-3))
    curve = curve_of(test)
    assert curve.rates == pytest.approx((-3, -2, -1, 0))
    assert curve.shaded == pytest.approx((-3, -2))
    assert curve.marked == pytest.approx(log10(2e-3))
    assert curve.shown[0] == 1.0
    assert 2.0 < curve.shown[1] < 4.0
