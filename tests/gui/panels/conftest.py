"""A pad to draw on, and a hand that draws on it as people do: with events."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from playground.gui.panels.pad.pad import Pad
from playground.gui.session.background import Background

Hand = Callable[..., None]
FIVE = ((0.7, 0.2), (0.4, 0.2), (0.36, 0.45), (0.5, 0.42), (0.66, 0.52), (0.66, 0.7), (0.5, 0.82), (0.3, 0.78))


@pytest.fixture
def background() -> Iterator[Background]:
    """Reads pictures beside the event loop."""
    made = Background()
    yield made
    made.close()


@pytest.fixture
def pad(qtbot: QtBot, background: Background) -> Pad:
    """A pad of 200 × 200, shown."""
    made = Pad(background)
    qtbot.addWidget(made)
    made.resize(200, 200)
    made.show()
    return made


@pytest.fixture
def draw() -> Hand:
    """Draws one stroke with the mouse: `draw(pad, points)`, points in pad units, a 5 without."""
    return _draw


def _draw(pad: Pad, points: Sequence[tuple[float, float]] = FIVE) -> None:
    side = pad.square().width()
    places = [QPoint(round(x * side), round(y * side)) for x, y in points]
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, places[0])
    for place in places[1:]:
        QTest.mouseMove(pad, place)
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, places[-1])
