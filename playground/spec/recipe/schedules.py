"""Schedules: how the learning rate changes over a run.

The engine computes a factor for each step, without an optimizer; an exported program uses torch's own scheduler.
"""

from __future__ import annotations

from abc import abstractmethod
from math import cos, pi
from typing import Annotated, Any, ClassVar

from pydantic import model_validator

from playground.spec.call import Call, Written, call
from playground.spec.component import Component, between, integer, numbers, proportion, real
from playground.spec.messages import tr_noop

_OLD_MILESTONES = {"milestone_1", "milestone_2", "milestone_3"}

# Names of lengths in a program: batches in an epoch, in the whole run, and in the warm-up.
PER_EPOCH = "steps_per_epoch"
STEPS = f"EPOCHS * {PER_EPOCH}"
WARM_UP = "warm_up_steps"


class Schedule(Component):
    """Base of all schedules. The engine multiplies the learning rate by `factor`; `calls` name torch's equivalent."""

    @abstractmethod
    def factor(self, step: int, steps: int, steps_per_epoch: int) -> float:
        """Factor of the learning rate at `step` (from 0) of `steps`."""

    @abstractmethod
    def calls(self, lr: float) -> tuple[Call, ...]:
        """The schedulers, stepped once per batch, without their first argument, the optimizer.

        Lengths in them are code, made of `EPOCHS`, `PER_EPOCH` and `WARM_UP`. Where there are two, the second takes
        over after `WARM_UP` batches, as in `torch.optim.lr_scheduler.SequentialLR`.
        """

    @property
    def warm_up(self) -> Written | None:
        """Batches in which the rate rises before the schedule proper begins, as code; None without a warm-up."""
        return None

    def reaction(self) -> Call | None:
        """The scheduler that takes the loss after each epoch and lowers the rate in addition, or None."""
        return None


class WarmedUp(Schedule):
    """A schedule that may begin with a linear warm-up (Goyal et al., 2017, arXiv:1706.02677, 2.2).

    Subclasses define the rate after it, from step 0 of the rest of the run.
    """

    warmup: float = real(
        0.0,
        tr_noop("Warm-up"),
        tr_noop("Epochs, or a part of one, in which the learning rate first rises from almost 0."),
        ge=0.0,
        le=10_000.0,
        unit=tr_noop("epochs"),
        logarithmic=True,
        on=1.0,
    )

    @abstractmethod
    def factor_after(self, step: int, steps: int, steps_per_epoch: int) -> float:
        """Factor of the learning rate at `step` (from 0) of the `steps` after the warm-up."""

    @abstractmethod
    def call_after(self, lr: float) -> Call | None:
        """The scheduler after the warm-up, or None."""

    def warmup_steps(self, steps_per_epoch: int) -> int:
        """Batches in which the rate rises, before the schedule proper begins."""
        return _in_steps(self.warmup, steps_per_epoch) if self.warmup else 0

    @property
    def warm_up(self) -> Written | None:
        return Written(_steps_in(self.warmup)) if self.warmup else None

    @property
    def _steps_after(self) -> Written:
        """Number of batches after the warm-up, as code."""
        return Written(f"max(1, {STEPS} - {WARM_UP})" if self.warmup else STEPS)

    def factor(self, step: int, steps: int, steps_per_epoch: int) -> float:
        rise = self.warmup_steps(steps_per_epoch)
        if step < rise:
            return (step + 1) / (rise + 1)
        return self.factor_after(step - rise, max(1, steps - rise), steps_per_epoch)

    def calls(self, lr: float) -> tuple[Call, ...]:
        after = self.call_after(lr)
        start, length = Written(f"1 / ({WARM_UP} + 1)"), Written(WARM_UP)
        linear = call("torch.optim.lr_scheduler.LinearLR", start_factor=start, total_iters=length)
        return (*([linear] if self.warmup else []), *([after] if after else []))


class Constant(WarmedUp):
    """The same rate throughout."""

    id: ClassVar[str] = "constant"
    label: ClassVar[str] = tr_noop("Constant")
    help: ClassVar[str] = tr_noop("The same learning rate throughout.")

    def factor_after(self, step: int, steps: int, steps_per_epoch: int) -> float:
        return 1.0

    def call_after(self, lr: float) -> Call | None:
        return None


class StepDecay(WarmedUp):
    """`torch.optim.lr_scheduler.StepLR`."""

    id: ClassVar[str] = "step"
    label: ClassVar[str] = tr_noop("Step")
    help: ClassVar[str] = tr_noop("Multiplies the learning rate by gamma every few epochs.")

    step_size: int = integer(
        3, tr_noop("Every"), tr_noop("Epochs between two steps."), ge=1, le=10_000, unit=tr_noop("epochs")
    )
    gamma: float = real(0.5, tr_noop("Gamma"), tr_noop("What the rate is multiplied by."), ge=0.001, le=1.0)

    def factor_after(self, step: int, steps: int, steps_per_epoch: int) -> float:
        return self.gamma ** (step // (self.step_size * steps_per_epoch))

    def call_after(self, lr: float) -> Call | None:
        size = Written(_steps_in(self.step_size))
        return call("torch.optim.lr_scheduler.StepLR", step_size=size, gamma=self.gamma)


class MultiStep(WarmedUp):
    """`torch.optim.lr_scheduler.MultiStepLR`."""

    id: ClassVar[str] = "multi_step"
    label: ClassVar[str] = tr_noop("Multi-step")
    help: ClassVar[str] = tr_noop("Multiplies the learning rate by gamma after each of these epochs.")

    milestones: tuple[Annotated[float, between(0.001, 10_000.0)], ...] = numbers(
        (5.0, 8.0), tr_noop("After"), tr_noop("Epochs, or parts of one, until the rate falls, such as 5, 8."), most=100
    )
    gamma: float = real(0.1, tr_noop("Gamma"), tr_noop("What the rate is multiplied by."), ge=0.001, le=1.0)

    @model_validator(mode="before")
    @classmethod
    def _upgrade(cls, record: Any) -> Any:
        """Upgrade a record in which three epochs had fields of their own, 0 for none."""
        if not isinstance(record, dict) or not _OLD_MILESTONES & record.keys():
            return record
        old = {
            name: record.get(name, default) for name, default in zip(sorted(_OLD_MILESTONES), (5, 8, 0), strict=True)
        }
        rest = {name: value for name, value in record.items() if name not in _OLD_MILESTONES}
        return {**rest, "milestones": tuple(epoch for epoch in old.values() if epoch)}

    def factor_after(self, step: int, steps: int, steps_per_epoch: int) -> float:
        passed: int = sum(step >= _in_steps(epochs, steps_per_epoch) for epochs in self.milestones)
        return self.gamma**passed

    def call_after(self, lr: float) -> Call | None:
        milestones = [Written(_steps_in(epochs)) for epochs in sorted(self.milestones)]
        return call("torch.optim.lr_scheduler.MultiStepLR", milestones=milestones, gamma=self.gamma)


class Exponential(WarmedUp):
    """`torch.optim.lr_scheduler.ExponentialLR`, with the gamma of an epoch spread over its batches."""

    id: ClassVar[str] = "exponential"
    label: ClassVar[str] = tr_noop("Exponential")
    help: ClassVar[str] = tr_noop("Falls by the same share in every batch, by gamma over an epoch.")

    gamma: float = real(
        0.8, tr_noop("Gamma"), tr_noop("What the rate is multiplied by over an epoch."), ge=0.001, le=1.0
    )

    def factor_after(self, step: int, steps: int, steps_per_epoch: int) -> float:
        return float(self.gamma ** (step / steps_per_epoch))

    def call_after(self, lr: float) -> Call | None:
        return call("torch.optim.lr_scheduler.ExponentialLR", gamma=Written(f"{self.gamma!r} ** (1 / {PER_EPOCH})"))


class Cosine(WarmedUp):
    """`torch.optim.lr_scheduler.CosineAnnealingLR` (Loshchilov and Hutter, 2017, arXiv:1608.03983)."""

    id: ClassVar[str] = "cosine"
    label: ClassVar[str] = tr_noop("Cosine")
    help: ClassVar[str] = tr_noop("Falls along half a cosine to a share of where it began.")

    final: float = proportion(0.0, tr_noop("Ends at"), tr_noop("Share of the learning rate that is left at the end."))

    def factor_after(self, step: int, steps: int, steps_per_epoch: int) -> float:
        return self.final + (1.0 - self.final) * (1.0 + cos(pi * step / steps)) / 2.0

    def call_after(self, lr: float) -> Call | None:
        return call("torch.optim.lr_scheduler.CosineAnnealingLR", T_max=self._steps_after, eta_min=lr * self.final)


class CosineRestarts(WarmedUp):
    """`torch.optim.lr_scheduler.CosineAnnealingWarmRestarts` (Loshchilov and Hutter, 2017, arXiv:1608.03983)."""

    id: ClassVar[str] = "cosine_restarts"
    label: ClassVar[str] = tr_noop("Cosine with restarts")
    help: ClassVar[str] = tr_noop("Falls along half a cosine, jumps back to where it began, and falls again.")
    keywords: ClassVar[str] = tr_noop("warm restarts sgdr")

    t_0: int = integer(
        2, tr_noop("First fall"), tr_noop("Epochs until the first restart."), ge=1, le=10_000, unit=tr_noop("epochs")
    )
    t_mult: int = integer(
        2, tr_noop("Growth"), tr_noop("How much longer each fall is than the one before."), ge=1, le=10
    )
    final: float = proportion(
        0.0, tr_noop("Falls to"), tr_noop("Share of the learning rate that is left before a restart.")
    )

    def factor_after(self, step: int, steps: int, steps_per_epoch: int) -> float:
        length = self.t_0 * steps_per_epoch
        if self.t_mult == 1:
            step %= length
        while step >= length:
            step -= length
            length *= self.t_mult
        return half_cosine(1.0, self.final, step / length)

    def call_after(self, lr: float) -> Call | None:
        return call(
            "torch.optim.lr_scheduler.CosineAnnealingWarmRestarts",
            T_0=Written(_steps_in(self.t_0)),
            T_mult=self.t_mult,
            eta_min=lr * self.final,
        )


class Plateau(WarmedUp):
    """`torch.optim.lr_scheduler.ReduceLROnPlateau`; `factor` covers only the warm-up, the rest depends on the run."""

    id: ClassVar[str] = "plateau"
    label: ClassVar[str] = tr_noop("Reduce on plateau")
    help: ClassVar[str] = tr_noop(
        "Multiplies the learning rate by gamma when the loss no longer falls: the validation loss, "
        "or the training loss without validation data."
    )
    keywords: ClassVar[str] = tr_noop("adaptive patience stall reducelronplateau")

    patience: int = integer(
        2,
        tr_noop("Patience"),
        tr_noop("Epochs without a better loss that are let pass."),
        ge=0,
        le=1000,
        unit=tr_noop("epochs"),
    )
    gamma: float = real(0.3, tr_noop("Gamma"), tr_noop("What the rate is multiplied by."), ge=0.001, le=0.999)
    threshold: float = real(
        1e-4,
        tr_noop("Threshold"),
        tr_noop("Share by which a loss must be below the least so far to count as better."),
        ge=0.0,
        le=1.0,
        logarithmic=True,
    )

    def factor_after(self, step: int, steps: int, steps_per_epoch: int) -> float:
        return 1.0

    def call_after(self, lr: float) -> Call | None:
        return None

    def reaction(self) -> Call | None:
        settings = {"factor": self.gamma, "patience": self.patience, "threshold": self.threshold}
        return call("torch.optim.lr_scheduler.ReduceLROnPlateau", **settings, eps=0.0)


def _in_steps(epochs: float, steps_per_epoch: int) -> int:
    """Number of batches in `epochs` epochs, at least one."""
    return max(1, round(epochs * steps_per_epoch))


def _steps_in(epochs: float) -> str:
    """`_in_steps` as code."""
    if epochs == 1:
        return PER_EPOCH
    if epochs == int(epochs):
        return f"{int(epochs)} * {PER_EPOCH}"
    return f"max(1, round({epochs!r} * {PER_EPOCH}))"


def half_cosine(start: float, end: float, share: float) -> float:
    """Half a cosine from `start` (share 0) to `end` (share 1)."""
    return end + (start - end) / 2.0 * (cos(pi * share) + 1.0)
