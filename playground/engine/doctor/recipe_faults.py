"""Diagnoses of the recipe: the loss, the penalty, batches too small for BatchNorm, and memory that hardly suffices."""

from __future__ import annotations

from math import prod

from playground.engine.doctor.finding import Diagnosis, Evidence
from playground.engine.doctor.record import Record
from playground.spec.check.memory import available, training_bytes
from playground.spec.check.recipe_fixes import setting, weaker_decay
from playground.spec.check.shapes import walk
from playground.spec.layers.normalization import BatchNorm
from playground.spec.messages import message, tr_noop
from playground.spec.number_text import loss_text, percent_text, setting_text
from playground.spec.recipe.losses import CrossEntropy
from playground.spec.recipe.output_activations import IDENTITY

_DOMINATING = 3.0  # times the gradient of the loss
_HIGH = 0.5  # of the loss of chance: below it, the loss's gradient may well be small
_STRONG = 0.02  # share of each weight that a step takes off
_FEW_VALUES = 4  # by which BatchNorm normalises each channel
_USUAL_BATCH = 32
_PATIENCE = 100  # steps after which a loss should have taught something
_NEARLY_NOTHING = 0.9  # of the loss of chance
_NEARLY_ALL = 0.8  # of the memory
_SMALL = 500_000_000  # bytes that are always there


def _loss(record: Record) -> Evidence | None:
    """A loss for numbers, where classes are predicted, that has taught hardly more than one answer for everything."""
    loss, task = record.experiment.recipe.loss, record.experiment.data.task
    if task.classes is None or loss.output_activation != IDENTITY or record.found or record.step < _PATIENCE:
        return None
    latest = record.epochs[-1].train_loss
    if record.chance is None or latest < _NEARLY_NOTHING * record.chance:
        return None
    words = tr_noop(
        "{loss} compares numbers, but one of {classes} classes is predicted: after {steps:,} steps its mean over an "
        "epoch is {latest}, and the same answer for every sample has {chance}."
    )
    values = {"latest": loss_text(latest), "chance": loss_text(record.chance), "steps": record.step}
    better = CrossEntropy()
    fix = setting(("recipe", "loss"), better, message("Set the loss to {loss}", loss=message(better.label)))
    return Evidence(message(words, loss=message(loss.label), classes=task.classes, **values), latest, fix)


def _penalty(record: Record) -> Evidence | None:
    """The penalty's gradient is longer than that of the loss, which is high, or decay takes much off each weight."""
    recipe = record.experiment.recipe
    decay = max(recipe.regularizer.decay, 0.0)
    own = float(recipe.optimizer.values().get("weight_decay", 0.0))
    if record.rate * max(decay, own) > _STRONG:
        words = tr_noop("Weight decay outweighs the loss: each step takes {share} off every weight.")
        share = record.rate * max(decay, own)
        return Evidence(
            message(words, share=percent_text(share)), share, weaker_decay(recipe.regularizer if decay > own else None)
        )
    latest = record.probes[-2:]
    if len(latest) < 2 or not record.windows or record.start is None:
        return None
    times = min(probe.penalty_norm / probe.gradient_norm if probe.gradient_norm else 0.0 for probe in latest)
    if times < _DOMINATING or record.windows[-1].loss < _HIGH * record.start:
        return None
    words = tr_noop("The {penalty} penalty dominates: its gradient is {times} times that of the loss.")
    label = message(recipe.regularizer.label)
    return Evidence(
        message(words, penalty=label, times=setting_text(times, 2)), times, weaker_decay(recipe.regularizer)
    )


def _batch_norm(record: Record) -> Evidence | None:
    """A batch is too small for the statistics of BatchNorm."""
    experiment = record.experiment
    batch = min(experiment.recipe.batch_size, experiment.data.train_count)
    values = [
        batch * prod(row.input[1:]) for row in record.rows if isinstance(row.layer, BatchNorm) and row.input is not None
    ]
    if not values or min(values) > _FEW_VALUES:
        return None
    words = tr_noop("The batch of {batch} is too small for BatchNorm: its mean and variance come from {count} values.")
    fix = setting(("recipe", "batch_size"), _USUAL_BATCH, message("Set the batch size to {size:,}", size=_USUAL_BATCH))
    return Evidence(message(words, batch=batch, count=min(values)), min(values), fix)


def _memory(record: Record) -> Evidence | None:
    """Training takes nearly all memory; where it takes more, `check` refuses it."""
    experiment = record.experiment
    needed = training_bytes(experiment, walk(experiment.stack, experiment.data.sample_shape))
    if needed < _SMALL:
        return None
    share = needed / max(1, available())
    if not share > _NEARLY_ALL:
        return None
    words = tr_noop("Memory is nearly exhausted: training takes about {share} of what is available.")
    half = max(1, experiment.recipe.batch_size // 2)
    fix = setting(("recipe", "batch_size"), half, message("Set the batch size to {size:,}", size=half))
    return Evidence(message(words, share=percent_text(share, 0)), share, fix)


UNSUITABLE_LOSS = Diagnosis("unsuitable_loss", _loss, after=("Epoch",))
PENALTY = Diagnosis("dominating_penalty", _penalty, after=("Probed",))
BATCH_NORM = Diagnosis("batch_too_small", _batch_norm)
MEMORY = Diagnosis("memory", _memory)
