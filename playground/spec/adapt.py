"""Adapts a network to data that it was not made for: mends what does not fit, or begins with a small one that does."""

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

_ROUNDS = 30  # of mending: each takes one problem out of the way


def adaptation(experiment: Experiment, before: Dataset | None = None) -> Fix | None:
    """One step after which the experiment has no problems; None where there are none, or no such step is known.

    What only another choice of data would mend, such as a file that is still to be chosen, is not the network's.

    Each problem's own fix is tried, one after another. Where that does not lead to an end, or a layer would be taken
    out for it, a small network takes the place of the stack. A network that is to repaint its input gets a bottleneck.

    `before`: the data that it was made for. The loss for those is not kept where it is meant for another kind of task,
    even if it can be computed: see `_fitting_loss`.
    """
    if not _problems(experiment):
        return None
    fitting = experiment.with_(recipe=experiment.recipe.with_(loss=_fitting_loss(experiment, before)))
    mended = _mended(_narrowed(fitting))
    if mended is None or _lost(experiment.stack, mended.stack):
        mended = _mended(fitting.with_(stack=Stack(layers=beginning(fitting)))) or mended
    if mended is None:
        return None
    mended = mended.with_(name=_renamed(experiment), about="")  # it no longer is what was described
    label = message("Adapt the network to {data}", data=message(experiment.data.label))
    changed = ((name, value) for name, value in mended.values().items() if value != getattr(experiment, name))
    return Fix(label, tuple(Set((name,), value, label) for name, value in changed))


def beginning(experiment: Experiment) -> tuple[Layer, ...]:
    """A small network for the experiment's data; what is missing at its end is a problem with a fix of its own."""
    shape, asked = experiment.data.sample_shape, experiment.data.task.output
    if isinstance(shape, Tokens):
        return Embedding(), LSTM(output="all" if len(asked) == 2 else "last")
    if _repaints(experiment):
        sizes = (Conv2d(out_channels=count, stride=2, padding=1, activation=ReLU()) for count in (16, 32))
        return (*sizes, *_MIDDLE)
    if len(asked) == 3 and len(shape) == 3 and asked[1:] == shape[1:]:
        return tuple(Conv2d(out_channels=16, padding=1, activation=ReLU()) for _ in range(2))
    hidden = Linear(out_features=128 if len(shape) == 3 else 16, activation=ReLU())
    return (hidden,) if len(shape) == 1 else (Flatten(), hidden)


def _renamed(experiment: Experiment) -> str:
    """A name for the experiment on its data; that it was adapted before to other data no longer matters."""
    name = experiment.name
    for data in Dataset.members():
        name = name.removesuffix(_on(data))
    ending = _on(type(experiment.data))
    return name[: LONGEST_NAME - len(ending)] + ending


def _on(data: type[Dataset]) -> str:
    return f" on {data.label}"


# The narrow middle of a network that repaints pictures, and the first layer of what paints them of it.
_MIDDLE = (Flatten(), Linear(out_features=32), Linear(out_features=128, activation=ReLU()))


def _repaints(experiment: Experiment) -> bool:
    """Whether pictures are asked for of the shape that goes in."""
    task, shape = experiment.data.task, experiment.data.sample_shape
    return task.classes is None and len(shape) == 3 and task.output == tuple(shape)


def _narrowed(experiment: Experiment) -> Experiment:
    """The same with a bottleneck behind layers that give pictures, where pictures are to be repainted without one."""
    last = next((row for row in reversed(walk(experiment.stack, experiment.data.sample_shape)) if not row.nested), None)
    if not _repaints(experiment) or last is None or last.output is None or len(last.output) != 3:
        return experiment
    if bottleneck(experiment) is not None:
        return experiment
    return experiment.with_(stack=Stack(layers=(*experiment.stack.layers, *_MIDDLE)))


def _fitting_loss(experiment: Experiment, before: Dataset | None) -> Loss:
    """The loss, or another where it was chosen for a task of another kind than that of the experiment's data.

    Numbers are compared as they are (MSE, MAE, Huber), and that can be done with classes too; who trained on classes
    with such a loss has chosen it for them, but who comes from numbers has not. Losses of overlap belong to masks.
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
    """Those that a change of the network, or a field of the data, can take out of the way."""
    return tuple(item for item in check(experiment) if item.fix or item.part != "data")


def _mended(experiment: Experiment) -> Experiment | None:
    """The experiment after the fixes of its problems, as far as they lead to none.

    No layer is moved: a network made for other data would be taken apart by it.
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
    """Whether a layer is gone that does more than to bend numbers or drop some."""
    kinds = [type(layer) for layer in after.layers]
    for layer in before.layers:
        if isinstance(layer, BENDING):
            continue  # behind the last layer with weights it is right for one loss, and wrong for another
        if type(layer) not in kinds:
            return True
        kinds.remove(type(layer))
    return False
