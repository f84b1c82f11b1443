"""The cost of a network and its score, measured before and after pruning."""

from __future__ import annotations

import zlib
from collections.abc import Generator
from statistics import median
from time import perf_counter
from typing import NamedTuple

import torch
from torch import Tensor, nn

from playground.engine.data.in_memory import Subset
from playground.engine.evaluation.evaluate import Evaluation, chunk_size, evaluate, evaluating, for_inference
from playground.engine.evaluation.objective import Objective
from playground.engine.evaluation.scores import Scoring
from playground.engine.pruning.groups import sizes
from playground.engine.runtime.device import prepare_thread
from playground.spec.cancelling import finished
from playground.spec.experiment import Experiment

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
    experiment: Experiment, network: nn.Sequential, part: Subset, chunk: int | None = None
) -> Generator[int, None, Evaluation]:
    """`evaluated` in slices of `chunk` samples; None for some 10 ms of work each."""
    recipe, task = experiment.recipe, experiment.data.task
    objective = Objective(recipe.loss, task, torch.device("cpu"))
    scoring = Scoring(task, recipe.loss.output_activation)
    return evaluate(network, objective, scoring, part, chunk or chunk_size(experiment))


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
