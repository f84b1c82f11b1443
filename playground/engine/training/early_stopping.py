"""Early stopping: notices when a network no longer gets better, and remembers it at its best."""

from __future__ import annotations

from torch import Tensor, nn

from playground.spec.recipe.recipe import EarlyStopping, Stopping


class EarlyStoppingMonitor:
    """Watches the validation loss of each epoch; with any other `Stopping` it never runs out.

    Prechelt, 1998, Early Stopping — But When?: the criterion is a number of epochs in a row without a new least loss.
    """

    def __init__(self, stopping: Stopping) -> None:
        self._rule = stopping if isinstance(stopping, EarlyStopping) else None
        self._best_loss = float("inf")
        self._best_epoch = 0
        self._best: dict[str, Tensor] = {}
        self._waited = 0
        self.restored_epoch: int | None = None

    @property
    def exhausted(self) -> bool:
        """Whether it is time to stop."""
        return self._rule is not None and self._waited >= self._rule.patience

    def note(self, epoch: int, loss: float, network: nn.Module) -> bool:
        """Take note of an epoch's validation loss; whether it is the best, to which `restore` goes back."""
        if self._rule is None:
            return False
        self._waited += 1
        if loss < self._best_loss:
            self._best_loss, self._best_epoch, self._waited = loss, epoch, 0
            if self._rule.restore_best:
                self._best = {name: tensor.clone() for name, tensor in network.state_dict().items()}
                return True
        return False

    def restore(self, network: nn.Module) -> None:
        """Give the network its best weights back, where that is asked for and there are any."""
        if self._best:
            network.load_state_dict(self._best)
            self.restored_epoch = self._best_epoch
