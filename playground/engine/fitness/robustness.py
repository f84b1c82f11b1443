"""How much of its score a network keeps on pictures that are turned, shifted, noisy or pale."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError

from playground.engine.data.in_memory import Subset
from playground.engine.evaluation.data_part import part_of
from playground.engine.evaluation.evaluate import chunk_size, evaluate
from playground.engine.evaluation.objective import Objective
from playground.engine.evaluation.scores import Scoring
from playground.engine.fitness.item import Item, Status, held
from playground.engine.fitness.parts import Measured
from playground.engine.fitness.remedy import TrainWith, as_fix
from playground.engine.probes.robustness import CorruptedSamples
from playground.engine.weights import Trained
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.corruptions import Corruption, corruptions_of
from playground.spec.data.dataset import Dataset
from playground.spec.messages import Message, joined, message, tr_noop
from playground.spec.number_text import part_text, percent_text, setting_text
from playground.spec.recipe.augmentations import Augmentation, Noise, Rotate, Shift

KEPT = 0.9  # share of the score that has to be left; our own bar
MOST_SPOILED = 1000  # samples
STRENGTHS: Mapping[str, tuple[float, ...]] = {  # of each corruption, by its id; the worst of them counts
    "rotation": (-15.0, 15.0),
    "shift": (-2.0, 2.0),
    "shift_down": (-2.0, 2.0),
    "noise": (0.2,),
    "contrast": (0.5,),
}
_TRAINED: Mapping[str, tuple[type[Augmentation], str]] = {  # the augmentation, and its field, for each corruption
    "rotation": (Rotate, "degrees"),
    "shift": (Shift, "pixels"),
    "shift_down": (Shift, "pixels"),
    "noise": (Noise, "amount"),
}
_LABEL = tr_noop("Robustness")


def robustness_item(found: Measured) -> Item:
    """The share of the score that is left at each strength of `STRENGTHS`, of the samples that are held out."""
    corruptions = [one for one in corruptions_of(found.final.dataset) if one.id in STRENGTHS]
    if not corruptions:
        why = message("does not apply: its inputs are no pictures")
        return Item("robustness", _LABEL, Status.NOT_APPLICABLE, why)
    part = part_of(found.data, found.final.dataset, found.held_out.part, MOST_SPOILED)
    samples = part.samples
    plain = _score(found.trained, samples)
    if not plain > 0:
        why = message("does not apply: without any corruption the score is not above 0")
        return Item("robustness", _LABEL, Status.NOT_APPLICABLE, why)
    width = found.final.dataset.sample_shape[-1]
    left: dict[str, float] = {}
    rows = []
    for one in corruptions:
        scores = []
        for strength in STRENGTHS[one.id]:
            value = strength * one.magnified(width)
            spoiled = CorruptedSamples(samples, found.final.dataset.task, one, value)
            scores.append({"value": value, "score": _score(found.trained, spoiled)})
        left[one.id] = min(row["score"] for row in scores) / plain
        rows.append({"corruption": one.id, "kept": left[one.id], "scores": scores})
    failed = [one for one in corruptions if left[one.id] < KEPT]
    words = tr_noop("Of its score of {plain} on {part} it keeps {list}; {kept} are needed of each.")
    told = joined([_told(one, width, left[one.id]) for one in corruptions], ", ")
    reason = message(words, plain=percent_text(plain), part=part.words, list=told, kept=part_text(KEPT))
    figures = {"plain": plain, "bar": KEPT, "part": part.part.value, "samples": len(samples), "corruptions": rows}
    known = {one.id: _remedy(one, found.final.dataset) for one in failed}
    fixes = dict.fromkeys(
        _fix(one, width) if (remedy := known[one.id]) is None else as_fix((remedy,)) for one in failed
    )
    remedies = tuple(dict.fromkeys(remedy for remedy in known.values() if remedy is not None))
    fix = as_fix(remedies) if len(remedies) == len(fixes) else joined(fixes, " ")
    return Item("robustness", _LABEL, held(not failed), reason, fix if failed else None, figures, remedies)


def _score(trained: Trained, samples: Subset) -> float:
    experiment = trained.experiment
    task, loss = experiment.data.task, experiment.recipe.loss
    objective = Objective(loss, task, samples.cut(0, 1)[1].device)
    scoring = Scoring(task, loss.output_activation)
    chunks = evaluate(trained.network, objective, scoring, samples, chunk_size(experiment))
    while True:
        stop_if_cancelled()
        try:
            next(chunks)
        except StopIteration as end:
            return float(end.value.score)


def _strength(one: Corruption, width: int) -> Message:
    """`±15 °`, `0.2`."""
    values = STRENGTHS[one.id]
    number = setting_text(values[-1] * one.magnified(width))
    sign = "±" if len(values) > 1 else ""
    if not one.unit:
        return message("{sign}{number}", sign=sign, number=number)
    return message("{sign}{number} {unit}", sign=sign, number=number, unit=message(one.unit))


def _told(one: Corruption, width: int, left: float) -> Message:
    words = tr_noop("{share} at {name} {strength}")
    name = message(one.label)
    return message(words, share=percent_text(left, 1), name=name, strength=_strength(one, width))


def _fix(one: Corruption, width: int) -> Message:
    """Advice where there is no remedy."""
    if one.id in _TRAINED:
        words = tr_noop("Train with pictures that are changed likewise: {name} {strength}.")
        return message(words, name=message(one.label), strength=_strength(one, width))
    return message("Stretch pictures to their full contrast before the network is asked.")


def _remedy(one: Corruption, dataset: Dataset) -> TrainWith | None:
    """Train with what it is spoiled by; None where no augmentation does that, or not as strongly."""
    if one.id not in _TRAINED or not dataset.augmented:
        return None
    kind, name = _TRAINED[one.id]
    width = dataset.sample_shape[-1]
    try:
        return TrainWith(kind(**{name: STRENGTHS[one.id][-1] * one.magnified(width)}), _strength(one, width))
    except ValidationError:  # beyond what it takes
        return None
