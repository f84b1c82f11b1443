"""The state of a run, as plain values and named tensors; a run continued from it gives the same bits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from playground.engine.training.progress import Progress
from playground.engine.training.reduce_on_plateau import PlateauState
from playground.engine.training.train_step import StepMemory
from playground.spec.data.dataset import Dataset
from playground.spec.experiment import Experiment
from playground.spec.live_changes import obstacle
from playground.spec.messages import PlaygroundError, message
from playground.spec.recipe.recipe import EarlyStopping


class StateError(PlaygroundError):
    """A run cannot be continued, or not from this state; the message says why."""


class PartsMemory(NamedTuple):
    """The state of `Parts` apart from tensors."""

    learner: StepMemory
    plateau: PlateauState
    best_loss: float  # early stopping's; infinite where there was none yet
    waited: int  # epochs since then
    averaging: bool  # whether the average of the weights has begun
    declared_threads: int  # on which the steps are to be computed,
    threads: int  # and were at last, see `ThreadThrottle`: the number decides the last bits


@dataclass(frozen=True, slots=True, eq=False)
class TrainingState:
    """A run between two steps. Tensors are copies on the CPU: float32, int64, and uint8 for streams of random numbers.

    Their names begin with what they belong to: `weights`, `average`, `best`, `kept` and `verified` (weights by their
    names in the network), `optimizer` (by number of the parameter and torch's name), `random` (by stream).
    """

    experiment: Experiment  # live changes included
    epoch_data: Dataset  # of which the present epoch's batches are: another where points were changed since it began
    progress: Progress  # a copy, to which nobody writes
    parts: PartsMemory
    tensors: dict[str, Tensor]

    @property
    def stopped_early(self) -> bool:
        """Whether early stopping has ended the run, so that nothing is left to train."""
        stopping = self.experiment.recipe.stopping
        return isinstance(stopping, EarlyStopping) and self.parts.waited >= stopping.patience


def copied(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Contiguous copies on the CPU, whatever the layout was."""
    contiguous = torch.contiguous_format
    return {name: item.detach().to("cpu", copy=True, memory_format=contiguous) for name, item in tensors.items()}


@torch.no_grad()
def fill(targets: dict[str, Tensor], tensors: dict[str, Tensor]) -> None:
    """Copy each tensor to the target of its name, which keeps its layout.

    Raises:
        StateError: names, shapes or types differ. Nothing was copied.
    """
    for name in sorted(targets.keys() | tensors.keys()):
        if name not in tensors:
            raise StateError(message("The training state does not fit: the tensor “{name}” is missing.", name=name))
        if name not in targets:
            raise StateError(
                message("The training state does not fit: the tensor “{name}” is unknown.", name=name[:60])
            )
        target, found = targets[name], tensors[name]
        if (target.shape, target.dtype) != (found.shape, found.dtype):
            raise StateError(
                message(
                    "The training state does not fit: the tensor “{name}” should be {expected}, but is {found}.",
                    name=name,
                    expected=f"{target.dtype} {list(target.shape)}",
                    found=f"{found.dtype} {list(found.shape)}",
                )
            )
    for name, target in targets.items():
        target.copy_(tensors[name])


def require_same_run(state: TrainingState, experiment: Experiment) -> None:
    """Refuse a state of another experiment, live fields apart.

    Raises:
        StateError: the message names the first field that differs.
    """
    field = obstacle(state.experiment, experiment)
    if field is not None:
        raise StateError(message("The training state does not fit: “{field}” was another.", field=field))
