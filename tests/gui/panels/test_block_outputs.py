"""In the whole program, blocks show what their layers make of the example, and nothing is computed that is not seen."""

from __future__ import annotations

from time import perf_counter

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolTip
from pytestqt.qtbot import QtBot

from playground.engine.build import build
from playground.gui.panels.block_outputs import PERIOD, BlockOutputs
from playground.gui.panels.pad.pad import Pad
from playground.gui.panels.pad.strokes import Point
from playground.gui.panels.panel import TaskPane
from playground.gui.session.run_state import RunState
from playground.gui.stack.geometry import block_rects
from playground.gui.start.program import Program
from playground.spec.datasets.mnist import MNIST
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.containers import Residual
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.recipe import Recipe

BODY = Residual(branches=(Stack(layers=(Conv2d(out_channels=3, kernel_size=3, padding=1),)),))
LAYERS = (Conv2d(out_channels=3, kernel_size=5), BODY, Flatten(), Linear(out_features=10))
SEEN = {(), (0,), (1,), (1, 0, 0), (3,)}
EXPERIMENT = Experiment(data=MNIST(train_limit=600), stack=Stack(layers=LAYERS), recipe=Recipe(epochs=1000), seed=3)


@pytest.fixture
def digits(program: Program, qtbot: QtBot) -> Program:
    """A program with an empty pad, high enough for all blocks."""
    program.window.resize(1280, 1100)
    program.document.load(EXPERIMENT, None)
    with qtbot.waitSignal(program.run.state_changed, timeout=20_000):
        program.run.load_torch()
    return program


def blocks(program: Program) -> BlockOutputs:
    assert isinstance(program.task, TaskPane)
    (found,) = program.task.findChildren(BlockOutputs)
    return found


def draw(program: Program) -> Pad:
    (pad,) = program.window.findChildren(Pad)
    pad.pen_down(Point(0.3, 0.3), erase=False)
    pad.pen_moved(Point(0.7, 0.6))
    pad.pen_up()
    return pad


def shown(program: Program, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: set(blocks(program).outputs) == SEEN)


def heights(program: Program) -> list[int]:
    view = program.stack
    return [view.visualRect(view.stack.index(row)).height() for row in range(view.stack.rowCount())]


def test_the_drawing_is_seen_on_every_block_and_no_height_depends_on_it(digits: Program, qtbot: QtBot) -> None:
    before = heights(digits)
    assert blocks(digits).outputs == {}
    pad = draw(digits)
    shown(digits, qtbot)
    assert heights(digits) == before
    network, picture = build(EXPERIMENT).eval(), torch.from_numpy(pad.picture()[None, None])
    with torch.no_grad():
        first = network[0](picture)
        expected = {(): picture, (0,): first, (1, 0, 0): network[1].body(first), (1,): network[1](first)}
    for path, tensor in expected.items():
        np.testing.assert_allclose(blocks(digits).outputs[path].sheets[0].values, tensor[0].numpy(), atol=1e-5)
    pad.clear()
    qtbot.waitUntil(lambda: blocks(digits).outputs == {})


def test_a_drawing_that_went_on_while_the_blocks_rested_is_shown_at_last(digits: Program, qtbot: QtBot) -> None:
    draw(digits)
    shown(digits, qtbot)
    known = blocks(digits)
    known._rest.start(1000)  # as after a network whose layers take long
    before = known.outputs
    (pad,) = digits.window.findChildren(Pad)
    for x in (0.2, 0.4, 0.6, 0.8):
        pad.pen_down(Point(x, 0.2), erase=False)
        pad.pen_moved(Point(x, 0.9))
        pad.pen_up()
    assert known.outputs is before
    qtbot.waitUntil(lambda: np.array_equal(known.outputs[()].sheets[0].values[0], pad.picture()))
    assert not known._late


def test_the_value_under_the_mouse_is_told(digits: Program, qtbot: QtBot) -> None:
    draw(digits)
    shown(digits, qtbot)
    view, index = digits.stack, digits.stack.stack.index(1)
    block = view.stack.block(1)
    middle = block_rects(block, view.visualRect(index), view.font()).output.topLeft() + QPoint(20, 20)
    QTest.mouseMove(view.viewport(), middle)
    value = float(blocks(digits).outputs[0,].sheets[0].values[0, 12, 12])
    qtbot.waitUntil(lambda: QToolTip.isVisible() and "map 1 of 3, row 13, column 13: " in QToolTip.text())
    assert f"{value:.4g}".replace("-", "−") in QToolTip.text()
    QToolTip.hideText()


def test_switched_off_nothing_is_computed_and_that_is_remembered(digits: Program, qtbot: QtBot) -> None:
    draw(digits)
    shown(digits, qtbot)
    high = sum(heights(digits))
    digits.view_menu.outputs.trigger()
    assert not digits.settings.outputs_shown
    assert not blocks(digits)._client.has_question
    assert sum(heights(digits)) < high
    digits.view_menu.outputs.trigger()
    shown(digits, qtbot)
    assert digits.settings.outputs_shown
    assert sum(heights(digits)) == high


def test_layers_that_are_not_on_the_screen_cost_nothing(digits: Program, qtbot: QtBot) -> None:
    draw(digits)
    shown(digits, qtbot)
    digits.stack.stack.fold((1,), folded=True)
    qtbot.waitUntil(lambda: set(blocks(digits).outputs) == SEEN - {(1, 0, 0)})
    digits.stack.setFixedHeight(150)
    qtbot.waitUntil(lambda: set(blocks(digits).outputs) == {(), (0,)})
    digits.stack.hide()
    qtbot.waitUntil(lambda: not blocks(digits)._client.has_question)


def test_an_edit_is_followed(digits: Program, qtbot: QtBot) -> None:
    draw(digits)
    shown(digits, qtbot)
    digits.stack.select_path((0,))
    digits.stack.commands.delete.trigger()
    qtbot.waitUntil(lambda: set(blocks(digits).outputs) == {(), (0,), (0, 0, 0), (2,)})
    assert blocks(digits).outputs[0,].sheets[0].values.shape[1:] == (28, 28)


def test_a_run_is_followed_at_a_bounded_rate(digits: Program, qtbot: QtBot) -> None:
    draw(digits)
    shown(digits, qtbot)
    digits.run.watch(5)  # weights come much more often than the blocks follow
    versions: list[int] = []
    blocks(digits)._client.answered.connect(lambda answer: versions.append(answer.version))
    digits.run.train()
    qtbot.waitUntil(lambda: len(versions) > 2, timeout=20_000)
    before, began, weights = len(versions), perf_counter(), list[object]()
    digits.run.weights_changed.connect(weights.append)
    qtbot.waitUntil(lambda: len(weights) >= 20, timeout=20_000)
    assert len(versions) - before <= 1000 * (perf_counter() - began) / PERIOD + 2
    digits.run.pause()
    qtbot.waitUntil(lambda: digits.run.state is RunState.PAUSED)
    step = digits.run.progress.step
    qtbot.waitUntil(lambda: step in versions)  # at the end they are those of the network as it is now
