"""Describes how long a network was trained, which weights were kept, and how well it did.

Window and terminal use these texts in the status line, the toolbar and its tooltip, and at the end of a run.
"""

from __future__ import annotations

from math import ceil

from playground.engine.training.snapshots import Diverged, Figures, Finished
from playground.spec.data.dataset import Dataset
from playground.spec.data.task import Score
from playground.spec.experiment import Experiment
from playground.spec.messages import Message, joined, message, plural, tr_noop
from playground.spec.number_text import clock_text, loss_text

UNKNOWN = Figures()  # of weights whose file holds no figures
_PARTS = {"train": tr_noop("train"), "validation": tr_noop("validation"), "test": tr_noop("test")}


def trained_for(figures: Figures | Finished) -> Message:
    """Epochs and steps of a training run, including an incomplete epoch, and the step of restored weights.

    "2 epochs and part of the next, 1,204 steps · weights of step 938".
    """
    if figures == UNKNOWN:
        return message("training and figures unknown")
    steps = plural("{count:,} steps", "1 step", figures.step)
    parts = [message("{epochs}, {steps}", epochs=_epochs(figures), steps=steps)]
    kept = figures.weights_step
    if kept is not None and kept != figures.step:
        parts.append(message("weights of step {step:,}", step=kept))
    return joined(parts)


def ending(end: Finished | Diverged, experiment: Experiment) -> Message:
    """How a run ended, in a line: "Trained for 10 epochs in 0:12 · test accuracy 97.69 %"."""
    if isinstance(end, Diverged):
        return message("Diverged at step {step:,}, in epoch {epoch:,}", step=end.step, epoch=end.epochs + 1)
    words = tr_noop("Trained for {epochs} in {time}")
    if end.stopped_early:
        words = tr_noop("Stopped early after {epochs} in {time}")
    elif end.epochs < experiment.recipe.epochs:
        words = tr_noop("Stopped after {epochs} in {time}")
    result = message("not tested")
    if end.test_score is not None:
        result = measured(experiment.data, "test", end.test_score)
    return joined([message(words, epochs=_epochs(end), time=clock_text(end.seconds)), result])


def _epochs(figures: Figures | Finished) -> Message:
    """The epochs of a training run: "2 epochs and part of the next"."""
    completed = plural("{count:,} epochs", "1 epoch", figures.epochs)
    if (figures.epochs_begun or 0) <= figures.epochs:
        return completed
    return message("{epochs} and part of the next", epochs=completed) if figures.epochs else message("part of 1 epoch")


def present_epoch(done: float) -> int:
    """The current epoch, or the last completed one, from 1, after `done` epochs."""
    return max(1, ceil(done))


def measured(
    data: Dataset, part: str, score: float, loss: float | None = None, plain_loss: float | None = None
) -> Message:
    """A figure of one part of the data, such as "test accuracy 97.50 %", followed by the loss if given.

    Args:
        data: the training data set.
        part: "train", "validation" or "test".
        score: as the task defines it, 1 at best.
        loss: the mean loss of the part.
        plain_loss: the same without label smoothing, where the loss is one with it.
    """
    found = message(
        "{part} {score} {value}", part=message(_PARTS[part]), score=score_name(data, part), value=Score.written(score)
    )
    if loss is None:
        return found
    name = compared(message("loss"), data, part)
    return message("{found}, {name} {loss}", found=found, name=name, loss=loss_in_words(loss, plain_loss))


def score_name(data: Dataset, part: str) -> Message:
    """Name of a part's score; see `compared`."""
    return compared(message(data.task.score.word), data, part)


def compared(figure: Message, data: Dataset, part: str) -> Message:
    """A figure's name, with its reference where that differs between parts: "loss vs. teacher"."""
    against = data.against[0 if part == "train" else 1]
    return message("{figure} vs. {what}", figure=figure, what=message(against)) if against else figure


def in_brief(figures: Figures, data: Dataset) -> Message:
    """The result in a few words: of the test, or else of the last measured part; or how long it was trained."""
    for part in reversed(_PARTS):
        score = getattr(figures, f"{part}_score")
        if score is not None:
            return measured(data, part, score)
    return trained_for(figures)


def in_full(figures: Figures, data: Dataset) -> Message:
    """All known figures, one line each."""
    lines = [trained_for(figures)]
    for part in _PARTS:
        loss, score = getattr(figures, f"{part}_loss"), getattr(figures, f"{part}_score")
        if score is not None:
            lines.append(measured(data, part, score, loss, getattr(figures, f"{part}_plain_loss", None)))
    return joined(lines, "\n")


def account(figures: Figures, experiment: Experiment) -> Message:
    """Summary of a file in one line: the network's name, how long it was trained, and how well it did."""
    if figures == UNKNOWN:
        return message("{name}: weights loaded, {account}", name=experiment.name, account=trained_for(figures))
    parts = [trained_for(figures)]
    if any(getattr(figures, f"{part}_score") is not None for part in _PARTS):
        parts.append(in_brief(figures, experiment.data))
    return message("{name}: trained for {account}", name=experiment.name, account=joined(parts))


def loss_in_words(loss: float, plain: float | None) -> Message:
    """A loss; with label smoothing, also the loss without it."""
    if plain is None:
        return Message(loss_text(loss))
    return message("{loss} with label smoothing, {plain} without", loss=loss_text(loss), plain=loss_text(plain))
