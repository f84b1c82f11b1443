"""Where a run computes: which device, and on how many threads."""

from __future__ import annotations

import os
from collections.abc import Callable

import torch

from playground.spec.experiment import Experiment
from playground.spec.layer import Kind
from playground.spec.shapes import totals, walk
from playground.spec.words import PlaygroundError, say

# Below this many FLOPs a batch, forward pass alone, a GPU waits for the next command longer than it computes.
_WORTH_A_GPU = 100_000_000


class DeviceError(PlaygroundError):
    """The device asked for is not there."""


def choose(experiment: Experiment) -> torch.device:
    """The device of an experiment; `auto` takes a GPU where one is there and the network is large enough for it.

    Raises:
        DeviceError: a GPU is asked for by name, and this machine, or this build of PyTorch, has none.
    """
    asked = experiment.recipe.device
    present: dict[str, Callable[[], bool]] = {"cuda": torch.cuda.is_available, "mps": torch.backends.mps.is_available}
    if asked == "auto":
        flops = totals(walk(experiment.stack, experiment.data.sample_shape)).flops * experiment.recipe.batch_size
        found = (name for name, there in present.items() if flops >= _WORTH_A_GPU and there())
        return torch.device(next(found, "cpu"))
    if asked in present and not present[asked]():
        raise DeviceError(
            say("PyTorch finds no device “{device}” on this machine. Choose another, or Automatic.", device=asked)
        )
    return torch.device(asked)


def threads(experiment: Experiment) -> int:
    """How many threads a run computes on: all cores where it convolves, one where it does not.

    Dense layers of a few hundred units gain nothing from a second thread, and two threads that wait for one
    another collapse as soon as another process wants a core. The number depends on the experiment and the
    machine alone, because it decides the order of sums and with it the last bits.
    """
    convolves = any(layer.enabled and layer.kind is Kind.CONVOLUTION for layer in experiment.stack.layers)
    return (os.cpu_count() or 1) if convolves else 1


def use_threads(count: int) -> None:
    """Let torch compute on `count` threads when called from this thread. Never call it from the window's."""
    if torch.get_num_threads() != count:
        torch.set_num_threads(count)
