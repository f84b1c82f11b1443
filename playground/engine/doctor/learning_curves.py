"""Diagnoses from the losses of whole epochs: overfitting, underfitting, and a loss that no longer falls."""

from __future__ import annotations

from playground.engine.doctor.finding import Diagnosis, Evidence, rate_fix, setting
from playground.engine.doctor.record import Record
from playground.spec.check.problem import Fix
from playground.spec.edits import Replace
from playground.spec.layers.dense import Linear
from playground.spec.messages import message, tr_noop
from playground.spec.number_text import loss_text
from playground.spec.recipe.recipe import EarlyStopping
from playground.spec.recipe.schedules import Constant

_RISEN = 1.15  # validation loss, times its lowest so far
_APART = 2.0  # validation loss, times the training loss
_MATTERS = 0.05  # of the loss of chance: a gap smaller than that matters to nobody
_FLAT = 0.01  # share of the loss by which it fell over the latest epochs, at least, where it still falls
_EPOCHS = 2  # epochs over which it must be flat
_STEPS = 200  # steps in them, at least
_HIGH, _MIDDLE = 0.55, 0.25  # of the loss of chance
_WIDER = 4


def _overfitting(record: Record) -> Evidence | None:
    """The validation loss has risen since its lowest while the training loss fell."""
    stopping = record.experiment.recipe.stopping
    known = [epoch.validation_loss for epoch in record.epochs if epoch.validation_loss is not None]
    if len(known) < 2 or record.chance is None or (isinstance(stopping, EarlyStopping) and stopping.restore_best):
        return None
    lowest, latest, train = min(known), min(known[-2:]), record.epochs[-1].train_loss
    since = record.epochs[known.index(lowest)].train_loss
    if latest < _RISEN * lowest or latest < _APART * train or latest - train < _MATTERS * record.chance:
        return None
    if train >= since:
        return None
    words = tr_noop(
        "The network overfits: the validation loss has risen from {lowest} to {latest} while the training loss fell "
        "to {train}."
    )
    values = {"lowest": loss_text(lowest), "latest": loss_text(known[-1]), "train": loss_text(train)}
    fix = setting(("recipe", "stopping"), EarlyStopping(), message("Stop early, at the lowest validation loss"))
    return Evidence(message(words, **values), known[-1] / lowest, fix)


def _flat(record: Record) -> float | None:
    """The loss of the latest epoch as a share of chance, where it has hardly fallen for some epochs; else None."""
    if len(record.epochs) <= _EPOCHS or not record.chance or record.found:
        return None
    latest, before = record.epochs[-1], record.epochs[-1 - _EPOCHS]
    if latest.step - before.step < _STEPS or latest.train_loss < (1 - _FLAT) * before.train_loss:
        return None
    return latest.train_loss / record.chance


def _underfitting(record: Record) -> Evidence | None:
    """The training loss stays high."""
    share = _flat(record)
    if share is None or share < _HIGH or not record.chance:
        return None
    words = tr_noop(
        "The network underfits: its training loss stays at {loss}, and that of the same answer for every sample is "
        "{chance}."
    )
    values = {"loss": loss_text(record.epochs[-1].train_loss), "chance": loss_text(record.chance)}
    return Evidence(message(words, **values), share, _wider(record))


def _wider(record: Record) -> Fix | None:
    """Make each Linear but the last wider; None where there is none."""
    words = message("Make hidden layers {times} times as wide", times=_WIDER)
    hidden = [row for row in record.rows if isinstance(row.layer, Linear) and len(row.path) == 1][:-1]
    edits = [
        Replace(row.path, row.layer.with_(out_features=_WIDER * row.layer.out_features), words)
        for row in hidden
        if isinstance(row.layer, Linear)
    ]
    return Fix(words, tuple(edits)) if edits else None


def _plateau(record: Record) -> Evidence | None:
    """The training loss no longer falls, at a middle height, and the learning rate stays as it is."""
    share = _flat(record)
    if share is None or not _MIDDLE <= share < _HIGH or not isinstance(record.experiment.recipe.schedule, Constant):
        return None
    words = tr_noop("The training loss no longer falls: it has been at about {loss} for {epochs:,} epochs.")
    values = {"loss": loss_text(record.epochs[-1].train_loss), "epochs": _EPOCHS}
    return Evidence(message(words, **values), share, rate_fix(record.experiment.recipe.optimizer.lr / 5))


OVERFITTING = Diagnosis("overfitting", _overfitting, after=("Epoch",))
UNDERFITTING = Diagnosis("underfitting", _underfitting, after=("Epoch",))
PLATEAU = Diagnosis("plateau", _plateau, after=("Epoch",))
