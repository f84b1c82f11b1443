"""Diagnoses of the learning rate: too high, too low, and a network that learns nothing at all."""

from __future__ import annotations

from playground.engine.doctor.finding import Diagnosis, Evidence
from playground.engine.doctor.gradient_flow import killed, nonlinearity_of
from playground.engine.doctor.learning_curves import wider
from playground.engine.doctor.record import Record
from playground.engine.training.divergence import CLIP_NORM, RATE, REGULARIZER
from playground.engine.training.snapshots import Diverged
from playground.spec.check.problem import Fix
from playground.spec.check.recipe_fixes import clipping, rate_fix, weaker_decay
from playground.spec.messages import message, tr_noop
from playground.spec.number_text import loss_text, part_text, percent_text, setting_text

_RISEN = 1.5  # times the loss of the beginning
_LONG = 0.1  # share of the weights that a step changes: above it, steps are long
_USUAL = 0.003  # the same, of steps that are neither long nor short
_SHORT = 1e-4  # below it, they are short
_NEARLY_NOTHING = 0.9  # of the loss at the beginning: above it hardly anything was learned
_NOTHING = 0.98
_LOST = {"vanishing_gradients", "saturation", "dead_units"}  # findings after which short steps are a symptom
_PATIENCE = 100  # steps after which something should have been learned
_LONG_PATIENCE = 250


def _too_high(record: Record) -> Evidence | None:
    """The run diverged, or its loss rose far above that of the beginning, or stays there while steps are long."""
    if record.diverged:
        return Evidence(record.diverged.message, record.diverged.learning_rate, _advised(record, record.diverged))
    if not record.windows or record.start is None:
        return None
    loss, updates = record.windows[-1].loss, record.longest
    values = {"loss": loss_text(loss), "start": loss_text(record.start), "rate": setting_text(record.rate, 3)}
    if loss > _RISEN * record.start:
        words = tr_noop(
            "The learning rate of {rate} is too high: the loss has been {loss}, and without learning {start}."
        )
        return Evidence(message(words, **values), loss, _lower(record))
    dead = killed(record) if updates >= _LONG else None
    if dead is not None:
        words = tr_noop(
            "The learning rate of {rate} is too high: steps changed the weights by up to {share} of their size, and "
            "{dead} of the units of {layer} {number} have died of them."
        )
        row, share = dead
        where = {"layer": message(row.layer.label), "number": 1 + record.rows.index(row)}
        shares = {"share": percent_text(updates), "dead": percent_text(share, 0)}
        return Evidence(message(words, **shares, **where, **values), share, _lower(record), (row.path,))
    stuck = record.chance is not None and loss > _NEARLY_NOTHING * record.chance and record.step >= _PATIENCE
    if not stuck or updates < _LONG:
        return None
    words = tr_noop(
        "The learning rate of {rate} is too high: steps changed the weights by up to {share} of their size, and the "
        "loss stays at {loss}."
    )
    return Evidence(message(words, share=percent_text(updates), **values), updates, _lower(record))


def _advised(record: Record, end: Diverged) -> Fix | None:
    """The fix that the explanation of a divergence advises: the button and the sentence name the same figure."""
    if end.advised_field == RATE:
        return rate_fix(end.advised_value)
    if end.advised_field == CLIP_NORM:
        return clipping(end.advised_value)
    if not end.advised_field:
        return None
    return weaker_decay(record.experiment.recipe.regularizer if end.advised_field == REGULARIZER else None)


def _lower(record: Record) -> Fix:
    """A tenth of the rate, or less where steps are very long."""
    times = max(10.0, record.longest / _USUAL)
    return rate_fix(record.experiment.recipe.optimizer.lr / min(1000.0, times))


def _too_low(record: Record) -> Evidence | None:
    """Hardly anything was learned, and steps are short, but not because gradients are lost on their way."""
    updates = record.updates
    if record.found.keys() & _LOST:
        return None
    if (record.step < _PATIENCE and not record.epochs) or not record.windows or record.start is None or updates is None:
        return None
    loss = record.windows[-1].loss
    if loss < _NEARLY_NOTHING * record.start or updates > _SHORT:
        return None
    words = tr_noop(
        "The learning rate of {rate} is too low: each step changes the weights by {share} of their size. The loss is "
        "{loss}, and without learning {start}."
    )
    values = {"loss": loss_text(loss), "start": loss_text(record.start), "rate": setting_text(record.rate, 3)}
    times = min(1000.0, max(10.0, _USUAL / updates if updates else 1000.0))
    fix = rate_fix(record.experiment.recipe.optimizer.lr * times)
    return Evidence(message(words, share=part_text(updates), **values), updates, fix)


def _nothing_learned(record: Record) -> Evidence | None:
    """The training loss of an epoch is that of one answer for everything, and nothing else explains it."""
    if record.found or record.chance is None or record.step < _LONG_PATIENCE or len(record.epochs) < 2:
        return None
    loss = record.epochs[-1].train_loss
    if loss < _NOTHING * max(record.chance, record.epochs[-2].train_loss):
        return None
    words = tr_noop(
        "The network has learned hardly anything in {epochs:,} epochs: its loss is {loss}, and that of the same answer "
        "for every sample is {chance}."
    )
    values = {"loss": loss_text(loss), "chance": loss_text(record.chance), "epochs": len(record.epochs)}
    times = 0.1 if record.updates is None or record.updates > _USUAL else 10.0
    linear = not any(nonlinearity_of(row.layer) for row in record.rows)
    fix = wider(record) if linear else None
    return Evidence(message(words, **values), loss, fix or rate_fix(record.experiment.recipe.optimizer.lr * times))


TOO_HIGH = Diagnosis("learning_rate_too_high", _too_high, after=("Window", "Diverged"))
TOO_LOW = Diagnosis("learning_rate_too_low", _too_low, after=("Probed", "Epoch"))
NOTHING_LEARNED = Diagnosis("chance_level", _nothing_learned, after=("Epoch",))
