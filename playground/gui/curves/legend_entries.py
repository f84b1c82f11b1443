"""The texts of the legends and the readout at the position of the crosshair."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from playground.engine.training.snapshots import TERM_LABELS
from playground.gui.curves.figure import Quantity
from playground.gui.curves.history import History, HistoryValues
from playground.gui.curves.legend import LegendEntry
from playground.gui.curves.stored_curve import Overlay
from playground.gui.curves.style import DEPLOY, PREVIOUS, TERMS, TRAIN, VALIDATION
from playground.gui.style.translation import translated
from playground.spec.cross_entropy import cross_entropy_text
from playground.spec.data.dataset import Dataset
from playground.spec.messages import joined, message, plural, tr_noop
from playground.spec.number_text import fixed_text, loss_text, percent_text, setting_text


def entries(
    quantity: Quantity,
    run: History | None,
    reading: HistoryValues | None,
    previous: History | None,
    before: HistoryValues | None,
    goal: float | None = None,
) -> tuple[LegendEntry, ...]:
    """The legend entries of one plot, with values of the present and of the previous run.

    The level of `goal`, the accuracy from which a network is fit to deploy, comes first, so that its text is omitted
    last.
    """
    now = tuple(_present(quantity, run, reading)) if run is not None else ()
    past = (_previous(quantity, previous, before),) if previous is not None and before else ()
    level = (LegendEntry(DEPLOY, "", "", translated(tr_noop("fit to deploy"))),)
    return (*(level if goal is not None and (now or past) else ()), *now, *past)


def _present(quantity: Quantity, run: History, reading: HistoryValues | None) -> Iterator[LegendEntry]:
    loss, written = quantity is Quantity.LOSS, loss_text if quantity is Quantity.LOSS else percent_text
    name = compared(translated(tr_noop("train")), run.against[0])
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
                compared(translated(tr_noop("validation")), run.against[1]),
                written(validation),
                short=translated(tr_noop("val.")),
            )


def _previous(quantity: Quantity, run: History, reading: HistoryValues) -> LegendEntry:
    """The entry of the previous run: its validation, or its training if it has none."""
    loss, written = quantity is Quantity.LOSS, loss_text if quantity is Quantity.LOSS else percent_text
    validation = reading.validation_loss if loss else reading.validation_score
    if validation is not None:
        return LegendEntry(
            PREVIOUS,
            translated(tr_noop("previous")),
            written(validation),
            compared(translated(tr_noop("validation")), run.against[1]),
            short=translated(tr_noop("prev.")),
        )
    note = f"{compared(translated(tr_noop('train')), run.against[0])}, {averaged_text(reading)}"
    return LegendEntry(
        PREVIOUS,
        translated(tr_noop("previous")),
        written(reading.loss if loss else reading.score),
        note,
        translated(tr_noop("prev.")),
    )


def overlay_words(overlay: Overlay) -> str:
    """The name of an overlaid run, and what its line is: `textbook · validation`."""
    what = tr_noop("validation") if overlay.curve.validated else tr_noop("train")
    return f"{overlay.run.name} · {translated(what)}"


def compared(name: str, what: str) -> str:
    """The name of a value, with the reference it is compared with if that differs between values."""
    return translated(message("{name} vs. {other}", name=name, other=message(what))) if what else name


def averaged_text(reading: HistoryValues) -> str:
    """The number of steps that training values are averaged over."""
    return translated(plural("mean of the last {count:,} steps", "this step", reading.averaged))


def readout_text(reading: HistoryValues | None, *, language: Dataset | None = None) -> str:
    """The position of the crosshair and the learning rate there; with the text of a language model its loss in bits."""
    if reading is None:
        return ""
    rate = setting_text(reading.learning_rate, 4)
    epoch = fixed_text(reading.x, 2)
    text = message("epoch {epoch} · step {step:,} · lr {rate}", epoch=epoch, step=reading.step, rate=rate)
    validated = reading.validation_loss is not None
    if reading.validation_plain_loss is not None:
        plain = loss_text(reading.validation_plain_loss)
        text = joined((message("validation loss without label smoothing {loss}", loss=plain), text))
    loss = reading.validation_loss if validated else reading.loss
    if language is None or loss is None or not isfinite(loss):
        return translated(text)
    words = tr_noop("validation {loss}") if validated else tr_noop("train {loss}")
    return translated(joined((message(words, loss=cross_entropy_text(loss, language)), text)))
