"""Diagnoses from the losses of whole epochs: overfitting, underfitting, and a loss that no longer falls."""

from __future__ import annotations

from statistics import fmean

from playground.engine.doctor.data_faults import astray
from playground.engine.doctor.finding import Diagnosis, Evidence
from playground.engine.doctor.record import Record
from playground.spec.check.problem import Fix
from playground.spec.check.recipe_fixes import rate_fix, setting
from playground.spec.check.shapes import totals
from playground.spec.edits import Insert, Replace
from playground.spec.layers.activation import ReLU
from playground.spec.layers.dense import Linear
from playground.spec.messages import message, tr_noop
from playground.spec.number_text import loss_text, percent_text, setting_text
from playground.spec.recipe.recipe import EarlyStopping
from playground.spec.recipe.schedules import Constant

_RISEN = 1.15  # validation loss, times its lowest so far
_APART = 2.0  # validation loss, times the training loss
_MATTERS = 0.1  # of the loss of chance: a gap smaller than that matters to nobody
_SOME = 7.0  # validation samples of the loss of chance, as which the rise counts: fewer may be outliers
_MANY_WEIGHTS = 30.0  # for each training sample
_FEW_SAMPLES = 1000  # for training
_MIXED = 0.05  # share of the training samples that have another class than most of those around them
_BEGUN = 1.25  # validation loss, times the training loss, where a network has many weights for few samples
_FAR_APART, _MATTERS_MUCH = 5.0, 0.25  # the same, where the validation loss does not rise
_FLAT = 0.01  # share of the loss by which it falls at least, where it still falls
_STEPS = 200  # steps over which it must be flat
_PASSING = 0.1  # share of its least by which the loss may have risen
_HIGH, _MIDDLE = 0.55, 0.25  # of the loss of chance
_WIDER = 4


def _overfitting(record: Record) -> Evidence | None:
    """The validation loss has risen since its lowest while the training loss fell."""
    stopping = record.experiment.recipe.stopping
    known = [epoch.validation_loss for epoch in record.epochs if epoch.validation_loss is not None]
    if len(known) < 2 or record.chance is None or (isinstance(stopping, EarlyStopping) and stopping.restore_best):
        return None
    lowest, latest, train = min(known), known[-1], record.epochs[-1].train_loss
    apart = (latest - train) / record.chance
    rises = min(known[-2:]) >= _RISEN * lowest and latest >= _APART * train and apart > _MATTERS
    if (min(known[-2:]) - lowest) / record.chance * len(record.data.validation) < _SOME:
        rises = False
    if train >= record.epochs[known.index(lowest)].train_loss:
        rises = False  # the training loss rose as well
    fix = setting(("recipe", "stopping"), EarlyStopping(), message("Stop early, at the lowest validation loss"))
    if not rises and not (latest >= _FAR_APART * train and apart > _MATTERS_MUCH):
        return _by_heart(record, latest, train, apart, fix)
    words = tr_noop("The network overfits: the validation loss is {latest}, but that of training only {train}.")
    if rises:
        words = tr_noop(
            "The network overfits: the validation loss has risen from {lowest} to {latest} while the training loss "
            "fell to {train}."
        )
    values = {"lowest": loss_text(lowest), "latest": loss_text(latest), "train": loss_text(train)}
    return Evidence(message(words, **values), apart, fix)


def _by_heart(record: Record, latest: float, train: float, apart: float, fix: Fix) -> Evidence | None:
    """Few samples, of classes that overlap, and many weights for each; the losses have come apart already.

    Nothing holds the weights back. Where classes are apart, a network of any size soon knows the other samples too.
    """
    count, recipe = len(record.data.train), record.experiment.recipe
    held_back = recipe.augmentations or recipe.regularizer != recipe.regularizer.relaxed
    if held_back or count > _FEW_SAMPLES or any(row.layer.is_stochastic for row in record.rows):
        return None
    weights = totals(record.rows).parameters / max(1, count)
    matters = apart > _MATTERS and apart * len(record.data.validation) > _SOME
    if weights < _MANY_WEIGHTS or not matters or latest < _BEGUN * train:
        return None
    mixed = astray(record)
    if mixed is None or mixed < _MIXED:
        return None
    words = tr_noop(
        "The network begins to overfit: it has {weights} weights for each training sample, and {share} of these have "
        "another class than most of those around them. The validation loss is {latest}, but that of training {train}."
    )
    values = {"latest": loss_text(latest), "train": loss_text(train), "weights": setting_text(weights, 2)}
    values["share"] = percent_text(mixed)
    return Evidence(message(words, **values), apart, fix)


def _flat(record: Record) -> float | None:
    """The loss of the latest epoch as a share of chance, where it has hardly fallen for some epochs; else None.

    Compared are the means over the last steps and over as many before; that of the first epoch fell anyway.
    """
    if not record.chance or record.found or not record.epochs:
        return None
    latest = record.epochs[-1]
    recent = [epoch.train_loss for epoch in record.epochs if epoch.step > latest.step - _STEPS]
    before = [epoch.train_loss for epoch in record.epochs[1 : -len(recent)]][-len(recent) :]
    if len(before) < len(recent) or fmean(recent) < (1 - _FLAT) * fmean(before):
        return None
    if fmean(recent) > (1 + _PASSING) * min(epoch.train_loss for epoch in record.epochs):
        return None  # it has risen, which may pass
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
    return Evidence(message(words, **values), share, wider(record))


def wider(record: Record) -> Fix | None:
    """Make each Linear but the last wider, or give the network a hidden layer; None where it has no Linear."""
    words = message("Make hidden layers {times} times as wide", times=_WIDER)
    dense = [row for row in record.rows if isinstance(row.layer, Linear) and len(row.path) == 1]
    if len(dense) == 1:
        insert = Insert(dense[0].path, (Linear(activation=ReLU()),))
        return Fix(insert.label, (insert,))
    edits = [
        Replace(row.path, row.layer.with_(out_features=_WIDER * row.layer.out_features), words)
        for row in dense[:-1]
        if isinstance(row.layer, Linear)
    ]
    return Fix(words, tuple(edits)) if edits else None


def _plateau(record: Record) -> Evidence | None:
    """The training loss no longer falls, at a middle height, and the learning rate stays as it is."""
    share = _flat(record)
    if share is None or not _MIDDLE <= share < _HIGH or not isinstance(record.experiment.recipe.schedule, Constant):
        return None
    words = tr_noop("The training loss no longer falls: it stays at about {loss}.")
    values = {"loss": loss_text(record.epochs[-1].train_loss)}
    return Evidence(message(words, **values), share, rate_fix(record.experiment.recipe.optimizer.lr / 5))


OVERFITTING = Diagnosis("overfitting", _overfitting, after=("Epoch",))
UNDERFITTING = Diagnosis("underfitting", _underfitting, after=("Epoch",))
PLATEAU = Diagnosis("plateau", _plateau, after=("Epoch",))
