"""Chooses the device and the number of threads of a run."""

from __future__ import annotations

import os
from collections.abc import Callable

import torch

from playground.spec.check.shapes import totals, walk
from playground.spec.experiment import Experiment
from playground.spec.messages import PlaygroundError, message

# FLOPs of a batch's forward pass. Below this, a GPU waits longer for the next command than it computes.
_WORTH_A_GPU = 100_000_000
# FLOPs of a batch's forward pass. Below this, a second thread gains little, and the window needs its core.
_WORTH_THREADS = 40_000_000
_MOST_THREADS = 8


class DeviceError(PlaygroundError):
    """The device in the recipe is not available."""


def choose(experiment: Experiment) -> torch.device:
    """The device of an experiment; `auto` is a GPU if one is available and the network is large enough for it.

    Raises:
        DeviceError: the recipe names a GPU, and this machine, or this build of PyTorch, has none.
    """
    device = experiment.recipe.device
    available: dict[str, Callable[[], bool]] = {"cuda": torch.cuda.is_available, "mps": torch.backends.mps.is_available}
    if device == "auto":
        worth = _flops(experiment) >= _WORTH_A_GPU
        found = (name for name, is_available in available.items() if worth and is_available())
        return torch.device(next(found, "cpu"))
    if device in available and not available[device]():
        raise DeviceError(
            message("PyTorch finds no device “{device}” on this machine. Choose another, or Automatic.", device=device)
        )
    return torch.device(device)


def threads(experiment: Experiment) -> int:
    """The number of threads of a run: one per core, up to eight, if a batch is enough work for them, else one.

    Dense layers of a few hundred units gain too little from a second thread to take a core from the window; images of
    28 × 28 gain nothing from a ninth. The number depends only on the experiment, the machine and `OMP_NUM_THREADS`,
    not on the load, because it determines the order of sums, and so the last bits.
    """
    return min(_cores(), _MOST_THREADS) if _flops(experiment) >= _WORTH_THREADS else 1


def _flops(experiment: Experiment) -> int:
    """Floating-point operations of a batch's forward pass, from the declarations of the layers."""
    return totals(walk(experiment.stack, experiment.data.sample_shape)).flops * experiment.recipe.batch_size


def _cores() -> int:
    """The number of cores that this process may use, at most `OMP_NUM_THREADS`."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    limit = os.environ.get("OMP_NUM_THREADS", "")
    return min(allowed, max(1, int(limit))) if limit.isdecimal() else allowed


def prepare_thread(threads: int) -> None:
    """Set the number of threads that torch uses when called from this one, and flush denormal numbers to 0.

    Never call it from the window's thread. Threads that compute already keep their settings; threads that start later
    inherit them, unless they call this function too.

    Adam's second moment for a pixel that is rarely lit falls below 1e-38, into the denormal numbers, after about 800
    steps; on Intel's processors each operation on such a number takes a hundred times as long. JAX flushes them to 0
    as well. The flag belongs to the thread, and OpenMP's threads inherit it when they start.
    """
    torch.set_flush_denormal(True)  # takes 0.1 µs; returns False where the processor cannot
    if torch.get_num_threads() != threads:
        torch.set_num_threads(threads)
