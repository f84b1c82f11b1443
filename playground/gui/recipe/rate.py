"""A preview of the schedule: the learning rate over the epochs of the run, updated with every setting."""

from __future__ import annotations

from typing import NamedTuple

import pyqtgraph as pg
from PySide6.QtCore import QEvent, Slot
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from playground.gui.session.document import Document
from playground.gui.style.small_plot import SIZE, restyle, small_plot
from playground.gui.style.theme import theme_of
from playground.spec.experiment import Experiment

_POINTS = 400  # maximum number of points of the curve


class Rates(NamedTuple):
    """The learning rate over a run."""

    epochs: tuple[float, ...]  # from 0
    rates: tuple[float, ...]


def rates_of(experiment: Experiment) -> Rates:
    """The rate of each step, or of evenly spaced steps if there are more than 400; the last step is always included.

    Empty before the data is known, because it determines the number of steps. For a schedule that reacts to the loss,
    these are the rates of a run whose loss falls until the end.
    """
    recipe = experiment.recipe
    if experiment.data.train_count < 1:
        return Rates((), ())
    per_epoch = recipe.steps_per_epoch(experiment.data.train_count)
    steps = recipe.epochs * per_epoch
    shown = min(steps, _POINTS)
    sampled = [round(i * (steps - 1) / max(1, shown - 1)) for i in range(shown)]
    factors = [recipe.schedule.factor(step, steps, per_epoch) for step in sampled]
    return Rates(tuple(step / per_epoch for step in sampled), tuple(recipe.optimizer.lr * factor for factor in factors))


class RatePreview(QWidget):
    """A plot of `rates_of` the current experiment."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        heading = QLabel(self.tr("Learning rate over the epochs"))
        heading.setProperty("look", "muted")
        self.plot = small_plot(heading.text())
        self.curve = self.plot.plot([], [], antialias=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(heading)
        column.addWidget(self.plot)
        self._falls = self.tr(
            "From here the rate falls whenever the loss stops falling; only the run can tell when that happens."
        )
        self._unchosen = self.tr("The number of steps of a run is known once the data has been chosen.")
        self.unknown = QLabel()
        self.unknown.setProperty("look", "muted")
        self.unknown.setWordWrap(True)
        self.unknown.setFixedWidth(SIZE[0])
        column.addWidget(self.unknown)
        document.changed.connect(self._show)
        self._restyle()
        self._show(document.experiment)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._restyle()

    @Slot(object)
    def _show(self, experiment: Experiment) -> None:
        found = rates_of(experiment)
        self.curve.setData(found.epochs, found.rates)
        reacts = experiment.recipe.schedule.reaction() is not None
        self.unknown.setText(self._falls if found.rates else self._unchosen)
        self.unknown.setVisible(reacts or not found.rates)
        self.plot.setXRange(0.0, experiment.recipe.epochs, padding=0.02)
        self.plot.setYRange(0.0, max(found.rates, default=experiment.recipe.optimizer.lr), padding=0.05)

    def _restyle(self) -> None:
        theme = theme_of(self)
        restyle(self.plot, theme)
        self.curve.setPen(
            pg.mkPen(theme.color("accent"), width=2 * self.devicePixelRatioF())
        )  # in pixels of the screen
