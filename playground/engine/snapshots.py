"""What a run reports: immutable values, one kind for each thing that can happen."""

from __future__ import annotations

from typing import NamedTuple

from playground.spec.words import Message, mark


class Terms(NamedTuple):
    """What training adds to the data part of the loss."""

    penalty: float = 0.0  # the regularizer's
    kl_divergence: float = 0.0  # of Gaussian latents from the standard normal distribution, times their beta


TERM_LABELS = {"penalty": mark("penalty"), "kl_divergence": mark("KL divergence")}


class Step(NamedTuple):
    """One batch was learned from."""

    step: int  # batches learned from so far, from 1
    epochs: float  # how far the run is with it; an epoch may have other batches than the one before
    loss: float  # data part, mean over the batch
    terms: Terms
    score: float  # of the batch, before the step; of classifiers the accuracy, see `spec.task.Score`
    learning_rate: float  # the rate this step was made with
    samples: int  # in the batch
    sums: tuple[float, ...] = ()  # what the score is made of, see `engine.scores`; those of several batches add up


class Evaluating(NamedTuple):
    """Part of an evaluation is done; yielded often, so that whoever drives the run can do other things."""

    what: str  # "validation" or "test"
    done: int
    total: int


class Epoch(NamedTuple):
    """An epoch was completed. Train figures are means over its batches, as they were when learned from."""

    epoch: int  # from 1
    step: int
    seconds: float  # training and validation of this epoch, without pauses
    train_loss: float  # data part
    train_score: float
    validation_loss: float | None
    validation_score: float | None
    terms: Terms = Terms()  # means over its batches


class Change(NamedTuple):
    """A field was changed while the run went on; it takes effect with the step after `step`."""

    step: int
    field: str  # dotted from the experiment, such as `recipe.optimizer.lr`
    label: str  # the field's label
    old: float
    new: float


class Diverged(NamedTuple):
    """The loss was no finite number; the weights of the last finite step are kept, and the run is over."""

    step: int
    learning_rate: float
    message: Message


class Finished(NamedTuple):
    """The run is over and was tested."""

    epochs: int
    step: int
    seconds: float  # training and validation of all epochs, without pauses
    test_loss: float | None  # None where there is nothing to test with
    test_score: float | None
    parameters: int
    best_epoch: int | None  # whose weights were restored by early stopping
    stopped_early: bool
    verdict: Message  # what that means, in words
    baseline_score: float | None = None  # of the same test samples without a network, see `baseline`
    test_rmse: float | None = None  # of one number that is asked for, in its own unit
    test_mae: float | None = None


class Figures(NamedTuple):
    """What is known about a network at a moment; None is what was not measured, or not yet."""

    epochs: int = 0
    step: int = 0
    seconds: float = 0.0
    train_loss: float | None = None
    train_score: float | None = None
    validation_loss: float | None = None
    validation_score: float | None = None
    test_loss: float | None = None
    test_score: float | None = None


Snapshot = Step | Evaluating | Epoch | Change | Diverged | Finished
