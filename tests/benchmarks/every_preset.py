"""A step of every preset, beside plain eager PyTorch with the same network, optimizer and augmentation.

    python -m tests.benchmarks every_preset

The peer computes on one thread and on two, and convolutions with channels last and first, denormal numbers flushed and
the optimizer fused; the fastest of these is the one that counts, and the bar is a ratio of 1 between medians. With
torch's defaults (channels first, no fused optimizer, denormal numbers, as many threads as there are cores) it is 0.9,
but where one large kernel is nearly the whole step. The note says how far apart the rounds were, and what lies within
that is no difference.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from playground.engine.data.dataset_cache import lacking
from playground.engine.data.in_memory import load
from playground.spec.experiment import Experiment
from playground.spec.files.presets import presets
from playground.spec.layer import Kind
from tests.benchmarks.eager import OURS, Eager, Ours, beside_best, compare, floats
from tests.benchmarks.figure import Figure

DEFAULTS = "eager, torch’s defaults"


def figures(quick: bool) -> Iterator[Figure]:
    """Two for each preset."""
    for entry in presets():
        if lacking(type(entry.experiment.data)):
            print(f"{entry.id}: its data is not on this machine", flush=True)
            continue
        print(entry.id, flush=True)
        digits = load(entry.experiment.data)
        ready = floats(digits)
        rivals = {name: Eager(entry.experiment, ready, **options) for name, options in variants(entry.experiment)}
        rivals[DEFAULTS] = Eager(entry.experiment, ready, os.cpu_count() or 1, channels_last=False, tuned=False)
        times = compare(Ours(entry.experiment, digits), rivals, quick=quick)
        ours, defaults = times[OURS], times.pop(DEFAULTS)
        yield beside_best(f"a step of {entry.id}", times, 1.0)
        yield beside_best(f"a step of {entry.id}", {OURS: ours, DEFAULTS: defaults}, 0.9)


def variants(experiment: Experiment) -> Iterator[tuple[str, dict[str, int | bool]]]:
    """The ways in which the peer may compute, by name."""
    convolves = any(layer.kind is Kind.CONVOLUTION for layer in experiment.stack.layers)
    for threads in (1, 2) if (os.cpu_count() or 1) > 1 else (1,):
        named = f"eager, {threads} thread{'s' if threads > 1 else ''}"
        yield named, {"threads": threads}
        if convolves:
            yield f"{named}, channels first", {"threads": threads, "channels_last": False}
