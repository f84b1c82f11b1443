"""The cost of a network where it runs: size and speed; and whether it answers alike, under which versions."""

from __future__ import annotations

import platform
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from playground.engine.evaluation.evaluate import evaluating
from playground.engine.fitness.item import Item, Status, held
from playground.engine.weights import Trained
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.check.shapes import totals, walk
from playground.spec.messages import message, tr_noop
from playground.spec.number_text import bytes_text, flops_text, milliseconds_text, setting_text
from playground.version import __version__

BATCHES = (1, 32)  # samples at once
TOLERANCE = 1e-4  # of the largest output: sums in another order differ by some 1e-6
_RUNS, _SECONDS = 200, 2.0  # of the network for each batch size, at most
_LEAST_RUNS, _WARM = 20, 3


class Latency(NamedTuple):
    """The times of a batch, in milliseconds."""

    batch: int
    runs: int
    p50: float
    p99: float


def operation_items(trained: Trained, inputs: Tensor) -> tuple[Item, ...]:
    """All items of this file.

    Args:
        trained: on the CPU.
        inputs: (N, …), at least one; 32 are used.
    """
    return determinism_item(trained, inputs), size_item(trained), speed_item(trained, inputs), versions_item(trained)


def size_item(trained: Trained) -> Item:
    """Parameters, bytes of the weights, and work for a sample; there is no bar."""
    experiment = trained.experiment
    sums = totals(walk(experiment.stack, experiment.data.sample_shape))
    words = tr_noop("{count:,} parameters, {bytes}, {flops} for a sample.")
    reason = message(words, count=sums.parameters, bytes=bytes_text(sums.weight_bytes), flops=flops_text(sums.flops))
    figures = {"parameters": sums.parameters, "bytes": sums.weight_bytes, "flops": sums.flops}
    return Item("size", tr_noop("Size"), Status.MEASURED, reason, figures=figures)


def speed_item(trained: Trained, inputs: Tensor) -> Item:
    """Latency of one and of 32 samples at once on this machine; there is no bar.

    Args:
        trained: on the CPU.
        inputs: (N, …), at least one; repeated where there are fewer than 32.
    """
    found = [latency(trained, inputs, batch) for batch in BATCHES]
    words = tr_noop("{one} (p99 {one_most}) for one, {many} (p99 {many_most}) for {batch}; on {processor}, {threads}.")
    one, many = found
    threads = torch.get_num_threads()
    reason = message(
        words,
        one=milliseconds_text(one.p50),
        one_most=milliseconds_text(one.p99),
        many=milliseconds_text(many.p50),
        many_most=milliseconds_text(many.p99),
        batch=many.batch,
        processor=processor_name(),
        threads=message("1 thread") if threads == 1 else message("{count} threads", count=threads),
    )
    rows = [{"batch": row.batch, "runs": row.runs, "p50_ms": row.p50, "p99_ms": row.p99} for row in found]
    figures = {"latency": rows, "processor": processor_name(), "threads": threads}
    return Item("speed", tr_noop("Speed"), Status.MEASURED, reason, figures=figures)


def latency(trained: Trained, inputs: Tensor, batch: int) -> Latency:
    """The median and the 99th percentile of the time of a batch, over up to 200 runs or 2 seconds."""
    asked, times = _filled(inputs, batch), list[float]()
    begun = perf_counter()
    with evaluating(trained.network):
        for _ in range(_WARM):
            trained.network(asked)
        while len(times) < _RUNS and (len(times) < _LEAST_RUNS or perf_counter() - begun < _SECONDS):
            stop_if_cancelled()
            start = perf_counter()
            trained.network(asked)
            times.append(1000 * (perf_counter() - start))
    middle, most = np.percentile(times, [50, 99])
    return Latency(batch, len(times), float(middle), float(most))


def determinism_item(trained: Trained, inputs: Tensor) -> Item:
    """Whether the same inputs give the same bits twice, and alone what they give in a batch, but for rounding.

    Args:
        trained: on the CPU.
        inputs: (N, …), at least one.
    """
    asked = _filled(inputs, BATCHES[-1])
    with evaluating(trained.network):
        first, second = (trained.network(asked) for _ in range(2))
        alone = torch.cat([trained.network(asked[i : i + 1]) for i in range(len(asked))])
    twice = bool(torch.equal(first, second))
    label = tr_noop("Determinism")
    if not first.isfinite().all():
        words = message("Outputs are not all finite: nothing can be compared.")
        return Item("determinism", label, Status.RED, words, message("Train with a learning rate ten times smaller."))
    difference = float((alone.double() - first.double()).abs().max())
    scale = max(float(first.abs().max()), 1e-12)
    alike = difference <= TOLERANCE * scale
    told = tr_noop("Asked twice it answers {same}; alone and among {batch}, outputs differ by at most {difference}.")
    same = message("with the same bits") if twice else message("differently")
    reason = message(told, same=same, batch=len(asked), difference=setting_text(difference, 2))
    fix = message("Leave out the layer that draws random numbers when it answers.")
    if twice:
        fix = message("Leave out the layer that computes over the samples of a batch, or ask one at a time.")
    figures = {"same_twice": twice, "difference": difference, "largest_output": scale, "bar": TOLERANCE * scale}
    holds = twice and alike
    return Item("determinism", label, held(holds), reason, None if holds else fix, figures)


def versions_item(trained: Trained) -> Item:
    """The versions that wrote the network, and those that measured it."""
    now = {"playground": __version__, "torch": torch.__version__, "python": platform.python_version()}
    told = _listed(now)
    reason = message("Measured with {now}.", now=told)
    if trained.versions and _listed(trained.versions) != told:
        words = tr_noop("Measured with {now}; written with {then}.")
        reason = message(words, now=told, then=_listed(trained.versions))
    figures = {"measured_with": now, "written_with": dict(trained.versions)}
    return Item("versions", tr_noop("Versions"), Status.MEASURED, reason, figures=figures)


def processor_name() -> str:
    """The name of the processor, as it calls itself."""
    known = Path("/proc/cpuinfo")
    if known.exists():
        with known.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    return platform.processor() or platform.machine() or "an unknown processor"


def _listed(versions: dict[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items())


def _filled(inputs: Tensor, count: int) -> Tensor:
    """The first `count` inputs, the same ones again where there are fewer."""
    return inputs[torch.arange(count) % len(inputs)]
