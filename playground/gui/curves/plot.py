"""One of the two plots: caches the settled part as pixels, paints the new part, and emits mouse and key actions.

A growing run paints only its new columns of pixels. pyqtgraph repaints a whole plot whenever a line grows, and does
more of the work in Python, which holds the GIL that training needs. Both were measured with the same thinned arrays
and fixed ranges at 8 frames a second (`python -m tests.benchmarks curves_library`; AMD EPYC, Zen 5, two cores,
offscreen). `textbook` trained with pyqtgraph at 97.3 % of the speed without curves (quartiles 96.4 to 98.2), with this
painter at 98.9 % (97.3 to 100.3). Processor time per frame of a million steps, medians, pyqtgraph against this
painter: growing run 4.1 ms against 0.8, zooming 5.8 against 2.1; at 200 % 9.2 against 1.1 and 10.8 against 3.4, the
slowest of each hundred up to 16.7 against 6.5.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import zip_longest
from math import ceil, floor

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFont,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.gui.curves.axis import Axis
from playground.gui.curves.figure import NO_BATCHES, NO_GROWTH, Batches, Figure, Growth, Quantity, View, above_curve
from playground.gui.curves.painter import FigurePainter
from playground.gui.curves.plot_frame import PlotFrame
from playground.gui.curves.ranges import Range
from playground.gui.curves.style import PlotStyle
from playground.gui.style.theme import Theme, theme_of

_MARGIN_TOP, _MARGIN_RIGHT = 4, 12  # pixels
_LABEL_GAP = 8  # pixels around the labels of the axes
_OVERHANG = 4  # pixels by which lines and dots extend beyond their coordinates
_WHEEL_ZOOM = 1.0025  # zoom factor per eighth of a degree of the wheel
_DRAG_ZOOM = 1.02  # zoom factor per pixel of a drag with the right button

_GROWING = FigurePainter.raw, FigurePainter.batches  # the lines of the first two pixel caches that grow
_HAIR_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_ZOOMS = {Qt.Key.Key_Plus: 0.8, Qt.Key.Key_Equal: 0.8, Qt.Key.Key_Minus: 1.25}  # factor of the visible range of epochs


class Plot(QWidget):
    """Shows figures and emits signals for mouse and key actions; contains no logic of its own."""

    moved = Signal()  # the user zoomed or panned the view
    resized = Signal()
    hovered = Signal(object)  # epochs under the pointer, or None when it left
    fit_wanted = Signal()
    hair_stepped = Signal(int)  # the crosshair is to move right by that many pixels

    def __init__(self, quantity: Quantity, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._quantity = quantity
        self._font = QFont()
        self._font.setPointSizeF(max(self._font.pointSizeF() - 1.5, 7.0))
        self._x, self._y, self._log = Range(0.0, 1.0), Range(0.0, 1.0), False
        self._axis = Axis.EPOCH
        self._figure: Figure | None = None
        self._growth: Growth = NO_GROWTH  # the part outside the pixel cache: the incomplete column and the latest batch
        self._diverged_words = self._test_words = ""
        self._hair: float | None = None
        self._pressed: QPointF | None = None  # the last mouse position while a button is held
        # Caches at screen resolution, from back to front: the ground with the single batches; overlaid runs with the
        # other growing lines; everything painted over those. Empty if everything must be painted again.
        self._layers: tuple[QPixmap, ...] = ()
        self._posed = False
        self._goal: float | None = None
        self._look = PlotStyle(theme_of(self), self._font, self.devicePixelRatioF())
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)

    # visible range

    @property
    def frame(self) -> PlotFrame:
        """The rectangle of the plot with its ranges."""
        metrics = self._look.metrics
        left = round(metrics.horizontalAdvance("100.0 %") + _LABEL_GAP)
        bottom = round(metrics.height() + _LABEL_GAP)
        width = max(self.width() - left - _MARGIN_RIGHT, 1)
        return PlotFrame(left, _MARGIN_TOP, width, max(self.height() - bottom - _MARGIN_TOP, 1), self._x, self._y)

    @property
    def view(self) -> View:
        """The visible part; a column is as wide as a line."""
        return View(self._x, self._y, int(self.frame.width), self._log, self._axis)

    def set_axis(self, axis: Axis) -> None:
        """Set the quantity on the horizontal axis; the range must be set as well."""
        self._axis = axis
        self._invalidate()

    def look_at(self, x: Range, y: Range, logarithmic: bool) -> None:
        """Set the ranges; apart from this only the user's zooming and panning changes them."""
        over, beyond = 0.02 * (y.high - y.low), 0.012 * (x.high - x.low)  # margins for points on the limits
        self._show_ranges(Range(x.low, x.high + beyond), Range(y.low, y.high + over), logarithmic)

    def look_along(self, x: Range) -> None:
        """Show this range of epochs."""
        self._show_ranges(x, self._y, self._log)

    def _show_ranges(self, x: Range, y: Range, logarithmic: bool) -> None:
        if (x, y, logarithmic) != (self._x, self._y, self._log):
            self._x, self._y, self._log = x, y, logarithmic
            self._invalidate()

    # content

    @property
    def figure(self) -> Figure | None:
        """The last figure, without the part that has grown since."""
        return self._figure

    @property
    def until(self) -> int | None:
        """The number of steps in the pixel cache; None if everything must be painted again."""
        return self._growth.until if self._layers else None

    @property
    def goal(self) -> float | None:
        """The accuracy from which a network is fit to deploy; None if the data set defines none."""
        return self._goal

    def set_goal(self, goal: float | None) -> None:
        """Set the accuracy to mark; None for none."""
        self._goal = goal

    def show_figure(self, figure: Figure, diverged_words: str) -> None:
        """Show a figure; `diverged_words` is the label at the position where the loss was not finite."""
        self._figure, self._growth, self._diverged_words = figure, figure.batches, diverged_words
        self._invalidate()

    def grow(self, growth: Growth) -> None:
        """Paint the part of the run that is new since `until`."""
        assert self._layers
        changed = self._strip_of(NO_BATCHES, self._growth) | self._strip_of(growth.settled, growth)
        self._growth = growth
        if len(growth.settled.train.x):
            for pixels, grow in zip(self._layers, _GROWING, strict=False):
                painter = QPainter(pixels)
                grow(FigurePainter(painter, self.frame, self.view, self._look), growth.settled)
                painter.end()
        self.update(changed)

    def show_test(self, words: str) -> None:
        """Set the label of the test result."""
        self._test_words = words

    def show_crosshair(self, x: float | None) -> None:
        """Show the crosshair at `x` epochs, or hide it if None."""
        for position in (self._hair, x):
            if position is not None:
                self.update(self._strip([position]))
        self._hair = x

    @property
    def crosshair(self) -> float | None:
        """The position of the crosshair in epochs; None if hidden."""
        return self._hair

    def restyle(self, theme: Theme) -> None:
        """Apply the colours of a theme and the line widths for the screen."""
        self._posed = False
        self._look = PlotStyle(theme, self._font, self.devicePixelRatioF())
        self._invalidate()

    def pose(self, theme: Theme, scale: float) -> None:
        """Prepare for an image or a drawing, until `restyle`: paint everything as lines, without the pixel caches."""
        self._posed = True
        self._look = PlotStyle(theme, self._font, scale)

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        painter = QPainter(self)
        if self._posed:
            self._paint_all(painter)
        else:
            self._paint_pixels(painter, event.region().boundingRect())
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        super().resizeEvent(event)
        self._invalidate()
        self.resized.emit()

    def _invalidate(self) -> None:
        self._layers = ()
        self.update()

    def _paint_pixels(self, painter: QPainter, region: QRect) -> None:
        """Paint a region: the pixel caches, with the part outside them between and above."""
        self._layers = self._layers or tuple(self._layer(part) for part in self._parts)
        ratio = self._layers[0].devicePixelRatio()
        source = QRectF(QPointF(region.topLeft()) * ratio, QSizeF(region.size()) * ratio)
        paint = FigurePainter(painter, self.frame, self.view, self._look)
        for pixels, grow in zip_longest(self._layers, _GROWING):
            painter.drawPixmap(QRectF(region), pixels, source)
            if grow is not None:
                grow(paint, self._growth.loose)
        if self._growth.head is not None:
            paint.head(self._growth.head)
        if self._hair is not None:
            paint.hair(self._hair)

    def _paint_all(self, painter: QPainter) -> None:
        """Paint everything as lines, for an image or a drawing."""
        paint = FigurePainter(painter, self.frame, self.view, self._look, cutting=True)
        for part, grow in zip_longest(self._parts, _GROWING):
            part(paint)
            if grow is not None:
                grow(paint, self._growth.loose)
        if self._growth.head is not None:
            paint.head(self._growth.head)

    @property
    def _parts(self) -> tuple[Callable[[FigurePainter], None], ...]:
        """The painters of the pixel caches, one for each."""
        return self._paint_ground, self._paint_lines, self._paint_over

    def _layer(self, part: Callable[[FigurePainter], None]) -> QPixmap:
        ratio = self.devicePixelRatioF()
        pixels = QPixmap((QSizeF(self.size()) * ratio).toSize())
        pixels.setDevicePixelRatio(ratio)
        pixels.fill(self._look.ground if part == self._paint_ground else Qt.GlobalColor.transparent)
        painter = QPainter(pixels)
        part(FigurePainter(painter, self.frame, self.view, self._look))
        painter.end()
        return pixels

    def _paint_ground(self, paint: FigurePainter) -> None:
        paint.ground(QRectF(self.rect()), " %" if self._quantity is Quantity.SCORE else "")
        if self._figure is not None:
            paint.epochs(self._figure.epochs)
            paint.raw(self._figure.batches.settled)

    def _paint_lines(self, paint: FigurePainter) -> None:
        if self._figure is not None:
            paint.overlays(self._figure)
            paint.batches(self._figure.batches.settled)

    def _paint_over(self, paint: FigurePainter) -> None:
        figure, loss = self._figure, self._quantity is Quantity.LOSS
        if figure is None:
            return
        paint.over(figure)
        if self._goal is not None:
            paint.deploy(self._goal)
        paint.marks(figure.marks, labelled=loss)
        if figure.diverged is not None:
            paint.diverged(figure.diverged, self._diverged_words if loss else "")
        paint.dots(figure)
        if figure.test is not None:
            paint.test(figure.test, self._test_words, above=above_curve(figure, otherwise=loss))

    def _strip_of(self, batches: Batches, growth: Growth) -> QRect:
        """The rectangle that covers these lines, the incomplete column and the latest batch."""
        lines = (line for part in (batches, growth.loose) for line in part.lines if len(line.x))
        epochs = [float(position) for line in lines for position in (line.x[0], line.x[-1])]
        return self._strip(epochs + ([growth.head[0]] if growth.head is not None else []))

    def _strip(self, epochs: list[float]) -> QRect:
        """The rectangle from the first to the last of these positions in epochs."""
        if not epochs:
            return QRect()
        places = (self.frame.across(position) for position in (min(epochs), max(epochs)))
        across = [min(max(place, 0.0), float(self.width())) for place in places]  # the axis may show a moment far away
        left, right = floor(across[0]) - _OVERHANG, ceil(across[1]) + _OVERHANG
        return QRect(left, 0, right - left, self.height())

    # user input

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._pressed = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        """Pan with the left button, zoom with the right; without a button, move the crosshair."""
        position, frame = event.position(), self.frame
        if self._pressed is None or not event.buttons():
            self.hovered.emit(frame.epochs_at(position.x()) if frame.rect.contains(position) else None)
            return
        by, self._pressed = position - self._pressed, position
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._move_to(frame.dragged(by))
        elif event.buttons() & Qt.MouseButton.RightButton:
            self._move_to(frame.zoomed(_DRAG_ZOOM ** -by.x(), _DRAG_ZOOM ** by.y(), frame.rect.center()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        if not event.buttons():
            self._pressed = None

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802  Qt's name
        """Zoom at the pointer; over the label of an axis only that axis."""
        position, frame = event.position(), self.frame
        factor = _WHEEL_ZOOM ** -(event.angleDelta().y() or event.angleDelta().x())
        across = 1.0 if position.x() < frame.left else factor
        up = 1.0 if position.y() > frame.top + frame.height else factor
        self._move_to(frame.zoomed(across, up, position))
        event.accept()

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        self.fit_wanted.emit()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        self.hovered.emit(None)
        super().leaveEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802  Qt's name
        self.hovered.emit(None)
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Arrows move the crosshair (with Shift by 20 pixels), plus and minus zoom in time, Home shows everything."""
        key = Qt.Key(event.key())
        if key in _HAIR_STEPS:
            far = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.hair_stepped.emit(_HAIR_STEPS[key] * (20 if far else 1))
        elif key in _ZOOMS:
            self._move_to(self.frame.zoomed(_ZOOMS[key], 1.0, self.frame.rect.center()))
        elif key == Qt.Key.Key_Home:
            self.fit_wanted.emit()
        else:
            event.ignore()

    def _move_to(self, ranges: tuple[Range, Range]) -> None:
        self._show_ranges(*ranges, self._log)
        self.moved.emit()
