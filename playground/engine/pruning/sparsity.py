"""Sets single weights to zero, at once or gradually while the network is trained; the zeros are the mask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import ceil

import torch
from torch import Tensor, nn

from playground.engine.data.in_memory import Data
from playground.engine.pruning.groups import PruningError
from playground.engine.pruning.importance import Criterion, weight_names, weight_scores
from playground.engine.training.snapshots import Diverged, Finished, Snapshot, Step
from playground.engine.training.trainer import Trainer
from playground.spec.experiment import Experiment
from playground.spec.messages import message
from playground.spec.recipe.recipe import NoAveraging, NoStopping
from playground.spec.recipe.regularizers import KeepZeros

_GRADUAL_SHARE = 0.6  # of the steps, during which weights are set to zero; the rest heal
_PRUNINGS = 60  # how often, in these steps


def cubic(first: float, last: float, progress: float) -> float:
    """The sparsity at a moment: s_f + (s_i - s_f) (1 - t)³ (Zhu and Gupta, 2017, arXiv:1710.01878, equation 1).

    first, last: sparsities in [0, 1]. progress: t, 0 at the beginning of the schedule, and 1 at its end and after it.
    """
    return last + (first - last) * (1.0 - min(1.0, max(0.0, progress))) ** 3


@torch.no_grad()
def set_to_zero(
    weights: Mapping[str, Tensor], scores: Mapping[str, Tensor], keep: float, *, everywhere: bool = True
) -> None:
    """Set all but the share `keep` of the weights to zero in place, those of the lowest scores.

    weights: the tensors that are pruned, by name. everywhere: the share is of all weights together, else of each
    tensor. Weights of equal score stay or go in their order.
    """
    sets = [tuple(weights)] if everywhere else [(name,) for name in weights]
    for names in sets:
        lined = torch.cat([scores[name].reshape(-1) for name in names])
        gone = torch.ones(len(lined), dtype=torch.bool, device=lined.device)
        kept = max(1, ceil(keep * len(lined)))
        gone[torch.argsort(lined, descending=True, stable=True)[:kept]] = False
        for name, mask in zip(names, torch.split(gone, [weights[name].numel() for name in names]), strict=True):
            weights[name].masked_fill_(mask.view(weights[name].shape), 0)


@torch.no_grad()
def rewind(network: nn.Sequential, early: Mapping[str, Tensor], pruned: Sequence[str]) -> None:
    """Set a pruned network back to earlier weights in place, but for its zeros: a lottery ticket.

    The zeros of the trained network are the mask; all else, biases and buffers too, gets the values of the beginning
    (Frankle and Carbin, 2019, arXiv:1803.03635) or of an early step (Frankle et al., 2020, arXiv:1912.05671).

    early: its `state_dict()` then. pruned: names of the tensors whose zeros stay.

    Raises:
        PruningError: the early weights are those of another network.
    """
    own = network.state_dict()
    if {name: tensor.shape for name, tensor in own.items()} != {name: tensor.shape for name, tensor in early.items()}:
        raise PruningError(message("The early weights are those of another network: the layers differ."))
    for name, tensor in own.items():
        gone = tensor == 0
        tensor.copy_(early[name])
        if name in pruned:
            tensor.masked_fill_(gone, 0)


def keeping_zeros(experiment: Experiment) -> Experiment:
    """The experiment whose further training leaves zeros at zero."""
    regularizer = KeepZeros.instead_of(experiment.recipe.regularizer)
    return experiment.with_(recipe=experiment.recipe.with_(regularizer=regularizer))


def fine_tuning(experiment: Experiment, epochs: int) -> Experiment:
    """The experiment for so many further epochs, that ends with the weights of its last step.

    Averaged weights, and those of an earlier epoch, would be less sparse than these.
    """
    recipe = experiment.recipe.with_(epochs=epochs, averaging=NoAveraging(), stopping=NoStopping())
    return experiment.with_(recipe=recipe)


class GradualPruning:
    """Trains a network further, in place, while more and more of its weights are set to zero."""

    def __init__(
        self,
        experiment: Experiment,
        data: Data,
        network: nn.Sequential,
        keep: float,
        criterion: Criterion,
        *,
        everywhere: bool = True,
    ) -> None:
        """experiment: of `fine_tuning`, and of `keeping_zeros`. keep: the share of weights that is left at the end."""
        self.trainer = Trainer(experiment, data, network=network)
        self._names = weight_names(experiment)
        self._data, self._keep, self._criterion, self._everywhere = data, keep, criterion, everywhere
        steps = experiment.recipe.epochs * experiment.recipe.steps_per_epoch(len(data.train))
        self._last = max(1, round(_GRADUAL_SHARE * steps))
        self._every = max(1, self._last // _PRUNINGS)
        self._first = self.sparsity
        self._moved: dict[str, Tensor] = {}  # the sums so far

    @property
    def sparsity(self) -> float:
        """The share of the weights that is zero."""
        return sparsity(self._weights(), self._names)

    def __iter__(self) -> Iterator[Snapshot]:
        """Train; the sparsity follows `cubic` in the first part of the steps."""
        for snapshot in self.trainer:
            if isinstance(snapshot, Step) and self._due(snapshot.step):
                self._prune(snapshot.step / self._last)
            yield snapshot
            if isinstance(snapshot, Finished | Diverged):
                return

    def _due(self, step: int) -> bool:
        return step <= self._last and (step % self._every == 0 or step == self._last)

    def _prune(self, progress: float) -> None:
        keep = 1.0 - cubic(self._first, 1.0 - self._keep, progress)
        network, experiment = self.trainer.network, self.trainer.experiment
        scores = weight_scores(experiment, network, self._data.train, self._criterion)
        if self._criterion is Criterion.MOVEMENT:
            scores = self._moved = {name: score + self._moved.get(name, 0.0) for name, score in scores.items()}
        weights = {name: self._weights()[name] for name in self._names}
        set_to_zero(weights, scores, keep, everywhere=self._everywhere)

    def _weights(self) -> dict[str, Tensor]:
        return {name: parameter.detach() for name, parameter in self.trainer.network.named_parameters()}


def sparsity(weights: Mapping[str, Tensor], names: Sequence[str]) -> float:
    """The share of the numbers of the named tensors that is exactly 0."""
    zeros = sum(int((weights[name] == 0).sum()) for name in names)
    return zeros / max(1, sum(weights[name].numel() for name in names))
