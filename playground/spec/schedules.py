"""Schedules: how the learning rate changes over a run."""

from __future__ import annotations

from abc import abstractmethod
from math import cos, pi
from typing import ClassVar

from playground.spec.call import Call, call
from playground.spec.component import Component, integer, real
from playground.spec.words import mark


class Schedule(Component):
    """The family. `factor` is what the engine multiplies the learning rate with; `call` names torch's twin of it."""

    @abstractmethod
    def factor(self, step: int, steps: int, steps_per_epoch: int) -> float:
        """Factor of the learning rate at `step` (from 0) of `steps`."""

    @abstractmethod
    def call(self, lr: float, steps: int, steps_per_epoch: int) -> Call | None:
        """The scheduler, stepped once a batch; its first argument, the optimizer, is left out."""


class Constant(Schedule):
    """The same rate throughout."""

    id: ClassVar[str] = "constant"
    label: ClassVar[str] = mark("Constant")
    help: ClassVar[str] = mark("The same learning rate throughout.")

    def factor(self, step: int, steps: int, steps_per_epoch: int) -> float:
        return 1.0

    def call(self, lr: float, steps: int, steps_per_epoch: int) -> Call | None:
        return None


class StepDecay(Schedule):
    """`torch.optim.lr_scheduler.StepLR`."""

    id: ClassVar[str] = "step"
    label: ClassVar[str] = mark("Step")
    help: ClassVar[str] = mark("Multiplies the learning rate by gamma every few epochs.")

    step_size: int = integer(3, mark("Every"), mark("Epochs between two steps."), ge=1, le=10_000, unit="epochs")
    gamma: float = real(0.5, mark("Gamma"), mark("What the rate is multiplied by."), ge=0.001, le=1.0)

    def factor(self, step: int, steps: int, steps_per_epoch: int) -> float:
        return self.gamma ** (step // (self.step_size * steps_per_epoch))

    def call(self, lr: float, steps: int, steps_per_epoch: int) -> Call | None:
        size = self.step_size * steps_per_epoch
        return call("torch.optim.lr_scheduler.StepLR", step_size=size, gamma=self.gamma)


class Cosine(Schedule):
    """`torch.optim.lr_scheduler.CosineAnnealingLR` (Loshchilov and Hutter, 2017, arXiv:1608.03983)."""

    id: ClassVar[str] = "cosine"
    label: ClassVar[str] = mark("Cosine")
    help: ClassVar[str] = mark("Falls along half a cosine to a share of where it began.")

    final: float = real(
        0.0, mark("Ends at"), mark("Share of the learning rate that is left at the end."), ge=0.0, le=1.0
    )

    def factor(self, step: int, steps: int, steps_per_epoch: int) -> float:
        return self.final + (1.0 - self.final) * (1.0 + cos(pi * step / steps)) / 2.0

    def call(self, lr: float, steps: int, steps_per_epoch: int) -> Call | None:
        return call("torch.optim.lr_scheduler.CosineAnnealingLR", T_max=steps, eta_min=lr * self.final)


class OneCycle(Schedule):
    """`torch.optim.lr_scheduler.OneCycleLR` without cycling momentum (Smith and Topin, 2018, arXiv:1708.07120)."""

    id: ClassVar[str] = "one_cycle"
    label: ClassVar[str] = mark("One cycle")
    help: ClassVar[str] = mark(
        "Rises to the learning rate, then falls far below where it began. Learns fast with high rates."
    )

    pct_start: float = real(0.3, mark("Rise"), mark("Share of the run in which the rate rises."), ge=0.01, le=0.99)
    div_factor: float = real(
        25.0,
        mark("Starts at 1 /"),
        mark("The rate begins at the peak divided by this."),
        ge=1.0,
        le=1e6,
        logarithmic=True,
    )
    final_div_factor: float = real(
        1e4,
        mark("Ends at 1 /"),
        mark("The rate ends at its beginning divided by this."),
        ge=1.0,
        le=1e9,
        logarithmic=True,
    )

    def factor(self, step: int, steps: int, steps_per_epoch: int) -> float:
        start = 1.0 / self.div_factor
        end = start / self.final_div_factor
        top = self._rise(steps) * steps - 1
        if step <= top:
            return _between(start, 1.0, step / top)
        return _between(1.0, end, min(1.0, (step - top) / (steps - 1 - top)))

    def call(self, lr: float, steps: int, steps_per_epoch: int) -> Call | None:
        return call(
            "torch.optim.lr_scheduler.OneCycleLR",
            max_lr=lr,
            total_steps=steps,
            pct_start=self._rise(steps),
            div_factor=self.div_factor,
            final_div_factor=self.final_div_factor,
            cycle_momentum=False,
        )

    def _rise(self, steps: int) -> float:
        """`pct_start`, moved a hair where the peak would fall on the first step, at which torch divides 0 by 0."""
        return self.pct_start * (1.0 - 1e-9) if self.pct_start * steps == 1.0 else self.pct_start


def _between(start: float, end: float, share: float) -> float:
    """Half a cosine from `start` (share 0) to `end` (share 1)."""
    return end + (start - end) / 2.0 * (cos(pi * share) + 1.0)
