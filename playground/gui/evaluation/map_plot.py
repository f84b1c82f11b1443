"""The plot of the tab Map: a point for each sample, its class as a colour and a shape, and a cursor on one of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from playground.gui.evaluation.plots import EvaluationPlot, plain_label
from playground.gui.style.labels import plain_tip
from playground.gui.style.theme import Theme

# After Okabe and Ito (2008, Color Universal Design), with the black in a grey that both backgrounds show, and with a
# purple and a brown, so that no two of ten classes share a colour.
_FIRST = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#8c8c8c", "#b8a900")
_LIGHT = (*_FIRST, "#7f3c9e", "#8a5a2b")
_FIRST_DARK = ("#3d9fe0", "#f0b030", "#2fbf92", "#e08fbe", "#f0743e", "#8fd0f7", "#a8a8a8", "#f0e442")
_DARK = (*_FIRST_DARK, "#b48ae0", "#c49a6c")
_SHAPES = ("o", "s", "t1", "d", "x", "+", "t", "star", "p", "h", "t2")
_SIZE = 7  # pixels
_NEAR = 14  # pixels from the mouse to a point that it means
_LEGEND = 12  # classes that are listed, at the right of all points
_ROW = 20  # pixels of a class in the list
_LISTED = 0.5  # of the width, for the list at most


class MapPlot(QWidget):
    """Shows places; emits the number of the sample that mouse or keys are at, and the one that is taken."""

    pointed = Signal(int)
    taken = Signal(int)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._plot = EvaluationPlot(name, "…", "…")
        self._plot.clear("")  # the labels have their room before the first map
        self.widget, self.title = self._plot.widget, self._plot.title
        self._places: npt.NDArray[np.float64] = np.zeros((0, 2))
        self._cursor: int | None = None
        self.example: npt.NDArray[np.float64] | None = None  # its place
        self._ring, self._mark = pg.ScatterPlotItem(), pg.ScatterPlotItem()
        self._legend = pg.LegendItem(offset=(-8, 2), verSpacing=-6)
        self._legend.setParentItem(self.widget.getPlotItem().getViewBox())
        self.widget.getViewBox().sigResized.connect(self._make_room)
        self.widget.scene().sigMouseMoved.connect(self._move)
        self.widget.scene().sigMouseClicked.connect(self._click)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.title)
        column.addWidget(self.widget, 1)

    def show_places(
        self,
        title: str,
        axes: tuple[str, str],
        places: npt.NDArray[np.float64],
        classes: npt.NDArray[np.int64] | None,
        names: Sequence[str],
    ) -> None:
        """Draw the samples; without classes, all look alike. An axis without a label is not shown."""
        if len(places) != len(self._places):
            self._cursor = None
        self._places = places
        self._plot.label(*axes)
        for side, words in zip(("bottom", "left"), axes, strict=True):
            self.widget.showAxis(side, bool(words))
        self._plot.clear(title)
        self._legend.clear()
        theme = self._plot.theme
        self._legend.setLabelTextColor(theme.color("text"))
        groups = [(None, np.arange(len(places)))] if classes is None else [
            (int(label), np.flatnonzero(classes == label)) for label in np.unique(classes)
        ]  # fmt: skip
        for label, numbers in groups:
            color, shape = class_look(theme, label)
            pen = pg.mkPen(color, width=1.5) if shape in ("x", "+") else pg.mkPen(theme.color("panel"), width=0.5)
            item = pg.ScatterPlotItem(
                places[numbers, 0], places[numbers, 1], symbol=shape, size=_SIZE, brush=color, pen=pen
            )
            self.widget.addItem(item)
            if label is not None and len(groups) <= _LEGEND and label < len(names):
                self._legend.addItem(item, plain_label(names[label]))
        self.widget.addItem(self._ring)
        self.widget.addItem(self._mark)
        self._make_room()
        self._draw_marks()

    @Slot()
    def _make_room(self) -> None:
        """Show all points; the list of the classes stands at the right of them."""
        shown = self._places if self.example is None else np.vstack((self._places, self.example))
        finite = shown[np.isfinite(shown).all(1)]
        if not len(finite):
            return
        view, count = self.widget.getViewBox(), len(self._legend.items)
        rows = max(1, int(view.height()) // _ROW)
        self._legend.setColumnCount(max(1, -(-count // rows)))
        self._legend.updateSize()
        width = max(1.0, view.width())
        listed = min(self._legend.width() + 16 if count else 0.0, _LISTED * width)
        (left, bottom), (right, top) = finite.min(0), finite.max(0)
        wide = max(right - left, 1e-6)
        margin = 0.03 * wide
        right += (wide + 2 * margin) * listed / (width - listed)
        view.setXRange(left - margin, right + margin, padding=0)
        view.setYRange(bottom, max(top, bottom + 1e-6), padding=0.06)

    def mark(self, place: npt.NDArray[np.float64] | None) -> None:
        """Mark the place of the panel's example; None: there is none."""
        self.example = place
        self._make_room()
        self._draw_marks()

    def set_title(self, words: str) -> None:
        """Say otherwise what is shown; the picture stays."""
        if words != self.title.whole:
            self.title.setText(words)
            self.widget.setAccessibleDescription(words)

    def _draw_marks(self) -> None:
        theme = self._plot.theme
        text = theme.color("text")
        shown = self._cursor is not None and self._cursor < len(self._places)
        ring = [self._places[self._cursor]] if shown else []
        pen = pg.mkPen(text, width=2)
        self._ring.setData(pos=np.reshape(ring, (-1, 2)), size=15, symbol="o", brush=None, pen=pen)
        mark = [] if self.example is None else [self.example]
        accent = pg.mkBrush(theme.color("accent"))
        self._mark.setData(pos=np.reshape(mark, (-1, 2)), size=18, symbol="star", brush=accent, pen=pen)

    # mouse and keys

    def _nearest(self, spot: QPointF) -> int | None:
        """The sample within reach of a place in the scene."""
        if not len(self._places):
            return None
        view = self.widget.getViewBox()
        place, size = view.mapSceneToView(spot), view.viewPixelSize()
        away = np.hypot(*((self._places - (place.x(), place.y())) / size).T)
        number = int(away.argmin())
        return number if away[number] <= _NEAR else None

    def _point(self, number: int) -> None:
        if number != self._cursor:
            self._cursor = number
            self._draw_marks()
            self.pointed.emit(number)

    @Slot(QPointF)
    def _move(self, spot: QPointF) -> None:
        number = self._nearest(spot)
        if number is not None:
            self._point(number)

    def _click(self, event: object) -> None:
        number = self._nearest(event.scenePos())  # type: ignore[attr-defined]
        if number is not None:
            self._point(number)
            self.taken.emit(number)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Arrow keys go to the next sample in their direction along one axis, Enter takes it."""
        axis = {Qt.Key.Key_Left: 0, Qt.Key.Key_Right: 0, Qt.Key.Key_Up: 1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._cursor is not None:
            self.taken.emit(self._cursor)
        elif axis is None or not len(self._places):
            super().keyPressEvent(event)
        else:
            forward = event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Up)
            order = np.argsort(self._places[:, axis], kind="stable")
            middle = len(order) // 2
            here = middle if self._cursor is None else int(np.flatnonzero(order == self._cursor)[0])
            self._point(int(order[min(max(here + (1 if forward else -1), 0), len(order) - 1)]))

    def explain(self, words: str) -> None:
        """Say what the sample at the cursor is."""
        self.widget.setToolTip(plain_tip(words))
        self.setAccessibleDescription(words)


def class_look(theme: Theme, label: int | None) -> tuple[QColor, str]:
    """The colour and the shape of a class; None: of all samples where they have none."""
    if label is None:
        return theme.color("accent"), "o"
    colors = _DARK if theme.dark else _LIGHT
    return QColor(colors[label % len(colors)]), _SHAPES[label % len(_SHAPES)]
