"""How much weights and units matter: by magnitude, by what the loss would change without them, or by their movement."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum

import numpy as np
import torch
from torch import Tensor, nn

from playground.engine.build import enabled_rows
from playground.engine.data.in_memory import Subset
from playground.engine.data.spread_subset import some
from playground.engine.evaluation.evaluate import chunk_size
from playground.engine.evaluation.objective import Objective
from playground.engine.pruning.groups import Prunable
from playground.spec.cancelling import finished
from playground.spec.edits import LayerPath
from playground.spec.experiment import Experiment

_BATCHES = 16  # of training samples, from which gradients are taken
_SAMPLES = 64  # in each of them
_SLICES = (
    6  # of a chunk of `evaluate`, whose forward pass takes some 10 ms; with gradients it takes three times as long
)


class Criterion(StrEnum):
    """The criterion by which weights matter.

    MAGNITUDE: the size of weights (Han et al., 2015, arXiv:1506.02626); of a unit, the L2 norm of all that belongs to
    it. TAYLOR: |gradient · weight|, the change of the loss without it in first order, summed over batches of training
    samples (Molchanov et al., 2017, arXiv:1611.06440, equation 7, of weights in place of activations).

    MOVEMENT: -gradient · weight, summed: how much training moves a weight away from 0 (Sanh et al., 2020,
    arXiv:2005.07683, equation 4, without its learning rate, which changes no order). The paper sums over the steps of a
    fine-tuning. So does `GradualPruning`, over the moments at which it prunes; else the sum is over batches of training
    samples at the weights as they are, which are those of a training's end: there it says less than in the paper.
    """

    MAGNITUDE = "magnitude"
    TAYLOR = "taylor"
    MOVEMENT = "movement"


def weight_names(experiment: Experiment) -> tuple[str, ...]:
    """The names of the tensors whose weights can be set to zero: matrices and filters that are trained."""
    return tuple(name for name, _, _ in weight_places(experiment))


def weight_places(experiment: Experiment) -> Iterator[tuple[str, LayerPath, str]]:
    """The name of each of these tensors, the place of its layer or outermost container, and its name within that."""
    module = 0
    for row in enabled_rows(experiment):
        for tensor in row.tensors:
            if tensor.penalised and tensor.trained:
                yield f"{module}.{tensor.name}", row.path, tensor.name
        module += len(row.calls)


def weight_scores(
    experiment: Experiment, network: nn.Sequential, part: Subset, criterion: Criterion
) -> dict[str, Tensor]:
    """The importance of every number of every parameter, by name: at least 0, and 0 for a weight that is 0.

    `MOVEMENT` has both signs, and is -∞ for a weight that is 0: others that move towards 0 are not yet there.

    part: training samples, of which some from all over it are read except for `MAGNITUDE`. The network is not changed.
    """
    return finished(scoring(experiment, network, part, criterion))


def scoring(
    experiment: Experiment, network: nn.Sequential, part: Subset, criterion: Criterion
) -> Generator[None, None, dict[str, Tensor]]:
    """`weight_scores` in slices of a part of a batch each."""
    parameters = {name: parameter.detach() for name, parameter in network.named_parameters()}
    if criterion is Criterion.MAGNITUDE:
        return {name: parameter.abs() for name, parameter in parameters.items()}
    totals = {name: torch.zeros_like(parameter) for name, parameter in parameters.items()}
    for gradients in _gradients(experiment, network, part):
        for name, gradient in (gradients or {}).items():
            change = gradient * parameters[name]
            totals[name] += change.abs() if criterion is Criterion.TAYLOR else -change
        yield
    if criterion is Criterion.MOVEMENT:
        return {name: total.masked_fill(parameters[name] == 0, float("-inf")) for name, total in totals.items()}
    return totals


def unit_scores(found: Prunable, scores: Mapping[str, Tensor], criterion: Criterion) -> dict[int, float]:
    """The importance of each unit that can be cut out, given `weight_scores`.

    The L2 norm of its magnitudes, or the sum of its terms; weights that are 0 add nothing.
    """
    squared = criterion is Criterion.MAGNITUDE
    totals = np.zeros(len(found.flow.ties.parents))
    for item in found.flow.slices:
        if item.tensor not in scores:  # a buffer
            continue
        known = scores[item.tensor].double()
        numbers = known.masked_fill(known.isneginf(), 0.0).movedim(item.dim, 0).reshape(len(item.labels), -1).cpu()
        sums = numbers.square().sum(1) if squared else numbers.sum(1)
        np.add.at(totals, found.flow.ties.roots(item.labels), sums.numpy())
    totals = np.sqrt(totals) if squared else totals
    return {unit: float(totals[unit]) for group in found.groups for unit in group.units}


def _gradients(experiment: Experiment, network: nn.Sequential, part: Subset) -> Iterator[dict[str, Tensor] | None]:
    """The gradients of the loss of a few batches, in evaluation mode, by the name of the parameter.

    They are summed over parts of a batch; None after each of these but the last.
    """
    device = next(network.parameters()).device
    objective = Objective(experiment.recipe.loss, experiment.data.task, device)
    named = [(name, parameter) for name, parameter in network.named_parameters() if parameter.requires_grad]
    size = max(1, chunk_size(experiment) // _SLICES)
    chosen = some(part, experiment.data, _BATCHES * _SAMPLES)
    for start in range(0, len(chosen), _SAMPLES):
        end = min(start + _SAMPLES, len(chosen))
        sums: dict[str, Tensor] = {}
        whole = 0.0
        for first in range(start, end, size):
            if first > start:
                yield None
            inputs, targets = chosen.cut(first, min(first + size, end))
            targets = targets.to(device)
            weight = objective.weight(targets)
            if not weight:  # of classes that count for nothing: there is no mean over them
                continue
            with _evaluation_mode(network):
                loss = objective(network(inputs.to(device)), targets)
                gradients = torch.autograd.grad(loss, [parameter for _, parameter in named], allow_unused=True)
            for (name, _), gradient in zip(named, gradients, strict=True):
                if gradient is not None:
                    sums[name] = gradient * weight if name not in sums else sums[name].add_(gradient, alpha=weight)
            whole += weight
        yield {name: total / whole for name, total in sums.items()}


@contextmanager
def _evaluation_mode(network: nn.Module) -> Iterator[None]:
    """As `evaluating`, with gradients."""
    training = network.training
    network.eval()
    try:
        yield
    finally:
        network.train(training)
