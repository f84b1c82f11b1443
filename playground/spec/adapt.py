"""Adapts a network to other data: applies the fixes of its problems, or replaces it by a small one that fits."""

from __future__ import annotations

from playground.spec.bottleneck import bottleneck
from playground.spec.check.output_problems import BENDING
from playground.spec.check.problem import Fix, Problem
from playground.spec.check.problems import check
from playground.spec.check.shapes import walk
from playground.spec.data.dataset import Dataset
from playground.spec.data.task import Score
from playground.spec.edits import Move, Set
from playground.spec.experiment import LONGEST_NAME, Experiment
from playground.spec.layer import Layer, Stack, Tokens
from playground.spec.layers.activation import ReLU
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.embedding import Embedding
from playground.spec.layers.recurrent import LSTM
from playground.spec.layers.shape import Flatten
from playground.spec.messages import message
from playground.spec.recipe.losses import CrossEntropy, Dice, DiceCrossEntropy, Loss

_ROUNDS = 30  # fixes at most; each removes one problem


def adaptation(experiment: Experiment, before: Dataset | None = None) -> Fix | None:
    """A single fix that leaves the experiment without problems; None where there are none, or no such fix is found.

    Problems that only another choice of data would fix, such as a file still to be chosen, are left out. The problems'
    own fixes are applied one after another. Where problems remain, or a fix would remove a layer, a small network
    replaces the stack. A network that reconstructs its input gets a bottleneck.

    `before` is the data that the network was made for. Its loss is replaced where it is meant for another kind of
    task, even if it can be computed; see `_fitting_loss`.
    """
    if not _problems(experiment):
        return None
    fitting = experiment.with_(recipe=experiment.recipe.with_(loss=_fitting_loss(experiment, before)))
    fixed = _fixed(_with_bottleneck(fitting))
    if fixed is None or _lost(experiment.stack, fixed.stack):
        fixed = _fixed(fitting.with_(stack=Stack(layers=beginning(fitting)))) or fixed
    if fixed is None:
        return None
    fixed = fixed.with_(name=_renamed(experiment), about="")  # the description no longer applies
    label = message("Adapt the network to {data}", data=message(experiment.data.label))
    changed = ((name, value) for name, value in fixed.values().items() if value != getattr(experiment, name))
    return Fix(label, tuple(Set((name,), value, label) for name, value in changed))


def beginning(experiment: Experiment) -> tuple[Layer, ...]:
    """The hidden layers of a small network for the experiment's data; the fix of a problem appends the output layer."""
    shape, asked = experiment.data.sample_shape, experiment.data.task.output
    if isinstance(shape, Tokens):
        return Embedding(), LSTM(output="all" if len(asked) == 2 else "last")
    if _reconstructs(experiment):
        sizes = (Conv2d(out_channels=count, stride=2, padding=1, activation=ReLU()) for count in (16, 32))
        return (*sizes, *_MIDDLE)
    if len(asked) == 3 and len(shape) == 3 and asked[1:] == shape[1:]:
        return tuple(Conv2d(out_channels=16, padding=1, activation=ReLU()) for _ in range(2))
    hidden = Linear(out_features=128 if len(shape) == 3 else 16, activation=ReLU())
    return (hidden,) if len(shape) == 1 else (Flatten(), hidden)


def _renamed(experiment: Experiment) -> str:
    """The experiment's name with the ending “ on DATA”, in place of that of an earlier adaptation."""
    name = experiment.name
    for data in Dataset.members():
        name = name.removesuffix(_on(data))
    ending = _on(type(experiment.data))
    return name[: LONGEST_NAME - len(ending)] + ending


def _on(data: type[Dataset]) -> str:
    return f" on {data.label}"


# The bottleneck of a network that reconstructs pictures, and the first layer of its decoder.
_MIDDLE = (Flatten(), Linear(out_features=32), Linear(out_features=128, activation=ReLU()))


def _reconstructs(experiment: Experiment) -> bool:
    """Whether the targets are pictures of the shape of the inputs."""
    task, shape = experiment.data.task, experiment.data.sample_shape
    return task.classes is None and len(shape) == 3 and task.output == tuple(shape)


def _with_bottleneck(experiment: Experiment) -> Experiment:
    """The same with a bottleneck appended, if it reconstructs pictures without one and its last layer gives one."""
    last = next((row for row in reversed(walk(experiment.stack, experiment.data.sample_shape)) if not row.nested), None)
    if not _reconstructs(experiment) or last is None or last.output is None or len(last.output) != 3:
        return experiment
    if bottleneck(experiment) is not None:
        return experiment
    return experiment.with_(stack=Stack(layers=(*experiment.stack.layers, *_MIDDLE)))


def _fitting_loss(experiment: Experiment, before: Dataset | None) -> Loss:
    """The loss, or another where it was chosen for another kind of task than that of the experiment's data.

    Losses for numbers (MSE, MAE, Huber) can also be computed for classes: a user who trained on classes with such a
    loss has chosen it for them, a user who trained on numbers has not. Dice losses are for masks.
    """
    loss, task = experiment.recipe.loss, experiment.data.task
    if before is None or task.classes is None:
        return loss
    from_numbers = before.task.classes is None
    from_masks = isinstance(loss, Dice | DiceCrossEntropy) and before.task.score is Score.IOU
    if from_numbers or (from_masks and task.score is not Score.IOU):
        return CrossEntropy()
    return loss


def _problems(experiment: Experiment) -> tuple[Problem, ...]:
    """The problems that a change of the network, or of a field of the data, can fix."""
    return tuple(item for item in check(experiment) if item.fix or item.part != "data")


def _fixed(experiment: Experiment) -> Experiment | None:
    """The experiment after the fixes of its problems; None where problems remain.

    No layer is moved, because moves would break up a network made for other data.
    """
    for _ in range(_ROUNDS):
        problems = _problems(experiment)
        if not problems:
            return experiment
        fixes = (fix for problem in problems for fix in problem.fixes)
        fix = next((fix for fix in fixes if not any(isinstance(edit, Move) for edit in fix.edits)), None)
        if fix is None:
            return None
        experiment = fix.apply(experiment)
    return None


def _lost(before: Stack, after: Stack) -> bool:
    """Whether a layer is gone that is not an activation, dropout or noise."""
    kinds = [type(layer) for layer in after.layers]
    for layer in before.layers:
        if isinstance(layer, BENDING):
            continue  # after the last layer with weights, its use depends on the loss
        if type(layer) not in kinds:
            return True
        kinds.remove(type(layer))
    return False
