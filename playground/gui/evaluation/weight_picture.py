"""The picture of a tensor: colours around zero, and the value under the mouse, or under a cursor moved by keys."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from playground.engine.probes.weight_arrangement import GAP, Kind
from playground.gui.evaluation.weights_inference import TensorSeen
from playground.gui.stack.output_colors import color_table
from playground.gui.stack.output_scale import BLANK, Scale, levels
from playground.gui.style.elided_label import Elided
from playground.gui.style.small_plot import restyle, small_plot
from playground.gui.style.theme import theme_of
from playground.spec.number_text import amount_text

_STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class WeightPicture(QWidget):
    """Shows a `TensorSeen`; the line above says what it is or, at the mouse or the cursor, index and value."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Picture of the tensor"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._seen: TensorSeen | None = None
        self._cursor = (0, 0)  # row and column
        self._pointed = False  # whether the mouse is in the picture
        self.title = Elided(self)
        self.title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.plot = small_plot(self.tr("Picture of the tensor"), fixed=False)
        self.plot.setMinimumSize(120, 60)
        for axis in ("left", "bottom"):
            self.plot.hideAxis(axis)
        view = self.plot.getViewBox()
        view.invertY(True)
        view.setAspectLocked(True)
        self.image = pg.ImageItem(axisOrder="row-major", autoDownsample=True)
        self.plot.addItem(self.image)
        self._frame = pg.PlotCurveItem()
        self.plot.addItem(self._frame)
        self.plot.scene().sigMouseMoved.connect(self._point)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.title)
        column.addWidget(self.plot, 1)

    def show_tensor(self, seen: TensorSeen) -> None:
        """Show a tensor; the cursor stays where the arrangement is the same."""
        before = self._seen
        self._seen = seen
        if before is None or before.arranged.places.shape != seen.arranged.places.shape:
            self._cursor = (0, 0)
            height, width = seen.arranged.places.shape[:2]
            matrix = seen.arranged.kind is Kind.MATRIX
            self.plot.getViewBox().setAspectLocked(not matrix)  # a row of a wide matrix would be thinner than a pixel
            self.plot.setRange(xRange=(0, width), yRange=(0, height), padding=0.01)
        self._paint()
        self._say()

    def _words(self, seen: TensorSeen) -> str:
        arranged = seen.arranged
        words = {
            Kind.ROWS: self.tr("each picture: the weights of one unit"),
            Kind.KERNELS: self.tr("each column: one filter, its input channels below each other")
            if len(seen.shape) == 4 and seen.shape[1] > 1
            else self.tr("each picture: one filter"),
            Kind.COLOR_KERNELS: self.tr("each picture: one filter in red, green and blue, grey is 0"),
            Kind.MATRIX: self.tr("rows: first dimension"),
        }[arranged.kind]
        if len(seen.shape) == 1:
            words = ""
        if arranged.kind is Kind.ROWS and arranged.places.ndim == 3:
            words = self.tr("each picture: one unit in red, green and blue, grey is 0")
        cut = ""
        if arranged.shown < arranged.whole:
            cut = self.tr("the first {0} of {1}").format(f"{arranged.shown:,}", f"{arranged.whole:,}")
        elif arranged.kind is Kind.MATRIX and arranged.places.size < np.prod(seen.shape):
            cut = self.tr("the first {0} columns").format(f"{arranged.places.shape[1]:,}")
        reach = self.tr("±{0}").format(amount_text(_reach(seen.values)))
        return " · ".join(filter(None, (words, cut, reach)))

    def _paint(self) -> None:
        seen = self._seen
        if seen is None:
            return
        theme = theme_of(self)
        restyle(self.plot, theme)
        self.image.setImage(colors(seen, self), autoLevels=False, levels=(0, 255))
        self._frame.setPen(pg.mkPen(theme.color("accent"), width=2))
        self._show_cursor()

    def _show_cursor(self) -> None:
        row, column = self._cursor
        x, y = [column, column + 1, column + 1, column, column], [row, row, row + 1, row + 1, row]
        self._frame.setData(x, y)
        self._frame.setVisible(self.hasFocus())

    def _say(self) -> None:
        """Say index and value at the cursor, or what the picture is."""
        seen = self._seen
        if seen is None:
            return
        what = self._words(seen)
        value = self.value
        self.setAccessibleDescription(value)
        self.title.setText(value if self._pointed or self.hasFocus() else what)
        self.title.explain(what)

    @property
    def value(self) -> str:
        """Index and value at the cursor, such as `0.weight [3, 17] = 0.0412`; empty without a tensor."""
        seen = self._seen
        index = seen.index(*self._cursor) if seen is not None else None
        if seen is None or index is None:
            return ""
        numbers = np.atleast_1d(seen.values[self._cursor])
        values = ", ".join(amount_text(float(number)) if np.isfinite(number) else str(number) for number in numbers)
        place = ", ".join(map(str, index))
        if len(numbers) > 1:
            place = self.tr("{0} and the other two colours").format(place)
        return f"{seen.name} [{place}] = {values}"

    def _move(self, row: int, column: int) -> None:
        """Put the cursor there, unless a gap is there."""
        if self._seen is not None and self._seen.index(row, column) is not None:
            self._cursor = row, column
            self._show_cursor()
            self._say()

    @Slot(QPointF)
    def _point(self, spot: QPointF) -> None:
        self._pointed = True
        place = self.plot.getViewBox().mapSceneToView(spot)
        self._move(int(np.floor(place.y())), int(np.floor(place.x())))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None or self._seen is None:
            super().keyPressEvent(event)
            return
        row, column = (here + by for here, by in zip(self._cursor, step, strict=True))
        if self._seen.index(row, column) is None:  # over the gap to the next tile
            row, column = row + step[0], column + step[1]
        self._move(row, column)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        self._show_cursor()
        self._say()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        self._show_cursor()
        self._say()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        super().leaveEvent(event)
        self._pointed = False
        self._say()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._paint()


def colors(seen: TensorSeen, widget: QWidget) -> npt.NDArray[np.uint8]:
    """The pixels (H, W, 3) of a tensor in the theme of a widget: 0 has the colour of the middle of the scale."""
    theme, values = theme_of(widget), seen.values
    reach = _reach(values)
    gaps = seen.arranged.places == GAP
    if values.ndim == 3:
        scaled = np.nan_to_num(values / (2 * reach) + 0.5, nan=0.5, posinf=1.0, neginf=0.0)
        shown: npt.NDArray[np.uint8] = np.rint(255 * scaled.clip(0, 1)).astype(np.uint8)
        panel = theme.color("panel")
        shown[gaps[..., 0]] = (panel.red(), panel.green(), panel.blue())
        return shown
    places = levels(values, Scale(reach, diverging=True))
    places[gaps] = BLANK
    table = np.array(color_table(theme, diverging=True), dtype=np.uint32)
    rgb = np.stack([table >> 16 & 255, table >> 8 & 255, table & 255], 1).astype(np.uint8)
    painted: npt.NDArray[np.uint8] = rgb[places]
    return painted


def _reach(values: npt.NDArray[np.float32]) -> float:
    """The greatest |number| that is finite; 1 where all are 0."""
    finite = values[np.isfinite(values)]
    return float(np.abs(finite).max(initial=0)) or 1.0
