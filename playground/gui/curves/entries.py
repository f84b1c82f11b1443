"""What the legends and the readout say about the place of the crosshair."""

from __future__ import annotations

from math import isfinite

from PySide6.QtCore import QCoreApplication

from playground.gui.curves.history import History, Reading
from playground.gui.curves.legend import Entry
from playground.gui.curves.look import PENALTY, PREVIOUS, TRAIN, VALIDATION
from playground.gui.curves.numbers import loss_text, setting_text, share_text
from playground.gui.words import translated
from playground.spec.experiment import Experiment
from playground.spec.shapes import walk
from playground.spec.surprise import told


def loss_entries(run: History | None, reading: Reading | None, before: Reading | None) -> tuple[Entry, ...]:
    """The lines of the loss plot with their values in the present run and in the one before."""
    entries = []
    if run is not None:
        entries.append(Entry(TRAIN, _words("train"), loss_text(reading.loss) if reading else ""))
        if reading and run.penalized:
            entries.append(Entry(PENALTY, _words(run.added), loss_text(reading.penalty)))
        if reading and reading.validation_loss is not None:
            entries.append(Entry(VALIDATION, _words("validation"), loss_text(reading.validation_loss)))
    if before:
        value = before.loss if before.validation_loss is None else before.validation_loss
        entries.append(Entry(PREVIOUS, _words("previous"), loss_text(value)))
    return tuple(entries)


def score_entries(run: History | None, reading: Reading | None, before: Reading | None) -> tuple[Entry, ...]:
    """The lines of the score plot with their values in the present run and in the one before."""
    entries = []
    if run is not None:
        entries.append(Entry(TRAIN, _words("train"), share_text(reading.score) if reading else ""))
        if reading and reading.validation_score is not None:
            entries.append(Entry(VALIDATION, _words("validation"), share_text(reading.validation_score)))
    if before:
        value = before.score if before.validation_score is None else before.validation_score
        entries.append(Entry(PREVIOUS, _words("previous"), share_text(value)))
    return tuple(entries)


def place_text(reading: Reading | None, *, language: bool = False) -> str:
    """Where the values were read, and the learning rate there; of a language model, its loss in other words as well."""
    if reading is None:
        return ""
    place = _words("epoch {0} · step {1} · lr {2}").format(
        f"{reading.x:.2f}", f"{reading.step:,}", setting_text(reading.learning_rate)
    )
    loss = reading.loss if reading.validation_loss is None else reading.validation_loss
    if not language or loss is None or not isfinite(loss):
        return place
    return f"{translated(told(loss))} · {place}"


def added_words(experiment: Experiment) -> str:
    """What is added to the loss: the regularizer's penalty, a layer's divergence, or both."""
    rows = walk(experiment.stack, experiment.data.sample_shape)
    if not any(row.active and row.layer.has_extra_loss for row in rows):
        return "penalty"
    return "penalty + divergence" if any(experiment.recipe.regularizer.strengths) else "divergence"


def _words(text: str) -> str:
    return QCoreApplication.translate("Curves", text)
