"""check(): all reasons why an experiment cannot be trained, each with its place and, where one exists, its fix."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from playground.spec.component import fields_of
from playground.spec.container import Container
from playground.spec.edits import Insert, Replace, Set, Unwrap
from playground.spec.ending import bent_scores, nothing_to_learn, output_problems
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer, Shape, Stack, is_sequence
from playground.spec.layers.normalization import BatchNorm
from playground.spec.problem import Fix, Problem, removal
from playground.spec.recipe_problems import (
    augmentation_problems,
    class_weight_problems,
    loss_problems,
    stopping_problems,
)
from playground.spec.shapes import Row, totals, walk
from playground.spec.words import Message, joined, say

_ALWAYS_THERE = 1_000_000_000  # bytes of memory: what does not have as much does not run torch either


def check(
    experiment: Experiment, memory: int | None = None, rows: tuple[Row, ...] | None = None
) -> tuple[Problem, ...]:
    """Return all problems, in the order of the stack and then of the recipe; none means it can be trained.

    Args:
        memory: bytes that a run may take; the machine's memory when None.
        rows: what `walk` finds in its stack, where that is known already.
    """
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
    """What the data set objects to."""
    for objection in experiment.data.objections():
        fix = None
        if objection.better is not None:
            field = next(item for item in fields_of(type(experiment.data)) if item.name == objection.field)
            value = dict(field.options).get(objection.better, objection.better)
            words = say("Set {field} to {value}", field=say(field.label), value=say("{value}", value=value))
            fix = Fix(words, (Set(("data", objection.field), objection.better, words),))
        yield Problem(objection.what, objection.expected, field=("data", objection.field), fix=fix)


def _misfits(experiment: Experiment, rows: tuple[Row, ...]) -> Iterator[Problem]:
    for row in rows:
        if row.mismatch is None:
            continue
        before, instead = row.mismatch.before, row.mismatch.instead
        mend = before or instead
        if mend is not None and row.input and experiment.data.task.language and mixes_steps(mend, row.input):
            before = instead = None  # it would only be refused in its turn
        if before is not None:
            insert = Insert(row.path, (before,))
            fix = Fix(insert.label, (insert,))
        elif instead is not None:
            words = row.mismatch.words or say("Set {settings}", settings=_differences(row.layer, instead))
            fix = Fix(words, (Replace(row.path, instead, words),))
        elif isinstance(row.layer, Container):
            unwrap = Unwrap(row.path, row.layer.label)
            fix = Fix(unwrap.label, (unwrap,))
        else:
            fix = removal(row.layer, row.path)
        yield Problem(row.mismatch.what, row.mismatch.expected, layer=row.path, fix=fix)


def _differences(layer: Layer, instead: Layer) -> Message:
    """What a layer has to change to become `instead`, field by field."""
    return joined(
        say("{field} to {value}", field=say(info.label), value=getattr(instead, info.name))
        for info in fields_of(type(instead))
        if getattr(instead, info.name) != getattr(layer, info.name)
    )


def _peeking(experiment: Experiment, rows: tuple[Row, ...]) -> Iterator[Problem]:
    """What is to guess the next character must not read it. What is said here comes before how the network ends."""
    if not experiment.data.task.language:
        return
    for row in rows:
        if _looks_ahead(row):
            what = say("{layer} lets the network see the characters that it is to guess.", layer=row.layer.label)
            expected = say("layers that keep the steps apart, or only look back")
            yield Problem(what, expected, layer=row.path, fix=_looking_back(row))


def _looks_ahead(row: Row) -> bool:
    """Whether a layer that fits lets later steps of a sequence have a say in earlier ones."""
    if not row.active or row.mismatch is not None or row.input is None:
        return False
    return is_sequence(row.input) and row.layer.looks_ahead(row.input)


def mixes_steps(layer: Layer, shape: Shape) -> bool:
    """Whether it, or something in it, looks ahead and cannot be set otherwise."""
    rows = walk(Stack(layers=(layer,)), shape)
    return any(_looks_ahead(row) and row.layer.looking_back() is row.layer for row in rows)


def _looking_back(row: Row) -> Fix:
    """Set the layer so that it does not look ahead, or remove it."""
    better = row.layer.looking_back()
    if better is row.layer:
        return removal(row.layer, row.path)
    words = say("Set {settings}", settings=_differences(row.layer, better))
    return Fix(words, (Replace(row.path, better, words),))


def _single_sample(experiment: Experiment, rows: tuple[Row, ...]) -> Iterator[Problem]:
    """BatchNorm cannot normalise one value a channel: no batch may hold a single sample then."""
    count, batch = experiment.data.train_count, experiment.recipe.batch_size
    smallest = count % batch or min(batch, count)
    lonely = [
        row
        for row in rows
        if isinstance(row.layer, BatchNorm) and row.active and row.input and prod(row.input[1:]) == 1
    ]
    if smallest != 1 or not lonely or any(True for _ in experiment.data.objections()):
        return  # where the data have to be mended first, there will be another number of samples
    what = say("A batch would hold a single sample, and BatchNorm has nothing to compare it with.")
    expected = say("no batch of one sample")
    better = next((size for size in range(max(2, batch), count) if count % size != 1), max(2, batch, count))
    words = say("Set the batch to {size}", size=better)
    edits = [Set(("recipe", "batch_size"), better, words)]
    limit = next((name for name in ("train_limit", "count") if name in type(experiment.data).model_fields), None)
    if count == 1 and limit is not None:
        words = say("Train on 2 samples")
        edits.append(Set(("data", limit), 2, words))
    fix = Fix(words, tuple(edits))
    if count == 1 and limit is None:
        fix = removal(lonely[0].layer, lonely[0].path)
    yield Problem(what, expected, layer=lonely[0].path, fix=fix)


def _memory(experiment: Experiment, rows: tuple[Row, ...], memory: int | None) -> Iterator[Problem]:
    """Weights, their gradients and two optimizer states, and each layer's output with its gradient."""
    sums = totals(rows)
    batch = min(experiment.recipe.batch_size, experiment.data.train_count)
    needed = 4 * sums.weight_bytes + 2 * batch * sums.activation_bytes
    if memory is None:
        if needed <= _ALWAYS_THERE:
            return
        import psutil  # only where its answer matters: nearly all networks are small

        memory = psutil.virtual_memory().total
    if needed <= memory:
        return
    alone = [row for row in rows if not isinstance(row.layer, Container)] or rows
    largest = max(alone, key=lambda row: 4 * row.bytes + 2 * batch * 4 * prod(row.output or (0,)))
    yield Problem(
        say("Training needs about {needed} of memory.", needed=gigabytes(needed)),
        say("at most {memory}, which this machine has", memory=gigabytes(memory)),
        layer=largest.path,
    )


def gigabytes(count: int) -> str:
    """Write a number of bytes in GB (10⁹), as a person reads it."""
    return f"{count / 1e9:,.1f} GB" if count < 100e9 else f"{count / 1e9:,.0f} GB"
