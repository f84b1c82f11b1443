"""Seconds an epoch of `textbook`, headless, beside the same network in JAX, Keras, PyTorch and scikit-learn.

    python -m tests.benchmarks textbook

Everybody trains 784–128–10 with ReLU on MNIST in batches of 32 with Adam, the data in memory, and knows the loss of
every step. Each has a process of its own and they take turns, an epoch each; the first of ten, which compiles, does not
count. Threads: ours and PyTorch's take one, all others as many as they choose, on this machine's cores.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from tests.benchmarks.contest import Times, contest
from tests.benchmarks.figure import Figure

OURS = "ours"
EPOCHS = 9  # after the first


class Rival(NamedTuple):
    """Somebody else, and how long we may take in relation to it."""

    name: str
    command: tuple[str, ...]
    bar: float | None


RIVALS = (
    Rival("JAX, one jitted scan", ("jax_scan",), 1.8),
    Rival("Keras on JAX", ("keras_fit", "jax"), 0.6),
    Rival("Keras on TensorFlow", ("keras_fit", "tensorflow"), 0.15),
    Rival("PyTorch, DataLoader of torchvision’s MNIST", ("torch_loader", "files"), 0.1),
    Rival("PyTorch, DataLoader of tensors", ("torch_loader", "tensors"), None),
    Rival("PyTorch, plain loop, Adam(fused=True)", ("torch_eager",), 1.0),
    Rival("Keras on JAX, 32 steps an execution", ("keras_fit", "jax", "tuned"), None),
    Rival("Keras on TensorFlow, 32 steps an execution, XLA", ("keras_fit", "tensorflow", "tuned"), None),
    Rival("scikit-learn, MLPClassifier", ("sklearn_mlp",), None),
)


def figures(quick: bool) -> Iterator[Figure]:
    """Our epoch, and its ratio to everybody else's."""
    commands = {OURS: ("ours",), **{rival.name: rival.command for rival in RIVALS}}
    times = contest(commands, 2 if quick else EPOCHS)
    for rival in RIVALS:
        yield beside(rival, times[OURS], times[rival.name])
    yield from by_epoch(times[OURS].seconds)


def by_epoch(seconds: Sequence[float]) -> Iterator[Figure]:
    """The second epoch, which is the first that counts, and those after it; and the last in relation to it."""
    for number, taken in enumerate(seconds, 2):
        yield Figure(work=f"epoch {number} of textbook", value=taken, unit="s")
    if len(seconds) > 2:
        rises = sorted((b - a) / (j - i) for (i, a), (j, b) in combinations(enumerate(seconds), 2))
        trend = rises[len(rises) // 2] * (len(seconds) - 1) / seconds[0]
        yield Figure(
            work=f"epoch {len(seconds) + 1} of textbook",
            value=seconds[-1],
            unit="s",
            peer="epoch 2",
            beside=seconds[0],
            bar=1.05,
            note=f"the median of the slopes between epochs says {trend:+.1%} from the first to the last",
        )


def beside(rival: Rival, ours: Times, theirs: Times) -> Figure:
    """The figure of a rival: medians, with the ratio of the best rounds as a note."""
    missing = ours.missing or theirs.missing
    note = "" if missing else f"best {ours.best:.3f} s beside {theirs.best:.3f} s, ratio {ours.best / theirs.best:.3f}"
    return Figure(
        work="an epoch of textbook",
        value=ours.median,
        unit="s",
        peer=rival.name,
        beside=theirs.median,
        bar=rival.bar,
        note=note,
        missing=missing,
    )
