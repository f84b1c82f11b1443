"""Where only the pictures of blocks change, only they are painted, and the view looks as if painted as a whole."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QRect
from PySide6.QtGui import QFont, QImage, QPaintEvent, QRegion
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from playground.gui.session.document import Document
from playground.gui.stack.block_output import BlockOutput, Shortened, block_output
from playground.gui.stack.geometry import block_rects
from playground.gui.stack.view import StackView
from playground.spec.display import Display
from playground.spec.edits import LayerPath
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.containers import Residual
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.normalization import BatchNorm

BODY = Residual(branches=(Stack(layers=(Conv2d(out_channels=40, kernel_size=3, padding=1),)),))
LAYERS = (Conv2d(out_channels=40, kernel_size=3, padding=1), Conv2d(out_channels=40, enabled=False), BODY)
PATHS = ((), (0,), (2,), (2, 0, 0))


@pytest.fixture
def document(qtbot: QtBot) -> Document:
    return Document(Experiment(stack=Stack(layers=LAYERS)))


class Painted(QObject):
    """What a widget was asked to paint."""

    def __init__(self, view: StackView) -> None:
        super().__init__(view)
        self.region = QRegion()
        view.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        if isinstance(event, QPaintEvent):
            self.region |= event.region()
        return super().eventFilter(watched, event)


def outputs(seed: int, *, active_first: bool = False) -> dict[LayerPath, BlockOutput]:
    random = np.random.default_rng(seed)
    maps = {path: random.normal(size=(1 if path == () else 40, 28, 28)).astype(np.float32) for path in PATHS}
    return {
        path: block_output(Display.MAPS, Shortened(values, ()), example=path == (), active_first=active_first)
        for path, values in maps.items()
    }


def whole(view: StackView) -> QImage:
    return view.viewport().grab().toImage()


def test_pictures_are_painted_where_their_blocks_are_after_these_moved(document: Document, qtbot: QtBot) -> None:
    """Whether the view was scrolled, or made wider, or its blocks were edited between two examples."""
    layers = tuple(Conv2d(out_channels=40, kernel_size=3, padding=1) for _ in range(6))
    document.load(Experiment(stack=Stack(layers=layers)), None)
    view = StackView(document)
    qtbot.addWidget(view)
    view.resize(700, 400)
    with qtbot.waitExposed(view):
        view.show()
    view.set_outputs_shown(True)

    def moved_by(move: Callable[[], object], seed: int) -> None:
        view.show_outputs(outputs(seed))
        move()
        QApplication.processEvents()
        painted = Painted(view)
        view.show_outputs(outputs(seed + 1))
        visible = QRegion()
        for path in ((0,), (2,)):
            index = view.stack.index(view.stack.row_of(path))
            area = block_rects(view.stack.block(index.row()), view.visualRect(index), view.font()).output
            visible |= QRegion(area & view.viewport().rect())
        assert not visible.isEmpty()
        assert visible.subtracted(painted.region).isEmpty()
        image = QImage(view.viewport().size(), QImage.Format.Format_RGB32)
        view.viewport().render(image, visible.boundingRect().topLeft(), visible)  # the pictures alone
        shown = whole(view).convertToFormat(image.format())
        assert all(
            image.pixel(x, y) == shown.pixel(x, y)
            for x in range(0, image.width(), 7)
            for y in range(image.height())
            if visible.contains(QPoint(x, y))
        )

    moved_by(lambda: None, 1)
    moved_by(lambda: view.verticalScrollBar().setValue(37), 3)
    moved_by(lambda: view.resize(760, 420), 5)
    moved_by(lambda: view.setFont(QFont(view.font().family(), 15)), 7)
    view.select_path(())
    moved_by(lambda: view.insert(BatchNorm()), 9)  # behind the data: the others move down


@pytest.mark.parametrize("active_first", [False, True])
def test_pictures_that_change_are_painted_over_the_earlier_ones(
    view: StackView, qtbot: QtBot, active_first: bool
) -> None:
    view.set_outputs_shown(True)
    view.select_path((0,))
    view.show_outputs(outputs(1, active_first=active_first))
    qtbot.waitUntil(lambda: view.displayed.displays.keys() == set(PATHS))
    QApplication.processEvents()  # what is to be painted until now is
    image, painted = whole(view), Painted(view)
    view.show_outputs(outputs(2, active_first=active_first))
    qtbot.waitUntil(lambda: not painted.region.isEmpty())
    areas = QRegion()
    for path in PATHS:
        index = view.stack.index(view.stack.row_of(path))
        areas |= block_rects(view.stack.block(index.row()), view.visualRect(index), view.font()).output
    visible = areas & QRegion(view.viewport().rect())
    assert painted.region.subtracted(visible).isEmpty()
    assert not QRegion(QRect(visible.boundingRect())).subtracted(painted.region).isEmpty()  # not what lies between
    view.viewport().render(image, QPoint(visible.boundingRect().topLeft()), visible)
    assert image == whole(view)
