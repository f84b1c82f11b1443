"""What all widgets with a pad have in common: where room is short, the pad shrinks and nothing lies upon another."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QSplitter
from pytestqt.qtbot import QtBot

from playground.gui.panels.digits.view import DigitsView
from playground.gui.panels.distillation.view import DistillationView
from playground.gui.panels.pad.pad_view import PadView
from playground.gui.panels.reconstruction.view import ReconstructionView
from playground.gui.panels.segmentation.view import SegmentationView
from playground.gui.session.background import Background

VIEWS = (DigitsView, DistillationView, ReconstructionView, SegmentationView)


@pytest.mark.parametrize("width", [270, 318, 600])
@pytest.mark.parametrize("kind", VIEWS)
def test_nothing_overlaps_in_the_least_room(
    qtbot: QtBot, background: Background, kind: type[PadView], width: int
) -> None:
    splitter = QSplitter(Qt.Orientation.Vertical)
    qtbot.addWidget(splitter)
    view = kind(background)
    for part in (view, QLabel()):
        splitter.addWidget(part)
    splitter.setChildrenCollapsible(False)
    splitter.resize(width, 760)
    splitter.show()
    QApplication.processEvents()
    splitter.setSizes([1, 1000])  # as little as it can do with
    QApplication.processEvents()
    layout = view.layout()
    assert layout is not None
    rows = [layout.itemAt(number).geometry() for number in range(layout.count())]
    assert all(upper.bottom() < lower.top() for upper, lower in pairwise(rows))
    assert view._area.height() >= view._area.minimumHeight()
    assert rows[-1].bottom() < view.height()
