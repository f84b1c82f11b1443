"""A network learns from corrections in the window, and says what that changed; the network before comes back."""

from __future__ import annotations

import numpy as np
import torch
from pytestqt.qtbot import QtBot

from playground.engine.build import build
from playground.engine.data.corrections import corrections_of
from playground.engine.data.in_memory import load
from playground.gui.drawings.learning_dialog import LearningDialog
from playground.gui.session.run_state import RunState
from playground.gui.session.worker_mailbox import Weights
from playground.gui.start.program import Program
from playground.gui.style.translation import counted
from playground.spec.data.corrections import Corrections
from playground.spec.datasets.mnist import MNIST, Correctable
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.number_text import percent_text
from playground.spec.recipe.recipe import Recipe

DATA = MNIST(train_limit=600, validation_share=0.01)
EXPERIMENT = Experiment(
    data=DATA, stack=Stack(layers=(Flatten(), Linear(out_features=10))), recipe=Recipe(epochs=1, device="cpu")
)


def trained(qtbot: QtBot, ready: Program) -> Weights:
    ready.runs.open()
    ready.document.load(EXPERIMENT, None)
    ready.run.train()
    qtbot.waitUntil(lambda: ready.run.state is RunState.FINISHED)
    assert ready.run.weights is not None
    return ready.run.weights


def corrected(count: int = 3) -> tuple[np.ndarray, list[int]]:
    """Store pictures of stripes with classes."""
    pictures = np.zeros((count, 28, 28), np.uint8)
    for number in range(count):
        pictures[number, 4 + 6 * number : 7 + 6 * number, 4:24] = 255
        corrections_of(DATA).add(str(number + 5), pictures[number])
    return pictures, [number + 5 for number in range(count)]


def dialog_of(ready: Program) -> LearningDialog:
    ready.drawings.corrections.learn()
    assert ready.drawings.corrections.learning is not None
    return ready.drawings.corrections.learning.dialog


def rights(weights: Weights, pictures: torch.Tensor, classes: torch.Tensor) -> int:
    """Counted in plain torch."""
    network = build(weights.experiment)
    network.load_state_dict(weights.tensors)
    with torch.no_grad():
        return int((network(pictures).argmax(1) == classes).sum())


def test_it_learns_and_says_what_changed_and_goes_back(qtbot: QtBot, ready: Program) -> None:
    before = trained(qtbot, ready)
    pictures, classes = corrected()
    dialog = dialog_of(ready)
    assert dialog.corrections.copies == 29  # 3 · 29 of 687 samples are an eighth
    dialog.epochs.setValue(2)
    dialog.learn.click()
    qtbot.waitUntil(lambda: dialog.cells[1][1].isVisible())
    after, shown = ready.run.weights, ready.document.experiment
    assert after is not None
    assert isinstance(shown.data, Correctable)
    assert shown.data.corrections == dialog.corrections
    assert shown.recipe.epochs == 2
    held_out = load(DATA).validation.cut(0, 600)
    own = torch.from_numpy(pictures)[:, None] / 255, torch.tensor(classes)
    texts = [[cell.text() for cell in row] for row in dialog.cells[1:]]
    assert texts[0] == [
        "600 validation images",
        *(percent_text(rights(one, *held_out) / 600) for one in (before, after)),
    ]
    assert texts[1] == ["3 corrections, trained on", *(f"{rights(one, *own)} of 3" for one in (before, after))]
    assert texts[1][2] == "3 of 3"
    assert "what it remembers" in dialog.notes.text()
    assert "687 train · incl. 3 corrections × 29" in counted(shown.data)
    ready.drawings.corrections.open()
    listed = ready.drawings.corrections.dialog
    assert listed is not None
    listed.take_out.click()
    assert ready.document.experiment.data == DATA
    assert listed.take_out.isHidden()
    ready.document.undo_stack.undo()
    assert not listed.take_out.isHidden()
    with qtbot.waitSignal(ready.run.opened):
        dialog.back.click()
    qtbot.waitUntil(lambda: ready.run.state is RunState.FINISHED)
    assert ready.document.experiment == EXPERIMENT
    assert ready.run.weights is not None
    for name, tensor in ready.run.weights.tensors.items():
        assert torch.equal(tensor, before.tensors[name])


def test_corrections_that_changed_meanwhile_are_not_learned(qtbot: QtBot, ready: Program) -> None:
    trained(qtbot, ready)
    corrected(2)
    dialog = dialog_of(ready)
    corrections_of(DATA).add("9", np.full((28, 28), 255, np.uint8))
    dialog.learn.click()
    assert dialog.status.text().startswith("The corrections have changed.")
    assert ready.document.experiment == EXPERIMENT
    assert dialog.learn.isEnabled()


def test_it_says_why_it_cannot_learn(qtbot: QtBot, ready: Program) -> None:
    corrections = ready.drawings.corrections
    corrections.learn()
    assert "no corrections yet" in ready.window.messages.texts()[-1]
    corrected()
    corrections.learn()
    assert "Train the network" in ready.window.messages.texts()[-1]
    assert corrections.learning is None


def test_an_experiment_that_is_changed_meanwhile_ends_the_measuring(qtbot: QtBot, ready: Program) -> None:
    trained(qtbot, ready)
    corrected()
    dialog = dialog_of(ready)
    dialog.learn.click()
    ready.document.load(EXPERIMENT.with_(data=DATA.with_(train_limit=500)), None)
    assert "was changed" in dialog.status.text()
    assert dialog.learn.isEnabled()
    assert ready.document.experiment.data == DATA.with_(train_limit=500, corrections=Corrections())
    dialog.close()
    qtbot.waitUntil(lambda: ready.drawings.corrections.learning is None)
