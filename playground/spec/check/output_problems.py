"""Checks that the network ends in the output that the task needs, and finds layers to append where it does not."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from playground.spec.check.problem import Fix, Problem, removal
from playground.spec.check.shapes import LayerShape, last_row, totals
from playground.spec.container import Container, unfrozen
from playground.spec.data.dataset import Dataset
from playground.spec.edits import Insert, Replace
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer, Shape, ShapeMismatch, Tokens, is_sequence, shape_text
from playground.spec.layers.activation import Nonlinearity, Softmax
from playground.spec.layers.containers import Repeat, Residual
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.embedding import Embedding
from playground.spec.layers.glu import GLU
from playground.spec.layers.permutation import Permute
from playground.spec.layers.regularization import GaussianNoise, RandomZeros
from playground.spec.layers.reshaping import Reshape
from playground.spec.layers.shape import Flatten
from playground.spec.layers.unflatten import Unflatten
from playground.spec.layers.weighted import Weighted
from playground.spec.messages import Message, joined, message, plural, tr_noop

NO_WEIGHTS = tr_noop("No layer of this network has weights: there is nothing to train.")
ALL_FROZEN = tr_noop("All layers with weights are frozen: nothing is left to train.")

# Layers that are useful between layers with weights, but change the scores after the last one.
BENDING = (Nonlinearity, RandomZeros, GaussianNoise)
_REARRANGING = (Flatten, Reshape, Unflatten, Permute)  # layers that change no number


def output_problems(experiment: Experiment, rows: tuple[LayerShape, ...]) -> Iterator[Problem]:
    """The network must give an output of the task's shape."""
    data = experiment.data
    root = [row for row in rows if not row.nested]
    shape: Shape | None = root[-1].output if root else data.sample_shape
    if shape is None or tuple(shape) == data.task.output:
        return
    words = tr_noop("The network gives {shape}, but {data} asks for {asked}.")
    names = {"shape": shape_text(shape), "data": message(data.label), "asked": shape_text(data.task.output)}
    what = message(words, **names) if root else message("The stack is empty.")
    yield Problem(what, _asked(data), layer=root[-1].path if root else None, fix=_ending(experiment, rows, shape))


def nothing_to_learn(experiment: Experiment, rows: tuple[LayerShape, ...]) -> Iterator[Problem]:
    """A network whose input has the shape of the output could be complete without any layer with weights."""
    asked, sums = experiment.data.task.output, totals(rows)
    if sums.complete and sums.parameters and not sums.trained_parameters:
        yield _all_frozen(rows)
    if not sums.complete or sums.parameters:
        return
    whole = experiment.data.sample_shape
    shape = next((row.output for row in reversed(rows) if len(row.path) == 1), whole)
    if shape is None or tuple(shape) != asked:
        return
    ending = next(_endings(asked, shape), None)
    yield Problem(
        message(NO_WEIGHTS),
        message("at least one layer with weights, such as Linear"),
        layer=rows[-1].path if rows else None,
        fix=None if ending is None else _appended(experiment, ending),
    )


def _all_frozen(rows: tuple[LayerShape, ...]) -> Problem:
    """Nothing is left to train; the fix unfreezes the last layer with weights, and all layers in it."""
    last = next(row for row in reversed(rows) if not row.nested and row.parameters)
    words = message("Unfreeze {layer}", layer=message(last.layer.label))
    return Problem(
        message(ALL_FROZEN),
        message("at least one layer with weights that is not frozen"),
        layer=last.path,
        fix=Fix(words, (Replace(last.path, unfrozen(last.layer), words),)),
    )


def bent_scores(experiment: Experiment, rows: tuple[LayerShape, ...]) -> Iterator[Problem]:
    """A loss that takes logits must get the output of the last layer with weights, unchanged.

    It applies the softmax (or sigmoid) itself, and a second one flattens its gradient; ReLU, Tanh and the like limit
    the range of the scores, Dropout sets some to 0, and noise makes the loss of a sample random. Layers that only
    rearrange numbers are allowed. The slope of PReLU is a weight, but PReLU does not count as the last such layer.
    """
    loss = experiment.recipe.loss
    if not loss.expects_logits:
        return
    fits = _fits(experiment, rows)
    for row, layer in _behind_the_weights(rows):
        doubled = isinstance(layer, Softmax) or layer.id == loss.output_activation.id
        if not (fits or doubled):
            continue  # these are hidden layers: the output layer is still missing
        names = {"loss": message(loss.label), "layer": message(layer.label)}
        if doubled:
            what = message("{loss} takes raw scores, but receives {layer}'s probabilities.", **names)
        elif isinstance(layer, RandomZeros):
            what = message("{loss} takes raw scores, but {layer} sets some of them to 0 at random.", **names)
        elif isinstance(layer, GaussianNoise):
            what = message("{loss} takes raw scores, but {layer} adds random numbers to them.", **names)
        else:
            what = message("{loss} takes raw scores of any size and sign, but {layer} changes them.", **names)
        expected = message("no {layer} before {loss}", **names)
        yield Problem(what, expected, layer=row.path, fix=_unbent(experiment, rows, row, layer))


def _fits(experiment: Experiment, rows: tuple[LayerShape, ...]) -> bool:
    """Whether the network has weights and gives an output of the task's shape."""
    shape = next((row.output for row in reversed(rows) if not row.nested), None)
    learned = any(tensor.learned for row in rows for tensor in row.tensors)
    return learned and shape is not None and tuple(shape) == experiment.data.task.output


def _behind_the_weights(rows: tuple[LayerShape, ...]) -> Iterator[tuple[LayerShape, Layer]]:
    """The layers after the last layer with weights that change its scores, from the end, and its own activation."""
    last = last_row(rows)
    if last is None:
        return
    for row in reversed([row for row in rows if row.active and row.path[:-1] == last.path[:-1]]):
        if isinstance(row.layer, BENDING):
            yield row, row.layer
        elif not isinstance(row.layer, _REARRANGING):
            if isinstance(row.layer, Weighted | Residual) and row.layer.activation is not None:
                yield row, row.layer.activation
            return


def _unbent(experiment: Experiment, rows: tuple[LayerShape, ...], row: LayerShape, layer: Layer) -> Fix | None:
    """Remove `layer`; where it is a GLU, or in a Repeat, append layers that give scores instead."""
    around = [other.layer for other in rows if other.path == row.path[: len(other.path)] and other is not row]
    if isinstance(layer, GLU) or any(isinstance(other, Repeat) and other.times > 1 for other in around):
        asked = experiment.data.task.output
        ending = next(_endings(asked, asked), None)
        return None if ending is None else _appended(experiment, ending)
    if layer is row.layer:
        return removal(row.layer, row.path)
    words = message("Remove {layer}", layer=message(layer.label))
    return Fix(words, (Replace(row.path, row.layer.with_(activation=None), words),))


def _appended(experiment: Experiment, layers: tuple[Layer, ...]) -> Fix:
    """Put layers behind the last one."""
    words = message("Append {layers}", layers=joined((message(layer.label) for layer in layers), " + "))
    return Fix(words, (Insert((len(experiment.stack.layers),), layers),))


def _asked(data: Dataset) -> Message:
    """The output that the network must have, and why."""
    task = data.task
    if task.classes is not None and task.positions == 1:
        return message(
            "{classes} numbers, one for each class of {data}", classes=task.classes, data=message(data.label)
        )
    if task.classes is not None:
        words = tr_noop("{shape}: one number for each of {classes} classes at each of {places:,} positions")
        return message(words, shape=shape_text(task.output), classes=task.classes, places=task.positions)
    return message("{shape}, which {data} asks for", shape=shape_text(task.output), data=message(data.label))


def _ending(experiment: Experiment, rows: tuple[LayerShape, ...], shape: Shape) -> Fix | None:
    """Set the width of the last layer, or append the missing layers."""
    asked = experiment.data.task.output
    active = [row for row in rows if row.active and not row.nested]
    if active and isinstance(active[-1].layer, Softmax):
        active.pop()
    last = active[-1] if active else None
    # A Linear with an activation is a hidden layer: the output layer is missing.
    if last and isinstance(last.layer, Linear) and isinstance(last.layer.activation, Softmax | None):
        better = last.layer.possible(**{**last.layer.values(), "out_features": asked[-1], "frozen": False})
        if (
            better is not None
            and last.input is not None
            and (last.mismatch is not None or _leads((better,), last.input, asked))
        ):
            words = plural("Set it to {count:,} units", "Set it to 1 unit", asked[-1])
            return Fix(words, (Replace(last.path, better, words),))
    whole = _whole_sequence(last, asked)
    if whole is not None:
        return whole
    if experiment.data.task.language and shape is not None and is_sequence(shape) and shape[0] != asked[0]:
        return _steps_kept(rows, asked[0])  # layers to append could only mix the steps
    ending = next(_endings(asked, shape), None)
    return None if ending is None else _appended(experiment, ending)


def _steps_kept(rows: tuple[LayerShape, ...], steps: int) -> Fix | None:
    """Remove the first layer that changes the number of steps."""
    leaves = (row for row in rows if row.active and not isinstance(row.layer, Container))
    for row in leaves:
        if row.output is not None and is_sequence(row.output) and row.output[0] != steps:
            return removal(row.layer, row.path)
    return None


def _whole_sequence(last: LayerShape | None, asked: Shape) -> Fix | None:
    """Let a recurrent layer at the end give its state at every step, where the task needs an output at every step."""
    if last is None or len(asked) != 2 or getattr(last.layer, "output", None) != "last":
        return None
    words = message("Let {layer} give its state at every step", layer=message(last.layer.label))
    return Fix(words, (Replace(last.path, last.layer.with_(output="all"), words),))


def _endings(asked: Shape, shape: Shape) -> Iterator[tuple[Layer, ...]]:
    """Layers that turn `shape` into `asked`, the likeliest first."""
    for candidate in _candidates(asked, shape):
        layers = tuple(layer for layer in candidate if layer is not None)
        if len(layers) == len(candidate) and _leads(layers, shape, asked):
            yield layers


def _candidates(asked: Shape, shape: Shape) -> Iterator[tuple[Layer | None, ...]]:
    """Candidates for the layers that are missing at the end, the likeliest first; None for one that is too large."""
    last, whole = Linear.possible(out_features=asked[-1]), Linear.possible(out_features=prod(asked))
    if isinstance(shape, Tokens):
        yield (Embedding(), last)
        yield (Embedding(), Flatten(), last)
        return
    if len(asked) == 2:
        yield (last,)
        for first in ((), (Flatten(),)):
            yield (*first, whole, Reshape.possible(first=asked[0], second=asked[1]))
        return
    if len(asked) == 3:
        yield (Conv2d.possible(out_channels=asked[0], kernel_size=1),)
        image = Unflatten.possible(channels=asked[0], height=asked[1], width=asked[2])
        for first in ((), (Flatten(),)):
            yield (*first, whole, image)
        return
    yield (last,)
    yield (Flatten(), last)


def _leads(layers: tuple[Layer, ...], shape: Shape, asked: Shape) -> bool:
    """Whether the layers turn `shape` into `asked`."""
    try:
        for layer in layers:
            shape = layer.measure(shape).output
    except ShapeMismatch:
        return False
    return tuple(shape) == asked
