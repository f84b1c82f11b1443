"""The confidence from which answers count, and what gets past it that is no example at all."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from playground.engine.evaluation.answers import ClassAnswers
from playground.engine.evaluation.evaluate import probabilities
from playground.engine.fitness.item import Item, Status, held
from playground.engine.fitness.non_examples import non_examples
from playground.engine.fitness.parts import Measured
from playground.engine.fitness.remedy import RefuseBelow
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


class _Refusal(NamedTuple):
    """The effect of a threshold: on real examples, and on pictures that are none."""

    threshold: float
    real: int  # examples that it was measured on
    refused: int  # of them
    right: int  # examples that are answered right without it
    right_refused: int  # of those
    others: int  # pictures that show no class
    accepted: int  # of them
    worst: Asked  # the kind of which it lets most through

    @property
    def refused_share(self) -> float:
        return self.refused / self.real

    @property
    def right_refused_share(self) -> float:
        return self.right_refused / self.right if self.right else 0.0

    @property
    def accepted_share(self) -> float:
        return self.accepted / self.others

    @property
    def holds(self) -> bool:
        """Whether it lets few enough others through, and answers for most real examples."""
        return self.accepted <= MOST_ACCEPTED * self.others and self.refused_share <= _USELESS


def refusal_item(found: Measured) -> Item:
    """The threshold that is set, or below which 5 % of the held-out examples lie, and whom it refuses and accepts."""
    data, decided, checked = found.final.dataset, found.decided.classes, found.check.classes
    if decided is None or checked is None or data.task.positions != 1 or not corruptions_of(data):
        why = message("does not apply: only pictures with a class each are compared with pictures that have none")
        return Item("non_examples", _LABEL, Status.NOT_APPLICABLE, why)
    computed, present, every = threshold_of(decided.confidence), found.trained.experiment.refuse_below, _asked(found)
    judged = [kind for kind in every if kind.judged]
    others = np.concatenate([kind.confidence for kind in judged])
    strict = strict_threshold(others)
    result = _refusal(present or computed, checked, judged)
    strictly = None if strict is None else _refusal(strict, checked, judged)
    useful = strictly if strictly is not None and strictly.holds else None
    fix = None if result.holds else _fix(found, useful)
    figures = {
        "threshold": result.threshold,
        "set": present or None,
        "computed_threshold": computed,
        "chosen_on": found.held_out.part.value,
        "chosen_samples": len(found.held_out.samples),
        "part": found.checked.part.value,
        "samples": result.real,
        "refused": result.refused,
        "refused_share": result.refused_share,
        "right_refused_share": result.right_refused_share,
        "non_examples": result.others,
        "accepted": result.accepted,
        "accepted_share": result.accepted_share,
        "bar": MOST_ACCEPTED,
        "kinds": [
            {
                "kind": kind.kind,
                "count": kind.confidence.size,
                "accepted": int((kind.confidence >= result.threshold).sum()),
                "judged": kind.judged,
            }
            for kind in every
        ],
        "strict_threshold": strict,
        "strict_refused_share": None if strictly is None else strictly.refused_share,
        "strict_accepted_share": None if strictly is None else strictly.accepted_share,
    }
    reason, remedies = _reason(found, result, every), _remedies(present, computed, result, useful)
    return Item("non_examples", _LABEL, held(result.holds), reason, fix, figures, remedies)


def _refusal(threshold: float, checked: ClassAnswers, judged: Sequence[Asked]) -> _Refusal:
    real = checked.confidence.ravel().astype(np.float64)
    right = real[(checked.true == checked.predicted).ravel()]
    others = np.concatenate([kind.confidence for kind in judged])
    return _Refusal(
        threshold,
        real.size,
        int((real < threshold).sum()),
        right.size,
        int((right < threshold).sum()),
        others.size,
        int((others >= threshold).sum()),
        max(judged, key=lambda kind: kind.share(threshold)),
    )


def _reason(found: Measured, result: _Refusal, every: Sequence[Asked]) -> Message:
    words = tr_noop(
        "Refusing below a confidence of {threshold}, {chosen}, refuses {refused} of {part} ({right} of the right "
        "answers) and accepts {accepted} of {count:,} pictures that show no class ({worst}: {share}); at most {most} "
        "are allowed."
    )
    chosen = message("as this network does")
    if not found.trained.experiment.refuse_below:
        chosen = message("chosen on {held_out}", held_out=found.held_out.words)
    reason = message(
        words,
        threshold=setting_text(result.threshold),
        chosen=chosen,
        refused=percent_text(result.refused_share),
        part=found.checked.words,
        right=percent_text(result.right_refused_share),
        accepted=percent_text(result.accepted_share),
        count=result.others,
        worst=message(result.worst.label),
        share=percent_text(result.worst.share(result.threshold)),
        most=part_text(MOST_ACCEPTED),
    )
    remarks = [found.remark] if found.remark is not None else []
    if extra := [kind for kind in every if not kind.judged]:
        listed = _list(extra, result.threshold)
        remarks.insert(
            0, message("Of other data on this machine, which do not count here, it accepts: {list}.", list=listed)
        )
    return joined([reason, *remarks], " ")


def _remedies(present: float, computed: float, result: _Refusal, strictly: _Refusal | None) -> tuple[RefuseBelow, ...]:
    """The remedies: the threshold of the report, the strict one where the first lets too many through, or none."""
    wanted = [computed] if not present else []
    if not result.holds and strictly is not None:
        wanted.insert(0, strictly.threshold)
    wanted += [0.0] if present else []
    return tuple(RefuseBelow(value) for value in dict.fromkeys(wanted) if value != present)


def _list(kinds: Sequence[Asked], threshold: float) -> Message:
    """How many of each kind get an answer: `12 % of MNIST`."""
    shares = [(kind, percent_text(kind.share(threshold))) for kind in kinds]
    return joined([message("{share} of {name}", share=share, name=message(kind.label)) for kind, share in shares], ", ")


def _fix(found: Measured, strictly: _Refusal | None) -> Message:
    if strictly is None:
        words = tr_noop(
            "No threshold tells them from examples. Train with a class of its own for what is no "
            "example, or let only examples in."
        )
        return message(words)
    words = tr_noop(
        "Refuse below {threshold}: that lets {accepted} of these pictures through, and refuses {refused} of {part} "
        "({right} of the right answers). Or train with a class of its own for what is no example."
    )
    return message(
        words,
        threshold=setting_text(strictly.threshold),
        accepted=percent_text(strictly.accepted_share),
        refused=percent_text(strictly.refused_share),
        part=found.checked.words,
        right=percent_text(strictly.right_refused_share),
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
