"""Base of every view of trials: a plan, trials, one of them chosen, and clicks that choose another."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from playground.engine.search.outcome import TrialRow
from playground.engine.search.plan import Plan


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
