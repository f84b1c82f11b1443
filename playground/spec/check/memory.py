"""Estimates the memory that training takes, from the declaration alone, and measures how much is available."""

from __future__ import annotations

import os
import sys
from math import prod
from pathlib import Path

from playground.spec.check.shapes import LayerShape, Totals, totals
from playground.spec.experiment import Experiment
from playground.spec.recipe.recipe import EMA, EarlyStopping

_LIGHT = 2_000_000_000  # FLOPs, or the same time in memory traffic: about 50 ms for all kernels of a step
_WORK_OF_ACTIVATIONS, _WORK_OF_WEIGHTS = 6, 40  # FLOPs in the time that a step spends on one byte of them
_COPIES = 5  # of the weights: parameters, gradients, two earlier states to restore, and a snapshot for inference
_BACKWARD = 1.6  # numbers at the peak of the backward pass, for each one that the forward pass keeps
_RECORDED = 2  # a recorded step takes twice the memory
_IMPORTS = 400_000_000  # bytes that the imported libraries take in this process


def is_light(sums: Totals, batch: int) -> bool:
    """Whether a step is so short that the overhead between its kernels matters; such steps are recorded."""
    return step_work(sums, batch) <= _LIGHT


def step_work(sums: Totals, batch: int) -> int:
    """About how long the kernels of a training step take, in the FLOPs of a forward pass; 40 billion take a second.

    Computed from the declaration alone; `sums` are those of one sample.
    """
    return batch * (sums.flops + _WORK_OF_ACTIVATIONS * sums.activation_bytes) + _WORK_OF_WEIGHTS * sums.weight_bytes


def training_bytes(experiment: Experiment, rows: tuple[LayerShape, ...]) -> int:
    """About how many bytes a run takes in addition to its data: right within a factor of 1.5 from 100 MB on.

    Counts the weights with all copies of them, and the numbers that a step keeps of a batch for the backward pass.

    Args:
        rows: the result of `walk` on the stack of the experiment.
    """
    sums = totals(rows)
    batch = min(experiment.recipe.batch_size, experiment.data.train_count)
    ends = prod(experiment.data.sample_shape) + prod(experiment.data.task.output)  # the inputs, and what the loss keeps
    a_sample = _BACKWARD * (sums.activation_bytes + sums.kept_bytes + 4 * ends)
    needed = copies_of_weights(experiment) * sums.weight_bytes + batch * a_sample
    return int(needed * (_RECORDED if is_light(sums, batch) else 1))


def copies_of_weights(experiment: Experiment) -> int:
    """How many numbers training keeps for each weight, the weight itself included."""
    recipe = experiment.recipe
    best = isinstance(recipe.stopping, EarlyStopping) and recipe.stopping.restore_best
    return _COPIES + recipe.optimizer.memory + isinstance(recipe.averaging, EMA) + best


def available() -> int:
    """Bytes that a run may take now: those that the system has available, and those that the previous run will free.

    Limits set by a container or by `ulimit -v` count as well.
    """
    import psutil  # imported here because small networks, nearly all, never get here

    memory = psutil.Process().memory_info()
    held = max(0, memory.rss - _IMPORTS)
    bounds = [psutil.virtual_memory().available, *_container(), *_address_space(memory.vms)]
    return max(0, min(bounds)) + held


def _container() -> list[int]:
    """Bytes left in the memory limit of a container (a control group of Linux); empty where there is none."""
    folder = Path("/sys/fs/cgroup")
    try:
        most, used = ((folder / name).read_text().strip() for name in ("memory.max", "memory.current"))
        lines = (folder / "memory.stat").read_text().splitlines()
        cached = dict(line.split() for line in lines).get("inactive_file", "0")
    except (OSError, ValueError):
        return []
    return [int(most) - int(used) + int(cached)] if most.isdecimal() else []


def _address_space(used: int) -> list[int]:
    """Bytes left in the address space of this process; empty where it is not limited."""
    if os.name == "nt":
        return []
    import resource

    most = resource.getrlimit(resource.RLIMIT_AS)[0]
    return [] if most in (resource.RLIM_INFINITY, sys.maxsize) else [most - used]
