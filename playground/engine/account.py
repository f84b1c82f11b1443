"""Says in words how long a network was trained, which of its weights were kept, and how it did."""

from __future__ import annotations

from math import ceil

from playground.engine.snapshots import Figures, Finished
from playground.spec.experiment import Experiment
from playground.spec.number_text import loss_text
from playground.spec.words import Message, joined, say


def trained_for(figures: Figures | Finished) -> Message:
    """Epochs and steps as they were made, also those of an epoch that was not completed, and earlier weights if kept.

    "2 epochs and part of the next, 1,204 steps · weights of step 938".
    """
    completed = say("1 epoch") if figures.epochs == 1 else say("{count:,} epochs", count=figures.epochs)
    if (figures.epochs_begun or 0) > figures.epochs:
        whole = say("{epochs} and part of the next", epochs=completed) if figures.epochs else say("part of 1 epoch")
    else:
        whole = completed
    steps = say("1 step") if figures.step == 1 else say("{count:,} steps", count=figures.step)
    parts = [say("{epochs}, {steps}", epochs=whole, steps=steps)]
    kept = figures.weights_step
    if kept is not None and kept != figures.step:
        parts.append(say("weights of step {step:,}", step=kept))
    return joined(parts)


def present_epoch(done: float) -> int:
    """The epoch that is going on, or was completed last, from 1, where so many epochs are done."""
    return max(1, ceil(done))


def account(experiment: Experiment, figures: Figures) -> Message:
    """What a file says of its network: how long it was trained, and how it did in the test, if it was tested."""
    name, score = say(experiment.data.task.score.word), experiment.data.task.score
    parts = [trained_for(figures)]
    if figures.test_score is not None:
        parts.append(say("test {score} {value}", score=name, value=score.written(figures.test_score)))
    elif figures.validation_score is not None:
        parts.append(say("validation {score} {value}", score=name, value=score.written(figures.validation_score)))
    return say("{name}: trained for {account}", name=experiment.name, account=joined(parts))


def loss_in_words(loss: float, plain: float | None) -> Message:
    """A loss; where it is one with label smoothing, it says so, and what it is without."""
    if plain is None:
        return Message(loss_text(loss))
    return say("{loss} with label smoothing, {plain} without", loss=loss_text(loss), plain=loss_text(plain))
