"""The part of a learning rate that depends on how the run goes: falls when the loss no longer does."""

from __future__ import annotations

from typing import NamedTuple

from playground.spec.recipe.schedules import Plateau, Schedule


class PlateauState(NamedTuple):
    """What it remembers of the epochs so far."""

    least: float  # loss
    waited: int  # epochs since then
    factor: float  # of the learning rate


class PlateauMonitor:
    """Is told the loss of each epoch; with any schedule but `Plateau` its factor stays 1.

    The rule is that of `torch.optim.lr_scheduler.ReduceLROnPlateau` in its relative mode: more than `patience` epochs
    in a row whose loss is not below least · (1 - threshold), and the rate is multiplied by gamma. An exported program
    holds torch's class itself, which needs an optimizer to change; here the factor is one of several of the rate.
    """

    def __init__(self, schedule: Schedule) -> None:
        self._rule = schedule if isinstance(schedule, Plateau) else None
        self._least = float("inf")
        self._waited = 0
        self.factor = 1.0  # of the learning rate

    def state(self) -> PlateauState:
        """What it remembers."""
        return PlateauState(self._least, self._waited, self.factor)

    def resume(self, state: PlateauState) -> None:
        """Go on from that."""
        self._least, self._waited, self.factor = state

    def note(self, loss: float) -> None:
        """Take note of an epoch's loss: on held-out data, or in training where there are none."""
        if self._rule is None:
            return
        if loss < self._least * (1.0 - self._rule.threshold):
            self._least, self._waited = loss, 0
        else:
            self._waited += 1
        if self._waited > self._rule.patience:
            self.factor, self._waited = self.factor * self._rule.gamma, 0
