"""check(): all reasons why an experiment cannot be trained, each with its layer or field and, if any, its fix."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from playground.spec.check.causality import looks_ahead, mixes_steps, peeking
from playground.spec.check.insertion_points import move_fix
from playground.spec.check.memory import available, copies_of_weights, training_bytes
from playground.spec.check.output_problems import bent_scores, nothing_to_learn, output_problems
from playground.spec.check.problem import Fix, Problem, removal
from playground.spec.check.recipe_problems import (
    augmentation_problems,
    class_weight_problems,
    loss_problems,
    stopping_problems,
)
from playground.spec.check.shapes import LayerShape, walk
from playground.spec.component import fields_of
from playground.spec.container import Container
from playground.spec.data.dataset import Dataset, Objection
from playground.spec.edits import Insert, Replace, Set, Unwrap
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer, ShapeMismatch
from playground.spec.layers.normalization import BatchNorm
from playground.spec.messages import Message, joined, message
from playground.spec.number_text import bytes_text

_ALWAYS_AVAILABLE = 500_000_000  # bytes of memory: a machine with less can hardly run torch

_MOST_MOVABLE = 4  # misfits for which a move is searched: each search computes the shapes of the whole network


def check(
    experiment: Experiment, memory: int | None = None, rows: tuple[LayerShape, ...] | None = None
) -> tuple[Problem, ...]:
    """Return all problems, in the order of the stack and then of the recipe; an empty tuple means it can be trained.

    Until a data set is chosen, the only problem is that it has to be chosen: shapes are unknown until then.

    Args:
        memory: bytes that a run may take; None for the bytes that are available.
        rows: the result of `walk` on the stack, if the caller has it.
    """
    if not experiment.data.known:
        return tuple(_data(experiment))
    if rows is None:
        rows = walk(experiment.stack, experiment.data.sample_shape)
    return (
        *_data(experiment),
        *_misfits(experiment, rows),
        *_peeking(experiment, rows),
        *output_problems(experiment, rows),
        *nothing_to_learn(experiment, rows),
        *loss_problems(experiment),
        *class_weight_problems(experiment),
        *augmentation_problems(experiment),
        *bent_scores(experiment, rows),
        *_single_sample(experiment, rows),
        *stopping_problems(experiment),
        *_memory(experiment, rows, memory),
    )


def _data(experiment: Experiment) -> Iterator[Problem]:
    """The data set's own objections."""
    for objection in experiment.data.objections():
        fix = None
        if objection.better is not None:
            words = objection.words or _setting(experiment.data, objection)
            fix = Fix(words, (Set(("data", objection.field), objection.better, words),))
        yield Problem(objection.what, objection.expected, field=("data", objection.field), fix=fix)


def _setting(data: Dataset, objection: Objection) -> Message:
    """The words for setting the field that a form shows."""
    field = next(item for item in fields_of(type(data)) if item.name == objection.field)
    value = dict(field.options).get(objection.better, objection.better)
    return message("Set {field} to {value}", field=message(field.label), value=message("{value}", value=value))


def _misfits(experiment: Experiment, rows: tuple[LayerShape, ...]) -> Iterator[Problem]:
    misfits = [(row, row.mismatch) for row in rows if row.mismatch is not None]
    for number, (row, mismatch) in enumerate(misfits):
        fix, *others = _ways_out(experiment, row, mismatch, rows if number < _MOST_MOVABLE else None)
        yield Problem(mismatch.what, mismatch.expected, layer=row.path, fix=fix, others=tuple(others))


def _ways_out(
    experiment: Experiment, row: LayerShape, mismatch: ShapeMismatch, rows: tuple[LayerShape, ...] | None
) -> Iterator[Fix]:
    """The fixes for a layer that does not fit, the best first: the one that the mismatch gives, a move, a removal.

    `rows` is the whole network where a move is to be searched, else None.
    """
    fitting = mismatch.before or mismatch.instead
    if fitting is not None and row.input and experiment.data.task.language and mixes_steps(fitting, row.input):
        fitting = None  # it would itself be a problem
    if fitting is not None and fitting is mismatch.before:
        insert = Insert(row.path, (fitting,))
        yield Fix(insert.label, (insert,))
    elif fitting is not None:
        words = mismatch.words or message("Set {settings}", settings=_differences(row.layer, fitting))
        yield Fix(words, (Replace(row.path, fitting, words),))
    move = None if rows is None else move_fix(experiment, rows, row)
    if move is not None:
        yield move
    if fitting is None and isinstance(row.layer, Container):
        unwrap = Unwrap(row.path, row.layer.label)
        yield Fix(unwrap.label, (unwrap,))
    elif fitting is None:
        yield removal(row.layer, row.path)


def _differences(layer: Layer, instead: Layer) -> Message:
    """The fields in which `instead` differs from a layer, with their new values."""
    return joined(
        message("{field} to {value}", field=message(info.label), value=getattr(instead, info.name))
        for info in fields_of(type(instead))
        if getattr(instead, info.name) != getattr(layer, info.name)
    )


def _peeking(experiment: Experiment, rows: tuple[LayerShape, ...]) -> Iterator[Problem]:
    """A network that predicts the next character must not read it. These problems come before those of the output."""
    if not experiment.data.task.language:
        return
    for row in rows:
        if looks_ahead(row):
            expected = message("layers that treat each step alone, or read earlier steps only")
            yield Problem(peeking(row.layer), expected, layer=row.path, fix=_causal_fix(row))


def _causal_fix(row: LayerShape) -> Fix:
    """Set the layer so that it is causal, or remove it."""
    better = row.layer.as_causal()
    if better is row.layer:
        return removal(row.layer, row.path)
    words = message("Set {settings}", settings=_differences(row.layer, better))
    return Fix(words, (Replace(row.path, better, words),))


def _single_sample(experiment: Experiment, rows: tuple[LayerShape, ...]) -> Iterator[Problem]:
    """BatchNorm cannot normalise a single value per channel: no batch may then hold a single sample."""
    count, batch = experiment.data.train_count, experiment.recipe.batch_size
    smallest = count % batch or min(batch, count)
    lonely = [
        row
        for row in rows
        if isinstance(row.layer, BatchNorm) and row.active and not row.frozen and row.input and prod(row.input[1:]) == 1
    ]
    if smallest != 1 or not lonely or any(True for _ in experiment.data.objections()):
        return  # objections to the data are fixed first, and change the number of samples
    what = message("A batch would hold a single sample, and BatchNorm has nothing to compare it with.")
    expected = message("no batch of one sample")
    better = next((size for size in range(max(2, batch), count) if count % size != 1), max(2, batch, count))
    words = message("Set the batch to {size:,}", size=better)
    edits = [Set(("recipe", "batch_size"), better, words)]
    limit = next((name for name in ("train_limit", "count") if name in type(experiment.data).model_fields), None)
    if count == 1 and limit is not None:
        words = message("Train on 2 samples")
        edits.append(Set(("data", limit), 2, words))
    fix = Fix(words, tuple(edits))
    if count == 1 and limit is None:
        fix = removal(lonely[0].layer, lonely[0].path)
    yield Problem(what, expected, layer=lonely[0].path, fix=fix)


def _memory(experiment: Experiment, rows: tuple[LayerShape, ...], memory: int | None) -> Iterator[Problem]:
    """Training needs more memory than is available; the fix is a smaller batch, where the weights fit."""
    needed = training_bytes(experiment, rows)
    if memory is None:
        if needed <= _ALWAYS_AVAILABLE:
            return
        memory = available()
    if needed <= memory or any(True for _ in experiment.data.objections()):
        return
    batch = min(experiment.recipe.batch_size, experiment.data.train_count)
    alone = [row for row in rows if not isinstance(row.layer, Container)] or rows
    largest = max(alone, key=lambda row: _share(row, experiment, batch), default=None)
    fix = _fitting_batch(experiment, rows, memory)
    what = message("Training needs about {needed} of memory.", needed=bytes_text(needed))
    expected = message("at most {memory}, which is available", memory=bytes_text(memory))
    if fix is None:
        expected = message("{enough}: a smaller layer helps, a smaller batch does not", enough=expected)
    yield Problem(what, expected, layer=largest.path if largest else None, fix=fix)


def _share(row: LayerShape, experiment: Experiment, batch: int) -> float:
    """About how many bytes a layer needs, for the comparison of layers only."""
    kept = row.measure.activations + row.measure.kept if row.measure else 0
    return copies_of_weights(experiment) * row.bytes + 4.0 * batch * kept


def _fitting_batch(experiment: Experiment, rows: tuple[LayerShape, ...], memory: int) -> Fix | None:
    """Set the batch to the largest power of two with which training fits into `memory` bytes."""
    for power in reversed(range(experiment.recipe.batch_size.bit_length())):
        size = 2**power
        smaller = experiment.with_(recipe=experiment.recipe.with_(batch_size=size))
        if size == experiment.recipe.batch_size or training_bytes(smaller, rows) > memory:
            continue
        if not any(True for _ in _single_sample(smaller, rows)):
            words = message("Set the batch size to {size:,}", size=size)
            return Fix(words, (Set(("recipe", "batch_size"), size, words),))
    return None
