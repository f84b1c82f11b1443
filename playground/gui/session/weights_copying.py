"""Copies the weights of a live network, so that other threads can read them, at a pace that leaves time to train."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from playground.gui.session.worker_mailbox import Weights

if TYPE_CHECKING:
    from playground.engine.training.trainer import Trainer
    from playground.engine.weights import Trained

PUBLISH_INTERVAL = 0.25  # seconds between two copies of the weights for reading drawings: each reading stops the run
PUBLISH_SHARE = 0.05  # at most this share of the time is spent on copying them


class WeightsCopying:
    """Says when the next copy is due, and makes it; `every` may be called from another thread."""

    def __init__(self) -> None:
        self.due_at = 0.0  # when the weights are to be copied next, by `perf_counter`
        self._interval = PUBLISH_INTERVAL  # between two copies

    def every(self, seconds: float | None) -> None:
        """Copy so often while a run goes on; None for as often as a drawing is read."""
        self._interval = PUBLISH_INTERVAL if seconds is None else seconds
        self.due_at = 0.0

    def copy(self, source: Trainer | Trained, step: int) -> Weights:
        """The weights as they are after that step."""
        import torch

        began = perf_counter()
        state = source.network.state_dict()
        # One copy, wherever the tensor lives: the live one is about to change.
        tensors = {name: torch.empty_like(tensor, device="cpu").copy_(tensor) for name, tensor in state.items()}
        ended = perf_counter()
        self.due_at = ended + max(self._interval, (ended - began) / PUBLISH_SHARE)
        return Weights(source.experiment, tensors, step)
