"""The answer along the range of each column: small plots beside each other, with the value of the row marked."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, isnan, nan

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from playground.engine.evaluation.column_values import value_text
from playground.engine.probes.column_attributions import Curve
from playground.gui.evaluation.plots import EvaluationPlot
from playground.gui.explanation.row_inference import RowAnswer
from playground.gui.explanation.scrolled import Scrolled
from playground.gui.style.translation import translated
from playground.spec.data.table_summary import Column
from playground.spec.messages import Message

_ACROSS = 4  # plots in a row
_HIGH = 86  # pixels of a plot
_MARGIN = 0.05  # of the range of the answers, above and below
_NUMBERS = 36  # pixels for the numbers beside a plot


class CurveGrid(QWidget):
    """One plot for each column, all with the same range upwards."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.plots: list[EvaluationPlot] = []
        self.answer: RowAnswer | None = None
        self._inner = QWidget()
        self._grid = QGridLayout(self._inner)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(6)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(Scrolled(self._inner, parent=self))

    def show_curves(self, answer: RowAnswer) -> None:
        """Draw the curves of an answer."""
        if [plot.widget.accessibleName() for plot in self.plots] != [one.name for one, _ in _pairs(answer)]:
            self._rebuild(answer)
        self.answer = answer
        self._draw()

    def _rebuild(self, answer: RowAnswer) -> None:
        for plot in self.plots:
            for widget in (plot.title, plot.widget):
                self._grid.removeWidget(widget)
                widget.deleteLater()
        self.plots = [EvaluationPlot(column.name, "", "") for column, _ in _pairs(answer)]
        across = min(_ACROSS, len(self.plots)) if ceil(len(self.plots) / _ACROSS) > 1 else max(1, len(self.plots))
        for number, plot in enumerate(self.plots):
            row, column = divmod(number, across)
            plot.widget.setMinimumSize(100, _HIGH)
            plot.widget.getAxis("left").setWidth(_NUMBERS)
            self._grid.addWidget(plot.title, 2 * row, column)
            self._grid.addWidget(plot.widget, 2 * row + 1, column)

    def _draw(self) -> None:
        answer = self.answer
        if answer is None:
            return
        low, high = answer_range(answer)
        now = answer.probabilities[answer.target] if answer.probabilities else answer.number
        for number, (plot, (column, curve)) in enumerate(zip(self.plots, _pairs(answer), strict=True)):
            value = float(answer.row[number])
            plot.clear(f"{column.name} = {_words(column, value)}")
            theme = plot.theme
            if not isnan(value):
                plot.widget.addLine(x=value, pen=pg.mkPen(theme.color("muted"), width=1.0))
            if column.kind == "category":
                plot.widget.plot(
                    curve.places,
                    curve.answers,
                    pen=None,
                    symbol="o",
                    symbolSize=6,
                    symbolBrush=theme.color("accent"),
                    symbolPen=None,
                )
            else:
                plot.line(curve.places, curve.answers, theme.color("accent"))
            mark = nan if isnan(value) else value
            plot.widget.plot([mark], [now], pen=None, symbol="o", symbolSize=8, symbolBrush=theme.color("text"))
            plot.widget.setYRange(low, high, padding=_MARGIN)
            plot.widget.setXRange(float(curve.places[0]), float(curve.places[-1]), padding=_MARGIN)
            plot.widget.getAxis("bottom").setTicks(_ticks(column, curve))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()


def answer_range(answer: RowAnswer) -> tuple[float, float]:
    """The range of all plots upwards: all probabilities, or all numbers that the curves reach."""
    if answer.probabilities:
        return 0.0, 1.0
    reached = np.concatenate([curve.answers for curve in answer.curves] + [np.array([answer.number])])
    finite = reached[np.isfinite(reached)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    room = _MARGIN * (high - low) or 1.0
    return low - room, high + room


def _pairs(answer: RowAnswer) -> list[tuple[Column, Curve]]:
    return list(zip(answer.columns, answer.curves, strict=False))


def _ticks(column: Column, curve: Curve) -> Sequence[Sequence[tuple[float, str]]] | None:
    """Names of categories, and the ends of a range of dates; numbers have those that the axis finds."""
    if column.kind == "number":
        return None
    places = curve.places.tolist() if column.kind == "category" else [column.low, column.high]
    return [[(place, _words(column, place)) for place in places]]


def _words(column: Column, value: float) -> str:
    words = value_text(column, value)
    return translated(words) if isinstance(words, Message) else words
