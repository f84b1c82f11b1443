"""The result of a range test of the learning rate, and the rates that follow from it; without torch."""

from __future__ import annotations

from math import inf, sqrt
from statistics import stdev
from typing import NamedTuple

from playground.spec.messages import Message, message
from playground.spec.number_text import setting_text
from playground.spec.recipe.optimizers import Optimizer

STEPS = 200
_DOWN, _UP = 1e-3, 1e3  # from and to how many times the default rate of the optimizer
_MEMORY = 0.95  # share of the smoothed loss that is kept from step to step
_WORSE = 4.0  # times the best smoothed loss, from where on the test is over
_BELOW = 10.0  # so many times below the rate of the lowest loss lies the suggestion
_BEGUN = 0.1  # share of the fall of the loss with which the suggested range begins
_QUIET = 40  # steps at the beginning, with rates too small to learn with, that show the noise of the loss
_CLEAR = 4.0  # standard deviations of the noise that a fall must exceed
_FALL = 0.2  # share of the loss that a fall must exceed: after a smaller one training has hardly begun
_DIGITS = 2  # significant digits of a suggestion; it is not known more exactly


class Suggestion(NamedTuple):
    """Rates to train with, to two digits."""

    low: float  # of the range: the loss has begun to fall
    high: float  # the loss is lowest
    rate: float  # to begin with


class Searching(NamedTuple):
    """The search goes on."""

    steps: int  # made so far, in the range test or in a run of the race
    total: int  # that it makes at most
    rate: float | None = None  # of the run; None in the range test


class Trial(NamedTuple):
    """A run with one rate."""

    rate: float
    loss: float  # for validation at the end, in training where no data are held out; infinite if the run diverged


class Race(NamedTuple):
    """Runs with several rates, all equally long."""

    steps: int  # of each run
    whole: bool  # whether that is as long as the experiment says
    trials: tuple[Trial, ...]  # by rising rate

    @property
    def best(self) -> Trial:
        """The rate with the least loss."""
        return min(self.trials, key=lambda trial: trial.loss)


class RateTest(NamedTuple):
    """A range test (Smith, 2017, Cyclical Learning Rates for Training Neural Networks, arXiv:1506.01186)."""

    rates: tuple[float, ...]  # of each step, rising
    losses: tuple[float, ...]  # of its batch, before the step: what is minimised, penalties included
    smoothed: tuple[float, ...]
    suggestion: Suggestion | None = None
    reason: Message | None = None  # why there is no suggestion
    race: Race | None = None  # that decided on the suggested rate; None where it would have taken too long
    start: float | None = None  # the loss at the beginning; None where no rate can work

    def raced(self, race: Race) -> RateTest:
        """The same test with the rate that won a race, unless the winner has hardly learned either."""
        rate, loss = race.best
        start = loss if self.start is None else self.start
        learned = loss < (inf if self.suggestion else start - _FALL * abs(start))
        if not learned:
            return self
        rates = [rate, *(self.suggestion[:2] if self.suggestion else ())]
        suggestion = Suggestion(rounded(min(rates)), rounded(max(rates)), rounded(rate))
        return self._replace(race=race, suggestion=suggestion, reason=None)


def rates_to_test(optimizer: Optimizer) -> list[float]:
    """The rates of the steps: three decades below the default of the optimizer to three above it, spaced evenly."""
    default = type(optimizer)().lr
    return [default * _DOWN * (_UP / _DOWN) ** (step / (STEPS - 1)) for step in range(STEPS)]


class Losses:
    """The losses of a test so far, smoothed by an exponential mean whose bias is corrected (Kingma and Ba, 2015)."""

    def __init__(self) -> None:
        self._rates: list[float] = []
        self._losses: list[float] = []
        self._smoothed: list[float] = []
        self._mean = 0.0

    def add(self, rate: float, loss: float) -> None:
        """Take note of a step; `loss` is finite."""
        self._rates.append(rate)
        self._losses.append(loss)
        self._mean = _MEMORY * self._mean + (1.0 - _MEMORY) * loss
        self._smoothed.append(self._mean / (1.0 - _MEMORY ** len(self._losses)))

    @property
    def exploded(self) -> bool:
        """Whether the smoothed loss exceeds several times its best."""
        best = min(self._smoothed)
        return self._smoothed[-1] > best + (_WORSE - 1.0) * abs(best)

    def test(self) -> RateTest:
        """The test with its suggestion: a tenth of the rate with which the smoothed loss was lowest.

        That rule was compared with the steepest fall and others, see `tests/benchmarks/rate_finder.py`.
        """
        found = RateTest(tuple(self._rates), tuple(self._losses), tuple(self._smoothed))
        if len(self._losses) <= _QUIET:
            return found._replace(
                reason=message(
                    "The loss explodes or is not a finite number even with tiny rates, so none can be suggested."
                )
            )
        lowest = min(range(len(self._smoothed)), key=self._smoothed.__getitem__)
        start = sum(self._losses[:_QUIET]) / _QUIET
        fall = start - self._smoothed[lowest]
        noise = stdev(self._losses[:_QUIET]) * sqrt((1.0 - _MEMORY) / (1.0 + _MEMORY))  # of the smoothed loss
        if lowest < _QUIET or fall < max(_CLEAR * noise, _FALL * abs(start)):
            return found._replace(
                start=start,
                reason=message(
                    "The loss hardly fell with any rate within {steps} steps, so none can be suggested.",
                    steps=len(self._losses),
                ),
            )
        high = self._rates[lowest]
        rate = high / _BELOW
        above = [step for step in range(lowest) if self._smoothed[step] > start - _BEGUN * fall]
        low = min(self._rates[above[-1] + 1 if above else 0], rate)
        return found._replace(start=start, suggestion=Suggestion(rounded(low), rounded(high), rounded(rate)))


def rounded(rate: float) -> float:
    """A rate rounded to two digits: the test gives no more."""
    return float(setting_text(rate, _DIGITS))
