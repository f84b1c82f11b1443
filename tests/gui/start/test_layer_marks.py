"""Marks of unhealthy layers: on the blocks while the fault holds, spoken, explained on request, and gone afterwards."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from playground.engine.build import build
from playground.engine.doctor.finding import Finding
from playground.engine.training.snapshots import LayerStatistics, Probed
from playground.gui.session.run_state import RunState
from playground.gui.session.worker_mailbox import Past, Weights
from playground.gui.stack.block import Block
from playground.gui.stack.geometry import block_rects, mark_rect
from playground.gui.stack.model import Role
from playground.gui.start.program import Program
from playground.spec.check.shapes import walk
from playground.spec.datasets.mnist import MNIST
from playground.spec.edits import Insert, Replace
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.activation import ReLU
from playground.spec.layers.containers import Residual
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.messages import message
from playground.spec.recipe.optimizers import SGD
from playground.spec.recipe.recipe import Recipe

BRANCH = Stack(layers=(Linear(out_features=16, activation=ReLU()),))
ILL = Experiment(
    data=MNIST(train_limit=640),
    stack=Stack(
        layers=(
            Flatten(),
            Linear(out_features=16, activation=ReLU()),
            Residual(branches=(BRANCH,)),
            Linear(out_features=10),
        )
    ),
    recipe=Recipe(epochs=1, device="cpu"),
)
WITHIN = 30_000  # milliseconds
DEAD, INNER = (1,), (2, 0, 0)


def probe(step: int, *dead: tuple[int, ...], count: int = 6) -> Probed:
    """A step in whose batch of 100 so many units of those layers were 0."""
    rows = [row for row in walk(ILL.stack, ILL.data.sample_shape) if row.active]
    layers = tuple(
        LayerStatistics(row.path, 9, 1.0, 1.0, 1e-3, 0.0, 1.0, None, None, 0, 16, tuple(range(count)))
        if row.path in dead
        else LayerStatistics(row.path, 9, 1.0, 1.0, 1e-3, 0.0, 1.0, None, None, 0)
        for row in rows
    )
    return Probed(step, layers, 1.0, 0.0, None, (), 100, 1e-3)


@pytest.fixture
def marked(qtbot: QtBot, program: Program) -> Program:
    """A run in which units of two layers are dead: one of them in a container."""
    program.document.load(ILL, None)
    program.run._experiment = program.document.experiment
    program.run._take_snapshots(tuple(probe(step, DEAD, INNER) for step in (8, 16, 32)))
    return program


def block(program: Program, path: tuple[int, ...]) -> Block:
    model = program.stack.model()
    found: Block = model.data(model.index(program.stack._stack.row_of(path), 0), Role.BLOCK)
    return found


def marks(program: Program) -> list[tuple[int, ...]]:
    paths = [row.path for row in program.document.rows]
    return [path for path in paths if program.stack._stack.row_of(path) > 0 and block(program, path).health]


SENTENCE = "6 of 16 units were never active over 300 training samples: those of 3 steps, from step 8 to 32."


def test_the_mark_says_what_is_wrong_and_opens_the_message(qtbot: QtBot, marked: Program) -> None:
    assert marks(marked) == [DEAD, INNER]
    model, row = marked.stack.model(), marked.stack._stack.row_of(DEAD)
    for role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
        assert f"dead units: {SENTENCE}" in model.data(model.index(row, 0), role).replace("&nbsp;", " ")
    found, font = block(marked, DEAD), marked.stack.font()
    rect = mark_rect(found, block_rects(found, marked.stack.visualRect(model.index(row, 0)), font), font)
    assert rect is not None
    qtbot.mouseClick(marked.stack.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert marked.window.messages.texts() == (f"Linear 2: {SENTENCE}",)
    before = marked.document.experiment
    buttons = marked.window.messages.findChildren(QPushButton)
    next(button for button in buttons if "Leaky" in button.text()).click()
    assert marked.document.experiment != before
    assert marks(marked) == [INNER]  # the other was edited

    # The same from the keyboard: the menu of the block begins with it.
    marked.stack.select_path(INNER)
    marked.stack.menu().actions()[0].trigger()
    assert marked.window.messages.texts() == (f"Linear 4: {SENTENCE}",)
    marked.stack.select_path((3,))
    assert "wrong" not in marked.stack.menu().actions()[0].text()


def test_a_mark_goes_with_what_it_was_of(marked: Program) -> None:
    document = marked.document
    document.do(Insert((0,), (Flatten(),)))  # elsewhere: the mark moves along
    assert marks(marked) == [(2,), (3, 0, 0)]
    document.do(Replace((2,), Linear(out_features=12, activation=ReLU()), message("Fewer units")))
    assert marks(marked) == [(3, 0, 0)]
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert marks(marked) == [DEAD, INNER]
    marked.stack.mark_pressed.emit((DEAD,))
    marked.run._take_snapshots((probe(64, INNER),))
    assert marks(marked) == [INNER]
    assert marked.window.messages.texts() == ()
    marked.run.reset()
    assert marks(marked) == []


def test_what_the_doctor_has_reported_of_the_layer_is_shown_again(marked: Program) -> None:
    words = message("Most units are dead.")
    marked.run.found.emit(Finding("dead_units", words, 0.9, None, 16, (DEAD,)))
    marked.window.messages.dismiss("doctor dead_units")
    marked.stack.mark_pressed.emit((DEAD,))
    assert marked.window.messages.texts() == ("Most units are dead.",)
    marked.stack.mark_pressed.emit((INNER,))
    assert marked.window.messages.texts()[1:] == (f"Linear 4: {SENTENCE}",)


def test_a_folded_container_has_the_marks_inside_it(marked: Program) -> None:
    marked.stack._stack.fold((2,), folded=True)
    assert marks(marked) == [DEAD, (2,)]
    mark = block(marked, (2,)).health
    assert mark is not None
    assert mark.paths == (INNER,)
    marked.stack._stack.fold((2,), folded=False)
    assert marks(marked) == [DEAD, INNER]


def test_no_mark_while_an_earlier_moment_is_shown(marked: Program) -> None:
    tensors = build(ILL).state_dict()
    marked.run.past = Past(1, Weights(ILL, tensors, 1))
    marked.run.past_changed.emit(marked.run.past)
    assert marks(marked) == []
    marked.run.past = None
    marked.run.past_changed.emit(None)
    assert marks(marked) == [DEAD, INNER]


def test_a_stored_run_has_its_marks_when_it_is_opened(qtbot: QtBot, ready: Program) -> None:
    ready.runs.open()
    recipe = Recipe(epochs=1, device="cpu", optimizer=SGD(lr=1e-8))
    ready.document.load(ILL.with_(stack=Stack(layers=(Flatten(), Linear(out_features=10))), recipe=recipe), None)
    ready.run.train()
    qtbot.waitUntil(lambda: ready.run.state is RunState.FINISHED, timeout=WITHIN)
    assert marks(ready) == [(1,)]
    assert ready.run.run_id is not None
    run_id = ready.run.run_id
    ready.document.load(ILL, None)
    assert marks(ready) == []
    with qtbot.waitSignal(ready.run.opened, timeout=WITHIN):
        ready.files.open_run(run_id)
    qtbot.waitUntil(lambda: marks(ready) == [(1,)], timeout=WITHIN)
