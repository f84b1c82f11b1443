"""check(): all reasons why an experiment cannot be trained, each with its place and, where one exists, its fix."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

from playground.spec.component import fields_of
from playground.spec.container import Container
from playground.spec.dataset import Dataset
from playground.spec.edits import Edit, Insert, Path, Remove, Replace, Set, Unwrap
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer, Mismatch, Shape, Tokens, shape_text
from playground.spec.layers.activation import Sigmoid, Softmax
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.embedding import Embedding
from playground.spec.layers.normalization import BatchNorm
from playground.spec.layers.reshaping import Reshape
from playground.spec.layers.shape import Flatten
from playground.spec.layers.unflatten import Unflatten
from playground.spec.losses import MOST_CLASS_WEIGHTS, MSE, CrossEntropy, Loss
from playground.spec.recipe import EarlyStopping
from playground.spec.shapes import Row, totals, walk
from playground.spec.task import Targets
from playground.spec.words import Message, joined, mark, say

_ALWAYS_THERE = 1_000_000_000  # bytes of memory: what does not have as much does not run torch either


@dataclass(frozen=True, slots=True)
class Fix:
    """A way out: the words on the button, and the edits it makes, in order."""

    label: Message
    edits: tuple[Edit, ...]

    def apply(self, experiment: Experiment) -> Experiment:
        """Return the experiment after all edits."""
        for edit in self.edits:
            experiment = edit.apply(experiment)
        return experiment


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why not. It stands at a layer (`layer`), at a field (`field`), or at the stack as a whole."""

    what: Message
    expected: Message
    layer: Path | None = None
    field: tuple[str, ...] | None = None
    fix: Fix | None = None


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
        *_misfits(rows),
        *_output(experiment, rows),
        *_peeking(experiment, rows),
        *_nothing_to_learn(experiment, rows),
        *_loss(experiment),
        *_class_weights(experiment),
        *_augmentations(experiment),
        *_softmax(experiment, rows),
        *_single_sample(experiment, rows),
        *_stopping(experiment),
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


def _misfits(rows: tuple[Row, ...]) -> Iterator[Problem]:
    for row in rows:
        if row.mismatch is None:
            continue
        before, instead = row.mismatch.before, row.mismatch.instead
        fix = None
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
            remove = Remove((row.path,))
            fix = Fix(say("Remove {layer}", layer=row.layer.label), (remove,))
        yield Problem(row.mismatch.what, row.mismatch.expected, layer=row.path, fix=fix)


def _differences(layer: Layer, instead: Layer) -> Message:
    """What a layer has to change to become `instead`, field by field."""
    return joined(
        say("{field} to {value}", field=say(info.label), value=getattr(instead, info.name))
        for info in fields_of(type(instead))
        if getattr(instead, info.name) != getattr(layer, info.name)
    )


def _output(experiment: Experiment, rows: tuple[Row, ...]) -> Iterator[Problem]:
    """The network must end in what the task asks for."""
    data = experiment.data
    root = [row for row in rows if not row.nested]
    shape: Shape | None = root[-1].output if root else data.sample_shape
    if shape is None or tuple(shape) == data.task.output:
        return
    what = say("The network gives {shape}.", shape=shape_text(shape)) if root else say("The stack is empty.")
    yield Problem(what, _asked(data), layer=root[-1].path if root else None, fix=_ending(experiment, root, shape))


def _peeking(experiment: Experiment, rows: tuple[Row, ...]) -> Iterator[Problem]:
    """What is to guess the next character must not read it."""
    if not experiment.data.task.language:
        return
    for row in rows:
        better = row.layer.looking_back()
        if not row.active or better is row.layer:
            continue
        words = say("Set {settings}", settings=_differences(row.layer, better))
        fix = Fix(words, (Replace(row.path, better, words),))
        what = say("{layer} reads the characters that are to be guessed.", layer=row.layer.label)
        yield Problem(what, say("a layer that looks back alone"), layer=row.path, fix=fix)


def _nothing_to_learn(experiment: Experiment, rows: tuple[Row, ...]) -> Iterator[Problem]:
    """Where what goes in has the shape of what is asked for, layers without weights would do."""
    asked, complete = experiment.data.task.output, totals(rows).complete
    if not complete or any(tensor.learned for row in rows for tensor in row.tensors):
        return
    whole = experiment.data.sample_shape
    shape = next((row.output for row in reversed(rows) if len(row.path) == 1), whole)
    if shape is None or tuple(shape) != asked:
        return
    ending = next(layers for layers in _endings(asked, shape) if _leads(layers, shape, asked))
    words = say("Append {layers}", layers=" + ".join(layer.label for layer in ending))
    yield Problem(
        say("No layer of this network has weights: there is nothing to train."),
        say("at least one layer with weights, such as Linear"),
        layer=rows[-1].path if rows else None,
        fix=Fix(words, (Insert((len(experiment.stack.layers),), ending),)),
    )


def _asked(data: Dataset) -> Message:
    """What the network has to end in, and why."""
    task = data.task
    if task.classes is not None and task.places == 1:
        return say("{classes} numbers, one for each class of {data}", classes=task.classes, data=data.label)
    if task.classes is not None:
        words = "{shape}: one number for each of {classes} classes at each of {places:,} places"
        return say(words, shape=shape_text(task.output), classes=task.classes, places=task.places)
    return say("{shape}, which {data} asks for", shape=shape_text(task.output), data=data.label)


def _ending(experiment: Experiment, root: list[Row], shape: Shape) -> Fix | None:
    """Set the last layer's width, or append what is missing."""
    asked = experiment.data.task.output
    active = [row for row in root if row.active]
    if active and isinstance(active[-1].layer, Softmax):
        active.pop()
    last = active[-1] if active else None
    # Behind a Linear with an activation there is a layer missing: scores are not bent.
    if last and isinstance(last.layer, Linear) and isinstance(last.layer.activation, Softmax | None):
        better = last.layer.with_(out_features=asked[-1])
        if last.input is not None and (last.mismatch is not None or _leads((better,), last.input, asked)):
            words = say("Set it to {count:,} units", count=asked[-1])
            return Fix(words, (Replace(last.path, better, words),))
    whole = _whole_sequence(last, asked)
    if whole is not None:
        return whole
    ending = next((layers for layers in _endings(asked, shape) if _leads(layers, shape, asked)), None)
    if ending is None:
        return None
    words = say("Append {layers}", layers=" + ".join(layer.label for layer in ending))
    return Fix(words, (Insert((len(root),), ending),))


def _whole_sequence(last: Row | None, asked: Shape) -> Fix | None:
    """Let a recurrent layer at the end give its state at every step, where something is asked at every step."""
    if last is None or len(asked) != 2 or getattr(last.layer, "output", None) != "last":
        return None
    words = say("Let {layer} give its state at every step", layer=say(last.layer.label))
    return Fix(words, (Replace(last.path, last.layer.with_(output="all"), words),))


def _endings(asked: Shape, shape: Shape) -> Iterator[tuple[Layer, ...]]:
    """Layers that could be what is missing at the end, the likeliest first."""
    if isinstance(shape, Tokens):
        yield (Embedding(), Linear(out_features=asked[-1]))
        yield (Embedding(), Flatten(), Linear(out_features=asked[-1]))
        return
    if len(asked) == 2:
        yield (Linear(out_features=asked[-1]),)
        for first in ((), (Flatten(),)):
            yield (*first, Linear(out_features=prod(asked)), Reshape(first=asked[0], second=asked[1]))
        return
    if len(asked) == 3:
        yield (Conv2d(out_channels=asked[0], kernel_size=1),)
        yield (
            Flatten(),
            Linear(out_features=prod(asked)),
            Unflatten(channels=asked[0], height=asked[1], width=asked[2]),
        )
        return
    yield (Linear(out_features=asked[-1]),)
    yield (Flatten(), Linear(out_features=asked[-1]))


def _leads(layers: tuple[Layer, ...], shape: Shape, asked: Shape) -> bool:
    """Whether layers make what is asked of that shape."""
    try:
        for layer in layers:
            shape = layer.measure(shape).output
    except Mismatch:
        return False
    return tuple(shape) == asked


def _loss(experiment: Experiment) -> Iterator[Problem]:
    """The loss must be one for what the data compares with."""
    task, loss = experiment.data.task, experiment.recipe.loss
    wanted = {task.targets, experiment.data.taught or task.targets}
    if task.classes is not None and any(augmentation.mixes for augmentation in experiment.recipe.augmentations):
        wanted.add("soft")
    if wanted <= loss.takes:
        return
    better: Loss = MSE() if task.classes is None else CrossEntropy()
    words = say("Set the loss to {loss}", loss=better.label)
    what = _UNFIT["soft" if "soft" in wanted and "classes" in loss.takes else task.targets]
    yield Problem(
        say(what, loss=say(loss.label), data=say(experiment.data.label)),
        say("a loss for such targets, such as {loss}", loss=say(better.label)),
        field=("recipe", "loss"),
        fix=Fix(words, (Set(("recipe", "loss"), better, words),)),
    )


# Why a loss does not fit, for each kind of targets.
_UNFIT: dict[Targets, str] = {
    "classes": mark("{loss} compares numbers, but {data} asks for a class."),
    "soft": mark("{loss} needs one right class, but here a target is spread over several classes."),
    "values": mark("{loss} compares classes, but {data} asks for numbers."),
    "shares": mark("{loss} compares classes, but {data} asks for numbers between 0 and 1."),
}


def _class_weights(experiment: Experiment) -> Iterator[Problem]:
    """Where classes are weighted there must be a weight for each."""
    loss, classes = experiment.recipe.loss, experiment.data.task.classes
    if not isinstance(loss, CrossEntropy) or not loss.class_weights or classes in (None, len(loss.class_weights)):
        return
    assert classes is not None
    given = loss.class_weights
    whole = (*given, *[1.0] * (classes - len(given)))[:classes]
    words = say("Fill up with 1") if len(given) < classes else say("Keep the first {classes}", classes=classes)
    if classes > MOST_CLASS_WEIGHTS:
        whole, words = (), say("Count all classes alike")
    names = {"count": len(given), "classes": classes, "data": say(experiment.data.label)}
    yield Problem(
        say("There are {count} class weights, but {data} has {classes} classes.", **names),
        say("{classes} class weights, or none", classes=classes),
        field=("recipe", "loss", "class_weights"),
        fix=Fix(words, (Set(("recipe", "loss", "class_weights"), whole, words),)),
    )


_DIGITS = tuple("0123456789")


def _augmentations(experiment: Experiment) -> Iterator[Problem]:
    """Augmentations change pictures; some of them must know the class of each, and others make blends of classes."""
    data, chosen = experiment.data, experiment.recipe.augmentations
    task = data.task
    asks_class = task.classes is not None and task.places == 1
    labelled = asks_class and "soft" not in (task.targets, data.taught)
    for number, augmentation in enumerate(chosen):
        blended = any(other.mixes for other in chosen[:number])
        names = {"augmentation": say(augmentation.label), "data": say(data.label)}
        expected = say("another augmentation, or none")
        left = tuple(other for other in chosen if type(other) is not type(augmentation))
        words = say("Remove {augmentation}", **names)
        if not data.augmented:
            what = say(
                "{data} cannot be augmented: {augmentation} would change what goes in, but not what is asked.", **names
            )
        elif augmentation.mixes and not asks_class:
            what = say("{augmentation} blends classes, but {data} does not ask for the class of a picture.", **names)
        elif augmentation.reads_labels and (data.class_names != _DIGITS or data.sample_shape[0] != 1):
            what = say("{augmentation} change grey digits, which {data} is not made of.", **names)
        elif augmentation.reads_labels and not labelled:
            what = say("{augmentation} must know the class of each picture, which {data} does not tell.", **names)
        elif augmentation.reads_labels and blended:
            what = say("{augmentation} must know the class of each picture, but they have been blended.", **names)
            expected = say("{augmentation} before what blends pictures", **names)
            left = tuple(sorted(chosen, key=lambda other: other.mixes))
            words = say("Blend last")
        else:
            continue
        fix = Fix(words, (Set(("recipe", "augmentations"), left, words),))
        yield Problem(what, expected, field=("recipe", "augmentations"), fix=fix)


def _softmax(experiment: Experiment, rows: tuple[Row, ...]) -> Iterator[Problem]:
    """A loss that takes logits does the softmax (or sigmoid) itself; a second one flattens its gradient."""
    loss, last = experiment.recipe.loss, _last(rows)
    if last is None or not loss.expects_logits:
        return
    carried = getattr(last.layer, "activation", None)
    doubled = Softmax | Sigmoid if loss.link == "sigmoid" else Softmax
    for activation in (last.layer, carried):
        if not isinstance(activation, doubled):
            continue
        words = say("Remove {layer}", layer=activation.label)
        bare = Remove((last.path,))
        edit = bare if activation is last.layer else Replace(last.path, last.layer.with_(activation=None), words)
        what = say(
            "{loss} takes raw scores, but receives {layer}'s probabilities.", loss=loss.label, layer=activation.label
        )
        expected = say("no {layer} before {loss}", layer=activation.label, loss=loss.label)
        yield Problem(what, expected, layer=last.path, fix=Fix(words, (edit,)))


def _last(rows: tuple[Row, ...]) -> Row | None:
    """The layer whose output is the network's, looked for in containers that end as their body does."""
    active = [row for row in rows if row.active]
    last, there = None, [row for row in active if not row.nested]
    while there:
        last = there[-1]
        ends = isinstance(last.layer, Container) and last.layer.ends_as_its_body
        there = [row for row in active if row.path[:-2] == last.path and row.nested] if ends else []
    return last


def _single_sample(experiment: Experiment, rows: tuple[Row, ...]) -> Iterator[Problem]:
    """BatchNorm cannot normalise one value a channel: no batch may hold a single sample then."""
    count, batch = experiment.data.train_count, experiment.recipe.batch_size
    smallest = count % batch or min(batch, count)
    lonely = [
        row
        for row in rows
        if isinstance(row.layer, BatchNorm) and row.active and row.input and prod(row.input[1:]) == 1
    ]
    if smallest > 1 or not lonely:
        return
    what = say("A batch would hold a single sample, and BatchNorm has nothing to compare it with.")
    expected = say("no batch of one sample")
    better = next((size for size in range(max(2, batch), count) if count % size != 1), max(2, batch, count))
    words = say("Set the batch to {size}", size=better)
    edits = [Set(("recipe", "batch_size"), better, words)]
    if count == 1 and "train_limit" in type(experiment.data).model_fields:
        words = say("Train on 2 samples")
        edits.append(Set(("data", "train_limit"), 2, words))
    yield Problem(what, expected, layer=lonely[0].path, fix=Fix(words, tuple(edits)))


def _stopping(experiment: Experiment) -> Iterator[Problem]:
    if isinstance(experiment.recipe.stopping, EarlyStopping) and experiment.data.validation_count == 0:
        words = say(
            "Hold out {count:,} {samples}", count=experiment.data.available // 12, samples=say(experiment.data.samples)
        )
        yield Problem(
            say("Early stopping watches the loss on held-out data, but nothing is held out."),
            say("a share of the data held out"),
            field=("data", "validation_share"),
            fix=Fix(words, (Set(("data", "validation_share"), 1 / 12, words),)),
        )


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
