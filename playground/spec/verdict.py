"""Explains a test result in a sentence: compared with a baseline, with the preset's promise, and with its purpose."""

from __future__ import annotations

from math import ceil, isfinite, sqrt
from typing import NamedTuple

from playground.spec.cross_entropy import cross_entropy_text, is_language_model
from playground.spec.data.dataset import Dataset
from playground.spec.data.task import Score
from playground.spec.experiment import Experiment
from playground.spec.messages import Message, message, tr_noop
from playground.spec.number_text import amount_text, loss_text, part_text, percent_text, setting_text

_NEARLY = 0.05  # up to this share of missing samples, their count is shown
_FAR = 0.1  # above this share of missing samples, the training rather than the network is at fault
_NATS = 0.02  # nats by which the loss of a language model may exceed the promise
_ONE_SIDED = 0.05  # probability of a chance result, below which it is told from chance
_RARE = 0.05  # share of other answers: with one class only, a score is compared as if that many had another
_ROUNDED = 0.005  # share of 1; promises are rounded to whole or half per cent

_BASELINE_ANSWERS = {  # the baseline's answer for tasks with many positions
    Score.ACCURACY: tr_noop("the commonest answer for each character"),
    Score.F1: tr_noop("the commonest answer for each character"),
    Score.IOU: tr_noop("the commonest class of each pixel"),
    Score.R2: tr_noop("the mean of the training set"),
}


class Findings(NamedTuple):
    """The results of a test."""

    loss: float
    score: float  # the task's score, 1 at best
    samples: int  # number of test samples
    same: str | None = None  # the output for every sample, where all are the same; empty where it has no name
    rmse: float | None = None  # for a task with one number, in its unit: √ mean (output - target)²
    mae: float | None = None  # likewise: mean |output - target|
    step: int = 0  # batches trained on
    planned: int = 0  # batches in the recipe
    stopped: bool = False  # whether the user stopped the training before the last batch
    given_up: bool = False  # whether the user also stopped the test


class Baseline(NamedTuple):
    """The result on the same test samples of a prediction from the training targets alone, without a network."""

    score: float
    answer: str = ""  # its output for every sample, where that is always the same and has a name
    nats: float | None = None  # of the next character: mean of -ln p
    rmse: float | None = None  # as in `Findings`
    mae: float | None = None


def verdict(
    experiment: Experiment, tested: Findings, baseline: Baseline | None = None, promise: float | None = None
) -> Message:
    """The meaning of a network's test, in a sentence or more.

    Args:
        experiment: the experiment that was trained.
        tested: the results of the test.
        baseline: the results without a network; None where they are not known.
        promise: the score that the preset's card promises, for a language model the nats; None without one.
    """
    meaning = _meaning(experiment, tested, baseline, promise)
    if not tested.stopped or tested.step >= tested.planned:
        return meaning
    words = tr_noop("Stopped after {step:,} of {planned:,} steps. {meaning}")
    return message(words, step=tested.step, planned=tested.planned, meaning=meaning)


def _meaning(experiment: Experiment, tested: Findings, baseline: Baseline | None, promise: float | None) -> Message:
    data = experiment.data
    if not tested.samples:  # as in a search, which decides by other samples
        words = tr_noop("Nothing was tested: the {count:,} test {samples} were left alone.")
        return message(words, count=data.test_count, samples=message(data.samples))
    if tested.given_up:
        return message("The test was stopped as well: how good the network is, is not known.")
    if not isfinite(tested.loss):
        return message("The loss on the test {samples} is no finite number.", samples=message(data.samples))
    classifies = data.task.score is Score.ACCURACY and data.task.positions == 1
    if tested.same is not None and not (classifies and baseline and _too_few(baseline, tested.samples)):
        return _same(experiment, tested)
    if is_language_model(experiment):
        return _language(experiment.data, tested, baseline, promise)
    if classifies:
        return _classes(experiment, tested, baseline, promise)
    if tested.rmse is not None and tested.mae is not None:
        return _number(experiment, tested, baseline, promise)
    return _places(experiment, tested, baseline, promise)


def _same(experiment: Experiment, tested: Findings) -> Message:
    """The verdict on a network whose output is the same for every sample."""
    data = experiment.data
    values: dict[str, object] = {"count": tested.samples, "samples": message(data.samples), "advice": _advice(tested)}
    if not tested.same:
        words = tr_noop(
            "The network gives the same answer for each of the {count:,} test {samples}: it has learned nothing "
            "from them. {score} {value}. {advice}"
        )
        return message(words, score=message(data.task.score), value=Score.written(tested.score), **values)
    values |= {"answer": _quoted(tested.same), "value": Score.written(tested.score)}
    words = tr_noop(
        "The network answers {answer} for each of the {count:,} test {samples}. That is right for {value} of them, "
        "because so many are; none of the others is found. {advice}"
    )
    weighted = bool(experiment.recipe.loss.values().get("class_weights"))
    found = message(words, **values)
    return found if weighted else message("{found} Class weights help where one class is rare.", found=found)


def _classes(experiment: Experiment, tested: Findings, baseline: Baseline | None, promise: float | None) -> Message:
    """The verdict on classification, with one class per sample."""
    data, score = experiment.data, tested.score
    right = message(
        "{value} of the {count:,} test {samples} are right",
        value=Score.written(score),
        count=tested.samples,
        samples=message(data.samples),
    )
    if baseline and _too_few(baseline, tested.samples):
        words = tr_noop(
            "{right}: too few to tell whether the network is better than always answering {answer}, which gives "
            "{least}. More test {samples} would tell."
        )
        least = Score.written(baseline.score)
        answer = _quoted(baseline.answer)
        return message(words, right=right, answer=answer, least=least, samples=message(data.samples))
    if baseline and score <= baseline.score + 2 * _deviation(baseline.score, tested.samples):
        words = tr_noop("{right}: no better than always answering {answer}, which gives {least}. {advice}")
        if score > baseline.score:
            words = tr_noop(
                "{right}: hardly better than always answering {answer}, which gives {least}; it may be chance. {advice}"
            )
        least = Score.written(baseline.score)
        return message(words, right=right, answer=_quoted(baseline.answer), least=least, advice=_advice(tested))
    if data.fit is not None and score >= data.fit:
        return message("Fit to deploy: {right}.", right=right)
    if promise is not None and score >= promise - _leeway(promise, tested.samples):
        right = _kept(right, score, promise)
    elif data.fit is not None:
        return _unfit(right, ceil(round((data.fit - score) * tested.samples, 6)), tested, data.fit)
    if baseline is None or data.fit is not None:
        return message("{right}.", right=right)
    words = tr_noop("{right}; always answering {answer} gives {least}.")
    return message(words, right=right, answer=_quoted(baseline.answer), least=Score.written(baseline.score))


def _unfit(right: Message, missing: int, tested: Findings, fit: float) -> Message:
    """The verdict on an accuracy below `fit`; the count of missing samples is shown where it is small."""
    if missing > _FAR * tested.samples:
        words = tr_noop("Not fit to deploy yet: {right}; {fit} are needed. {advice}")
        return message(words, right=right, fit=part_text(fit), advice=_advice(tested))
    if missing > _NEARLY * tested.samples:
        return message("Not fit to deploy yet: {right}; {fit} are needed.", right=right, fit=part_text(fit))
    words = tr_noop("Not fit to deploy yet: {right}, {missing:,} too few for {fit}.")
    return message(words, right=right, missing=missing, fit=part_text(fit))


def _kept(found: Message, score: float, promise: float) -> Message:
    """The result with a note that it keeps the promise, or about keeps it where the score is slightly below."""
    words = tr_noop("{found}, as this network’s card promises ({promise})")
    if score < promise:
        words = tr_noop("{found}, about what this network’s card promises ({promise})")
    return message(words, found=found, promise=part_text(promise))


def _number(experiment: Experiment, tested: Findings, baseline: Baseline | None, promise: float | None) -> Message:
    """The verdict on regression, with one number per sample, in its unit."""
    data = experiment.data
    found = message(
        "{name} is off by {mae} on average (MAE; RMSE {rmse}) on the {count:,} test {samples}, R² {value}",
        name=_quoted(data.target_name) if data.target_name else message("The target"),
        mae=amount_text(tested.mae or 0.0),
        rmse=amount_text(tested.rmse or 0.0),
        count=tested.samples,
        samples=message(data.samples),
        value=Score.written(tested.score),
    )
    if baseline is None or baseline.mae is None or baseline.rmse is None:
        return message("{found}.", found=found)
    values: dict[str, object] = {
        "mae": amount_text(baseline.mae),
        "rmse": amount_text(baseline.rmse),
        "answer": baseline.answer,
        "found": found,
    }
    if 0.5**tested.samples > _ONE_SIDED:  # by a sign test, also if each of them is nearer than the mean
        words = tr_noop(
            "{found}: too few to tell whether the network is better than always answering the mean, {answer} (MAE "
            "{mae}, RMSE {rmse}). More test {samples} would tell."
        )
        return message(words, samples=message(data.samples), **values)
    if tested.score <= baseline.score:
        words = tr_noop(
            "{found}: no better than always answering the mean, {answer} (MAE {mae}, RMSE {rmse}). {advice}"
        )
        return message(words, advice=_advice(tested), **values)
    if promise is not None and tested.score >= promise - _ROUNDED:
        values["found"] = _kept(found, tested.score, promise)
    words = tr_noop("{found}; always answering the mean, {answer}, is off by {mae} (RMSE {rmse}).")
    return message(words, **values)


def _language(data: Dataset, tested: Findings, baseline: Baseline | None, promise: float | None) -> Message:
    """The verdict on a language model."""
    characters = data.units_per_character() == 1
    a_character = tr_noop("{nats} nats a character on the end of the text, {told}; {value} are guessed right.")
    of_units = tr_noop("{nats} nats for each of the {units} on the end of the text, {told}; {value} are guessed right.")
    found = message(
        a_character if characters else of_units,
        units=message(data.units[0]),
        nats=loss_text(tested.loss),
        told=cross_entropy_text(tested.loss, data, tested=True),
        value=percent_text(tested.score),
    )
    if baseline is None or baseline.nats is None:
        return found
    values: dict[str, object] = {
        "nats": loss_text(baseline.nats),
        "least": Score.written(baseline.score),
        "found": found,
    }
    if tested.loss >= baseline.nats:
        words = tr_noop(
            "{found} That is no better than counting which character follows which ({nats} nats, {least}). {advice}"
        )
        if not characters:
            words = tr_noop(
                "{found} That is no better than counting which follows which ({nats} nats, {least}). {advice}"
            )
        return message(words, advice=_advice(tested), **values)
    if promise is not None and tested.loss <= promise + _NATS:
        words = tr_noop("{found} That is what this network’s card promises ({promise} nats).")
        if tested.loss > promise:
            words = tr_noop("{found} That is about what this network’s card promises ({promise} nats).")
        values["found"] = message(words, found=found, promise=setting_text(promise))
    if not characters:
        return message("{found} Counting which follows which gives {nats} nats and {least}.", **values)
    return message("{found} Counting which character follows which gives {nats} nats and {least}.", **values)


def _places(experiment: Experiment, tested: Findings, baseline: Baseline | None, promise: float | None) -> Message:
    """The verdict on tasks with many positions per sample: tags of a text, pixels of a picture."""
    data, score = experiment.data, experiment.data.task.score
    found = message(
        "{score} {value} on the {count:,} test {samples}",
        score=message(score),
        value=Score.written(tested.score),
        count=tested.samples,
        samples=message(data.samples),
    )
    if baseline is None:
        return message("{found}.", found=found)
    values: dict[str, object] = {
        "found": found,
        "least": Score.written(baseline.score),
        "what": message(_BASELINE_ANSWERS[score]),
    }
    if tested.score <= baseline.score:
        return message(
            "{found}: no better than {what}, which gives {least}. {advice}", advice=_advice(tested), **values
        )
    if promise is not None and tested.score >= promise - _ROUNDED:
        values["found"] = _kept(found, tested.score, promise)
    return message("{found}; {what} gives {least}.", **values)


def _advice(tested: Findings) -> Message:
    if tested.stopped and tested.step < tested.planned:
        return message("Let it train longer.")
    return message("Try another learning rate, ten times smaller first, more epochs, or another seed.")


def _quoted(name: str) -> Message:
    """The name of a class or a column in quotes, with braces escaped, because it is data and not a template."""
    return message("“{name}”", name=message(name.replace("{", "{{").replace("}", "}}")))


def _too_few(baseline: Baseline, count: int) -> bool:
    """Whether `count` samples cannot show that a network of one class per sample is better than the baseline.

    That is so where even `count` right answers would lie within two standard deviations of the baseline's score.
    """
    least = min(baseline.score, 1.0 - _RARE)
    return least + 2 * _deviation(least, count) >= 1.0


def _deviation(share: float, count: int) -> float:
    """Standard deviation of the share of `count` samples that is right, when `share` is expected."""
    return sqrt(share * (1.0 - share) / count)


def _leeway(promise: float, count: int) -> float:
    """How far a score may be below the promise: by rounding, or by two standard deviations."""
    return max(_ROUNDED, 2.0 * _deviation(promise, count))
