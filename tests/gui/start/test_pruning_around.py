"""Pruning beside what happens around it: changed labels, and runs that are stored."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from playground.engine.pruning.prune import By
from playground.engine.runs.store import RunStore
from playground.engine.weights import Trained
from playground.gui.start.program import Program
from playground.spec.data.changed_examples import ChangedExamples
from playground.spec.datasets.mnist import MNIST
from playground.spec.edits import Set
from playground.spec.messages import message
from tests.example_changes import change
from tests.gui.start.test_program_pruning import LOAD, complete, prune, same, show, shown, trained  # noqa: F401


def test_a_network_is_measured_after_labels_were_changed(
    ready: Program,
    trained: Trained,  # noqa: F811
    qtbot: QtBot,
) -> None:
    """Its validation samples are still new to it; of other data that is not known."""
    show(ready, trained, qtbot)
    data = ready.document.experiment.data
    assert isinstance(data, MNIST)
    changes = ChangedExamples(items=(change(data, 3, None), change(data, 59_000, "0")))
    ready.document.do(Set(("data", "changes"), changes, message("Label")))
    ready.file_menu.prune.trigger()
    dialog = ready.exports.pruning.dialog
    assert dialog is not None
    complete(dialog, qtbot)
    assert dialog.answer is not None
    assert dialog.answer.question.part.dataset.changes == changes
    dialog.close()
    qtbot.waitUntil(lambda: ready.exports.pruning.dialog is None, timeout=LOAD)
    ready.document.do(Set(("data", "train_limit"), 500, message("Fewer")))
    ready.file_menu.prune.trigger()
    dialog = ready.exports.pruning.dialog
    assert dialog is not None
    assert dialog.answer is None
    assert "learned from other data" in dialog.status.text()


def test_a_network_that_was_trained_here_comes_back_by_undo_and_the_pruned_one_by_redo(
    ready: Program,
    trained: Trained,  # noqa: F811
    qtbot: QtBot,
    store: RunStore,
) -> None:
    ready.inference.start()
    ready.run.set_store(store)
    ready.document.load(trained.experiment, None)
    ready.run.train()
    qtbot.waitUntil(lambda: ready.run.progress.finished is not None and not ready.run.busy, timeout=LOAD)
    whole = shown(ready, qtbot)
    weights = prune(ready, qtbot, By.GROUP)
    ready.document.undo_stack.undo()
    same(shown(ready, qtbot), whole)
    ready.document.undo_stack.redo()
    same(shown(ready, qtbot), weights)
