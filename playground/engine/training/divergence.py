"""Explains why a run diverged, computed from the last good weights and the batch that failed."""

from __future__ import annotations

from math import isfinite, sqrt
from typing import NamedTuple

from playground.engine.training.stable_rate import stable_rate
from playground.spec.check.recipe_fixes import USUAL_DECAY
from playground.spec.experiment import Experiment
from playground.spec.messages import Message, message, plural, tr_noop
from playground.spec.number_text import BRIEF, percent_text, setting_text
from playground.spec.recipe.optimizers import SGD, Adam, Adamax, AdamW, NAdam, RAdam, RMSprop
from playground.spec.recipe.regularizers import DecoupledDecay, NoRegularizer

_USUAL_CLIP = 1.0
_LARGE_INPUT = 1000.0  # inputs are pixels from 0 to 1, or standardised
_USUAL_MOMENTUM = 0.9
_LONG = 0.1  # share of a weight's size above which a step counts as too long
_SCALING = (Adam, AdamW, NAdam, RAdam, Adamax, RMSprop)  # optimizers whose steps change each weight by about the rate


# Where a run meets a number that is not finite: TRAINING_LOSS before the named step, the others after it.
TRAINING_LOSS = tr_noop("The loss became {loss} at step {step:,}, with a learning rate of {rate}.")
WEIGHTS = tr_noop("By step {step:,} weights had become NaN or infinite, with a learning rate of {rate}.")
VALIDATION_LOSS = tr_noop("After step {step:,} the validation loss was {loss}; the learning rate was {rate}.")
TEST_LOSS = tr_noop("After step {step:,} the test loss was {loss}; the last learning rate was {rate}.")


class Evidence(NamedTuple):
    """Measurements at a divergence. Norms are over all weights that the penalty covers, for the step before."""

    steps: int  # completed steps
    loss: float  # of the last batch, data part
    penalty: float
    kl_divergence: float
    largest_input: float  # magnitude in that batch; NaN if the batch contains NaN
    largest_target: float
    loss_gradient: float  # norm at the weights that were kept, on the same batch
    penalty_gradient: float
    weights: float  # norm
    weights_at_start: float  # norm before the first step
    moved: float  # norm of the difference between the weights that were kept and those that failed
    moved_in: int  # steps
    numbers: int  # number of weights in these norms
    recurrent_gradient: float  # like `loss_gradient`, but of recurrent layers alone
    sharpness: float  # see `stable_rate`; of weights that were verified, on the last batch


class Advice(NamedTuple):
    """Why a run diverged, as far as that is known, and what to change: in words, and the field that they name."""

    words: Message
    field: str = ""  # dotted from the experiment; empty where no field would help
    value: float = 0.0  # that it should have; a regularizer should go


RATE, CLIP_NORM, REGULARIZER = "recipe.optimizer.lr", "recipe.clip_norm", "recipe.regularizer"
WEIGHT_DECAY = "recipe.optimizer.weight_decay"


def described(words: str, loss: float, step: int, rate: float) -> Message:
    """Fill in one of the sentences above; the loss is reported as NaN or infinite."""
    kind = message("NaN") if loss != loss else message("infinite")
    return message(words, loss=kind, step=step, rate=setting_text(rate, 3))


def explained(found: Message, experiment: Experiment, rate: float, evidence: Evidence | None) -> Advice:
    """Join the observation, what happened to the weights, and `advice`."""
    words = tr_noop("{found} Good weights of shortly before were kept. {advice}")
    given = advice(experiment, rate, evidence)
    return given._replace(words=message(words, found=found, advice=given.words))


def advice(experiment: Experiment, rate: float, evidence: Evidence | None) -> Advice:
    """Name the cause where it is known and what to change; otherwise give general advice.

    `rate`: the learning rate of the last step. `evidence`: None where there was no batch to examine.
    """
    better = _better_rate(experiment, rate, evidence)
    if evidence is None:
        return _guess(experiment, better)
    data = _of_the_data(experiment, evidence) or _of_the_start(evidence)
    if data:
        return Advice(data)
    terms = _of_weight_decay(experiment, rate) or _of_the_penalty(experiment, evidence)
    terms = terms or _of_the_latent(evidence, better)
    # Clipping does not shorten the steps of optimizers that scale gradients, so their rate is checked before gradients.
    step = terms or _of_the_scaled_gradient(experiment, rate, evidence, better)
    return step or _of_the_gradient(experiment, rate, evidence, better) or _guess(experiment, better)


def _better_rate(experiment: Experiment, rate: float, evidence: Evidence | None) -> float:
    """The rate that the words and the fix name."""
    if evidence is None or not evidence.numbers:
        return stable_rate(experiment.recipe.optimizer, rate, sharpness=0.0, size=0.0)
    size = evidence.weights_at_start / sqrt(evidence.numbers)
    return stable_rate(experiment.recipe.optimizer, rate, evidence.sharpness, size)


def _of_weight_decay(experiment: Experiment, rate: float) -> Advice | None:
    words = of_decay(experiment, rate)
    if words is None:
        return None
    own = isinstance(experiment.recipe.regularizer, NoRegularizer)
    return Advice(words, WEIGHT_DECAY if own else REGULARIZER, USUAL_DECAY if own else 0.0)


def _of_the_data(experiment: Experiment, evidence: Evidence) -> Message | None:
    """Inputs or targets are not finite, or so large that no usual rate suits them."""
    for largest, what in ((evidence.largest_input, message("inputs")), (evidence.largest_target, message("targets"))):
        if not isfinite(largest):
            words = tr_noop("The cause is the data: the {what} of {data} hold NaN or infinite values. Take them out.")
            return message(words, what=what, data=message(experiment.data.label))
        if largest > _LARGE_INPUT:
            words = tr_noop("The cause is the data: its {what} reach {largest}. Scale them to about 1.")
            return message(words, what=what, largest=setting_text(largest, 3))
    return None


def _of_the_start(evidence: Evidence) -> Message | None:
    """The first batch failed, before any step was made."""
    if evidence.steps:
        return None
    return message("No step was made yet: the weights begin too large. Choose another initialisation.")


def of_decay(experiment: Experiment, rate: float) -> Message | None:
    """A step that takes more than twice the weight off makes weights grow, whatever the loss is.

    w ← (1 - rate · decay) w shrinks while rate · decay < 2; with momentum μ, where the gradient of L2 is, the bound is
    2 (1 + μ), and of Nesterov's 2 (1 + μ) / (1 + 2 μ) (Polyak, 1964; Sutskever et al., 2013). Clipping bounds it.
    """
    recipe = experiment.recipe
    optimizer, regularizer = recipe.optimizer, recipe.regularizer
    _, l2 = regularizer.strengths
    if isinstance(optimizer, SGD) and l2 and not recipe.clip_norm:
        momentum = optimizer.momentum
        bound = 2.0 * (1.0 + momentum) / (1.0 + 2.0 * momentum if optimizer.nesterov else 1.0)
        if rate * l2 > bound:
            return _too_strong(message("L2 penalty"), message("L2"), l2, rate, bound)
    decay = regularizer.decay or float(optimizer.values().get("weight_decay", 0.0))
    if rate * decay > 2.0:
        name = message(DecoupledDecay.label)
        return _too_strong(message("weight decay"), name, decay, rate, 2.0)
    return None


def _too_strong(what: Message, name: Message, strength: float, rate: float, bound: float) -> Message:
    return message(
        "The cause is the {what}, of {strength}: with this rate a step takes {times} times each weight off it, "
        "and from {bound} times on weights grow. Set {name} far below {most}; {usual} is usual.",
        what=what,
        name=name,
        strength=setting_text(strength, 3),
        times=setting_text(rate * strength, 3),
        bound=setting_text(bound, 3),
        usual=setting_text(USUAL_DECAY),
        most=setting_text(bound / rate, 2),
    )


def _of_the_penalty(experiment: Experiment, evidence: Evidence) -> Advice | None:
    """With an optimizer that does not scale gradients, the penalty's steps may be longer than the loss's."""
    if not isinstance(experiment.recipe.optimizer, SGD) or experiment.recipe.clip_norm:
        return None
    if not evidence.penalty_gradient > evidence.loss_gradient:
        return None
    label = message(experiment.recipe.regularizer.label)
    times = evidence.penalty_gradient / evidence.loss_gradient if evidence.loss_gradient else float("inf")
    if times > 1e6:
        words = message(
            "The cause is the {label} penalty: its gradient outweighs all others. Make it weaker.", label=label
        )
        return Advice(words, REGULARIZER)
    words = message(
        "The cause is the {label} penalty: its gradient is {times} times that of the loss. Make it weaker.",
        label=label,
        times=setting_text(times, 3),
    )
    return Advice(words, REGULARIZER)


def _of_the_latent(evidence: Evidence, better: float) -> Advice | None:
    """The KL divergence of a Gaussian latent contains an exponential, which can overflow."""
    if not isfinite(evidence.loss) or isfinite(evidence.kl_divergence):
        return None
    words = message(
        "The cause is the KL divergence of GaussianLatent, whose variance grew without bound. "
        "Try a rate of {rate}, a smaller beta, or clip the gradients.",
        rate=setting_text(better),
    )
    return Advice(words, RATE, better)


def _of_the_gradient(experiment: Experiment, rate: float, evidence: Evidence, better: float) -> Advice | None:
    """Steps along the loss's gradient are longer than the norm of the weights."""
    recipe = experiment.recipe
    optimizer = recipe.optimizer
    if recipe.clip_norm or not evidence.weights:
        return None
    through_steps = evidence.recurrent_gradient
    if not isfinite(through_steps) or through_steps > evidence.loss_gradient / 2:
        words = message(
            "The cause is a gradient that grew without bound on its way back through the steps of the sequence. "
            "Clip the gradients, at {clip} say.",
            clip=setting_text(_USUAL_CLIP),
        )
        return Advice(words, CLIP_NORM, _USUAL_CLIP)
    long = _of_long_steps(optimizer, rate, evidence, better) if isinstance(optimizer, SGD) else None
    return None if long is None else Advice(long, RATE, better)


def _of_long_steps(optimizer: SGD, rate: float, evidence: Evidence, better: float) -> Message | None:
    """Computed steps are longer than the norm of the weights, or the actual steps moved a large share of it."""
    added = 1.0 / (1.0 - optimizer.momentum)  # factor by which momentum lengthens steps in the same direction
    times = added * rate * evidence.loss_gradient / evidence.weights
    computed = isfinite(times) and times >= 1.0
    moved = evidence.moved / evidence.weights
    if not computed and moved < _LONG * evidence.moved_in:
        return None
    if optimizer.momentum > _USUAL_MOMENTUM:
        return message(
            "The cause is the momentum with this rate: at {momentum}, steps add up to {sum} times as much. "
            "Try a momentum of {usual}, or a rate of {rate}.",
            momentum=setting_text(optimizer.momentum),
            sum=setting_text(added, 3),
            usual=setting_text(_USUAL_MOMENTUM),
            rate=setting_text(better),
        )
    remedy = _smaller(optimizer, rate, evidence, better)
    if not computed:
        words = tr_noop(
            "The cause is the learning rate: in {steps} the weights moved by {times} times their norm. {remedy}"
        )
        steps = plural("{count} steps", "one step", evidence.moved_in)
        return message(words, steps=steps, times=_times_text(moved), remedy=remedy)
    if optimizer.momentum:
        words = tr_noop(
            "The cause is the learning rate: with a momentum of {momentum}, steps add up to {times} times the norm of "
            "the weights. {remedy}"
        )
        return message(words, momentum=setting_text(optimizer.momentum), times=_times_text(times), remedy=remedy)
    words = tr_noop(
        "The cause is the learning rate: a step is {times} times as long as the norm of the weights. {remedy}"
    )
    return message(words, times=_times_text(times), remedy=remedy)


def _smaller(optimizer: SGD, rate: float, evidence: Evidence, better: float) -> Message:
    """Advise a smaller rate, or also clipping where clipped steps are short relative to the weights."""
    longest = rate * _USUAL_CLIP / (1.0 - optimizer.momentum)
    lower = setting_text(better)
    if longest > _LONG * min(evidence.weights, evidence.weights_at_start or evidence.weights):
        return message("Try {rate}.", rate=lower)
    return message("Try {rate}, or clip the gradients.", rate=lower)


def _times_text(times: float) -> str:
    return setting_text(times, 3) if isfinite(times) else "∞"


def _of_the_scaled_gradient(experiment: Experiment, rate: float, evidence: Evidence, better: float) -> Advice | None:
    """Steps of Adam and similar optimizers have a known length, whatever the gradient is.

    Weights that such steps have enlarged are no reference; their size before the first step is used then.
    """
    optimizer = experiment.recipe.optimizer
    if not isinstance(optimizer, _SCALING) or not evidence.weights:
        return None
    sizes = evidence.weights, evidence.weights_at_start
    kept, start = (rate * sqrt(evidence.numbers) / size if size else 0.0 for size in sizes)
    if kept < _LONG and start < 1.0:
        return None
    whose = message("{percent} of its size here", percent=percent_text(kept, BRIEF))
    if start > kept:
        whose = message("{percent} of its size before the first step", percent=percent_text(start, BRIEF))
    words = message(
        "The cause is the learning rate: with {optimizer} a step changes each weight by about the rate, {share}. "
        "Try {rate}.",
        optimizer=message(optimizer.label),
        share=whose,
        rate=setting_text(better),
    )
    return Advice(words, RATE, better)


def _guess(experiment: Experiment, better: float) -> Advice:
    """Advise what usually helps when no cause could be computed."""
    words = tr_noop("The cause of the divergence is not known. A smaller rate often helps: try {rate}.")
    if not experiment.recipe.clip_norm:
        words = tr_noop(
            "The cause of the divergence is not known. A smaller rate often helps: try {rate}, or clip the gradients."
        )
    return Advice(message(words, rate=setting_text(better)), RATE, better)
