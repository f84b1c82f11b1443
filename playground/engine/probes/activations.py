"""Passes a batch through a network to look at the outputs of its layers; the network stays as it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from math import isfinite
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from playground.engine.modules.modes import in_evaluation_mode
from playground.engine.probes.layer_modules import LayerModules
from playground.engine.probes.statistics import (
    Moments,
    count_not_finite,
    count_saturated,
    largest_by_unit,
    log_histogram,
    moments,
    pooled,
    thinned,
)
from playground.engine.training.snapshots import LogHistogram
from playground.spec.edits import LayerPath


class OutputStatistics(NamedTuple):
    """Statistics of a layer's outputs for one batch, as in `LayerStatistics`."""

    mean: float
    std: float
    dead: float | None
    saturated: float | None
    not_finite: int
    units: int = 0
    dead_units: tuple[int, ...] = ()
    outputs: LogHistogram | None = None


class _Collected:
    """The reductions of each output of one layer: a module may run several times, and have copies."""

    def __init__(self, layer: LayerModules) -> None:
        activation = layer.activation
        self._bounds = activation.bounds if activation else None
        self._activated = activation is not None
        self._parts: list[Moments] = []
        self._numbers: list[Tensor] = []  # of the outputs, for the histogram
        self._largest: dict[nn.Module, Tensor] = {}
        self._saturated = self._not_finite = 0

    def __call__(self, module: nn.Module, _: Any, outputs: Tensor) -> None:
        """As a forward hook."""
        found = moments(outputs)
        self._parts.append(found)
        self._numbers.append(thinned((outputs,)))
        if not isfinite(found.std):
            self._not_finite += count_not_finite((outputs,))
        if self._activated:
            largest = largest_by_unit(outputs)
            before = self._largest.get(module)
            self._largest[module] = largest if before is None else torch.maximum(before, largest)
        if self._bounds:
            self._saturated += count_saturated(outputs, *self._bounds)

    def statistics(self) -> OutputStatistics:
        count, mean, std = pooled(self._parts)
        largest = torch.cat(list(self._largest.values())) if self._largest else torch.empty(0)
        units, dead = len(largest), tuple((largest == 0).nonzero().flatten().tolist())
        return OutputStatistics(
            mean,
            std,
            len(dead) / units if units else None,
            self._saturated / count if self._bounds else None,
            self._not_finite,
            units,
            dead,
            log_histogram(thinned(self._numbers)),
        )


def output_statistics(
    network: nn.Sequential, layers: Sequence[LayerModules], inputs: Tensor
) -> dict[LayerPath, OutputStatistics]:
    """The statistics of every layer's outputs for a batch of inputs (N, …).

    Layers that draw random numbers pass on their mean, as in evaluation mode. BatchNorm normalises by the batch, as in
    training mode, without taking note of it. No tensor of the network, its mode, and no random stream changes.
    """
    collected = {layer.path: _Collected(layer) for layer in layers}
    with ExitStack() as stack:
        for layer in layers:
            for module in layer.outputs:
                stack.callback(module.register_forward_hook(collected[layer.path]).remove)
        stack.enter_context(observed(network))
        network(inputs)
    return {path: item.statistics() for path, item in collected.items()}


@contextmanager
def observed(network: nn.Module) -> Iterator[None]:
    """No gradients, no random numbers and no running statistics; restores every module's mode afterwards."""
    normalizing = [module for module in network.modules() if isinstance(module, _BatchNorm) and module.training]
    with in_evaluation_mode(network), torch.inference_mode():
        for module in normalizing:
            module.training, module.track_running_stats = True, False
        try:
            yield
        finally:
            for module in normalizing:
                module.track_running_stats = True
