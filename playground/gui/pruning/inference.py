"""The function with which the inference thread prunes copies of a network and scores them, in slices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from torch import nn

from playground.engine.data.in_memory import Data
from playground.engine.evaluation.data_part import EvaluatedPart
from playground.engine.pruning.groups import Cut
from playground.engine.pruning.importance import Criterion
from playground.engine.pruning.prune import By
from playground.engine.pruning.study import LayerScore, Point, PruningStudy
from playground.gui.session.network_source import NetworkSource

MOST = 1000  # samples
CURVE = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)  # sparsities


@dataclass(frozen=True, slots=True, eq=False)
class PruningQuestion:
    """Asks what a network answers once it is pruned."""

    data: Data
    part: EvaluatedPart  # that it is scored on
    by: By
    criterion: Criterion
    sparsity: float  # chosen, in (0, 1)


@dataclass(frozen=True, slots=True, eq=False)
class PruningAnswer:
    """The curve, the chosen point and the layers' scores, as far as they are known."""

    question: PruningQuestion
    source: NetworkSource  # the network that is pruned
    curve: tuple[Point, ...]  # by sparsity; the first one is the network as it is, once that is known
    chosen: Point
    made: Cut  # the network of `chosen`
    layers: tuple[LayerScore, ...]  # each alone pruned to the chosen sparsity
    complete: bool

    @property
    def step(self) -> int:
        """The step after which the network was measured."""
        return self.source.version


class PruningMeasurer:
    """Keeps what is known of one network, so that another sparsity costs little; used by the inference thread alone."""

    def __init__(self) -> None:
        self._known: dict[tuple[By, Criterion], PruningStudy] = {}
        self._source: NetworkSource | None = None

    def measure(
        self, network: nn.Sequential, source: NetworkSource, question: PruningQuestion
    ) -> Iterator[PruningAnswer | None]:
        """Score the network as it is and the chosen one first, then the curve, then each layer.

        Yield None after each slice, and what is known whenever that is more.

        Raises:
            PruningError: the network cannot be pruned in this way; the message says why.
        """
        if source is not self._source:
            self._source, self._known = source, {}
        key = question.by, question.criterion
        if key not in self._known:
            samples = question.part.samples
            self._known[key] = PruningStudy(source.experiment, network, question.data, samples, *key)
        study = self._known[key]
        yield from study.prepare()
        yield None
        made = study.pruned(question.sparsity)
        yield None
        yield from study.score(CURVE[0])
        yield from study.score(question.sparsity, made)

        def known(*, complete: bool = False) -> PruningAnswer:
            curve = tuple(point for _, point in sorted(study.points.items()))
            layers = tuple(study.layers.get(question.sparsity, ()))
            chosen = study.points[question.sparsity]
            return PruningAnswer(question, source, curve, chosen, made, layers, complete)

        yield known()
        for sparsity in CURVE:
            if sparsity not in study.points:
                yield from study.score(sparsity)
                yield known()
        for found in study.sensitivity(question.sparsity):
            yield known() if found is not None else None
        yield known(complete=True)
