"""Bases of the views of trials: a plan, trials, one of them chosen, and clicks that choose another; with a plot."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from playground.engine.search.outcome import TrialRow
from playground.engine.search.plan import Plan
from playground.gui.style.labels import text_label
from playground.gui.style.small_plot import restyle, small_plot
from playground.gui.style.theme import theme_of

_LEAST_HEIGHT = 110  # pixels of a plot


class TrialView(QWidget):
    """Shows the trials of one plan at a time."""

    clicked = Signal(int)  # number of the trial

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.chosen: int | None = None
        self._plan: Plan | None = None

    def begin(self, plan: Plan) -> None:
        """Show the trials of another plan, which are to come."""
        self._plan = plan

    def show_trials(self, trials: Sequence[TrialRow]) -> None:
        """Show all these trials, of the plan that has begun."""
        raise NotImplementedError

    def choose(self, trial: int | None) -> None:
        """Mark the trial of this number; None: no trial."""
        self.chosen = trial


class TrialPlot(TrialView):
    """A title above a plot, in the colours of the theme."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.title = text_label(self, name, "muted")
        self.plot: pg.PlotWidget = small_plot(name, fixed=False)
        self.plot.setMinimumHeight(_LEAST_HEIGHT)
        self.plot.setCursor(Qt.CursorShape.PointingHandCursor)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.title)
        column.addWidget(self.plot, 1)

    def choose(self, trial: int | None) -> None:
        super().choose(trial)
        self._draw_chosen()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()

    def _set_title(self, words: str) -> None:
        self.title.setText(words)
        self.plot.setAccessibleDescription(words)

    def _draw(self) -> None:
        """Draw all trials; what is in the plot comes from a subclass."""
        restyle(self.plot, theme_of(self))

    def _draw_chosen(self) -> None:
        """Mark the chosen trial."""
        raise NotImplementedError
