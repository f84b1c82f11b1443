"""How much memory training takes, from the declaration alone, and how much there is."""

from __future__ import annotations

import os
import sys
from math import prod
from pathlib import Path

from playground.spec.check.shapes import LayerShape, Totals, totals
from playground.spec.experiment import Experiment
from playground.spec.recipe.recipe import EMA, EarlyStopping

_LIGHT = 2_000_000_000  # FLOPs, or as much work: all kernels of a step together take 50 ms or more then
_WORK_OF_ACTIVATIONS, _WORK_OF_WEIGHTS = 6, 40  # FLOPs that take as long as a byte of them does in a step
_COPIES = 5  # of the weights: the live ones, gradients, two to go back to, and the one that is read meanwhile
_BACKWARD = 1.6  # what the backward pass takes at its peak, for each number that the forward pass keeps
_RECORDED = 2  # to record a light step takes as much memory again
_IMPORTS = 400_000_000  # bytes that the libraries take in this process, whatever is trained


def is_light(sums: Totals, batch: int) -> bool:
    """Whether a step is short enough for what lies between its kernels to matter: such steps are recorded."""
    work = batch * (sums.flops + _WORK_OF_ACTIVATIONS * sums.activation_bytes) + _WORK_OF_WEIGHTS * sums.weight_bytes
    return work <= _LIGHT


def training_bytes(experiment: Experiment, rows: tuple[LayerShape, ...]) -> int:
    """About how much memory a run takes beside its data: right within a factor of 1.5 from 100 MB on.

    Weights with all that is kept for each, and what a step keeps of a batch for the backward pass.

    Args:
        rows: what `walk` finds in its stack.
    """
    sums = totals(rows)
    batch = min(experiment.recipe.batch_size, experiment.data.train_count)
    ends = prod(experiment.data.sample_shape) + prod(experiment.data.task.output)  # the batch, and what the loss keeps
    a_sample = _BACKWARD * (sums.activation_bytes + sums.kept_bytes + 4 * ends)
    needed = copies_of_weights(experiment) * sums.weight_bytes + batch * a_sample
    return int(needed * (_RECORDED if is_light(sums, batch) else 1))


def copies_of_weights(experiment: Experiment) -> int:
    """How many numbers are kept for each weight while an experiment is trained, itself included."""
    recipe = experiment.recipe
    best = isinstance(recipe.stopping, EarlyStopping) and recipe.stopping.restore_best
    return _COPIES + recipe.optimizer.memory + isinstance(recipe.averaging, EMA) + best


def available() -> int:
    """Bytes that a run may take now: what the system can give, and what the run before it will give back.

    Bounds that a container or `ulimit -v` sets count as well.
    """
    import psutil  # only where its answer matters: nearly all networks are small

    memory = psutil.Process().memory_info()
    held = max(0, memory.rss - _IMPORTS)
    bounds = [psutil.virtual_memory().available, *_container(), *_address_space(memory.vms)]
    return max(0, min(bounds)) + held


def _container() -> list[int]:
    """What is left of the memory of a container (a control group of Linux), where one is set."""
    folder = Path("/sys/fs/cgroup")
    try:
        most, used = ((folder / name).read_text().strip() for name in ("memory.max", "memory.current"))
        lines = (folder / "memory.stat").read_text().splitlines()
        cached = dict(line.split() for line in lines).get("inactive_file", "0")
    except (OSError, ValueError):
        return []
    return [int(most) - int(used) + int(cached)] if most.isdecimal() else []


def _address_space(used: int) -> list[int]:
    """What is left of the addresses that this process may have, where they are limited."""
    if os.name == "nt":
        return []
    import resource

    most = resource.getrlimit(resource.RLIMIT_AS)[0]
    return [] if most in (resource.RLIM_INFINITY, sys.maxsize) else [most - used]
