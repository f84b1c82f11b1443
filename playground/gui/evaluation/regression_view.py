"""Predicted against true numbers, and how the residuals are distributed."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QTimer, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from playground.engine.evaluation.answers import Floats
from playground.gui.evaluation.evaluator import Result
from playground.gui.evaluation.plots import EvaluationPlot
from playground.gui.style.theme import set_look
from playground.gui.style.translation import translated
from playground.spec.messages import message
from playground.spec.number_text import amount_text

MOST_POINTS = 3000
_BARS = 30
_SEED = 0


class RegressionView(QWidget):
    """Two plots, and the errors in the unit of the target."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._result: Result | None = None
        self.errors = QLabel(self)
        self.errors.setWordWrap(True)
        set_look(self.errors, "muted")
        self.against = EvaluationPlot(self.tr("Predicted against true"), self.tr("true"), self.tr("predicted"))
        self.residuals = EvaluationPlot(self.tr("Residuals"), self.tr("predicted − true"), "")
        row = QGridLayout()
        for number, plot in enumerate((self.against, self.residuals)):
            row.addWidget(plot.title, 0, number)
            row.addWidget(plot.widget, 1, number)
            row.setColumnStretch(number, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.errors)
        column.addLayout(row, 1)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            QTimer.singleShot(0, self, self._repaint)  # the plots have the colours only after the page has

    @Slot()
    def _repaint(self) -> None:
        if self._result is not None:
            self.show_result(self._result)

    def show_result(self, result: Result) -> None:
        """Show the answers for all samples."""
        self._result = result
        numbers, found = result.evaluated.answers.numbers, result.figures.residuals
        assert numbers is not None
        assert found is not None
        target = translated(result.part.dataset.target_name) or self.tr("the target")
        words = self.tr("In the unit of {0}: RMSE {1} · mean absolute error {2} · mean error {3}")
        self.errors.setText(words.format(target, *map(amount_text, (found.rmse, found.mae, found.bias))))
        theme = self.against.theme
        shown = drawn(len(numbers.true))
        shown = shown[np.isfinite(numbers.predicted[shown])]  # of a network that diverged, none
        title = self.tr("Predicted against true")
        if len(shown) < len(numbers.true):
            some = self.tr("{0} of {1} drawn").format(f"{len(shown):,}", f"{len(numbers.true):,}")
            title = f"{title} · {some}"
        self.against.clear(title)
        low, high = float(numbers.true.min()), float(numbers.true.max())
        self.against.line([low, high], [low, high], theme.color("muted"), dashed=True)
        self.against.points(numbers.true[shown], numbers.predicted[shown], theme.color("accent"))
        self.residuals.label(self.tr("predicted − true"), translated(message(result.part.dataset.samples)))
        self.residuals.clear(self.tr("Residuals"))
        finite = found.values[np.isfinite(found.values)]
        counts, edges = np.histogram(finite, _BARS, _ends(finite))
        self.residuals.bars(edges[:-1], np.diff(edges), counts, theme.color("accent"))
        self.residuals.line([0, 0], [0, max(1, int(counts.max()))], theme.color("muted"), dashed=True)


def drawn(count: int) -> np.ndarray:
    """The indices of the samples whose points are drawn: all, or a random choice that is always the same."""
    if count <= MOST_POINTS:
        return np.arange(count)
    return np.sort(np.random.default_rng(_SEED).choice(count, MOST_POINTS, replace=False))


def _ends(values: Floats) -> tuple[float, float]:
    """The least and the greatest value; farther apart where float64 has too few numbers between them for the bars."""
    if not len(values):
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    room = 0.5 if low == high else 0.0
    closest = 1000 * float(np.spacing(max(abs(low), abs(high))))
    if high - low < closest:
        room = max(room, closest)
    return low - room, high + room
