"""Ours and plain eager PyTorch in one process: two loops over the same data that say how long their steps took."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from time import perf_counter

import torch
from torch import Tensor, nn

from playground.engine.build import build, run
from playground.engine.data.augment import augmenter
from playground.engine.data.in_memory import Data, InputTargetPairs, Subset, pixels
from playground.engine.evaluation.objective import Objective
from playground.engine.runtime.onednn_linear import Linear
from playground.engine.training.snapshots import Diverged, Finished, Step
from playground.engine.training.trainer import Trainer
from playground.spec.experiment import Experiment
from tests.benchmarks.contest import Times, take_turns
from tests.benchmarks.figure import Figure

# Where torch has one kernel for all parameters; somebody in a hurry uses it.
FUSED = ("Adam", "AdamW", "SGD", "Adagrad")
OURS = "ours"
WARM = 5  # steps before the clock starts: a change of threads, cold caches


class Loop:
    """Steps that can be counted and timed."""

    def seconds(self, count: int) -> float:
        """How long `count` steps take, after a few that warm up."""
        self.steps(WARM)
        return self.steps(count)

    def steps(self, count: int) -> float:
        """Make steps; the seconds."""
        raise NotImplementedError


class Ours(Loop):
    """The trainer, as whoever drives it does; only what leads to a step is timed, not evaluation."""

    def __init__(self, experiment: Experiment, digits: Data, device: str = "cpu") -> None:
        recipe = experiment.recipe.with_(epochs=10_000, device=device)
        self._run = Trainer(experiment.with_(recipe=recipe), digits)

    def steps(self, count: int) -> float:
        seconds, done = 0.0, 0
        while done < count:
            began = perf_counter()
            snapshot = next(self._run)
            if isinstance(snapshot, Step):
                seconds += perf_counter() - began
                done += 1
            elif isinstance(snapshot, Finished | Diverged):
                raise RuntimeError(f"the run ended: {snapshot}")
        return seconds


class Eager(Loop):
    """The loop that anybody would write who keeps the data in memory, as `floats`, and knows of fused optimizers.

    Network, loss, augmentation, clipping and optimizer are the experiment's; schedule and penalty are left out, and so
    is how many samples it gets right, which makes it faster. It knows the loss of every step: at once on the CPU, where
    that costs nothing, else at the end. Layers compute as torch's do, and weights lie as torch lays them.

    tuned: denormal numbers flushed, and a fused optimizer; without, torch's defaults.
    """

    def __init__(
        self,
        experiment: Experiment,
        digits: Data,
        threads: int = 1,
        *,
        channels_last: bool = True,
        device: str = "cpu",
        compiled: bool = False,
        tuned: bool = True,
    ) -> None:
        recipe = experiment.recipe
        self._threads, self._tuned = threads, tuned
        layout = torch.channels_last if channels_last else torch.contiguous_format
        self._network: nn.Module = plain(build(experiment)).to(device).to(memory_format=layout)
        call = recipe.optimizer.call()
        fused = {"fused": True} if call.name in FUSED and tuned else {}
        self._optimizer: torch.optim.Optimizer = run(call, list(self._network.parameters()), **fused)
        if compiled:
            self._network = torch.compile(self._network, mode=None if device == "cpu" else "reduce-overhead")
        self._objective = Objective(recipe.loss, experiment.data.task, torch.device(device))
        self._augment, self._clip_norm = augmenter(recipe.augmentations), recipe.clip_norm
        self._generator = torch.Generator(device).manual_seed(0)
        data = digits.to(torch.device(device))
        self._batches = batches(data.train, recipe.batch_size, device)
        self._at_once = device == "cpu"

    def steps(self, count: int) -> float:
        torch.set_flush_denormal(self._tuned)
        torch.set_num_threads(self._threads)
        began = perf_counter()
        log = [self._step(*next(self._batches)) for _ in range(count)]
        if not self._at_once:
            torch.stack(log).tolist()
        return perf_counter() - began

    def advance(self, count: int) -> float:
        """Let the optimizer alone make steps, again and again along the last gradients; the seconds."""
        torch.set_num_threads(self._threads)
        began = perf_counter()
        for _ in range(count):
            self._optimizer.step()
        return perf_counter() - began

    def _step(self, images: Tensor, labels: Tensor) -> Tensor | float:
        images, labels = self._augment(images, labels, self._generator)
        self._optimizer.zero_grad()
        loss = self._objective(self._network(images), labels)
        loss.backward()
        if self._clip_norm:
            nn.utils.clip_grad_norm_(self._network.parameters(), self._clip_norm)
        self._optimizer.step()
        return loss.item() if self._at_once else loss.detach()


def plain(network: nn.Module) -> nn.Module:
    """The network as torch builds it: layers of its own, and weights row by row."""
    for module in network.modules():
        if isinstance(module, Linear):
            module.__class__ = nn.Linear
        for parameter in module.parameters(recurse=False):
            parameter.data = parameter.data.contiguous()
    return network


def floats(digits: Data) -> Data:
    """The data with images to train on that are scaled already: four times the memory, and no work in a step.

    What is put together for each batch, such as a text's windows, stays as it is.
    """
    if not isinstance(digits.train, InputTargetPairs):
        return digits
    return replace(digits, train=InputTargetPairs(pixels(digits.train.inputs), digits.train.targets))


def batches(part: Subset, size: int, device: torch.device | str = "cpu") -> Iterator[tuple[Tensor, Tensor]]:
    """Batches without end, shuffled anew each epoch."""
    generator = torch.Generator().manual_seed(0)
    while True:
        for chosen in part.order(generator).to(device).split(size):
            yield part.batch(chosen)


def compare(ours: Loop, rivals: Mapping[str, Loop], *, quick: bool) -> dict[str, Times]:
    """Seconds of one step of each, `OURS` among them, in turns."""
    return take_turns({name: turn(loop, quick=quick) for name, loop in {OURS: ours, **rivals}.items()}, rounds(quick))


def turn(loop: Loop, *, quick: bool) -> Callable[[], float]:
    """About a quarter of a second of steps, which says how long one took; what is compiled at first is done here."""
    loop.seconds(WARM)
    count = max(WARM, min(2000, int((0.05 if quick else 0.25) / (loop.seconds(WARM) / WARM))))
    return lambda: loop.seconds(count) / count


def rounds(quick: bool) -> int:
    """How many."""
    return 2 if quick else 7


def beside_best(work: str, times: Mapping[str, Times], bar: float | None, note: str = "") -> Figure:
    """Our step beside that of the rival with the least median; of the best rounds, and of each, the ratio as a note."""
    ours, rivals = times[OURS], {name: found for name, found in times.items() if name != OURS}
    name, theirs = min(rivals.items(), key=lambda item: item[1].median)
    best = ours.best / min(found.best for found in rivals.values())
    ratios = sorted(mine / other for mine, other in zip(ours.seconds, theirs.seconds, strict=True))
    spread = f"ratio of the best {best:.2f}, of the rounds {ratios[0]:.2f}–{ratios[-1]:.2f}"
    unit, each = ("ms", 1e3) if ours.median > 2e-3 else ("µs", 1e6)
    return Figure(
        work=work,
        value=each * ours.median,
        unit=unit,
        peer=name,
        beside=each * theirs.median,
        bar=bar,
        note=f"{note}; {spread}" if note else spread,
    )
