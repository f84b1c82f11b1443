"""Where a step of `textbook` spends its time, kernel by kernel, beside JAX's whole step on one core and on all.

    python -m tests.benchmarks kernels

Every call of the step that is played back is timed where it stands, so that caches are as they are in a run; the
clock adds about 0.1 µs to each. What is left of the step is Python: the loop, fetching batches, and reading the loss.
The contest beside it also lets our run compute on two threads that never sleep between kernels, which a window that
needs a core cannot afford.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count, islice
from time import perf_counter_ns
from typing import Any

import torch

from playground.engine.build import build
from playground.engine.data.in_memory import load
from playground.engine.runtime.device import threads
from playground.engine.training.replay import Replayed
from playground.engine.training.train_step import TrainStep
from playground.spec.experiment import Experiment
from playground.spec.files.presets import preset
from tests.benchmarks.contest import contest
from tests.benchmarks.eager import batches, floats
from tests.benchmarks.figure import Figure

STEPS = 1875  # of an epoch
OURS = "ours, one thread"
CONTENDERS = {
    OURS: ("ours",),
    "ours, two threads that never sleep": ("ours_spinning",),
    "JAX on all cores": ("jax_scan",),
    "JAX on one core": ("jax_scan", "alone"),
}


def figures(quick: bool) -> Iterator[Figure]:
    """A figure for each kernel, the dearest first, for their sum, for the step, and for what others need."""
    experiment = preset("textbook").experiment
    spent, step = measured(experiment, STEPS if quick else 4 * STEPS)
    for name, microseconds in sorted(spent.items(), key=lambda item: -item[1]):
        yield Figure(work=name, value=microseconds, unit="µs")
    yield Figure(work="all kernels", value=sum(spent.values()), unit="µs", peer="the step", beside=step)
    times = contest(CONTENDERS, 2 if quick else 5)
    ours = times[OURS].median
    for name, found in times.items():
        if name != OURS:
            value = None if found.median is None else found.median / STEPS * 1e6
            beside = None if ours is None else ours / STEPS * 1e6
            yield Figure(
                work=f"a step, {name}", value=value, unit="µs", peer=OURS, beside=beside, missing=found.missing
            )


def measured(experiment: Experiment, steps: int) -> tuple[dict[str, float], float]:
    """Microseconds that each kernel takes in a step, by the order in which they run, and that the step takes."""
    torch.set_num_threads(threads(experiment))
    learner = TrainStep(experiment, build(experiment), 0)
    given = list(islice(batches(floats(load(experiment.data)).train, experiment.recipe.batch_size), STEPS))
    rate = experiment.recipe.optimizer.lr
    for images, labels in given[:10]:
        learner.learn(images, labels, rate)
    assert learner.replayed
    clocks: dict[str, list[int]] = {}
    numbers = count(1)
    for part in (learner._look, learner._move):
        _put_clocks(part, numbers, clocks)
    done, taken = 0, 0
    while done < steps:
        for images, labels in given[: steps - done]:
            began = perf_counter_ns()
            learner.learn(images, labels, rate)
            taken += perf_counter_ns() - began
            done += 1
    spent = {name: clock[0] / steps / 1e3 for name, clock in clocks.items() if clock[0]}  # others were left out
    return spent, taken / steps / 1e3


def _put_clocks(part: Replayed, numbers: Iterator[int], clocks: dict[str, list[int]]) -> None:
    """Exchange every kernel of a recorded function for one that notes how long it takes."""
    scope: dict[str, Any] = part._recorded.__globals__
    for key, value in list(scope.items()):
        if key[0] == "k" and callable(value):
            name = getattr(value, "__name__", "") or "by torch's general entrance"
            clock = clocks.setdefault(f"{next(numbers)}: {name}", [0])
            scope[key] = _timed(value, clock)


def _timed(kernel: Callable[..., Any], clock: list[int]) -> Callable[..., Any]:
    def timed(*arguments: Any, **settings: Any) -> Any:
        began = perf_counter_ns()
        result = kernel(*arguments, **settings)
        clock[0] += perf_counter_ns() - began
        return result

    return timed
