"""Groups of units that can be cut out of a network, and the smaller network without some of them."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from playground.engine.build import BuildError
from playground.engine.evaluation.evaluate import evaluating
from playground.engine.pruning.unit_flow import UnitFlow
from playground.engine.pruning.unit_labels import FIXED, Labels, Width
from playground.engine.weights import network_with
from playground.spec.cancelling import finished
from playground.spec.check.shapes import Totals, totals, walk
from playground.spec.edits import Edit, LayerPath, Replace, layer_at
from playground.spec.experiment import Experiment
from playground.spec.files.storage import FileError
from playground.spec.messages import Message, PlaygroundError, message, tr_noop

_EXACT = 3e-5  # largest difference of outputs, relative to the largest output, that rounding explains
_SMALLEST_SHARE = 0.1  # of the units of a layer that are always kept, so that no layer collapses
_TIED = tr_noop("They are added to, or continue, numbers that must stay.")
_TOGETHER = tr_noop("What follows is computed from all of them together, as a layer normalization does.")


class PruningError(PlaygroundError):
    """A network cannot be pruned as asked."""


class Group(NamedTuple):
    """Layers whose units are tied to one another, and the labels of these units."""

    widths: tuple[Width, ...]
    units: tuple[int, ...]


class Kept(NamedTuple):
    """A layer whose units all stay, and why."""

    path: LayerPath
    why: Message


class Prunable(NamedTuple):
    """Groups of units that can be cut out of a network."""

    flow: UnitFlow
    groups: tuple[Group, ...]
    kept: tuple[Kept, ...]


class Cut(NamedTuple):
    """A pruned network with its experiment, and the edits that make it of the one before."""

    experiment: Experiment
    network: nn.Sequential
    edits: tuple[Edit, ...]


def prunable(experiment: Experiment, network: nn.Sequential, inputs: Tensor) -> Prunable:
    """The groups of units that can be cut out, each tried with one of its units, which is set to zero for that.

    network: of the experiment, on the CPU; it is not changed. inputs: a few samples (N, …).

    A group counts only if the network without the unit answers as the one in which all weights of the unit are zero.
    """
    return finished(prunable_in_slices(experiment, network, inputs))


def prunable_in_slices(
    experiment: Experiment, network: nn.Sequential, inputs: Tensor
) -> Generator[None, None, Prunable]:
    """`prunable` in slices of a part of what is done for one group."""
    flow = UnitFlow(experiment)
    yield
    groups, kept = [], []
    for widths in _connected(flow):
        units = _units(flow, widths)
        why = yield from _obstacle(experiment, network, inputs, flow, Group(widths, units))
        if why is None:
            groups.append(Group(widths, units))
        kept += [Kept(width.path, flow.ties.why(width.labels) or why) for width in widths if why is not None]
    return Prunable(flow, tuple(groups), tuple(sorted(kept, key=lambda item: item.path)))


def without(experiment: Experiment, weights: Mapping[str, Tensor], flow: UnitFlow, dropped: Iterable[int]) -> Cut:
    """The network without some units; the weights are copied.

    Raises:
        PruningError: no network of smaller layers has these weights.
    """
    gone = np.fromiter(dropped, np.int64)
    edits = _narrowing(experiment, flow, gone)
    smaller, tensors = applied(edits, experiment), dict(weights)
    for item in flow.slices:
        stays = ~np.isin(flow.ties.roots(item.labels), gone)
        if not stays.all():
            chosen = torch.from_numpy(np.flatnonzero(stays))
            tensors[item.tensor] = tensors[item.tensor].index_select(item.dim, chosen)
    try:
        return Cut(smaller, network_with(smaller, tensors), edits)
    except (BuildError, FileError) as error:
        raise PruningError(error.message) from error


def zeroed(weights: Mapping[str, Tensor], flow: UnitFlow, dropped: Iterable[int]) -> dict[str, Tensor]:
    """Copies of the weights with everything that belongs to some units set to zero."""
    gone = np.fromiter(dropped, np.int64)
    tensors = {name: tensor.detach().clone() for name, tensor in weights.items()}
    for item in flow.slices:
        chosen = np.flatnonzero(np.isin(flow.ties.roots(item.labels), gone))
        tensors[item.tensor].index_fill_(item.dim, torch.from_numpy(chosen), 0)
    return tensors


def lowest(
    found: Prunable, scores: Mapping[int, float], experiment: Experiment, keep: float, *, everywhere: bool = True
) -> tuple[int, ...]:
    """The units of least importance without which at most the share `keep` of the FLOPs is left, or all that may go.

    everywhere: units of all groups compete, their scores divided by the mean size in their group; else each group loses
    the same share. A tenth of each group stays.
    """
    order = [unit for _, unit in sorted(_ranked(found, scores, everywhere))]
    whole = sizes(experiment).flops
    low, high = 0, len(order)
    while low < high:
        middle = (low + high) // 2
        edits = _narrowing(experiment, found.flow, np.array(order[:middle], np.int64))
        if sizes(applied(edits, experiment)).flops <= keep * whole:
            high = middle
        else:
            low = middle + 1
    return tuple(order[:low])


def lowest_of(group: Group, scores: Mapping[int, float], share: float) -> tuple[int, ...]:
    """The given share of a group's units, those of least importance; one of them stays in any case."""
    ordered = sorted(group.units, key=lambda unit: (scores[unit], unit))
    return tuple(ordered[: min(len(ordered) - 1, round(share * len(ordered)))])


def sizes(experiment: Experiment) -> Totals:
    """The sums over all layers of an experiment."""
    return totals(walk(experiment.stack, experiment.data.sample_shape))


def _ranked(found: Prunable, scores: Mapping[int, float], everywhere: bool) -> Iterable[tuple[float, int]]:
    """The units that may go, each with the number by which they are sorted."""
    for group in found.groups:
        ordered = sorted(group.units, key=lambda unit: (scores[unit], unit))
        mean = sum(abs(scores[unit]) for unit in ordered) / len(ordered) or 1.0
        most = len(ordered) - max(1, round(_SMALLEST_SHARE * len(ordered)))
        for place, unit in enumerate(ordered[:most]):
            yield scores[unit] / mean if everywhere else place / len(ordered), unit


def _narrowing(experiment: Experiment, flow: UnitFlow, gone: Labels) -> tuple[Edit, ...]:
    """The edits that leave fewer units in the layers.

    Raises:
        PruningError: a layer would have none.
    """
    edits: list[Edit] = []
    for width in flow.widths:
        left = int((~np.isin(flow.ties.roots(width.labels), gone)).sum())
        if left == len(width.labels):
            continue
        layer = layer_at(experiment.stack, width.path)
        if not left:
            raise PruningError(message("No unit of {layer} would be left.", layer=message(layer.label)))
        edits.append(Replace(width.path, layer.with_(**{width.field: left, **width.pinned}), message("Prune")))
        experiment = edits[-1].apply(experiment)  # a layer may have several widths
    return tuple(edits)


def applied(edits: Iterable[Edit], experiment: Experiment) -> Experiment:
    """The experiment after all edits."""
    for edit in edits:
        experiment = edit.apply(experiment)
    return experiment


def _connected(flow: UnitFlow) -> list[tuple[Width, ...]]:
    """The layers, those together whose units are tied."""
    found: list[tuple[set[int], list[Width]]] = []
    for width in flow.widths:
        units = set(flow.ties.roots(width.labels).tolist()) - {FIXED}
        touched = [item for item in found if item[0] & units]
        rest = [item for item in found if not item[0] & units]
        merged = (units.union(*(item[0] for item in touched)), [w for item in touched for w in item[1]] + [width])
        found = [*rest, merged]
    return [tuple(widths) for _, widths in found]


def _units(flow: UnitFlow, widths: tuple[Width, ...]) -> tuple[int, ...]:
    labels = np.concatenate([flow.ties.roots(width.labels) for width in widths])
    return tuple(int(unit) for unit in np.unique(labels) if unit != FIXED)


def _obstacle(
    experiment: Experiment, network: nn.Sequential, inputs: Tensor, flow: UnitFlow, group: Group
) -> Generator[None, None, Message | None]:
    """Why a group cannot be pruned; None if it can."""
    if len(group.units) < 2:
        return message(_TIED)
    chosen, weights = (group.units[-1],), network.state_dict()
    try:
        cut = without(experiment, weights, flow, chosen)
    except PruningError as error:
        return error.message
    yield
    empty = network_with(experiment, zeroed(weights, flow, chosen))
    yield
    answers = []
    for tried in (empty, cut.network):
        with evaluating(tried):
            answers.append(tried(inputs))
        yield
    expected, found = answers
    largest = max(1.0, expected.abs().max().item())
    return None if (found - expected).abs().max().item() <= _EXACT * largest else message(_TOGETHER)
