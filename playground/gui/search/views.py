"""The views of all trials, one at a time behind tabs; only the one that is shown is drawn."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from playground.engine.search.outcome import TrialRow
from playground.gui.search.learning_curves import LearningCurves
from playground.gui.search.parallel import ParallelPlot
from playground.gui.search.plots import BestPlot
from playground.gui.search.slices import Slices
from playground.gui.search.trial_view import TrialView


class Views(QWidget):
    """Whoever owns them begins plans, chooses trials, and listens to the clicks of each one."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.best = BestPlot(self.tr("Best so far"), self)
        self.slices = Slices(self)
        self.parallel = ParallelPlot(self.tr("All ranges and goals"), self)
        self.curves = LearningCurves(self.tr("Learning curves"), self)
        self._trials: Sequence[TrialRow] = ()
        self._stale: set[TrialView] = set()
        self.tabs = QTabBar(self)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName(self.tr("Views of the trials"))
        self._pages = QStackedWidget(self)
        titles = {
            self.best: self.tr("Best so far"),
            self.parallel: self.tr("All ranges"),
            self.curves: self.tr("Learning curves"),
            self.slices: self.tr("One range"),
        }
        self.all: tuple[TrialView, ...] = tuple(titles)
        for view, title in titles.items():
            self._pages.addWidget(view)
            self.tabs.addTab(title)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.tabs)
        column.addWidget(self._pages, 1)
        self.tabs.currentChanged.connect(self._show)

    def show_view(self, view: TrialView) -> None:
        """Show one of the views."""
        self.tabs.setCurrentIndex(self._pages.indexOf(view))

    def show_trials(self, trials: Sequence[TrialRow]) -> None:
        """Show these trials; views that are hidden draw them when they are shown."""
        self._trials, self._stale = trials, set(self.all)
        self._show(self.tabs.currentIndex())

    @Slot(int)
    def _show(self, place: int) -> None:
        self._pages.setCurrentIndex(place)
        view = self.all[place]
        if view in self._stale:
            self._stale.discard(view)
            view.show_trials(self._trials)
