"""What a step costs as the batch, or the network, doubles again and again, and where it stops being free.

    python -m tests.benchmarks scaling

`textbook` in batches of 32, 64, …, and with 128, 256, … hidden units, beside plain eager PyTorch on one thread and
on two. Part of a step costs the same whatever its size: starting kernels, and for a batch Adam, which does not see how
many images there were. The rest grows with the size, and the knee is where both are equal. FLOPs are those of the
matrix products: forward, and twice as many backward, less the gradient that the pixels would have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from playground.engine.data.in_memory import Data, load
from playground.spec.check.shapes import totals, walk
from playground.spec.experiment import Experiment
from playground.spec.files.presets import preset
from playground.spec.layers.dense import Linear
from tests.benchmarks.contest import Times, take_turns
from tests.benchmarks.eager import OURS, Eager, Ours, beside_best, floats, rounds, turn
from tests.benchmarks.figure import Figure

BATCHES = tuple(2**power for power in range(5, 13))  # 32 … 4096
ADAM = "Adam alone"
ADAMS = 20  # steps of it in a turn
WIDTHS = tuple(2**power for power in range(7, 13))  # 128 … 4096


class Size(NamedTuple):
    """A point of a series."""

    what: str
    number: int
    experiment: Experiment

    @property
    def name(self) -> str:
        """For a person."""
        return f"{self.what} {self.number}"


class Line(NamedTuple):
    """Seconds of a step: what it costs at any size, and what each image or unit adds."""

    fixed: float
    each: float

    @property
    def knee(self) -> float:
        """The size at which both are equal."""
        return self.fixed / self.each


def figures(quick: bool) -> Iterator[Figure]:
    """A figure for each size, and one for the knee of each series."""
    experiment = preset("textbook").experiment
    digits = load(experiment.data)
    batches = [
        Size("batch", size, experiment.with_(recipe=experiment.recipe.with_(batch_size=size))) for size in BATCHES
    ]
    widths = [Size("width", width, wide(experiment, width)) for width in WIDTHS]
    times = measured([*batches, *widths], digits, quick=quick)
    for unit, sizes in (("images", batches), ("units", widths)):
        yield from (beside_peers(size, times[size.name]) for size in sizes)
        line = fitted([size.number for size in sizes], [times[size.name][OURS].best for size in sizes])
        note = explanation(sizes, [times[size.name] for size in sizes], line)
        yield Figure(work=f"textbook, the knee of the {sizes[0].what}", value=line.knee, unit=unit, note=note)


def wide(experiment: Experiment, width: int) -> Experiment:
    """The same with that many hidden units."""
    layers = [
        layer.with_(out_features=width) if isinstance(layer, Linear) and layer.out_features == 128 else layer
        for layer in experiment.stack.layers
    ]
    return experiment.with_(stack=experiment.stack.with_(layers=tuple(layers)))


def measured(sizes: Sequence[Size], digits: Data, *, quick: bool) -> dict[str, dict[str, Times]]:
    """All sizes in turns, so that a slow minute slows all of them: seconds of a step, by size and by whose it is."""
    turns: dict[tuple[str, str], Callable[[], float]] = {}
    ready = floats(digits)
    for size in sizes:
        turns[size.name, OURS] = turn(Ours(size.experiment, digits), quick=quick)
        for threads in (1, 2):
            eager = Eager(size.experiment, ready, threads)
            turns[size.name, f"eager, {threads} thread{'s'[: threads - 1]}"] = turn(eager, quick=quick)
            if threads == 1:
                turns[size.name, ADAM] = partial(_advance, eager)
    found = take_turns(turns, rounds(quick))
    return {size.name: {who: times for (name, who), times in found.items() if name == size.name} for size in sizes}


def beside_peers(size: Size, times: Mapping[str, Times]) -> Figure:
    """A step of one size beside the faster of the peers."""
    seconds, images = times[OURS].median, size.experiment.recipe.batch_size
    speed = f"{1e6 * seconds / images:.2f} µs an image, {training_flops(size.experiment) / seconds / 1e9:.0f} GFLOP/s"
    rivals = {name: found for name, found in times.items() if name != ADAM}
    return beside_best(f"textbook, {size.name}: a step", rivals, None, f"{speed}, Adam alone {_share(times):.0%}")


def training_flops(experiment: Experiment) -> int:
    """Of one step."""
    rows = walk(experiment.stack, experiment.data.sample_shape)
    first = next(row.flops for row in rows if isinstance(row.layer, Linear))
    return experiment.recipe.batch_size * (3 * totals(rows).flops - first)


def fitted(sizes: Sequence[int], seconds: Sequence[float]) -> Line:
    """The line that is off by the least, relatively, at all sizes."""
    number, cost = np.array(sizes, float), np.array(seconds)
    (fixed, each), *_ = np.linalg.lstsq(np.stack((1 / cost, number / cost), 1), np.ones(len(cost)))
    return Line(max(0.0, float(fixed)), float(each))


def explanation(sizes: Sequence[Size], times: Sequence[Mapping[str, Times]], line: Line) -> str:
    """The knee in words, from the best rounds."""
    first, last = (training_flops(size.experiment) / found[OURS].best / 1e9 for size, found in _ends(sizes, times))
    off = max(abs((line.fixed + line.each * s.number) / t[OURS].best - 1) for s, t in zip(sizes, times, strict=True))
    shares = " and ".join(f"{_share(found):.0%} at {size.number}" for size, found in _ends(sizes, times))
    return (
        f"{1e6 * line.fixed:.0f} µs at any {sizes[0].what} and {1e6 * line.each:.2f} µs for each of it, off by "
        f"{off:.0%} at most: below {line.knee:.0f} starting kernels, and what else does not grow, is most of a step, "
        f"above it arithmetic; {first:.0f} GFLOP/s at {sizes[0].number}, {last:.0f} at {sizes[-1].number}; "
        f"Adam alone is {shares}"
    )


def _ends(sizes: Sequence[Size], times: Sequence[Mapping[str, Times]]) -> list[tuple[Size, Mapping[str, Times]]]:
    return [(sizes[0], times[0]), (sizes[-1], times[-1])]


def _share(times: Mapping[str, Times]) -> float:
    return times[ADAM].best / times[OURS].best


def _advance(eager: Eager) -> float:
    return eager.advance(ADAMS) / ADAMS
