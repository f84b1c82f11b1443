"""Sentences about tests of several seeds: means with their spread, and whether one experiment is better."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite
from typing import NamedTuple

from playground.engine.evaluation.run_summary import compared, score_name
from playground.engine.evaluation.seed_statistics import SIGNIFICANT, Spread, TTest, spread, t_test
from playground.engine.training.snapshots import Figures, Finished
from playground.spec.data.dataset import Dataset
from playground.spec.messages import Message, message, tr_noop
from playground.spec.number_text import loss_text, percent_text, setting_text

_WRITERS: tuple[Callable[[float | None], str], ...] = (percent_text, loss_text)  # of score and loss
_SMALLEST_P = 0.001  # that is written as a number


class SeedResult(NamedTuple):
    """The test of one run that was trained to its end."""

    seed: int
    score: float | None  # as the task defines it, 1 at best; None where it is not finite
    loss: float

    @classmethod
    def of(cls, seed: int, end: Figures | Finished) -> SeedResult:
        """The result of a run of that seed that was tested."""
        assert end.test_loss is not None
        finite = end.test_score is not None and isfinite(end.test_score)
        return cls(seed, end.test_score if finite else None, end.test_loss)


class Side(NamedTuple):
    """One side of a comparison: its name, and its runs, each of another seed."""

    name: str
    results: Sequence[SeedResult]


class Spreads(NamedTuple):
    """Means and spreads of the tests of several runs; None without a run that has the figure."""

    score: Spread | None
    loss: Spread | None


class ComparedFigure(NamedTuple):
    """The figure in which two experiments are compared, with its means, and the test of their difference."""

    by_score: bool  # else by the loss
    mean_a: float | None  # None without a run
    mean_b: float | None
    test: TTest | None


def not_counted(end: Figures | Finished, epochs: int, stopped_early: bool) -> Message | None:
    """Why the test of a run does not count among those of other seeds; None if it does.

    Args:
        end: the final figures of the run.
        epochs: as many as its experiment says.
        stopped_early: whether early stopping ended it, and no person.
    """
    if end.test_loss is None:
        return message("it diverged, or was not tested")
    if end.epochs < epochs and not stopped_early:
        return message("it was stopped before its end")
    return None


def spreads(results: Sequence[SeedResult]) -> Spreads:
    """Means and spreads of test score and test loss."""
    scores = [result.score for result in results if result.score is not None]
    losses = [result.loss for result in results]
    return Spreads(*(spread(values) if values else None for values in (scores, losses)))


def figure_names(data: Dataset) -> tuple[Message, Message]:
    """The names of test score and test loss: "test accuracy", "test loss"."""
    names = score_name(data, "test"), compared(message("loss"), data, "test")
    score, loss = (message("test {figure}", figure=name) for name in names)
    return score, loss


def in_short(figures: Spreads) -> tuple[str, str]:
    """Score and loss, each as mean ± standard deviation: "97.69 % ± 0.12 %"."""
    texts = []
    for found, write in zip(figures, _WRITERS, strict=True):
        deviation = "" if found is None or found.sd is None else f" ± {write(found.sd)}"
        texts.append(write(found.mean if found else None) + deviation)
    return texts[0], texts[1]


def in_full(figures: Spreads, data: Dataset) -> list[Message]:
    """A line each for score and loss, with the 95 % confidence interval of the mean, and n."""
    lines = []
    for found, name, write in zip(figures, figure_names(data), _WRITERS, strict=True):
        if found is None:
            continue
        if found.sd is None or found.low is None or found.high is None:
            words = tr_noop("{figure}: {mean}, n = {n}. The spread needs at least two runs.")
            lines.append(message(words, figure=name, mean=write(found.mean), n=found.n))
            continue
        words = tr_noop(
            "{figure}: mean {mean}, standard deviation {sd}, "
            "95 % confidence interval of the mean {low} to {high}, n = {n}"
        )
        bounds = {"low": write(found.low), "high": write(found.high)}
        lines.append(message(words, figure=name, mean=write(found.mean), sd=write(found.sd), **bounds, n=found.n))
    return lines or [message("No run was trained to its end and tested: there is no mean.")]


def compared_figure(a: Side, b: Side) -> ComparedFigure:
    """Test the test score of two experiments, or the test loss where a run has no score.

    One figure alone, as each further one would raise the chance of a false claim.
    """
    by_score = all(result.score is not None for side in (a, b) for result in side.results)
    values = [{item.seed: _value(item, by_score) for item in side.results} for side in (a, b)]
    means = [spread(list(found.values())).mean if found else None for found in values]
    return ComparedFigure(by_score, means[0], means[1], t_test(*values))


def comparison(a: Side, b: Side, data: Dataset) -> Message:
    """Say which of two experiments is better, with the statistical test and n, or that no difference can be claimed.

    The figure is that of `compared_figure`. A difference is claimed where a two-sided t-test gives p < 0.05, see
    `t_test`; its confidence interval is that of the one named first less the other.
    """
    by_score, *means, test = compared_figure(a, b)
    name = figure_names(data)[0 if by_score else 1]
    write = _WRITERS[0 if by_score else 1]
    said = _test_in_words(test, len(a.results), len(b.results), write)
    words = tr_noop("No difference can be claimed between “{a}” and “{b}” in {figure}: {mean_a} and {mean_b}, {test}")
    if test and test.p < SIGNIFICANT:
        words = tr_noop("“{a}” is better than “{b}” in {figure}: {mean_a} and {mean_b}, {test}")
        if (test.t > 0) != by_score:  # a higher score is better, and a lower loss
            a, b, means = b, a, means[::-1]
            said = _test_in_words(test.turned(), len(a.results), len(b.results), write)
    figures = {"figure": name, "mean_a": write(means[0]), "mean_b": write(means[1])}
    return message(words, a=a.name, b=b.name, **figures, test=said)


def _value(result: SeedResult, by_score: bool) -> float:
    return result.score if by_score and result.score is not None else result.loss


def _test_in_words(test: TTest | None, n_a: int, n_b: int, write: Callable[[float | None], str]) -> Message:
    """The test, p, interval and n: "Welch's t-test, p = 0.003, 95 % confidence interval …, n = 5 and 5"."""
    if min(n_a, n_b) < 2:
        return message("no test, n = {a} and {b}: it needs at least two runs of each", a=n_a, b=n_b)
    if test is None:
        return message("no test, n = {a} and {b}: the runs do not differ enough among themselves", a=n_a, b=n_b)
    words = tr_noop("Welch's t-test, {p}, 95 % confidence interval of the difference {low} to {high}, n = {a} and {b}")
    if test.paired:
        words = tr_noop(
            "paired t-test over the same seeds, {p}, "
            "95 % confidence interval of the difference {low} to {high}, n = {a} and {b}"
        )
    return message(words, p=p_text(test.p), low=write(test.low), high=write(test.high), a=n_a, b=n_b)


def p_text(p: float) -> str:
    """A p-value: `p = 0.003`, `p < 0.001`."""
    return f"p < {_SMALLEST_P}" if p < _SMALLEST_P else f"p = {setting_text(p, 3)}"
