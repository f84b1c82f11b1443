"""Ranges of whole layers and of the whole network: which one is offered, and why there can be none."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto

from playground.spec.component import NONE
from playground.spec.container import Container
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer, Trainable
from playground.spec.layers.containers import Repeat
from playground.spec.messages import Message, message, tr_noop
from playground.spec.search.network_ranges import NetworkChoice, WidthRange, hidden_layers, output_place
from playground.spec.search.places import Place, layer_place, value_at
from playground.spec.search.ranges import MOST_TIMES, LayerChoice, Range, Repeats, SpaceError, optional

_ACTIVATIONS = ("relu", "gelu", "silu")  # proposed beside those of the network
_TIMES = 3
_WIDTHS = (0.5, 2.0)
_ACTIVATION, _NORM = NetworkChoice(what="activation"), NetworkChoice(what="norm", options=(NONE,))


class Structure(Enum):
    """Changes of the structure by a search: the first three of one layer, the others of the whole network."""

    OPTIONAL = auto()
    REPEATED = auto()
    ONE_OF = auto()
    WIDTH = auto()
    ACTIVATION = auto()
    NORM = auto()

    @property
    def of_network(self) -> bool:
        """Whether it belongs to the whole network rather than to a layer."""
        return self in (Structure.WIDTH, Structure.ACTIVATION, Structure.NORM)


def structure_at(experiment: Experiment, kind: Structure, path: tuple[int, ...]) -> Range | None:
    """The range of that kind of the layer at `path`, or of the network, where `path` does not matter; None without."""
    key = _plain(kind, path).key
    found = experiment.search.ranges if experiment.search else ()
    return next((item for item in found if item.key == key), None)


def structure_of(item: Range) -> Structure | None:
    """The kind of a range; None for that of a field."""
    kinds = (kind for kind in Structure if kind.of_network is not bool(item.path))
    return next((kind for kind in kinds if _plain(kind, item.path).key == item.key), None)


def proposed_structure(experiment: Experiment, kind: Structure, path: tuple[int, ...]) -> Range:
    """The range that is there already, or else the one that is offered, with the present network in it.

    Raises:
        SpaceError: there can be none, for a reason that people understand.
    """
    found = structure_at(experiment, kind, path)
    if found is not None:
        return found
    reason = _network_refusal(experiment, kind) if kind.of_network else _layer_refusal(experiment, kind, path)
    if reason is not None:
        raise SpaceError(reason)
    match kind:
        case Structure.REPEATED:
            layer = value_at(experiment, layer_place(path))
            most = min(MOST_TIMES, max(_TIMES, 2 * layer.times)) if isinstance(layer, Repeat) else _TIMES
            least = 1 if structure_at(experiment, Structure.OPTIONAL, path) else 0
            return Repeats(path=path, low=least, high=most)
        case Structure.ONE_OF:
            return LayerChoice(path=path, options=(value_at(experiment, layer_place(path)),))
        case Structure.ACTIVATION | Structure.NORM:
            plain, more = (_ACTIVATION, _ACTIVATIONS) if kind is Structure.ACTIVATION else (_NORM, (NONE,))
            return plain.with_(options=tuple(dict.fromkeys((*plain.found_ids(experiment), *more))))
    return _plain(kind, path)


def ranges_within(experiment: Experiment, path: tuple[int, ...]) -> tuple[Range, ...]:
    """All ranges of the layer at `path` and of the layers in it; for `()` those of the whole network."""
    found = experiment.search.ranges if experiment.search else ()
    if not path:
        return tuple(item for item in found if isinstance(item, NetworkChoice | WidthRange))
    return tuple(item for item in found if item.path[: len(path)] == path)


def _plain(kind: Structure, path: tuple[int, ...]) -> Range:
    """The range of that kind at that place, with values that do not matter."""
    match kind:
        case Structure.OPTIONAL:
            return optional(path)
        case Structure.REPEATED:
            return Repeats(path=path)
        case Structure.ONE_OF:
            return LayerChoice(path=path)
        case Structure.WIDTH:
            return WidthRange(low=_WIDTHS[0], high=_WIDTHS[1])
        case Structure.ACTIVATION:
            return _ACTIVATION
        case Structure.NORM:
            return _NORM


def _layer_refusal(experiment: Experiment, kind: Structure, path: tuple[int, ...]) -> Message | None:
    """Why a search cannot leave out, repeat or exchange a layer."""
    place = layer_place(path)
    layer = value_at(experiment, place)
    output = output_place(experiment)
    if output is not None and output[: len(place)] == place:
        words = tr_noop("{layer} makes the output: a search cannot leave it out, repeat it or exchange it.")
        return message(words, layer=message(layer.label))
    frozen = _frozen_at(experiment, place) or next(_frozen_in(layer), None)
    if frozen is not None:
        words = tr_noop("{layer} is frozen, which keeps it as it is. Unfreeze it, then a search may change it.")
        return message(words, layer=message(frozen.label))
    repeated = structure_at(experiment, Structure.REPEATED, path)
    if kind is Structure.OPTIONAL and isinstance(repeated, Repeats) and repeated.low == 0:
        words = tr_noop("{layer} may be there 0 times already, which leaves it out.")
        return message(words, layer=message(layer.label))
    return None


def _network_refusal(experiment: Experiment, kind: Structure) -> Message | None:
    """Why a search can have no such range of the whole network."""
    if kind is Structure.ACTIVATION:
        if not _ACTIVATION.found_ids(experiment):
            return message("No layer before the output layer has an activation. Give one to a layer first.")
        return None
    if kind is Structure.NORM:
        if not _NORM.found_ids(experiment):
            return message("There is no norm before the output layer. Insert one first, such as BatchNorm.")
        changed = _NORM.places(experiment)
    else:
        changed = tuple(place for place, layer in hidden_layers(experiment) if layer.units_field)
        if not changed:
            return message("No layer before the output layer has units or filters whose number could change.")
    frozen = next(filter(None, (_frozen_at(experiment, place) for place in changed)), None)
    if frozen is None:
        return None
    words = tr_noop("{layer} is frozen, which keeps it as it is. Unfreeze it, then a search may change it.")
    return message(words, layer=message(frozen.label))


def _frozen_at(experiment: Experiment, place: Place) -> Layer | None:
    """The layer at a place, or the outermost container around it, that is frozen."""
    for length in range(3, len(place) + 1):
        found = value_at(experiment, place[:length])
        if isinstance(found, Trainable) and found.frozen:
            return found
    return None


def _frozen_in(layer: Layer) -> Iterator[Layer]:
    """All frozen layers in a container."""
    for branch in layer.branches if isinstance(layer, Container) else ():
        for inner in branch.layers:
            if isinstance(inner, Trainable) and inner.frozen:
                yield inner
            yield from _frozen_in(inner)
