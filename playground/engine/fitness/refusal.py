"""The confidence from which answers count, and what gets past it that is no example at all."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from playground.engine.evaluation.evaluate import probabilities
from playground.engine.fitness.item import Item, Status, held
from playground.engine.fitness.non_examples import non_examples
from playground.engine.fitness.parts import Measured
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.corruptions import corruptions_of
from playground.spec.messages import Message, joined, message, tr_noop
from playground.spec.number_text import part_text, percent_text, setting_text

Floats = npt.NDArray[np.float64]

REFUSED = 0.05  # share of real examples that may be refused, on the samples that choose the threshold
MOST_ACCEPTED = 0.05  # share of pictures that are no examples that may be accepted; our own bar
_USELESS = 0.5  # share of real examples refused, above which a threshold is not worth naming
_REAL = 200  # real pictures that others are made of
_LABEL = tr_noop("Other pictures")


class Asked(NamedTuple):
    """Pictures of one kind, and how sure the network is of each."""

    kind: str
    label: str
    confidence: Floats  # (N,)
    judged: bool = True  # see `Kind`

    def share(self, threshold: float) -> float:
        """The share of them that gets an answer."""
        return float((self.confidence >= threshold).mean())


def refusal_item(found: Measured) -> Item:
    """The threshold below which 5 % of the held-out examples lie; real ones refused and others accepted with it."""
    data, decided, checked = found.final.dataset, found.decided.classes, found.check.classes
    if decided is None or checked is None or data.task.positions != 1 or not corruptions_of(data):
        why = message("does not apply: only pictures with a class each are compared with pictures that have none")
        return Item("non_examples", _LABEL, Status.NOT_APPLICABLE, why)
    threshold, every = threshold_of(decided.confidence), _asked(found)
    kinds = [kind for kind in every if kind.judged]
    real, others = checked.confidence.ravel().astype(np.float64), np.concatenate([kind.confidence for kind in kinds])
    refused, accepted = int((real < threshold).sum()), int((others >= threshold).sum())
    worst = max(kinds, key=lambda kind: kind.share(threshold))
    holds = accepted <= MOST_ACCEPTED * others.size
    words = tr_noop(
        "Refusing below a confidence of {threshold}, chosen on {held_out}, refuses {refused} of {part} and accepts "
        "{accepted} of {count:,} pictures that show no class ({worst}: {share}); at most {most} are allowed."
    )
    reason = message(
        words,
        threshold=setting_text(threshold),
        held_out=found.held_out.words,
        refused=percent_text(refused / real.size),
        part=found.checked.words,
        accepted=percent_text(accepted / others.size),
        count=others.size,
        worst=message(worst.label),
        share=percent_text(worst.share(threshold)),
        most=part_text(MOST_ACCEPTED),
    )
    if extra := [kind for kind in every if not kind.judged]:
        told = message(
            "Of other data on this machine, which do not count here, it accepts: {list}.", list=_list(extra, threshold)
        )
        reason = message("{reason} {remark}", reason=reason, remark=told)
    if (remark := found.remark) is not None:
        reason = message("{reason} {remark}", reason=reason, remark=remark)
    strict = strict_threshold(others)
    figures = {
        "threshold": threshold,
        "chosen_on": found.held_out.part.value,
        "chosen_samples": len(found.held_out.samples),
        "part": found.checked.part.value,
        "samples": real.size,
        "refused": refused,
        "refused_share": refused / real.size,
        "non_examples": others.size,
        "accepted": accepted,
        "accepted_share": accepted / others.size,
        "bar": MOST_ACCEPTED,
        "kinds": [
            {
                "kind": kind.kind,
                "count": kind.confidence.size,
                "accepted": int((kind.confidence >= threshold).sum()),
                "judged": kind.judged,
            }
            for kind in every
        ],
        "strict_threshold": strict,
        "strict_refused_share": None if strict is None else float((real < strict).mean()),
    }
    fix = None if holds else _fix(found, real, strict)
    return Item("non_examples", _LABEL, held(holds), reason, fix, figures)


def _list(kinds: Sequence[Asked], threshold: float) -> Message:
    """How many of each kind get an answer: `12 % of MNIST`."""
    shares = [(kind, percent_text(kind.share(threshold))) for kind in kinds]
    return joined([message("{share} of {name}", share=share, name=message(kind.label)) for kind, share in shares], ", ")


def _fix(found: Measured, real: Floats, strict: float | None) -> Message:
    if strict is None or (real < strict).mean() > _USELESS:
        words = tr_noop(
            "No threshold tells them from examples. Train with a class of its own for what is no "
            "example, or let only examples in."
        )
        return message(words)
    words = tr_noop(
        "Refuse below {threshold}: that lets {most} of these pictures through, and refuses {refused} of {part}. Or "
        "train with a class of its own for what is no example."
    )
    refused = percent_text(float((real < strict).mean()))
    return message(
        words, threshold=setting_text(strict), most=part_text(MOST_ACCEPTED), refused=refused, part=found.checked.words
    )


def threshold_of(confidence: npt.NDArray[np.floating]) -> float:
    """The greatest confidence with at most 5 % of real examples below, rounded down to three or, near 1, six decimals.

    Nothing but real examples chooses it, as for “FPR at 95 % TPR”; source: Hendrycks and Gimpel, 2017, “A baseline
    for detecting misclassified and out-of-distribution examples”, for the confidence as the score.

    Args:
        confidence: of real examples, in [0, 1], of any shape, not empty.
    """
    known = np.sort(confidence.ravel().astype(np.float64))
    value = float(known[floor(REFUSED * known.size)])
    parts = _parts(value)
    return min(1.0, floor(value * parts) / parts)


def strict_threshold(others: Floats) -> float | None:
    """The least threshold that at most 5 % of some pictures pass, rounded up likewise; None where that is above 1.

    Args:
        others: confidences of pictures that show no class (N,), not empty.
    """
    value = float(np.sort(others)[::-1][floor(MOST_ACCEPTED * others.size)])  # has to be refused itself
    parts = _parts(value)
    found = (floor(value * parts) + 1) / parts
    return found if found <= 1.0 else None


def _parts(confidence: float) -> int:
    """How many steps a threshold of about this size has between 0 and 1."""
    return 1000 if confidence < 0.99 else 1_000_000


def _asked(found: Measured) -> list[Asked]:
    trained, real = found.trained, found.checked.limited(_REAL).samples.cut(0, _REAL)[0]
    rows = []
    for kind in non_examples(found.final.dataset, real):
        stop_if_cancelled()
        shares = probabilities(trained.network, kind.pictures, trained.experiment.recipe.loss)
        rows.append(Asked(kind.id, kind.label, shares.max(1).astype(np.float64), kind.judged))
    return rows
