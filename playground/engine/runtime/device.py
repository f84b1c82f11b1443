"""Where a run computes: which device, and on how many threads."""

from __future__ import annotations

import os
from collections.abc import Callable

import torch

from playground.spec.check.shapes import totals, walk
from playground.spec.experiment import Experiment
from playground.spec.messages import PlaygroundError, message

# Below this many FLOPs a batch, forward pass alone, a GPU waits for the next command longer than it computes.
_WORTH_A_GPU = 100_000_000
# Below this many, a second thread gains little, and the window wants its core.
_WORTH_THREADS = 40_000_000
_MOST_THREADS = 8


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
        worth = _flops(experiment) >= _WORTH_A_GPU
        found = (name for name, there in present.items() if worth and there())
        return torch.device(next(found, "cpu"))
    if asked in present and not present[asked]():
        raise DeviceError(
            message("PyTorch finds no device “{device}” on this machine. Choose another, or Automatic.", device=asked)
        )
    return torch.device(asked)


def threads(experiment: Experiment) -> int:
    """How many threads a run computes on: the cores, up to eight, where a batch is work enough for them, else one.

    Dense layers of a few hundred units gain too little from a second thread to take it from the window, images of
    28 × 28 nothing from a ninth. The number depends on the experiment, the machine and `OMP_NUM_THREADS` alone, not on
    how busy the machine is, because it decides the order of sums and with it the last bits.
    """
    return min(_cores(), _MOST_THREADS) if _flops(experiment) >= _WORTH_THREADS else 1


def _flops(experiment: Experiment) -> int:
    """Floating-point operations of a batch's forward pass, as the layers declare them."""
    return totals(walk(experiment.stack, experiment.data.sample_shape)).flops * experiment.recipe.batch_size


def _cores() -> int:
    """The cores that this process may use; fewer where `OMP_NUM_THREADS` asks for that."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    asked = os.environ.get("OMP_NUM_THREADS", "")
    return min(allowed, max(1, int(asked))) if asked.isdecimal() else allowed


def prepare_thread(threads: int) -> None:
    """Let torch compute on so many threads when called from this one, and count denormal numbers as 0.

    Never call it from the window's thread. Threads that compute already keep what they have; those that begin later
    take it on, unless they call this too.

    A moment of Adam for a pixel that is rarely lit shrinks below 1e-38 after some 800 steps, where a processor has no
    full precision any more; on Intel's each operation on such a number takes a hundred times as long. JAX counts them
    as 0 as well. The flag belongs to the thread, and OpenMP's threads inherit it when they begin.
    """
    torch.set_flush_denormal(True)  # 0.1 µs; it says False where a processor cannot
    if torch.get_num_threads() != threads:
        torch.set_num_threads(threads)
