"""The loss of a network that gives the same answer whatever it is shown, computed from the training targets alone."""

from __future__ import annotations

from math import isfinite, prod

import torch
from torch import Tensor
from torch.nn import functional

from playground.engine.data.in_memory import Data, InputTargetPairs, Subset
from playground.engine.data.on_demand import OnDemandPairs
from playground.engine.data.spread_subset import some, spread
from playground.engine.evaluation.objective import Objective
from playground.spec.data.dataset import Dataset
from playground.spec.experiment import Experiment
from playground.spec.recipe.output_activations import IDENTITY, SIGMOID

_MOST = 2_000_000  # numbers that are computed at a time, at most
_SAMPLES = 1000  # that are looked at, at most, where their targets are made with their inputs
_LEAST = 1e-4  # probabilities are kept as far from 0 and 1, whose logarithms are infinite


@torch.no_grad()
def chance_loss(experiment: Experiment, data: Data) -> float | None:
    """The loss, without penalty, of the mean target as the answer; None where it is not finite or above 0.

    Classes: the probabilities with which they occur, of all positions together. Numbers: their mean at each position.
    Of a cross entropy that is the entropy of the classes, of MSE the variance of the targets. Where classes are
    compared as numbers, an answer of 0 for each may have a lower loss, which counts then.
    """
    task, loss = experiment.data.task, experiment.recipe.loss
    targets = _targets(data.train, experiment.data, max(2, _MOST // prod(task.output)))
    if not len(targets):
        return None
    mean = _shares(targets, task.classes) if task.classes else targets.mean(0, dtype=torch.float32)
    if loss.output_activation == SIGMOID:
        mean = mean.clamp(_LEAST, 1 - _LEAST).logit()
    elif loss.output_activation != IDENTITY:
        mean = mean.clamp_min(_LEAST).log()
    if task.classes and len(task.output) == 3:
        mean = mean[:, None, None]
    objective = Objective(loss, task, targets.device)
    found = objective(mean.expand(len(targets), *task.output), targets).item()
    if loss.output_activation == IDENTITY and task.classes:  # of the absolute error, the median is the best answer: 0
        found = min(found, objective(torch.zeros_like(mean).expand(len(targets), *task.output), targets).item())
    return found if isfinite(found) and found > 0 else None


def _targets(part: Subset, dataset: Dataset, most: int) -> Tensor:
    """At most `most` targets from all over a part, (N, …); `_SAMPLES` where they are made together with the inputs."""
    if isinstance(part, InputTargetPairs | OnDemandPairs):
        return part.targets if len(part) <= most else part.targets[torch.from_numpy(spread(len(part), most))]
    found = some(part, dataset, min(most, _SAMPLES))
    return found.cut(0, len(found))[1]


def _shares(targets: Tensor, classes: int) -> Tensor:
    """How often each class occurs, (C,)."""
    if targets.is_floating_point():
        axis = 1 if targets.dim() == 4 else targets.dim() - 1
        return targets.movedim(axis, -1).flatten(0, -2).mean(0)
    return functional.normalize(torch.bincount(targets.flatten(), minlength=classes).float(), p=1, dim=0)
