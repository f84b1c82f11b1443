"""Reduces the learning rate when the loss no longer falls."""

from __future__ import annotations

from typing import NamedTuple

from playground.spec.recipe.schedules import Plateau, Schedule


class PlateauState(NamedTuple):
    """The schedule's memory of the epochs so far."""

    least: float  # loss
    waited: int  # epochs since then
    factor: float  # of the learning rate


class PlateauMonitor:
    """Computes a factor of the rate from each epoch's loss; with any schedule but `Plateau` the factor stays 1.

    The rule is that of `torch.optim.lr_scheduler.ReduceLROnPlateau` in its relative mode: after more than `patience`
    epochs in a row whose loss is not below least · (1 - threshold), the rate is multiplied by gamma. An exported
    program uses torch's class itself, which changes an optimizer; here the rate has several factors, and this is one.
    """

    def __init__(self, schedule: Schedule) -> None:
        self._rule = schedule if isinstance(schedule, Plateau) else None
        self._least = float("inf")
        self._waited = 0
        self.factor = 1.0  # multiplies the learning rate

    def state(self) -> PlateauState:
        """The memory of the epochs so far."""
        return PlateauState(self._least, self._waited, self.factor)

    def resume(self, state: PlateauState) -> None:
        """Restore a `state`."""
        self._least, self._waited, self.factor = state

    def note(self, loss: float) -> None:
        """Record an epoch's loss: on validation data, or the training loss where there are none."""
        if self._rule is None:
            return
        if loss < self._least * (1.0 - self._rule.threshold):
            self._least, self._waited = loss, 0
        else:
            self._waited += 1
        if self._waited > self._rule.patience:
            self.factor, self._waited = self.factor * self._rule.gamma, 0
