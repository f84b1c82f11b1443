"""A step of `textbook` and of a convolutional network on a GPU, beside eager PyTorch and `torch.compile`.

    python -m tests.benchmarks gpu

The peers keep losses on the GPU and fetch them together; compiled means `mode="reduce-overhead"`, which captures CUDA
graphs. Everything is warmed up before it is timed, compiling included.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch

from playground.engine.data.in_memory import load
from playground.spec.files.presets import preset
from tests.benchmarks.eager import OURS, Eager, Ours, beside_best, compare, floats
from tests.benchmarks.figure import Figure

PRESETS = ("textbook", "fast-cnn", "residual-cnn")
RIVALS = {"eager": False, "torch.compile": True}


def figures(quick: bool) -> Iterator[Figure]:
    """One for each preset and rival, or the word that there is no GPU."""
    there = torch.cuda.is_available()
    for name in PRESETS:
        if there:
            yield from on("cuda", name, quick=quick)
        else:
            for rival in RIVALS:
                yield Figure(work=f"a step of {name} on a GPU", peer=rival, missing="no GPU")


def on(device: str, name: str, *, quick: bool) -> Iterator[Figure]:
    """One preset on a device."""
    experiment = preset(name).experiment
    digits = load(experiment.data)
    ready = floats(digits)
    rivals = {rival: Eager(experiment, ready, device=device, compiled=is_so) for rival, is_so in RIVALS.items()}
    times = compare(Ours(experiment, digits, device), rivals, quick=quick)
    for rival in rivals:
        yield beside_best(f"a step of {name} on {device}", {OURS: times[OURS], rival: times[rival]}, 1.0)
