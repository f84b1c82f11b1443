"""Whether confidences can be trusted, and the temperature that would mend them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from playground.engine.evaluation.answers import ClassAnswers
from playground.engine.evaluation.calibration import calibration
from playground.engine.fitness.folding import why_not_folded
from playground.engine.fitness.item import Item, Status, held
from playground.engine.fitness.parts import Measured
from playground.engine.fitness.remedy import DIGITS, DivideLogits, as_fix
from playground.engine.fitness.temperature import (
    Temperature,
    chance_error,
    confidences,
    fitted_temperature,
    log_shares,
)
from playground.spec.messages import Message, message, tr_noop
from playground.spec.number_text import percent_text, setting_text

MOST_ECE = 0.02  # calibration error that counts as small; our own bar
_LABEL = tr_noop("Calibration")


class Mended(NamedTuple):
    """The effect of a temperature on the calibration error."""

    temperature: Temperature | None  # fitted on the samples that are held out; None where there is none
    ece: float  # on the final samples
    ece_after: float | None  # on the same, with the temperature
    chance: float  # what a calibrated network stays below with 95 %


def calibration_item(found: Measured) -> Item:
    """The expected calibration error, what chance allows, and the temperature that would mend it."""
    if found.check.classes is None or found.decided.classes is None:
        why = message("does not apply: its answers are numbers, which have no confidence")
        return Item("calibration", _LABEL, Status.NOT_APPLICABLE, why)
    result = mended(found.decided.classes, found.check.classes)
    fitted, after = result.temperature, result.ece_after
    within = result.ece <= result.chance
    holds = result.ece <= MOST_ECE or within
    words = tr_noop("The expected calibration error is {ece} on {part}; at most {most} are allowed.")
    values: dict[str, object] = {
        "ece": percent_text(result.ece),
        "part": found.checked.words,
        "most": percent_text(MOST_ECE),
    }
    if within and result.ece > MOST_ECE:
        words = tr_noop(
            "The expected calibration error is {ece} on {part}: more than {most}, but so few {places} cannot tell it "
            "from none (95 % of calibrated networks stay below {chance})."
        )
        values |= {"chance": percent_text(result.chance), "places": message(found.final.dataset.places)}
    reason = message(words, **values)
    if fitted is not None and after is not None:
        words = tr_noop("{reason} Logits divided by T = {value}, fitted on {held_out}, leave {after}.")
        value = setting_text(fitted.value, DIGITS)
        reason = message(words, reason=reason, value=value, held_out=found.held_out.words, after=percent_text(after))
        if (remark := found.remark) is not None:
            reason = message("{reason} {remark}", reason=reason, remark=remark)
    figures = {
        "ece": result.ece,
        "bar": MOST_ECE,
        "chance": result.chance,
        "temperature": fitted.value if fitted else None,
        "nll_before": fitted.nll_before if fitted else None,
        "nll_after": fitted.nll_after if fitted else None,
        "ece_after": after,
        "fitted_on": found.held_out.part.value,
        "fitted_samples": len(found.held_out.samples),
        "part": found.checked.part.value,
        "samples": len(found.checked.samples),
    }
    if holds:
        return Item("calibration", _LABEL, held(holds), reason, None, figures)
    fix, remedy = _fix(found, result)
    return Item("calibration", _LABEL, held(holds), reason, fix, figures, () if remedy is None else (remedy,))


def mended(decided: ClassAnswers, checked: ClassAnswers) -> Mended:
    """Fit a temperature on some answers and measure others with it."""
    right = checked.true == checked.predicted
    ece, chance = calibration(checked.confidence, right).ece, chance_error(checked.confidence)
    logs, other = log_shares(decided), log_shares(checked)
    fitted = None if logs is None or other is None else fitted_temperature(logs, decided.true.ravel())
    if fitted is None or other is None:
        return Mended(None, ece, None, chance)
    sure = np.minimum(confidences(other, fitted.value), 1.0)
    return Mended(fitted, ece, calibration(sure, right.ravel()).ece, chance)


def _fix(found: Measured, result: Mended) -> tuple[Message, DivideLogits | None]:
    fitted, after = result.temperature, result.ece_after
    if fitted is None or after is None:
        return message("No temperature mends it. Train with label smoothing or weight decay."), None
    if after >= result.ece:
        return message("A temperature does not mend it. Train with label smoothing or weight decay."), None
    value = setting_text(fitted.value, DIGITS)
    if (why := why_not_folded(found.trained.network, found.trained.experiment)) is not None:
        words = tr_noop(
            "Divide the logarithms of the probabilities by T = {value} and normalise again, where they are used. It "
            "cannot be written into the network: {why}."
        )
        return message(words, value=value, why=why), None
    remedy = DivideLogits(fitted.value)
    return as_fix((remedy,)), remedy
