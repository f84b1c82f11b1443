"""Early stopping: detects when the validation loss no longer improves, and keeps the best weights."""

from __future__ import annotations

import math

from torch import Tensor, nn


class EarlyStoppingMonitor:
    """Is exhausted after `patience` epochs in a row without a new least validation loss.

    Prechelt, 1998, Early Stopping — But When?
    """

    def __init__(self, patience: float = 3, restore_best: bool = True) -> None:
        self.patience, self.restore_best = patience, restore_best
        self.best_loss, self.waited = math.inf, 0
        self.best_weights: dict[str, Tensor] = {}

    def note(self, loss: float, model: nn.Module) -> bool:
        """Record an epoch's validation loss; return whether it is the least so far."""
        better = loss < self.best_loss
        self.waited = 0 if better else self.waited + 1
        if better:
            self.best_loss = loss
            if self.restore_best:
                weights = model.state_dict()
                self.best_weights = {name: each.clone() for name, each in weights.items()}
        return better

    @property
    def exhausted(self) -> bool:
        """Whether training should stop."""
        return self.waited >= self.patience

    def restore(self, model: nn.Module) -> bool:
        """Load the best weights into the network if they were kept; return whether they were."""
        if self.best_weights:
            model.load_state_dict(self.best_weights)
        return bool(self.best_weights)
