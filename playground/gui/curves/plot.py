"""Draws one figure: a pyqtgraph plot with fixed ranges, and items that are made once and given new points."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFocusEvent, QFont, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QGraphicsView, QSizePolicy, QWidget

from playground.engine.verdict import FIT
from playground.gui.curves.axis import Axis
from playground.gui.curves.figure import EMPTY, Figure, Line, Quantity, View, clipped
from playground.gui.curves.legend import Stroke
from playground.gui.curves.marks import Marks
from playground.gui.curves.ranges import Range
from playground.gui.theme import Theme, theme_of

TRAIN = Stroke("train_curve", 1.0)
VALIDATION = Stroke("accent", 2.0)
PREVIOUS = Stroke("previous_curve", 1.4, Qt.PenStyle.DashLine)
PENALTY = Stroke("muted", 1.2, Qt.PenStyle.DotLine)
_DEPLOY = Stroke("go", 1.0, Qt.PenStyle.DashLine)
_HAIR = Stroke("muted", 1.0)
_EPOCH = Stroke("grid", 1.0)
_RAW_SHARE = 0.25  # of its colour that the line of batches behind their average has: opaque, as a
# translucent line of many points takes twenty times as long to draw
_LABEL_OPACITY = 0.7  # of what is behind the words at the test result

_HAIR_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_ZOOMS = {Qt.Key.Key_Plus: 0.8, Qt.Key.Key_Equal: 0.8, Qt.Key.Key_Minus: 1.25}  # of the epochs shown
_DOT_EVERY = 6  # columns an epoch from which its end gets a dot


class Plot(pg.PlotWidget):
    """One of the two plots. It shows figures and tells what is done with mouse and keys; it decides nothing."""

    moved = Signal()  # the view was zoomed or dragged by hand
    hovered = Signal(object)  # epochs under the pointer, or None when it left
    fit_wanted = Signal()
    hair_stepped = Signal(int)  # the crosshair is to go that many pixels to the right

    def __init__(self, quantity: Quantity, name: str, parent: QWidget | None = None) -> None:
        font = QFont()
        font.setPointSizeF(max(font.pointSizeF() - 1.5, 7.0))
        unit = " %" if quantity is Quantity.ACCURACY else ""
        self._bottom, self._left = Axis("bottom", font), Axis("left", font, unit)
        super().__init__(parent, axisItems={"bottom": self._bottom, "left": self._left}, enableMenu=False)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setCacheMode(QGraphicsView.CacheModeFlag.CacheNone)  # the background is plain, and no picture in a drawing
        self.hideButtons()
        for axis in (self._bottom, self._left):
            axis.setZValue(-200)  # the grid behind the curves, and the mouse for the plot
        box = self.getViewBox()
        box.disableAutoRange()
        box.setDefaultPadding(0.0)
        self.getPlotItem().setContentsMargins(0, 4, 12, 0)
        # Nobody sees the menu that pyqtgraph makes, without a parent. Python's collector would delete it at any moment
        # and in any thread; Qt crashes where it is just going through all widgets to dress them.
        menu = self.getPlotItem().ctrlMenu
        menu.setParent(self, menu.windowFlags())
        self._make_items(quantity, font)
        self.restyle(theme_of(self))
        box.sigRangeChangedManually.connect(self._view_moved)
        self.scene().sigMouseMoved.connect(self._mouse_moved)

    @property
    def view(self) -> View:
        """What is looked at, in device pixels."""
        (left, right), (bottom, top) = self.getViewBox().viewRange()
        columns = int(self.getViewBox().width() * self.devicePixelRatioF())
        return View(Range(left, right), Range(bottom, top), max(columns, 1), self._left.logarithmic)

    def look_at(self, x: Range, y: Range, logarithmic: bool) -> None:
        """Set the ranges; nothing else ever does but the person's own zooming."""
        self._left.set_logarithmic(logarithmic)
        over, beyond = 0.02 * (y.high - y.low), 0.012 * (x.high - x.low)  # room for what lies on the very limits
        self.getViewBox().setRange(xRange=(x.low, x.high + beyond), yRange=(y.low, y.high + over), padding=0)

    def show_figure(self, figure: Figure, diverged_words: str) -> None:
        """Draw this; the words stand beside the place where the loss was no finite number."""
        view = self.view
        for item, line in (
            (self._raw, figure.raw),
            (self._train, figure.train),
            (self._penalty, figure.penalty),
            (self._previous, figure.previous),
            (self._validation, figure.validation),
        ):
            item.setData(*(clipped(line, view) if self._clipping else line))
        _place(self._dots, _dotted(figure.validation, view))
        _place(self._previous_dots, figure.previous if len(figure.previous.x) == 1 else EMPTY)
        _place(self._head, _point(figure.head))
        self._epochs.setData(np.repeat(figure.epochs, 2), np.tile(view.y, len(figure.epochs)))
        if self._deploy is not None:
            self._deploy.setVisible(view.y.low <= self._deploy.value() <= view.y.high)
        self._marks.show_marks(figure.marks, figure.diverged, diverged_words)
        _place(self._test, _point(figure.test))
        if self._test_words.isVisible() != (figure.test is not None):
            self._test_words.setVisible(figure.test is not None)
        if figure.test is not None:
            self._test_words.setPos(*figure.test)

    def show_test(self, words: str) -> None:
        """Write this beside the test result."""
        self._test_words.setText(words)

    def show_crosshair(self, x: float | None) -> None:
        """Put the crosshair at `x` epochs, or take it away."""
        self._hair.setVisible(x is not None)
        if x is not None:
            self._hair.setPos(x)

    def restyle(self, theme: Theme) -> None:
        """Take on the colours of a theme, and lines as the screen needs them."""
        self._clipping = False
        self._style(theme, self.devicePixelRatioF())

    def pose(self, theme: Theme, scale: float) -> None:
        """Prepare for a picture or a drawing, until restyled: nothing drawn outside the plot."""
        self._clipping = True
        self._style(theme, scale)

    def _style(self, theme: Theme, scale: float) -> None:
        self.setBackground(theme.color("panel"))
        for axis in (self._bottom, self._left):
            axis.setTextPen(theme.color("muted"))
            axis.setTickPen(theme.color("grid"))
        for item, stroke in self._strokes:
            item.setPen(stroke.cosmetic(theme.color(stroke.color), scale))
        raw = _mixed(theme.color(TRAIN.color), theme.color("panel"), _RAW_SHARE)
        self._raw.setPen(TRAIN.cosmetic(raw, scale))
        for dots, name in self._dot_colors:
            dots.setPen(theme.color("panel"))
            dots.setBrush(theme.color(name))
        self._test_words.setColor(theme.color("text"))
        behind = theme.color("panel")
        behind.setAlphaF(_LABEL_OPACITY)
        self._test_words.fill = pg.mkBrush(behind)
        if self._deploy is not None:
            self._deploy.label.setColor(theme.color(_DEPLOY.color))
        self._marks.restyle(theme, scale)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:  # noqa: N802  Qt's name
        self.fit_wanted.emit()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        self.hovered.emit(None)
        super().leaveEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802  Qt's name
        self.hovered.emit(None)
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Arrows move the crosshair (Shift: farther), plus and minus zoom in time, Home shows everything."""
        key = Qt.Key(event.key())
        if key in _HAIR_STEPS:
            far = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.hair_stepped.emit(_HAIR_STEPS[key] * (20 if far else 1))
        elif key in _ZOOMS:
            self.getViewBox().scaleBy(x=_ZOOMS[key])
            self.moved.emit()
        elif key == Qt.Key.Key_Home:
            self.fit_wanted.emit()
        else:
            event.ignore()

    @Slot(object)
    def _view_moved(self, _axes: object) -> None:
        self.moved.emit()

    @Slot(object)
    def _mouse_moved(self, position: QPointF) -> None:
        box = self.getViewBox()
        inside = box.sceneBoundingRect().contains(position)
        self.hovered.emit(box.mapSceneToView(position).x() if inside else None)

    def _make_items(self, quantity: Quantity, font: QFont) -> None:
        """All items, from the hindmost to the foremost."""
        self._epochs = self._line(connect="pairs")
        self._raw, self._penalty = self._line(), self._line()
        self._train = self._line(antialias=True)
        self._previous, self._validation = self._line(antialias=True), self._line(antialias=True)
        self._hair = pg.InfiniteLine(0, angle=90)
        self._hair.setVisible(False)
        self.addItem(self._hair, ignoreBounds=True)
        self._strokes = [
            (self._epochs, _EPOCH),
            (self._train, TRAIN),
            (self._penalty, PENALTY),
            (self._previous, PREVIOUS),
            (self._validation, VALIDATION),
            (self._hair, _HAIR),
        ]
        self._deploy: pg.InfiniteLine | None = None
        if quantity is Quantity.ACCURACY:
            self._make_deploy(font)
        self._marks = Marks(self, font, quantity is Quantity.LOSS, theme_of(self))
        self._previous_dots, self._dots = self._scatter(6), self._scatter(6)
        self._head, self._test = self._scatter(5), self._scatter(9)
        self._dot_colors = [
            (self._previous_dots, PREVIOUS.color),
            (self._dots, VALIDATION.color),
            (self._head, TRAIN.color),
            (self._test, "text"),
        ]
        above = quantity is Quantity.LOSS  # away from where the curves lead to
        self._test_words = pg.TextItem(anchor=(0.95, 1.15) if above else (0.95, -0.15))
        self._test_words.setFont(font)
        self._test_words.setVisible(False)
        self.addItem(self._test_words, ignoreBounds=True)

    def _make_deploy(self, font: QFont) -> None:
        """The accuracy from which a network is fit to deploy."""
        self._deploy = line = pg.InfiniteLine(100.0 * FIT, angle=0)
        self.addItem(line, ignoreBounds=True)
        words = self.tr("fit to deploy")
        line.label = pg.InfLineLabel(line, words, position=0.006, anchors=[(0.0, 0.1), (0.0, 0.1)])
        line.label.textItem.setFont(font)
        self._strokes.append((line, _DEPLOY))

    def _line(self, connect: str = "finite", antialias: bool = False) -> pg.PlotCurveItem:
        line = pg.PlotCurveItem(connect=connect, antialias=antialias)
        self.addItem(line, ignoreBounds=True)
        return line

    def _scatter(self, size: int) -> pg.ScatterPlotItem:
        dots = pg.ScatterPlotItem(size=size, antialias=True, useCache=False)  # drawn, so that a drawing has no pixels
        self.addItem(dots, ignoreBounds=True)
        return dots


def _point(at: tuple[float, float] | None) -> Line:
    return EMPTY if at is None else Line(np.array([at[0]]), np.array([at[1]]))


def _place(dots: pg.ScatterPlotItem, points: Line) -> None:
    """Put dots there; setting them costs far more than finding out that they are there already."""
    x, y = dots.getData()
    if not (np.array_equal(x, points.x) and np.array_equal(y, points.y)):
        dots.setData(points.x, points.y)


def _mixed(color: QColor, ground: QColor, share: float) -> QColor:
    """So much of a colour, and the rest of the ground."""
    over, under = np.array(color.getRgb()), np.array(ground.getRgb())
    return QColor(*(int(part) for part in np.rint(share * over + (1.0 - share) * under)))


def _dotted(line: Line, view: View) -> Line:
    """The ends of epochs that get a dot: all of them, or none where the dots would touch."""
    columns = view.columns / max(view.x.high - view.x.low, 1e-9)
    if columns < _DOT_EVERY:
        return EMPTY
    seen = (line.x >= view.x.low) & (line.x <= view.x.high) & (line.y >= view.y.low) & (line.y <= view.y.high)
    return Line(line.x[seen], line.y[seen])
