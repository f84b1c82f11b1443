"""Reports of a run: one immutable type for each kind of event."""

from __future__ import annotations

from math import inf
from typing import NamedTuple

from playground.spec.edits import LayerPath
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
    advised_field: str = ""  # that the message advises to change, dotted from the experiment; empty: none
    advised_value: float = 0.0  # that it should have; a regularizer should go


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


class InputStatistics(NamedTuple):
    """The numbers of a batch of inputs, all features together."""

    mean: float
    std: float  # dividing by their number
    least: float
    greatest: float


class LogHistogram(NamedTuple):
    """How many numbers lie in each of `LOG_BINS` bins that are symmetric around 0, and whose ends are powers.

    The ends are ±reach · 10^(−k/4) for k = 0 … 15; the bin in the middle has the numbers in between. A bin holds the
    number at its lower end, the last one that at its upper end as well.
    """

    reach: float  # the greatest |number| that is finite; 1 where all are 0
    counts: tuple[int, ...]  # (LOG_BINS,); of every n-th number where there are more than `probes.statistics.COUNTED`

    @property
    def edges(self) -> tuple[float, ...]:
        """The ends of the bins, ascending, (LOG_BINS + 1,)."""
        upper = [self.reach * 10.0 ** (-k / 4) for k in range(_LOG_EDGES)]
        return (*(-edge for edge in upper), *reversed(upper))


_LOG_EDGES = 16  # on each side of 0
LOG_BINS = 2 * _LOG_EDGES - 1


class LayerStatistics(NamedTuple):
    """One enabled layer in one training step. RMS is √(Σx² / n); NaN or infinite where a number is.

    Parameters are those that are learned; a container has those of no layer in it, such as its shortcut's. Outputs
    are those for the step's batch, after the layer's activation, with the weights before the step. Layers that draw
    random numbers give their mean there, and BatchNorm normalises by the batch. Where a Repeat runs a layer several
    times, all times count together.
    """

    path: LayerPath
    parameters: int
    gradient: float | None  # RMS of the loss's gradient, before the penalty's is added, and before clipping;
    weight: float | None  # RMS before the step;
    update: float | None  # RMS of the difference that the step made. None: no parameters
    mean: float  # of all outputs
    std: float  # of all outputs, dividing by their number
    dead: float | None  # share of the units that give 0 for every sample of the batch; None: no activation
    saturated: float | None  # share of the outputs close to an end of the activation's range; None: it has none
    not_finite: int  # NaN and infinite numbers among gradients, weights and outputs
    units: int = 0  # among which dead ones were looked for, those of all copies; 0: no activation, or not known
    dead_units: tuple[int, ...] = ()  # which of them gave 0 for every sample of the batch, from 0, ascending
    gradients: LogHistogram | None = None  # of all its parameters together; None: it has none, or not known
    outputs: LogHistogram | None = None  # None: not known

    @property
    def update_ratio(self) -> float | None:
        """By what share of their size the step changed the weights; None without parameters."""
        if self.update is None or self.weight is None:
            return None
        return self.update / self.weight if self.weight else inf if self.update else 0.0


class Probed(NamedTuple):
    """A training step was looked at more closely; yielded after its `Step`, if it is asked for."""

    step: int
    layers: tuple[LayerStatistics, ...]  # in the order of `walk`
    gradient_norm: float  # of all gradients of the loss together, before the penalty's are added, and before clipping
    penalty_norm: float  # of the penalty's gradients
    inputs: InputStatistics | None  # of the batch, augmented; None where they are codes
    class_counts: tuple[float, ...]  # of the batch's targets, over all positions; empty where no classes are predicted
    samples: int = 0  # in the batch; 0, here and below: not known, in files of earlier versions
    learning_rate: float = 0.0  # of the step


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


Snapshot = Step | Probed | Evaluating | Epoch | Change | Diverged | Finished


def step_of_weights(found: Figures | Finished | Diverged) -> int:
    """The step after which the weights were current: below the last one where earlier ones were restored."""
    return found.step if found.weights_step is None else found.weights_step
