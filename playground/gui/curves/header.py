"""The row above the plots: the readout of the crosshair, and the controls of the plots."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSizePolicy, QToolButton, QWidget

from playground.gui.curves.axis import Axis
from playground.gui.style.action import plain
from playground.gui.style.labels import plain_tip, set_text
from playground.gui.style.slider import Slider
from playground.gui.style.theme import theme_of
from playground.spec.recipe.running_mean import DEFAULT

SPANS = (1, 5, 10, 20, 50, 100, 200, 500, 1000)  # number of batches to average over; 1 means no smoothing
DEFAULT_SPAN = DEFAULT
_NARROW = 640  # pixels; in a narrower header the label of the slider is hidden in favour of the readout
_NARROWER = 560  # the same for the choice of the axis, which is also in the menu bar


class Readout(QWidget):
    """A line of muted text that may change many times a second without a new layout."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setAccessibleName(self.tr("At the crosshair"))

    @property
    def text(self) -> str:
        """The current text."""
        return self._text

    def show_text(self, text: str) -> None:
        """Show a text; its end is elided if there is not enough space."""
        if text != self._text:
            self._text = text
            self.setAccessibleDescription(text)
            self._update_tooltip()
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        super().resizeEvent(event)
        self._update_tooltip()

    def _update_tooltip(self) -> None:
        cut = self.fontMetrics().horizontalAdvance(self._text) > self.width()
        self.setToolTip(plain_tip(self._text) if cut else "")

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        return QSize(120, self.fontMetrics().height())

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        painter = QPainter(self)
        painter.setPen(theme_of(self).color("muted"))
        shown = self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
        painter.end()


class Header(QWidget):
    """Readout, smoothing, horizontal axis, logarithmic scale, fit and export."""

    smoothed = Signal(int)  # number of batches to average over
    logarithmic_changed = Signal(bool)
    fit_wanted = Signal()
    axis_changed = Signal(object)  # Axis

    def __init__(self, export_menu: QMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.readout = Readout()
        self._averaged: int | None = None
        self.slider = self._make_slider()
        self._span = QLabel()
        self._span.setProperty("look", "muted")
        self._span.setMinimumWidth(self.fontMetrics().horizontalAdvance(self.tr("last {0}").format("1,000") + " "))
        self._smoothing = QLabel(self.tr("S&moothing"))
        self._smoothing.setProperty("look", "muted")
        self._smoothing.setBuddy(self.slider)
        self.axis = self._button("", self.tr("The horizontal axis"))
        self.axis.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._add_axes()
        self.log = self._button(self.tr("log"), self.tr("Logarithmic scale for the loss"))
        self.log.setCheckable(True)
        self.fit = self._button(self.tr("fit"), self.tr("Show the whole run again (double click, or Home in a plot)"))
        self.export = self._button(self.tr("Export ▾"), self.tr("Save or copy the curves"))
        self.export.setMenu(export_menu)
        self.export.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 8, 4)
        row.setSpacing(6)
        row.addWidget(self.readout, 1)
        for widget in (self._smoothing, self.slider, self._span, self.axis, self.log, self.fit, self.export):
            row.addWidget(widget)
        self.log.toggled.connect(self.logarithmic_changed)
        self.fit.clicked.connect(self.fit_wanted)
        self._show_span(DEFAULT_SPAN)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        super().resizeEvent(event)
        self._smoothing.setHidden(self.width() < _NARROW)
        self.axis.setHidden(self.width() < _NARROWER)

    @property
    def span(self) -> int:
        """The number of batches to average over."""
        return SPANS[self.slider.value()]

    def _make_slider(self) -> Slider:
        slider = Slider()
        slider.setRange(0, len(SPANS) - 1)
        slider.setValue(SPANS.index(DEFAULT_SPAN))
        slider.setPageStep(1)
        slider.setFixedWidth(72)
        slider.setAccessibleName(self.tr("Smoothing"))
        slider.setToolTip(
            self.tr(
                "Averages the training curve over this many of the last steps, but over at most half an epoch and a "
                "tenth of the steps so far, so that it lags behind by at most a twentieth of the run"
            )
        )
        slider.valueChanged.connect(self._slider_moved)
        return slider

    def _button(self, text: str, help_text: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setToolTip(help_text)
        button.setAccessibleName(help_text)
        button.setProperty("look", "flat")
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button

    def _add_axes(self) -> None:
        menu, group = QMenu(self.tr("Horizontal &Axis"), self.axis), QActionGroup(self.axis)
        names = {Axis.EPOCH: self.tr("by &epoch"), Axis.STEP: self.tr("by &step"), Axis.TIME: self.tr("by &time")}
        for axis, name in names.items():
            action = menu.addAction(name)
            action.setCheckable(True)
            action.setChecked(axis is Axis.EPOCH)
            action.setData(axis)
            group.addAction(action)
        group.triggered.connect(self._choose_axis)
        self.axis.setMenu(menu)
        self._name_axis(group.actions()[0])

    def _name_axis(self, action: QAction) -> None:
        self.axis.setText(plain(action.text()) + " ▾")

    @Slot(QAction)
    def _choose_axis(self, action: QAction) -> None:
        self._name_axis(action)
        self.axis_changed.emit(action.data())

    @Slot(int)
    def _slider_moved(self, _position: int) -> None:
        self._show_span(self.span)
        self.smoothed.emit(self.span)

    def show_averaged(self, steps: int | None) -> None:
        """Set the number of steps that the training values are averaged over now; None if there are none."""
        self._averaged = steps
        self._show_span(self.span)

    def _show_span(self, span: int) -> None:
        shown = span if self._averaged is None else min(span, self._averaged)
        set_text(self._span, self.tr("last {0}").format(f"{shown:,}") if span > 1 else self.tr("off"))
