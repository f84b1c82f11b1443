"""Copies the weights of a live network for other threads, at a rate that leaves time for training."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from playground.gui.session.worker_mailbox import Weights

if TYPE_CHECKING:
    from playground.engine.training.trainer import Trainer
    from playground.engine.weights import Trained

PUBLISH_INTERVAL = 0.25  # seconds between two copies for reading drawings: each reading stops the run
PUBLISH_SHARE = 0.05  # maximum share of the time for copying


class WeightsCopying:
    """Decides when the next copy is due, and makes it; `every` may be called from another thread."""

    def __init__(self) -> None:
        self.due_at = 0.0  # `perf_counter` time of the next copy
        self._interval = PUBLISH_INTERVAL  # seconds between two copies

    def every(self, seconds: float | None) -> None:
        """Copy every `seconds` during a run; None for the default rate of drawings."""
        self._interval = PUBLISH_INTERVAL if seconds is None else seconds
        self.due_at = 0.0

    def copy(self, source: Trainer | Trained, step: int) -> Weights:
        """A copy of the weights after that step."""
        import torch

        began = perf_counter()
        state = source.network.state_dict()
        # Copied on any device, because the live tensor is about to change.
        tensors = {name: torch.empty_like(tensor, device="cpu").copy_(tensor) for name, tensor in state.items()}
        ended = perf_counter()
        self.due_at = ended + max(self._interval, (ended - began) / PUBLISH_SHARE)
        return Weights(source.experiment, tensors, step, source.scaling, source.provenance)
