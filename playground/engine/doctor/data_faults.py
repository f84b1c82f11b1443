"""Diagnoses of the data: unscaled inputs, rare classes, wrong labels, and test samples that are trained on."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from playground.engine.data.in_memory import InputTargetPairs, Subset
from playground.engine.data.on_demand import OnDemandPairs
from playground.engine.data.spread_subset import some
from playground.engine.doctor.copied_files import copies
from playground.engine.doctor.finding import Diagnosis, Evidence
from playground.engine.doctor.record import Record
from playground.spec.check.problem import Fix
from playground.spec.check.recipe_fixes import setting
from playground.spec.edits import Insert
from playground.spec.layers.normalization import BatchNorm, Normalization
from playground.spec.messages import joined, message, tr_noop
from playground.spec.number_text import percent_text, setting_text
from playground.spec.recipe.losses import MOST_CLASS_WEIGHTS, CrossEntropy

_LOOKED_AT = 1000  # training samples
_LARGE = 20.0  # standard deviation, or distance of the mean from 0, of an input; those that are scaled have about 1
_SMALL = 0.005
_RARE = 0.1  # times as many samples as if all classes were equally frequent
_FEWEST = 100  # samples, so that rarity is no chance
_NEIGHBOURS = 5
_DOUBTFUL = 0.1  # share of samples
_COMMON = 0.1  # share of the samples held out that are also trained on


def _unscaled(record: Record) -> Evidence | None:
    """The inputs lie far from 0, or are very large or small, and nothing normalises them."""
    inputs = _inputs(record)
    first = record.rows[0].layer if record.rows else None
    if inputs is None or isinstance(first, Normalization) or len(inputs) < 2:
        return None
    deviation, mean = inputs.std().item(), inputs.mean().item()
    features = inputs.flatten(1) if inputs.dim() == 2 else inputs.flatten()[:, None]
    size = max(features.std(0).max().item(), features.mean(0).abs().max().item())
    if size < _LARGE and deviation > _SMALL:
        return None
    words = tr_noop("The inputs are not scaled: they reach {largest}, with a mean of {mean} and a deviation of {std}.")
    largest = inputs.abs().max().item()
    values = {
        name: setting_text(value, 3) for name, value in (("largest", largest), ("mean", mean), ("std", deviation))
    }
    edit = Insert((0,), (BatchNorm(),))
    return Evidence(message(words, **values), largest, Fix(message("Normalise the inputs"), (edit,)))


def _inputs(record: Record) -> Tensor | None:
    """Training inputs from all over the data, where they are numbers."""
    found = _looked_at(record)
    return found[0] if found is not None and found[0].is_floating_point() else None


def _looked_at(record: Record) -> tuple[Tensor, Tensor] | None:
    """Inputs and targets of training samples from all over the data, which may be sorted; None of no data."""
    part = some(record.data.train, record.experiment.data, _LOOKED_AT)
    return part.cut(0, len(part)) if len(part) else None


def _imbalance(record: Record) -> Evidence | None:
    """A class is far rarer than the others, and no weights make up for it."""
    recipe, classes = record.experiment.recipe, record.experiment.data.task.classes
    targets = _classes(record.data.train)
    if targets is None or classes is None or len(targets) < _FEWEST or recipe.loss.values().get("class_weights"):
        return None
    counts = torch.bincount(targets, minlength=classes)
    rarest = int(counts.argmin())
    least = int(counts[rarest])
    if least >= _RARE * len(targets) / classes:
        return None
    words = tr_noop("The classes are imbalanced: only {share} of the training data are “{name}”.")
    names = record.experiment.data.class_names
    name = names[rarest] if rarest < len(names) else str(rarest)
    fix = _weights(counts) if isinstance(recipe.loss, CrossEntropy) and classes <= MOST_CLASS_WEIGHTS else None
    share = least / len(targets)
    return Evidence(message(words, share=percent_text(share), name=name), share, fix)


def _weights(counts: Tensor) -> Fix:
    """Weight each class by how rare it is, with a mean of 1 over the samples."""
    frequent = counts.clamp_min(1).double()
    weights = counts.sum() / (len(counts) * frequent)
    rounded = tuple(min(1000.0, max(0.001, round(weight, 3))) for weight in weights.tolist())
    return setting(("recipe", "loss", "class_weights"), rounded, message("Weight classes by their rarity"))


def _label_noise(record: Record) -> Evidence | None:
    """Many samples differ from their neighbours, of which all but one at most agree on another class."""
    found = _among_neighbours(record)
    if found is None or found.alone < _DOUBTFUL:
        return None
    words = tr_noop(
        "Labels may be wrong: {share} of the training data have another class than nearly all data around them."
    )
    return Evidence(message(words, share=percent_text(found.alone)), found.alone)


class _Neighbours(NamedTuple):
    """Shares of the samples whose class is another than that of the samples around them."""

    astray: float  # of most of them
    alone: float  # of nearly all of them


def astray(record: Record) -> float | None:
    """Share of the training samples whose class is not the most frequent around them; None without single classes."""
    found = _among_neighbours(record)
    return None if found is None else found.astray


def _among_neighbours(record: Record) -> _Neighbours | None:
    found = _looked_at(record)
    if _classes(record.data.train) is None or found is None or not found[0].is_floating_point():
        return None
    inputs, targets = found
    if len(inputs) < _FEWEST // 2:
        return None
    points = inputs.flatten(1)
    points = (points - points.mean(0)) / points.std().clamp_min(1e-12)
    distances = torch.cdist(points, points)
    distances.fill_diagonal_(torch.inf)
    around = targets[distances.topk(min(_NEIGHBOURS, len(points) - 1), largest=False).indices]
    agreed = around.mode(1).values
    others = agreed != targets
    unanimous = (around == agreed[:, None]).sum(1) >= _NEIGHBOURS - 1
    return _Neighbours(others.float().mean().item(), (unanimous & others).float().mean().item())


def _classes(part: Subset) -> Tensor | None:
    """The class of each sample, on the CPU; None where there is not exactly one."""
    if not isinstance(part, (InputTargetPairs, OnDemandPairs)):
        return None
    if part.targets.dim() != 1 or part.targets.is_floating_point():
        return None
    return part.targets.cpu()


def _overlap(record: Record) -> Evidence | None:
    """Samples of validation or test that are trained on as well."""
    if isinstance(record.data.train, OnDemandPairs):
        return _copied(record)
    known = set(_samples(record.data.train))
    found = []
    for part, words in ((record.data.validation, _IN_VALIDATION), (record.data.test, _IN_TEST)):
        held_out = _samples(part)
        common = sum(sample in known for sample in held_out)
        if held_out and common >= _COMMON * len(held_out):
            found.append((common, message(words, count=common, total=len(held_out))))
    if not found:
        return None
    return Evidence(joined([words for _, words in found], " "), sum(common for common, _ in found))


def _copied(record: Record) -> Evidence | None:
    """The same for pictures that are read from disk, whose files are compared."""
    places, found = record.data.places, []
    if places is None:
        return None
    root = Path(record.experiment.data.own_path)
    for held_out, words in ((places.validation, _FILES_IN_VALIDATION), (places.test, _FILES_IN_TEST)):
        seen = copies(root, places.train.files, held_out.files)
        if seen.compared and seen.common >= _COMMON * seen.compared:
            values = {"count": seen.common, "compared": seen.compared, "total": len(held_out.files)}
            found.append((seen.common, message(words, **values)))
    return Evidence(joined([words for _, words in found], " "), sum(count for count, _ in found)) if found else None


_FILES_IN_VALIDATION = tr_noop(
    "{count:,} of {compared:,} validation pictures that were compared, of {total:,}, are also trained on, as copies of "
    "their files: their score is too good."
)
_FILES_IN_TEST = tr_noop(
    "{count:,} of {compared:,} test pictures that were compared, of {total:,}, are also trained on, as copies of their "
    "files: the test will be too good."
)
_IN_VALIDATION = tr_noop("{count:,} of the {total:,} validation samples are also trained on: their score is too good.")
_IN_TEST = tr_noop("{count:,} of the {total:,} test samples are also trained on: the test will be too good.")


def _samples(part: Subset) -> list[int]:
    """A hash of each sample, 64 bits of the bytes of its input; empty for data that are made batch by batch."""
    if not isinstance(part, InputTargetPairs) or not len(part):
        return []
    rows = part.inputs.cpu().flatten(1).contiguous().numpy()
    return [hash(row.tobytes()) for row in rows]


UNSCALED = Diagnosis("unscaled_inputs", _unscaled)
IMBALANCE = Diagnosis("class_imbalance", _imbalance)
LABEL_NOISE = Diagnosis("label_noise", _label_noise)
OVERLAP = Diagnosis("overlap", _overlap)
