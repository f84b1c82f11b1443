"""The doctor's record of a run so far: its snapshots, the many steps added up in windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import fsum
from statistics import median
from typing import NamedTuple

from playground.engine.data.in_memory import Data
from playground.engine.doctor.chance_loss import chance_loss
from playground.engine.training.snapshots import Diverged, Epoch, LayerStatistics, Probed, Step
from playground.spec.check.shapes import LayerShape, walk
from playground.spec.experiment import Experiment

WINDOW = 16  # steps whose losses are averaged
_KEPT = 8  # probes, the latest
_LITTLE = 0.5
_EARLY = 2  # probes before that whose updates are those of an optimizer that has no memory yet


class Window(NamedTuple):
    """Mean figures of some successive steps."""

    steps: int
    loss: float  # data part
    penalty: float


def window_of(steps: Sequence[Step]) -> Window:
    """The means of some steps; 0 without any."""
    count = max(1, len(steps))
    loss, penalty = fsum(step.loss for step in steps), fsum(step.terms.penalty for step in steps)
    return Window(len(steps), loss / count, penalty / count)


@dataclass(eq=False)
class Record:
    """A run as far as it has come; only the latest windows and probes are kept."""

    experiment: Experiment
    data: Data
    longest: float = 0.0  # the largest `updates` so far
    first_probe: Probed | None = None
    first_loss: float | None = None  # of the first step
    windows: list[Window] = field(default_factory=list)  # the latest complete ones
    pending: list[Step] = field(default_factory=list)  # those since then
    last: Step | None = None  # the latest step of the latest window
    probes: list[Probed] = field(default_factory=list)
    epochs: list[Epoch] = field(default_factory=list)
    diverged: Diverged | None = None
    found: dict[str, int] = field(default_factory=dict)  # ids of findings, and their steps

    @property
    def step(self) -> int:
        """Batches trained on so far."""
        last = self.pending[-1] if self.pending else self.last
        return last.step if last else 0

    @property
    def rate(self) -> float:
        """The learning rate of the latest step."""
        last = self.pending[-1] if self.pending else self.last
        return last.learning_rate if last else 0.0

    @property
    def present(self) -> Window:
        """The incomplete window."""
        return window_of(self.pending)

    @cached_property
    def chance(self) -> float | None:
        """The loss of a network that gives always the same answer; None where it is not known."""
        return chance_loss(self.experiment, self.data)

    @cached_property
    def rows(self) -> tuple[LayerShape, ...]:
        """The active layers of the stack."""
        walked = walk(self.experiment.stack, self.experiment.data.sample_shape)
        return tuple(row for row in walked if row.active)

    @property
    def start(self) -> float | None:
        """The loss that nothing learned explains: of chance, or of the first step where that is higher."""
        known = [loss for loss in (self.chance, self.first_loss) if loss is not None]
        return max(known, default=None)

    @property
    def updates(self) -> float | None:
        """By what share of its size the last probed step changed the weights: the median of the layers."""
        last = self.probes[-1].layers if len(self.probes) > _EARLY else ()
        ratios = [item.update_ratio for item in last if item.update_ratio is not None and item.weight]
        return median(ratios) if ratios else None

    def note_step(self, step: Step) -> bool:
        """Add a step; whether it completes a window."""
        if self.last is None and not self.pending:
            self.first_loss = step.loss
        self.pending.append(step)
        if len(self.pending) < WINDOW:
            return False
        self.windows = [*self.windows[-_KEPT:], self.present]
        self.last, self.pending = step, []
        return True

    def note_probe(self, probed: Probed) -> None:
        """Add a probe."""
        self.first_probe = self.first_probe or probed
        self.probes = [*self.probes[-_KEPT:], probed]
        self.longest = max(self.longest, self.updates or 0.0)

    @property
    def learned_little(self) -> bool:
        """Whether the loss is still above half of that of chance."""
        latest = self.windows[-1].loss if self.windows else self.present.loss
        return self.chance is None or not latest < _LITTLE * self.chance

    def lasting(self, layer: int, count: int) -> tuple[LayerStatistics, ...]:
        """The statistics of the layer of that number in the latest `count` probes; empty where there are fewer."""
        return tuple(probe.layers[layer] for probe in self.probes[-count:]) if len(self.probes) >= count else ()
