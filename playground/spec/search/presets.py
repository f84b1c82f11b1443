"""Spaces that come with the program: networks of a kind for the data of an experiment, with ranges on them."""

from __future__ import annotations

from collections.abc import Callable

from playground.spec.adapt import adaptation
from playground.spec.component import NONE
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer, Stack, Tokens, is_sequence
from playground.spec.layers.activation import ReLU
from playground.spec.layers.attention import TransformerBlock
from playground.spec.layers.containers import Residual
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.embedding import Embedding
from playground.spec.layers.normalization import BatchNorm, LayerNorm
from playground.spec.layers.patches import Patches
from playground.spec.layers.pooling import AdaptiveAvgPool2d
from playground.spec.layers.position import LearnedPosition
from playground.spec.layers.recurrent import GRU, LSTM, RNN
from playground.spec.layers.regularization import Dropout
from playground.spec.layers.rows import Rows
from playground.spec.layers.sequence_pooling import SequencePool
from playground.spec.layers.shape import Flatten
from playground.spec.messages import Message, PlaygroundError, message, tr_noop
from playground.spec.search.domain import proposed
from playground.spec.search.network_ranges import NetworkChoice, WidthRange
from playground.spec.search.places import field_at, value_at
from playground.spec.search.ranges import Choices, LayerChoice, NumberRange, Range, Repeats, SpaceError, optional
from playground.spec.search.space import Limits, SearchSpace

_ACTIVATIONS = ("relu", "gelu", "silu", "tanh")
_CHANNELS = 16  # of the first stage of a convolutional network
_PATCHES = 4  # along a side of a picture, about
_AMOUNTS = (1e-4, 1e-3, 1e-2, 0.1)  # of what the recipe does without, such as weight decay
_SMOOTHINGS = (0.0, 0.05, 0.1, 0.2)
_AUGMENTATIONS = ("shift", "rotate", "scale", "shear")  # that suit whatever is in a picture
_NEAR = 4  # times as large or as small as the recipe's a batch may be: an epoch of tiny ones takes many times as long
_Made = tuple[tuple[Layer, ...], tuple[Range, ...]]


class NoSpace(PlaygroundError):
    """A preset space does not suit the data, or does not exist."""


def preset_space(name: str, experiment: Experiment) -> Experiment:
    """The experiment with a network and the ranges of a preset space; its limits are kept.

    Raises:
        NoSpace: there is no such space, or it does not suit the data.
    """
    if name not in PRESET_SPACES:
        words = tr_noop("There is no space “{name}”. There are: {known}.")
        raise NoSpace(message(words, name=name[:60], known=", ".join(PRESET_SPACES)))
    made = PRESET_SPACES[name](experiment)
    if made is None:
        words = tr_noop("The space “{name}” does not suit {data}.")
        raise NoSpace(message(words, name=name, data=experiment.data.title))
    layers, ranges = made
    limits = experiment.search.limits if experiment.search else Limits()
    changed = experiment
    if name != RECIPE:
        changed = experiment.with_(stack=Stack(layers=layers))
        fix = adaptation(changed)
        changed = fix.apply(changed) if fix else changed
        changed = changed.with_(name=experiment.name)
    space = SearchSpace(ranges=(*ranges, *_recipe_ranges(changed)), limits=limits)
    try:
        space.domains(changed)
    except SpaceError as error:
        raise NoSpace(error.message) from error
    return changed.with_(search=space)


def _dense(experiment: Experiment) -> _Made | None:
    """One to four hidden layers with dropout."""
    shape = experiment.data.sample_shape
    if isinstance(shape, Tokens) or len(experiment.data.task.output) != 1:
        return None
    before: tuple[Layer, ...] = () if len(shape) == 1 else (Flatten(),)
    first = len(before)
    hidden = Linear(out_features=64, activation=ReLU())
    layers = (*before, hidden, hidden, Dropout(p=0.1))
    ranges = (
        NumberRange(path=(first,), field="out_features", low=8, high=256, logarithmic=True),
        NumberRange(path=(first + 1,), field="out_features", low=8, high=256, logarithmic=True),
        Repeats(path=(first + 1,), low=0, high=3),
        optional((first + 2,)),
        NumberRange(path=(first + 2,), field="p", low=0.05, high=0.5),
        NetworkChoice(what="activation", options=_ACTIVATIONS),
    )
    return layers, ranges


def _convolutional(experiment: Experiment) -> _Made | None:
    """Two stages of plain, residual or separable cells, each cell up to three times."""
    if len(experiment.data.sample_shape) != 3 or len(experiment.data.task.output) != 1:
        return None
    layers: list[Layer] = []
    ranges: list[Range] = []
    for stage in range(2):
        channels = _CHANNELS * 2**stage
        stem = Conv2d(out_channels=channels, kernel_size=3, stride=2, padding=1, activation=ReLU())
        cells = _cells(channels)
        place = len(layers)
        layers += [stem, BatchNorm(), cells[1]]
        ranges += [
            Choices(path=(place,), field="kernel_size", options=(3, 5)),
            LayerChoice(path=(place + 2,), options=cells),
            Repeats(path=(place + 2,), low=0, high=3),
        ]
    layers += [AdaptiveAvgPool2d(output_size=2), Flatten(), Dropout(p=0.1)]
    last = len(layers) - 1
    ranges += [
        Choices(path=(last - 2,), field="output_size", options=(1, 2, 4)),
        optional((last,)),
        NetworkChoice(what="activation", options=("relu", "gelu", "silu")),
        NetworkChoice(what="norm", options=("batch_norm", "group_norm", NONE)),
        WidthRange(low=0.5, high=4.0),
    ]
    return tuple(layers), tuple(ranges)


def _cells(channels: int) -> tuple[Layer, ...]:
    """Cells that keep the shape: plain, residual (He et al., 2015) and separable (Chollet, 2016) with a shortcut."""
    plain = Conv2d(out_channels=channels, kernel_size=3, padding=1, bias=False)
    depthwise = plain.with_(groups=channels)
    pointwise = Conv2d(out_channels=channels, kernel_size=1, bias=False)
    inner = (plain, BatchNorm(), ReLU(), plain, BatchNorm())
    separable = (depthwise, pointwise, BatchNorm())
    return (
        plain.with_(activation=ReLU(), bias=True),
        Residual(branches=(Stack(layers=inner),), activation=ReLU()),
        Residual(branches=(Stack(layers=separable),), activation=ReLU()),
    )


def _recurrent(experiment: Experiment) -> _Made | None:
    """A recurrent layer of one of three kinds; pictures are read row by row."""
    before = _as_sequence(experiment)
    if before is None:
        return None
    place = len(before)
    language = experiment.data.task.language
    output = "all" if language or len(experiment.data.task.output) > 1 else "last"
    kinds: tuple[Layer, ...] = tuple(kind(hidden_size=64, output=output) for kind in (LSTM, GRU, RNN))
    ranges: list[Range] = [
        LayerChoice(path=(place,), options=kinds),
        NumberRange(path=(place,), field="hidden_size", low=16, high=256, logarithmic=True),
        NumberRange(path=(place,), field="num_layers", low=1, high=3),
        optional((place + 1,)),
        NumberRange(path=(place + 1,), field="p", low=0.05, high=0.5),
    ]
    if not language:
        ranges.append(Choices(path=(place,), field="bidirectional", options=(False, True)))
    if isinstance(before[0], Embedding):
        ranges.append(Choices(path=(0,), field="embedding_dim", options=(8, 16, 32, 64, 128)))
    return (*before, kinds[0], Dropout(p=0.1)), tuple(ranges)


def _transformer(experiment: Experiment) -> _Made | None:
    """Up to six Transformer blocks; pictures are cut into squares."""
    shape, language = experiment.data.sample_shape, experiment.data.task.language
    first: tuple[Layer, ...]
    if len(shape) == 3:
        size = max(1, min(shape[1:]) // _PATCHES)
        first = (Patches(patch_size=size, embedding_dim=64),)
    elif isinstance(shape, Tokens):
        first = (Embedding(embedding_dim=64),)
    elif is_sequence(shape):
        first = (Linear(out_features=64),)
    else:
        return None
    field = "out_features" if isinstance(first[0], Linear) else "embedding_dim"
    block = TransformerBlock(num_heads=4, causal=language, dim_feedforward=128, activation="gelu")
    layers: tuple[Layer, ...] = (*first, LearnedPosition(), block, LayerNorm())
    if not language and len(experiment.data.task.output) == 1:
        layers = (*layers, SequencePool())
    ranges = (
        Choices(path=(0,), field=field, options=(32, 64, 96, 128)),
        Choices(path=(2,), field="num_heads", options=(2, 4, 8)),
        Choices(path=(2,), field="dim_feedforward", options=(64, 128, 256, 512)),
        Choices(path=(2,), field="norm_first", options=(True, False)),
        NumberRange(path=(2,), field="dropout", low=0.0, high=0.4),
        Repeats(path=(2,), low=1, high=6),
    )
    return layers, ranges


def _as_sequence(experiment: Experiment) -> tuple[Layer, ...] | None:
    shape = experiment.data.sample_shape
    if isinstance(shape, Tokens):
        return (Embedding(embedding_dim=32),)
    if is_sequence(shape):
        return (LayerNorm(),)
    return (Rows(),) if len(shape) == 3 else None


def _recipe(experiment: Experiment) -> _Made | None:
    """Label smoothing where the loss has it, and of pictures that are classified an augmentation."""
    ranges: list[Range] = []
    smoothing = ("recipe", "loss", "label_smoothing")
    if field_at(experiment, smoothing) is not None:
        present = float(value_at(experiment, smoothing))
        ranges.append(Choices(field=".".join(smoothing), options=tuple(dict.fromkeys((present, *_SMOOTHINGS)))))
    data, found = experiment.data, tuple(item.id for item in experiment.recipe.augmentations)
    if len(data.sample_shape) == 3 and len(data.task.output) == 1 and len(found) <= 1:
        names = tuple(dict.fromkeys((*found, NONE, *_AUGMENTATIONS)))
        ranges.append(Choices(field="recipe.augmentations", options=names))
    return (), tuple(ranges)


def _recipe_ranges(experiment: Experiment) -> tuple[Range, ...]:
    """Learning rate, batch size, and what else the recipe's optimizer has, within the bounds that are proposed."""
    found: list[Range] = []
    for field in ("recipe.optimizer.lr", "recipe.optimizer.weight_decay", "recipe.optimizer.momentum"):
        place = tuple(field.split("."))
        info = field_at(experiment, place)
        if info is None:  # the optimizer has none
            continue
        present = value_at(experiment, place)
        interval = proposed(info, present)
        if interval is not None and not interval.low <= present <= interval.high:
            amounts = (amount for amount in _AMOUNTS if (info.minimum or 0.0) <= amount <= (info.maximum or 1.0))
            found.append(Choices(field=field, options=tuple(dict.fromkeys((float(present), *amounts)))))
        elif interval is not None and interval.low < interval.high:
            low, high, logarithmic, _ = interval
            found.append(NumberRange(field=field, low=low, high=high, logarithmic=logarithmic))
    count, present = experiment.data.train_count, experiment.recipe.batch_size
    near = (size for size in (8, 16, 32, 64, 128, 256) if present <= _NEAR * size <= _NEAR**2 * present)
    sizes = sorted({present, *(size for size in near if size * 10 <= count)})
    if len(sizes) > 1:
        found.append(Choices(field="recipe.batch_size", options=tuple(sizes)))
    schedule = experiment.recipe.schedule.id
    found.append(Choices(field="recipe.schedule", options=tuple(dict.fromkeys((schedule, "constant", "one_cycle")))))
    return tuple(found)


DENSE, CONVOLUTIONAL, RECURRENT, TRANSFORMER, RECIPE = "dense", "convolutional", "recurrent", "transformer", "recipe"
PRESET_SPACES: dict[str, Callable[[Experiment], _Made | None]] = {  # by their names on the command line
    DENSE: _dense,
    CONVOLUTIONAL: _convolutional,
    RECURRENT: _recurrent,
    TRANSFORMER: _transformer,
    RECIPE: _recipe,
}
LABELS: dict[str, Message] = {
    DENSE: message("Dense"),
    CONVOLUTIONAL: message("Convolutional"),
    RECURRENT: message("Recurrent"),
    TRANSFORMER: message("Transformer"),
    RECIPE: message("Recipe only"),
}
