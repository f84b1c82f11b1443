"""What the legends and the readout say about the place of the crosshair."""

from __future__ import annotations

from math import isfinite

from PySide6.QtCore import QCoreApplication

from playground.engine.snapshots import TERM_LABELS
from playground.gui.curves.history import History, Reading
from playground.gui.curves.legend import Entry
from playground.gui.curves.look import PREVIOUS, TERMS, TRAIN, VALIDATION
from playground.gui.curves.numbers import loss_text, setting_text, share_text
from playground.gui.words import translated
from playground.spec.surprise import told


def loss_entries(run: History | None, reading: Reading | None, before: Reading | None) -> tuple[Entry, ...]:
    """The lines of the loss plot with their values in the present run and in the one before."""
    entries = []
    if run is not None:
        entries.append(Entry(TRAIN, _words("train"), loss_text(reading.loss) if reading else ""))
        for name, value in reading.terms.items() if reading else ():
            entries.append(Entry(TERMS[name], translated(TERM_LABELS[name]), loss_text(value)))
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
    if reading.validation_plain_loss is not None:
        plain = _words("validation loss without label smoothing {0}").format(loss_text(reading.validation_plain_loss))
        place = f"{plain} · {place}"
    loss = reading.loss if reading.validation_loss is None else reading.validation_loss
    if not language or loss is None or not isfinite(loss):
        return place
    return f"{translated(told(loss))} · {place}"


def _words(text: str) -> str:
    return QCoreApplication.translate("Curves", text)
