"""Captions of examples: the truth, the answer, and how sure the network is or how wrong it was."""

from __future__ import annotations

from playground.gui.evaluation.evaluator import Result
from playground.gui.style.translation import translated
from playground.spec.messages import message
from playground.spec.number_text import BRIEF, amount_text, percent_text


def caption(result: Result, index: int) -> str:
    """The line for the sample of that index: `7 → 2 · 99 %`, `21.4 → 50.1`, `RMSE 0.142`."""
    answers = result.evaluated.answers
    if answers.numbers is not None:
        true, given = float(answers.numbers.true[index]), float(answers.numbers.predicted[index])
        return f"{amount_text(true)} → {amount_text(given)}"
    if answers.classes is None:
        return f"RMSE {amount_text(float(answers.errors[index]))}"
    classes = answers.classes
    if classes.true.shape[1] > 1:
        wrong = float((classes.true[index] != classes.predicted[index]).mean())
        places = message(result.part.dataset.places)
        return translated(message("{share} of {places} wrong", share=percent_text(wrong, 1), places=places))
    true, given = result.names[classes.true[index, 0]], result.names[classes.predicted[index, 0]]
    return f"{true} → {given} · {percent_text(float(classes.confidence[index, 0]), BRIEF)}"
