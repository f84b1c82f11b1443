"""What a run reports: immutable values, one kind for each thing that can happen."""

from __future__ import annotations

from typing import NamedTuple

from playground.spec.messages import Message, tr_noop


class Terms(NamedTuple):
    """What training adds to the data part of the loss."""

    penalty: float = 0.0  # the regularizer's
    kl_divergence: float = 0.0  # of Gaussian latents from the standard normal distribution, times their beta


TERM_LABELS = {"penalty": tr_noop("penalty"), "kl_divergence": tr_noop("KL divergence")}


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
    weight: float | None = None  # of the loss beside others, see `Objective.weight`; None: the number of samples

    @property
    def counts(self) -> float:
        """How much its loss counts in a mean over several steps."""
        return self.samples if self.weight is None else self.weight


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
    validation_plain_loss: float | None = None  # without label smoothing, where there is any; see `Loss.plain`


class Change(NamedTuple):
    """A field was changed while the run went on; it takes effect with the step after `step`."""

    step: int
    field: str  # dotted from the experiment, such as `recipe.optimizer.lr`
    label: str  # the field's label
    old: float
    new: float


class Diverged(NamedTuple):
    """The loss was no finite number; the weights of the last finite step are kept, and the run is over."""

    step: int  # the one that could not be made, or the last one, where it was noticed only behind it
    learning_rate: float  # of that step
    message: Message
    epochs: int = 0  # completed
    weights_step: int = 0  # after this step the weights were as those that were kept


class Finished(NamedTuple):
    """The run is over and was tested."""

    epochs: int  # completed
    step: int  # batches learned from, also those of an epoch that was not completed
    seconds: float  # training and validation of all epochs, without pauses
    test_loss: float | None  # None where there is nothing to test with
    test_score: float | None
    parameters: int
    best_epoch: int | None  # whose weights were restored by early stopping
    stopped_early: bool
    verdict: Message  # what that means, in words
    epochs_begun: int | None = None  # None: as many as were completed
    weights_step: int | None = None  # after this step the weights were as those that were tested; None: after `step`
    test_plain_loss: float | None = None  # without label smoothing, where there is any
    baseline_score: float | None = None  # of the same test samples without a network, see `baseline`
    test_rmse: float | None = None  # of one number that is asked for, in its own unit
    test_mae: float | None = None


class Figures(NamedTuple):
    """What is known about a network at a moment; None is what was not measured, or not yet.

    Figures of training and validation are those of the last completed epoch, or of the one whose weights early
    stopping restored. An averaged network is one of its last step: the average over the steps until then.
    """

    epochs: int = 0  # completed
    step: int = 0  # batches learned from in all, also those of an epoch that was not completed
    seconds: float = 0.0
    train_loss: float | None = None
    train_score: float | None = None
    validation_loss: float | None = None
    validation_score: float | None = None
    test_loss: float | None = None
    test_score: float | None = None
    epochs_begun: int | None = None  # this and the next two are None in files of earlier versions
    weights_step: int | None = None  # after this step the weights were as they are: before `step` where restored
    best_epoch: int | None = None  # whose weights were restored by early stopping; None also where none were
    validation_plain_loss: float | None = None  # without label smoothing, where there is any
    test_plain_loss: float | None = None


Snapshot = Step | Evaluating | Epoch | Change | Diverged | Finished
