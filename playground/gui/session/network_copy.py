"""A copy of a network, which any thread may write to a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from playground.engine.data.scaling import Scaling
from playground.engine.provenance import Derivation
from playground.engine.training.snapshots import Figures
from playground.spec.experiment import Experiment

if TYPE_CHECKING:
    import torch

    from playground.engine.training.training_state import TrainingState


@dataclass(frozen=True, slots=True, eq=False)
class NetworkCopy:
    """Weights of a network on the CPU, and what belongs to them; see `save_weights`."""

    experiment: Experiment
    tensors: dict[str, torch.Tensor]
    figures: Figures
    state: TrainingState | None  # None: its run cannot be continued
    scaling: Scaling | None
    provenance: tuple[Derivation, ...] = ()

    def write(self, path: Path) -> None:
        """Write it to a network's file.

        Raises:
            FileError: it could not be written, or a weight is not finite.
        """
        from playground.engine.weights import save_weights

        origin = (self.scaling, self.provenance)
        save_weights(path, self.experiment, self.tensors, self.figures, self.state, None, *origin)
