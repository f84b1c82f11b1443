"""The score of a network against its bar: the accuracy that its data ask for, or what is reached without a network."""

from __future__ import annotations

from math import isfinite
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from playground.engine.evaluation.answers import Answers, ClassAnswers
from playground.engine.evaluation.baseline import BaselineScorer
from playground.engine.evaluation.residuals import undefined_score
from playground.engine.fitness.intervals import Interval, bootstrap, score_statistic, wilson
from playground.engine.fitness.item import Item, Status, held
from playground.engine.fitness.parts import Measured
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.cross_entropy import is_language_model
from playground.spec.data.task import Score
from playground.spec.experiment import Experiment
from playground.spec.files.presets import presets
from playground.spec.messages import Message, message, tr_noop
from playground.spec.number_text import loss_text, part_text, percent_text
from playground.spec.verdict import Baseline

Floats = npt.NDArray[np.float64]
_CHUNK = 500  # samples whose targets are read at a time


class Bar(NamedTuple):
    """The bar of a figure."""

    value: float
    words: Message
    demanded: bool  # by the data; else it is what is reached without a network


def score_item(found: Measured) -> Item:
    """The score on the final samples, its 95 % confidence interval, and whether it reaches its bar.

    A bar that the data demand is reached by the score itself, as in the verdict after a training. One that is reached
    without a network has to be outside the interval, because a difference may be chance.
    """
    experiment, part = found.trained.experiment, found.final
    of_language = is_language_model(experiment)
    label = tr_noop("Loss") if of_language else experiment.data.task.score.value
    if (why := undefined_score(found.answers)) is not None:
        return Item("score", label, Status.NOT_APPLICABLE, message("does not apply: {why}", why=why))
    score = found.answers.evaluation.score
    value = float(found.answers.errors.mean()) if of_language else score
    if not isfinite(value):
        words = tr_noop("On {part} it is no finite number: nothing is known.")
        fix = message("Train again with a learning rate ten times smaller.")
        return Item("score", label, Status.RED, message(words, part=part.words), fix)
    interval = _nats_interval(found.answers) if of_language else score_interval(found)
    write = loss_text if of_language else percent_text
    bar = _bar(experiment, _baseline(found), in_nats=of_language)
    if bar.demanded:
        holds = value >= bar.value
    else:
        holds = interval.high < bar.value if of_language else interval.low > bar.value
    words = tr_noop("{value} on {part} (95 %: {low} to {high}, {method}); {bar}.")
    unit = message("{value} nats", value=loss_text(value)) if of_language else percent_text(value)
    ends = {"low": write(interval.low), "high": write(interval.high), "method": message(interval.method)}
    reason = message(words, value=unit, part=part.words, **ends, bar=bar.words)
    if bar.demanded and interval.low < bar.value <= interval.high:
        reason = message(
            "{reason} Its interval contains the bar: more {samples} would tell.",
            reason=reason,
            samples=message(part.dataset.samples),
        )
    if (remark := part.remark) is not None:
        reason = message("{reason} ({remark})", reason=reason, remark=remark)
    figures = {
        "name": "nats" if of_language else experiment.data.task.score.key,
        "value": value,
        "low": interval.low,
        "high": interval.high,
        "method": interval.method.lower(),
        "bar": bar.value,
        "bar_is": "demanded" if bar.demanded else "baseline",
        "part": part.part.value,
        "samples": len(part.samples),
    }
    return Item(
        "score",
        label,
        held(holds),
        reason,
        None if holds else _fix(experiment, bar),
        figures,
    )


def _bar(experiment: Experiment, baseline: Baseline | None, *, in_nats: bool) -> Bar:
    fit = experiment.data.fit
    if fit is not None and experiment.data.task.positions == 1:
        return Bar(fit, message("{fit} are needed", fit=part_text(fit)), True)
    if in_nats and baseline is not None and baseline.nats is not None:
        words = tr_noop("counting which follows which gives {nats} nats, and it has to be below")
        return Bar(baseline.nats, message(words, nats=loss_text(baseline.nats)), False)
    least = baseline.score if baseline is not None else 0.0
    words = tr_noop("without a network there are {least}, and it has to be above")
    return Bar(least, message(words, least=percent_text(least)), False)


def _fix(experiment: Experiment, bar: Bar) -> Message:
    """A preset of the same data that promises to reach the bar, if there is another one; else how to train."""
    if bar.demanded:
        for entry in presets():
            other = entry.experiment
            if entry.promise is None or entry.promise < bar.value or other.stack == experiment.stack:
                continue
            if other.data.id == experiment.data.id:
                words = tr_noop("Train for more epochs, or train the preset “{name}”, which reaches {promise}.")
                return message(words, name=entry.name, promise=part_text(entry.promise))
    return message("Train for more epochs, or try a learning rate ten times smaller, or larger layers.")


def _baseline(found: Measured) -> Baseline | None:
    scorer = BaselineScorer(found.final.dataset, found.data)
    for start in range(0, len(found.final.samples), _CHUNK):
        stop_if_cancelled()
        scorer.note(*found.final.samples.cut(start, start + _CHUNK))
    return scorer.found


def score_interval(found: Measured) -> Interval:
    """The 95 % interval of the score: Wilson's for a share of samples, else a bootstrap over samples."""
    task, answers = found.final.dataset.task, found.answers
    if answers.classes is not None and task.score is Score.ACCURACY and task.positions == 1:
        return wilson(int((answers.classes.true == answers.classes.predicted).sum()), answers.samples)
    return bootstrap(sample_sums(found), score_statistic(task.score, answers.samples * task.positions))


def _nats_interval(answers: Answers) -> Interval:
    return bootstrap(answers.errors[:, None], lambda sums: sums[:, 0] / answers.samples)


def sample_sums(found: Measured) -> Floats:
    """The terms of each sample in the sums of `engine.evaluation.scores`, (N, K)."""
    answers, score = found.answers, found.final.dataset.task.score
    if answers.classes is not None:
        return np.stack(_class_sums(answers.classes, score), axis=1).astype(np.float64)
    if answers.numbers is not None:
        true, given = answers.numbers.true, answers.numbers.predicted
        true, given = true - true.mean(), given - true.mean()  # R² stays, and far from 0 its digits do too
        return np.stack([(given - true) ** 2, true, true**2], axis=1)
    positions = found.final.dataset.task.positions
    errors = positions * (answers.errors / found.data.unit) ** 2
    return np.column_stack([errors, _target_sums(found)])


def _class_sums(answers: ClassAnswers, score: Score) -> list[npt.NDArray[np.integer]]:
    true, given = answers.true, answers.predicted
    right, said, there = true == given, given > 0, true > 0
    if score is Score.IOU:
        return [(said & there).sum(1), (said | there).sum(1)]
    if score is Score.F1:
        return [(right & there).sum(1), said.sum(1) + there.sum(1)]
    return [right.sum(1)]


def _target_sums(found: Measured) -> Floats:
    """Sum and sum of squares of the target numbers of each sample, (N, 2)."""
    parts = []
    for start in range(0, len(found.final.samples), _CHUNK):
        stop_if_cancelled()
        targets = found.final.samples.cut(start, start + _CHUNK)[1].flatten(1).cpu().double().numpy()
        parts.append(np.stack([targets.sum(1), (targets**2).sum(1)], axis=1))
    return np.concatenate(parts)
