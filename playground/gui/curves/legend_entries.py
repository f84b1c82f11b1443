"""What the legends and the readout say about the place of the crosshair."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from PySide6.QtCore import QCoreApplication

from playground.engine.training.snapshots import TERM_LABELS
from playground.gui.curves.figure import Quantity
from playground.gui.curves.history import History, HistoryValues
from playground.gui.curves.legend import LegendEntry
from playground.gui.curves.style import DEPLOY, PREVIOUS, TERMS, TRAIN, VALIDATION
from playground.gui.style.translation import translated
from playground.spec.cross_entropy import cross_entropy_text
from playground.spec.number_text import fixed_text, loss_text, percent_text, setting_text


def entries(
    quantity: Quantity,
    run: History | None,
    reading: HistoryValues | None,
    previous: History | None,
    before: HistoryValues | None,
    goal: float | None = None,
) -> tuple[LegendEntry, ...]:
    """The lines of one plot with their values in the present run and in the one before, as they were read there.

    First comes the level of `goal`, the share of right answers from which a network is fit to deploy, so that of all
    that may be left out its words stay longest.
    """
    now = tuple(_present(quantity, run, reading)) if run is not None else ()
    past = (_previous(quantity, previous, before),) if previous is not None and before else ()
    level = (LegendEntry(DEPLOY, "", "", QCoreApplication.translate("Curves", "fit to deploy")),)
    return (*(level if goal is not None and (now or past) else ()), *now, *past)


def _present(quantity: Quantity, run: History, reading: HistoryValues | None) -> Iterator[LegendEntry]:
    loss, written = quantity is Quantity.LOSS, loss_text if quantity is Quantity.LOSS else percent_text
    name = compared(QCoreApplication.translate("Curves", "train"), run.against[0])
    if reading is None:
        yield LegendEntry(TRAIN, name, "")
    else:
        yield LegendEntry(TRAIN, name, written(reading.loss if loss else reading.score), averaged_text(reading))
        for term, value in reading.terms.items() if loss else ():
            yield LegendEntry(TERMS[term], translated(TERM_LABELS[term]), loss_text(value))
        validation = reading.validation_loss if loss else reading.validation_score
        if validation is not None:
            yield LegendEntry(
                VALIDATION,
                compared(QCoreApplication.translate("Curves", "validation"), run.against[1]),
                written(validation),
            )


def _previous(quantity: Quantity, run: History, reading: HistoryValues) -> LegendEntry:
    """What is drawn of the run before: its validation, or the training where it has none."""
    loss, written = quantity is Quantity.LOSS, loss_text if quantity is Quantity.LOSS else percent_text
    validation = reading.validation_loss if loss else reading.validation_score
    if validation is not None:
        return LegendEntry(
            PREVIOUS,
            QCoreApplication.translate("Curves", "previous"),
            written(validation),
            compared(QCoreApplication.translate("Curves", "validation"), run.against[1]),
        )
    note = f"{compared(QCoreApplication.translate('Curves', 'train'), run.against[0])}, {averaged_text(reading)}"
    return LegendEntry(
        PREVIOUS,
        QCoreApplication.translate("Curves", "previous"),
        written(reading.loss if loss else reading.score),
        note,
    )


def compared(name: str, what: str) -> str:
    """A figure's name, and what it compares the network with, where that is not the same for all figures."""
    return QCoreApplication.translate("Curves", "{0} vs. {1}").format(name, translated(what)) if what else name


def averaged_text(reading: HistoryValues) -> str:
    """Which steps the figures of training are the mean of."""
    if reading.averaged == 1:
        return QCoreApplication.translate("Curves", "this step")
    return QCoreApplication.translate("Curves", "mean of the last {0} steps").format(f"{reading.averaged:,}")


def place_text(reading: HistoryValues | None, *, language: bool = False) -> str:
    """Where the values were read, and the learning rate there; of a language model, its loss in other words as well."""
    if reading is None:
        return ""
    place = QCoreApplication.translate("Curves", "epoch {0} · step {1} · lr {2}").format(
        fixed_text(reading.x, 2), f"{reading.step:,}", setting_text(reading.learning_rate, 4)
    )
    validated = reading.validation_loss is not None
    if reading.validation_plain_loss is not None:
        plain = QCoreApplication.translate("Curves", "validation loss without label smoothing {0}").format(
            loss_text(reading.validation_plain_loss)
        )
        place = f"{plain} · {place}"
    loss = reading.validation_loss if validated else reading.loss
    if not language or loss is None or not isfinite(loss):
        return place
    words = (
        QCoreApplication.translate("Curves", "validation {0} · {1}")
        if validated
        else QCoreApplication.translate("Curves", "train {0} · {1}")
    )
    return words.format(translated(cross_entropy_text(loss)), place)
