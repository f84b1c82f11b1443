"""The function with which the inference thread asks the network about many samples, in slices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playground.engine.evaluation.answers import Answers, collect_answers
from playground.engine.evaluation.data_part import EvaluatedPart
from playground.engine.evaluation.evaluate import slice_size

if TYPE_CHECKING:
    from torch import nn

    from playground.gui.session.network_source import NetworkSource
    from playground.spec.experiment import Experiment


@dataclass(frozen=True, slots=True, eq=False)
class EvaluationQuestion:
    """A question to the network."""

    part: EvaluatedPart
    origin: float  # see `Data.origin`
    unit: float


@dataclass(frozen=True, slots=True, eq=False)
class Evaluated:
    """The answers of a network after a step."""

    question: EvaluationQuestion
    answers: Answers
    step: int
    experiment: Experiment  # of the network
    broken: bool = False  # whether the network was broken on purpose


def evaluate_part(
    network: nn.Sequential, source: NetworkSource, question: EvaluationQuestion
) -> Iterator[Evaluated | None]:
    """Ask about all samples; None after each slice, the answers at the end."""
    chunks = collect_answers(
        network,
        source.experiment,
        question.part.samples,
        origin=question.origin,
        unit=question.unit,
        chunk=slice_size(source.experiment),
    )
    while True:
        try:
            next(chunks)
        except StopIteration as end:
            yield Evaluated(question, end.value, source.version, source.experiment, bool(source.intervention))
            return
        yield None
