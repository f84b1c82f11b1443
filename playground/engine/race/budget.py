"""The budget of a race: what each contestant may use, and what it has used."""

from __future__ import annotations

from enum import StrEnum
from math import isfinite
from typing import NamedTuple

from playground.spec.check.shapes import totals, walk
from playground.spec.experiment import Experiment
from playground.spec.messages import Message, PlaygroundError, message, tr_noop
from playground.spec.number_text import flops_text, seconds_text

_PASSES = 3  # FLOPs of a training step in forward passes: the backward pass counts as two


class BudgetError(PlaygroundError):
    """The budget is no amount that can be used up."""


class BudgetKind(StrEnum):
    """The quantity that a budget limits."""

    STEPS = "steps"  # batches trained on
    FLOPS = "flops"  # floating-point operations of training, see `training_flops`
    SECONDS = "seconds"  # own computing time of training, see `Contestant`


class Used(NamedTuple):
    """The amounts that a contestant has used for training; validation and test are not counted."""

    steps: int = 0
    flops: int = 0
    seconds: float = 0.0


class Budget(NamedTuple):
    """The same for each contestant. It ends with the step that uses it up."""

    kind: BudgetKind
    amount: float

    def share(self, used: Used) -> float:
        """The part of the budget that was used, from 0; with the last step it may exceed 1."""
        spent: float = getattr(used, self.kind)
        return spent / self.amount

    @property
    def words(self) -> Message:
        """The budget in words: "1,000 steps each"."""
        return message("{amount} each", amount=amount_words(self.kind, self.amount))


def amount_words(kind: BudgetKind, amount: float) -> Message:
    """An amount with its unit: "1,000 steps", "2.5 TFLOP", "30.0 s of computing time"."""
    if kind is BudgetKind.STEPS:
        return message("{count:,} steps", count=int(amount))
    if kind is BudgetKind.FLOPS:
        return message("{text}", text=flops_text(int(amount)))
    return message("{seconds} of computing time", seconds=seconds_text(amount))


def budget(kind: BudgetKind, amount: float) -> Budget:
    """A checked budget.

    Raises:
        BudgetError: the amount is not above 0, or not finite; steps that are no whole number.
    """
    if not (isfinite(amount) and amount > 0):
        raise BudgetError(message("The budget of a race should be above 0, but is {amount}.", amount=amount))
    if kind is BudgetKind.STEPS and amount != int(amount):
        raise BudgetError(message("The steps of a race should be a whole number, but are {amount}.", amount=amount))
    return Budget(kind, amount)


def training_flops(experiment: Experiment) -> int:
    """Floating-point operations of training on one sample: three times those of its forward pass.

    The forward pass is what the window shows: matrix products and convolutions as the layers declare them, two for
    each multiply-add, see `Layer.flops`. A backward pass counts as two forward passes, as is usual (Kaplan et al.,
    2020, Scaling Laws for Neural Language Models, 2.1), also where layers are frozen, which need less.
    """
    return _PASSES * totals(walk(experiment.stack, experiment.data.sample_shape)).flops


def ensure_usable(limit: Budget, experiment: Experiment) -> None:
    """Refuse a budget that an experiment would never use up.

    Raises:
        BudgetError: its layers count no FLOPs, and those are limited.
    """
    if limit.kind is BudgetKind.FLOPS and not training_flops(experiment):
        words = tr_noop("“{name}” has no layer whose FLOPs are counted: choose a budget of steps or seconds.")
        raise BudgetError(message(words, name=experiment.name))
