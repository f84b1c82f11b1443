"""Reports of a run: one immutable type for each kind of event."""

from __future__ import annotations

from typing import NamedTuple

from playground.spec.messages import Message, tr_noop


class Terms(NamedTuple):
    """Terms that training adds to the data part of the loss."""

    penalty: float = 0.0  # the regularizer's
    kl_divergence: float = 0.0  # of Gaussian latents from the standard normal distribution, multiplied by beta


TERM_LABELS = {"penalty": tr_noop("penalty"), "kl_divergence": tr_noop("KL divergence")}


class Step(NamedTuple):
    """One batch was trained on."""

    step: int  # batches trained on so far, from 1
    epochs: float  # progress of the run after this step; epochs may differ in their number of batches
    loss: float  # data part, mean over the batch
    terms: Terms
    score: float  # of the batch, before the step; accuracy for classifiers, see `spec.data.task.Score`
    learning_rate: float  # the rate of this step
    samples: int  # in the batch
    sums: tuple[float, ...] = ()  # of which the score is made, see `evaluation.scores`; additive over batches
    weight: float | None = None  # relative to other batches, see `Objective.weight`; None: the number of samples

    @property
    def counts(self) -> float:
        """Weight of its loss in a mean over several steps."""
        return self.samples if self.weight is None else self.weight


class Evaluating(NamedTuple):
    """Part of an evaluation is done; yielded often, so that the caller can do other things."""

    what: str  # "validation" or "test"
    done: int
    total: int


class Epoch(NamedTuple):
    """An epoch was completed. Training figures are means over its batches, measured during training."""

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
    """A field was changed during the run; it takes effect with the step after `step`."""

    step: int
    field: str  # dotted from the experiment, such as `recipe.optimizer.lr`
    label: str  # the field's label
    old: float
    new: float


class Diverged(NamedTuple):
    """The loss was not finite; the weights of the last finite step are kept, and the run is over."""

    step: int  # the step that failed, or the last one where the failure was found after it
    learning_rate: float  # of that step
    message: Message
    epochs: int = 0  # completed
    weights_step: int = 0  # the step after which the kept weights were current


class Finished(NamedTuple):
    """The run is over and was tested."""

    epochs: int  # completed
    step: int  # batches learned from, also those of an epoch that was not completed
    seconds: float  # training and validation of all epochs, without pauses
    test_loss: float | None  # None without test samples
    test_score: float | None
    parameters: int
    best_epoch: int | None  # the epoch whose weights early stopping restored
    stopped_early: bool
    verdict: Message  # an assessment of the test result
    epochs_begun: int | None = None  # None: as many as were completed
    weights_step: int | None = None  # step after which the tested weights were current; None: `step`
    test_plain_loss: float | None = None  # without label smoothing, where there is any
    baseline_score: float | None = None  # on the same test samples without a network, see `baseline`
    test_rmse: float | None = None  # of a single target number, in its own unit
    test_mae: float | None = None


class Figures(NamedTuple):
    """Figures of a network at one moment; None stands for a figure that was not measured, or not yet.

    Training and validation figures are those of the last completed epoch, or of the epoch whose weights early
    stopping restored. An averaged network has the average of all steps up to its last one.
    """

    epochs: int = 0  # completed
    step: int = 0  # batches trained on in all, also those of an epoch that was not completed
    seconds: float = 0.0
    train_loss: float | None = None
    train_score: float | None = None
    validation_loss: float | None = None
    validation_score: float | None = None
    test_loss: float | None = None
    test_score: float | None = None
    epochs_begun: int | None = None  # this and the next two are None in files of earlier versions
    weights_step: int | None = None  # step of these weights: below `step` where weights were restored
    best_epoch: int | None = None  # the epoch whose weights early stopping restored; None if none were
    validation_plain_loss: float | None = None  # without label smoothing, where there is any
    test_plain_loss: float | None = None


Snapshot = Step | Evaluating | Epoch | Change | Diverged | Finished
