"""Prunes one network to many sparsities and scores each; it is what `prune` makes of it without further training."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import NamedTuple

from torch import nn

from playground.engine.data.in_memory import Data, Subset
from playground.engine.evaluation.evaluate import slice_size
from playground.engine.pruning.groups import Cut, lowest_of, sizes, zeroed
from playground.engine.pruning.importance import Criterion, weight_places
from playground.engine.pruning.low_rank import Spectrum, low_rank
from playground.engine.pruning.measures import evaluating_in_slices
from playground.engine.pruning.prune import By, Ranking, cut, ranking
from playground.engine.pruning.sparsity import set_to_zero
from playground.engine.weights import network_with
from playground.spec.edits import LayerPath
from playground.spec.experiment import Experiment


class Size(NamedTuple):
    """The cost of a network."""

    parameters: int
    nonzero: int  # of these, those that are not exactly 0
    flops: int  # of one sample's forward pass; zeros are multiplied like other numbers
    bytes: int  # of all parameters and buffers


class Point(NamedTuple):
    """A network pruned to one sparsity."""

    sparsity: float  # share of the FLOPs or of the weights that was to go, in [0, 1)
    score: float  # as the task defines it
    size: Size


class LayerScore(NamedTuple):
    """The score with one layer alone pruned."""

    path: LayerPath  # of the first layer, where several can be pruned only together
    tensor: str  # of single weights, the name within the layer; empty for units
    score: float


class PruningStudy:
    """Computes in slices of some milliseconds, and keeps what it found; for one thread."""

    def __init__(
        self, experiment: Experiment, network: nn.Sequential, data: Data, part: Subset, by: By, criterion: Criterion
    ) -> None:
        """network: on the CPU; it is not changed, and must not change. part: the samples that it is scored on."""
        self._experiment, self._network, self._data, self._part = experiment, network, data, part
        self._by, self._criterion = by, criterion
        self._ranked: Ranking | None = None
        self.points: dict[float, Point] = {}  # by sparsity
        self.layers: dict[float, list[LayerScore]] = {}  # by sparsity; complete once `sensitivity` was

    def prepare(self) -> Generator[None]:
        """Rank units or weights; before everything else.

        Raises:
            PruningError: nothing can be pruned; the message says why.
        """
        if self._ranked is None:
            self._ranked = yield from ranking(self._experiment, self._network, self._data, self._by, self._criterion)

    def pruned(self, sparsity: float) -> Cut:
        """The network pruned to a sparsity.

        Raises:
            PruningError: no network is so small.
        """
        assert self._ranked is not None
        if sparsity <= 0.0:
            return Cut(self._experiment, self._network, ())
        return cut(self._experiment, self._network, self._ranked, 1.0 - sparsity)

    def score(self, sparsity: float, made: Cut | None = None) -> Generator[None, None, Point]:
        """Score the network pruned to a sparsity, unless that is known; `made` is that network, if there is one."""
        if sparsity not in self.points:
            if made is None:
                made = self.pruned(sparsity)
                yield
            score = yield from self._score(made.experiment, made.network)
            self.points[sparsity] = Point(sparsity, score, size_of(made.experiment, made.network))
        return self.points[sparsity]

    def sensitivity(self, sparsity: float) -> Generator[LayerScore | None]:
        """Prune each layer alone to a sparsity, here the share of its own units or weights; yield those not yet known.

        Units are set to zero for it, which answers as the network without them does. A layer of lower rank has at most
        the share of its weights that is left.
        """
        assert self._ranked is not None
        if self._ranked.spectra:
            yield from self._lower_ranks(self._ranked.spectra, sparsity)
            return
        found, weights = self._ranked.found, self._network.state_dict()
        known = self.layers.setdefault(sparsity, [])
        places = list(weight_places(self._experiment)) if found is None else []
        for number in range(len(known), len(places if found is None else found.groups)):
            if found is None:
                name, path, tensor = places[number]
                changed = {name: weights[name].clone()}
                set_to_zero(changed, self._ranked.weights, 1.0 - sparsity)
                tensors = {**weights, **changed}
            else:
                group, tensor = found.groups[number], ""
                path = group.widths[0].path
                tensors = zeroed(weights, found.flow, lowest_of(group, self._ranked.units, sparsity))
            made = network_with(self._experiment, tensors)
            yield None
            score = yield from self._score(self._experiment, made)
            known.append(LayerScore(path, tensor, score))
            yield known[-1]

    def _lower_ranks(self, spectra: Sequence[Spectrum], sparsity: float) -> Generator[LayerScore | None]:
        known = self.layers.setdefault(sparsity, [])
        for item in spectra[len(known) :]:
            made = low_rank(self._experiment, self._network, spectra, {item.path: item.rank_of(1.0 - sparsity)})
            yield None
            score = yield from self._score(made.experiment, made.network)
            known.append(LayerScore(item.path, "", score))
            yield known[-1]

    def _score(self, experiment: Experiment, network: nn.Sequential) -> Generator[None, None, float]:
        chunks = evaluating_in_slices(experiment, network, self._part, slice_size(experiment))
        while True:
            try:
                next(chunks)
            except StopIteration as end:
                score: float = end.value.score
                return score
            yield


def size_of(experiment: Experiment, network: nn.Sequential) -> Size:
    """The cost of a network."""
    parameters = list(network.parameters())
    return Size(
        parameters=sum(parameter.numel() for parameter in parameters),
        nonzero=sum(int(parameter.count_nonzero()) for parameter in parameters),
        flops=sizes(experiment).flops,
        bytes=sum(tensor.numel() * tensor.element_size() for tensor in network.state_dict().values()),
    )
