"""The curves of a race: score and loss over the share of the budget, a colour for each contestant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyqtgraph as pg
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from playground.gui.session.race_thread import Point
from playground.gui.style.labels import text_label
from playground.gui.style.run_colors import RunColor
from playground.gui.style.small_plot import restyle, small_plot
from playground.gui.style.theme import theme_of

_MOST = 2000  # points of a curve; from there on every second one is left out
_PERCENT = 100.0


class RacePlots(QWidget):
    """Two plots beside each other; the one of the losses is hidden where these cannot be compared."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colors: Sequence[RunColor] = ()
        self._points: list[list[Point]] = []
        self.score, self.loss = small_plot(self.tr("Score"), fixed=False), small_plot(self.tr("Loss"), fixed=False)
        self._score_title = text_label(self, self.tr("Train score in %, over % of the budget"), "muted")
        self._loss_page = QWidget(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        score_page = QWidget(self)
        loss_title = text_label(self, self.tr("Train loss, over % of the budget"), "muted")
        for page, title, plot in (
            (score_page, self._score_title, self.score),
            (self._loss_page, loss_title, self.loss),
        ):
            column = QVBoxLayout(page)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(2)
            column.addWidget(title)
            column.addWidget(plot, 1)
            row.addWidget(page, 1)
            plot.setXRange(0.0, _PERCENT, padding=0.02)
        self.curves: list[tuple[pg.PlotDataItem, pg.PlotDataItem]] = []
        self.setMinimumHeight(150)
        self._restyle()

    def begin(self, colors: Sequence[RunColor], score_name: str, *, losses_compare: bool) -> None:
        """Show the empty curves of a race."""
        self.score.clear()
        self.loss.clear()
        self._colors, self._points = colors, [[] for _ in colors]
        self.curves = [
            (self.score.plot([], [], antialias=True), self.loss.plot([], [], antialias=True)) for _ in colors
        ]
        self._score_title.setText(self.tr("Train {0} in %, over % of the budget").format(score_name))
        self._loss_page.setVisible(losses_compare)
        self._restyle()

    def add(self, points: Iterable[Point]) -> None:
        """Let the curves grow."""
        grown = set()
        for point in points:
            self._points[point.contestant].append(point)
            grown.add(point.contestant)
        for number in grown:
            known = self._points[number]
            if len(known) > _MOST:
                del known[1:-1:2]
            shares = [_PERCENT * point.share for point in known]
            score, loss = self.curves[number]
            score.setData(shares, [_PERCENT * point.score for point in known])
            loss.setData(shares, [point.loss for point in known])

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._restyle()

    def _restyle(self) -> None:
        theme, pixel = theme_of(self), self.devicePixelRatioF()
        for plot in (self.score, self.loss):
            restyle(plot, theme)
        for color, curves in zip(self._colors, self.curves, strict=True):
            for curve in curves:
                curve.setPen(pg.mkPen(color.in_theme(theme), width=1.6 * pixel))
