"""A click on a number of a block opens the page that explains it; while the page is closed nothing is computed."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from playground.engine.build import build
from playground.gui.forms.layer_pages import LayerPages
from playground.gui.panels.block_outputs import BlockOutputs
from playground.gui.panels.inside.link import InsideLink
from playground.gui.panels.inside.view import InsideView
from playground.gui.panels.pad.pad import Pad
from playground.gui.panels.pad.strokes import Point
from playground.gui.stack.geometry import block_rects
from playground.gui.start.program import Program
from playground.gui.window.main_window import Region
from playground.spec.datasets.mnist import MNIST
from playground.spec.edits import LayerPath
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.number_text import amount_text

LAYERS = (Conv2d(out_channels=3, kernel_size=5), Flatten(), Linear(out_features=10))
EXPERIMENT = Experiment(data=MNIST(train_limit=600), stack=Stack(layers=LAYERS), seed=3)
KEY = Qt.Key


@pytest.fixture
def drawn(program: Program, qtbot: QtBot) -> Program:
    """A program with a drawing on its pad."""
    program.window.resize(1280, 900)
    program.document.load(EXPERIMENT, None)
    with qtbot.waitSignal(program.run.state_changed, timeout=20_000):
        program.run.load_torch()
    pad = the_pad(program)
    pad.pen_down(Point(0.3, 0.3), erase=False)
    pad.pen_moved(Point(0.7, 0.6))
    pad.pen_up()
    assert program.task is not None
    (blocks,) = program.task.findChildren(BlockOutputs)
    qtbot.waitUntil(lambda: set(blocks.outputs) == {(), (0,), (2,)})
    return program


def the_pad(program: Program) -> Pad:
    (pad,) = program.window.findChildren(Pad)
    return pad


def pages(program: Program) -> LayerPages:
    found = program.window.part(Region.FORM)
    assert isinstance(found, LayerPages)
    return found


def click_value(program: Program, path: LayerPath, offset: QPoint) -> None:
    view = program.stack
    row = view.stack.row_of(path)
    area = block_rects(view.stack.block(row), view.visualRect(view.stack.index(row)), view.font()).output
    QTest.mouseClick(
        view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, area.topLeft() + offset
    )


def the_view(program: Program) -> InsideView:
    (view,) = program.window.findChildren(InsideView)
    return view


def expected(program: Program) -> np.ndarray:
    network = build(EXPERIMENT).eval()
    with torch.no_grad():
        return network[0](torch.from_numpy(the_pad(program).picture()[None, None]))[0].numpy()


def test_a_click_on_a_number_explains_it_and_keys_move_on(drawn: Program, qtbot: QtBot) -> None:
    assert drawn.window.findChildren(InsideView) == []
    click_value(drawn, (0,), QPoint(20, 20))
    view, values = the_view(drawn), expected(drawn)
    assert drawn.stack.selected_paths() == ((0,),)

    def told(number: int, row: int, column: int) -> bool:
        place = f"map {number + 1} of 3, row {row + 1}, column {column + 1}: "
        return view.words.text() == place + amount_text(float(values[number, row, column]))

    qtbot.waitUntil(lambda: told(0, 12, 12))
    assert view.title.text() == "Conv2d"
    assert not view.calculation.isHidden()
    assert amount_text(float(values[0, 12, 12])) in view.calculation.accessibleDescription().split("; ")[-1]
    qtbot.keyClick(view.output, KEY.Key_Right)
    qtbot.keyClick(view.output, KEY.Key_Right)
    qtbot.keyClick(view.output, KEY.Key_Up)
    qtbot.waitUntil(lambda: told(0, 11, 14))
    qtbot.keyClick(view.output, KEY.Key_PageDown)
    qtbot.waitUntil(lambda: told(1, 11, 14))
    QTest.mouseMove(view.output, QPoint(3, 3))
    qtbot.waitUntil(lambda: told(1, 0, 0))
    QTest.mouseClick(view.grid, Qt.MouseButton.LeftButton, pos=view.grid.rect_of(2).center())
    qtbot.waitUntil(lambda: told(2, 0, 0))


def test_most_active_maps_come_first_with_their_numbers(drawn: Program, qtbot: QtBot) -> None:
    click_value(drawn, (0,), QPoint(20, 20))
    view, means = the_view(drawn), np.abs(expected(drawn)).mean((1, 2))
    order = sorted(range(3), key=lambda number: -means[number])
    qtbot.waitUntil(lambda: view.words.text().startswith("map 1 of 3"))
    drawn.view_menu.active_first.trigger()
    assert drawn.settings.active_first
    assert [item.name for item in view.grid._items] == [str(number + 1) for number in order]
    assert drawn.task is not None
    (blocks,) = drawn.task.findChildren(BlockOutputs)
    qtbot.waitUntil(lambda: blocks.outputs[(0,)].sheets[0].numbers == tuple(order))
    while view.grid._current > 0:
        at = view.grid._current
        qtbot.keyClick(view.grid, KEY.Key_Left)
        qtbot.waitUntil(lambda at=at: view.grid._current == at - 1)
    for number in order:
        begins = f"map {number + 1} of 3"
        qtbot.waitUntil(lambda begins=begins: view.words.text().startswith(begins))
        assert view.output.accessibleName() == f"Output: {view.words.text()}"
        qtbot.keyClick(view.output, KEY.Key_PageDown)
    view.grid.setFocus()
    qtbot.keyClick(view.grid, KEY.Key_Return)
    assert view.focusProxy() is view.output


def test_a_fixed_scale_stays_for_another_example(drawn: Program, qtbot: QtBot) -> None:
    click_value(drawn, (0,), QPoint(20, 20))
    view = the_view(drawn)
    reach = float(np.abs(expected(drawn)).max())
    qtbot.waitUntil(lambda: amount_text(reach) in view.scale.text())
    assert not view.scale.isChecked()
    view.scale.click()
    qtbot.waitUntil(lambda: view.scale.text().startswith("Colours fixed"))
    assert drawn.task is not None
    (blocks,) = drawn.task.findChildren(BlockOutputs)
    pad = the_pad(drawn)
    pad.pen_down(Point(0.2, 0.8), erase=False)
    pad.pen_moved(Point(0.8, 0.2))
    pad.pen_up()
    other = float(np.abs(expected(drawn)).max())
    assert other != pytest.approx(reach)

    def shown() -> float:
        return float(np.abs(blocks.outputs[(0,)].sheets[0].values).max())

    qtbot.waitUntil(lambda: shown() == pytest.approx(other, rel=1e-4))
    assert blocks.outputs[(0,)].sheets[0].scale.reach == pytest.approx(reach)
    assert blocks.outputs[(2,)].sheets[0].scale.reach != pytest.approx(reach)
    qtbot.waitUntil(lambda: view.scale.isVisible() and amount_text(reach) in view.scale.text())
    view.scale.click()
    qtbot.waitUntil(lambda: blocks.outputs[(0,)].sheets[0].scale.reach == pytest.approx(other))


def test_page_keys_go_from_unit_to_unit(drawn: Program, qtbot: QtBot) -> None:
    click_value(drawn, (2,), QPoint(5, 5))
    view = the_view(drawn)
    qtbot.waitUntil(lambda: view.words.text().startswith("unit 1 of 10: "))
    qtbot.keyClick(view.output, KEY.Key_PageDown)
    qtbot.waitUntil(lambda: view.words.text().startswith("unit 2 of 10: "))
    assert view.output.accessibleName().startswith("Output: unit 2 of 10: ")


def test_closed_nothing_is_computed_and_the_selection_is_followed(drawn: Program, qtbot: QtBot) -> None:
    drawn.stack.select_path((0,))
    drawn.view_menu.inside.trigger()
    view = the_view(drawn)
    link = view.findChild(InsideLink)
    assert link is not None
    qtbot.waitUntil(lambda: view.title.text() == "Conv2d")
    drawn.stack.select_path((2,))
    qtbot.waitUntil(lambda: view.title.text() == "Linear")
    drawn.stack.select_path((1,))
    qtbot.waitUntil(lambda: view.title.text() == "Flatten")
    assert "channel" in view.calculation.accessibleDescription()  # of the number that comes here
    drawn.stack.clearSelection()
    qtbot.waitUntil(lambda: view.hint.text().startswith("Select a layer"))
    drawn.stack.select_path((2,))
    qtbot.waitUntil(lambda: view.title.text() == "Linear")
    drawn.stack.form_requested.emit()
    assert not view.isVisible()
    assert not link._client.has_question
    drawn.view_menu.inside.trigger()
    qtbot.waitUntil(lambda: view.title.text() == "Linear")
    the_pad(drawn).clear()
    qtbot.waitUntil(lambda: "draw something" in view.hint.text())
    assert not link._client.has_question


def test_it_can_be_enlarged_and_comes_back(drawn: Program, qtbot: QtBot) -> None:
    click_value(drawn, (2,), QPoint(5, 5))
    view = the_view(drawn)
    qtbot.waitUntil(lambda: view.title.text() == "Linear")
    view.enlarge.click()
    assert view.window() is not drawn.window
    qtbot.waitUntil(lambda: view.title.text() == "Linear" and view.isVisible())
    drawn.stack.select_path((0,))
    qtbot.waitUntil(lambda: view.title.text() == "Conv2d")
    qtbot.keyClick(view.window(), KEY.Key_Escape)
    qtbot.waitUntil(lambda: view.window() is drawn.window)
    assert view.isVisible()
    assert pages(drawn).isAncestorOf(view)
