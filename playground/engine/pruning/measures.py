"""What a network costs and how well it answers, before and after pruning, and how sensitive each layer is."""

from __future__ import annotations

import zlib
from collections.abc import Generator, Iterator, Mapping
from statistics import median
from time import perf_counter
from typing import NamedTuple

import torch
from torch import Tensor, nn

from playground.engine.data.in_memory import Subset
from playground.engine.evaluation.evaluate import Evaluation, chunk_size, evaluate, evaluating, for_inference
from playground.engine.evaluation.objective import Objective
from playground.engine.evaluation.scores import Scoring
from playground.engine.pruning.groups import Prunable, lowest_of, sizes, zeroed
from playground.engine.pruning.importance import weight_names
from playground.engine.pruning.sparsity import set_to_zero
from playground.engine.runtime.device import prepare_thread
from playground.engine.weights import network_with
from playground.spec.cancelling import finished
from playground.spec.edits import LayerPath
from playground.spec.experiment import Experiment

SHARES = (0.25, 0.5, 0.75, 0.9)  # of a layer, that are pruned to see how sensitive it is
_PASSES = 50  # that are timed


class Measures(NamedTuple):
    """Figures of a network."""

    parameters: int
    nonzero: int  # of these, those that are not exactly 0
    flops: int  # of one sample's forward pass; zeros are multiplied like other numbers
    bytes: int  # of all parameters and buffers
    compressed_bytes: int  # of the same after Deflate, which shortens zeros
    milliseconds: float  # for one sample on one thread, the median of 50 passes
    loss: float
    score: float  # as the task defines it


class Sensitivity(NamedTuple):
    """What happens to the score if one layer alone is pruned."""

    path: LayerPath
    scores: tuple[float, ...]  # for each of `SHARES`


def measures(experiment: Experiment, network: nn.Sequential, part: Subset) -> Measures:
    """The figures of a network on the CPU, its score over a part of its data; the calling thread computes alone."""
    prepare_thread(1)  # a training before it may have left two
    found, parameters = evaluated(experiment, network, part), list(network.parameters())
    numbers = b"".join(tensor.detach().contiguous().numpy().tobytes() for tensor in network.state_dict().values())
    return Measures(
        parameters=sum(parameter.numel() for parameter in parameters),
        nonzero=sum(int(parameter.count_nonzero()) for parameter in parameters),
        flops=sizes(experiment).flops,
        bytes=len(numbers),
        compressed_bytes=len(zlib.compress(numbers, 9)),
        milliseconds=_milliseconds(network, part.cut(0, 1)[0]),
        loss=found.loss,
        score=found.score,
    )


def evaluated(experiment: Experiment, network: nn.Sequential, part: Subset) -> Evaluation:
    """Loss and score of a network on the CPU.

    Raises:
        Cancelled: where `stop_if_cancelled` does.
    """
    return finished(evaluating_in_slices(experiment, network, part))


def evaluating_in_slices(
    experiment: Experiment, network: nn.Sequential, part: Subset, slices: int = 1
) -> Generator[int, None, Evaluation]:
    """`evaluated` in slices: of a chunk that takes about 10 ms, so many parts."""
    recipe, task = experiment.recipe, experiment.data.task
    objective = Objective(recipe.loss, task, torch.device("cpu"))
    scoring = Scoring(task, recipe.loss.output_activation)
    return evaluate(network, objective, scoring, part, max(1, chunk_size(experiment) // slices))


def unit_sensitivity(
    experiment: Experiment, network: nn.Sequential, found: Prunable, scores: Mapping[int, float], part: Subset
) -> Iterator[Sensitivity]:
    """Prune each group of tied layers alone, its least important units first; the path is that of its first layer."""
    weights = network.state_dict()
    for group in found.groups:
        after = []
        for share in SHARES:
            dropped = lowest_of(group, scores, share)
            smaller = network_with(experiment, zeroed(weights, found.flow, dropped))
            after.append(evaluated(experiment, smaller, part).score)
        yield Sensitivity(group.widths[0].path, tuple(after))


def weight_sensitivity(
    experiment: Experiment, network: nn.Sequential, scores: Mapping[str, Tensor], part: Subset
) -> Iterator[tuple[str, tuple[float, ...]]]:
    """Set weights of each tensor alone to zero, the least important ones first; with the name of the tensor."""
    weights = network.state_dict()
    for name in weight_names(experiment):
        after = []
        for share in SHARES:
            changed = weights[name].clone()
            set_to_zero({name: changed}, scores, 1.0 - share)
            smaller = network_with(experiment, {**weights, name: changed})
            after.append(evaluated(experiment, smaller, part).score)
        yield name, tuple(after)


def _milliseconds(network: nn.Sequential, inputs: Tensor) -> float:
    """The time for one batch, the median of several after a few that are not counted."""
    times = []
    with evaluating(network):
        fused = for_inference(network)
        for number in range(_PASSES + 5):
            began = perf_counter()
            fused(inputs)
            if number >= 5:
                times.append(perf_counter() - began)
    return 1000.0 * median(times)
