"""The function with which the inference thread asks a network about corrections and held-out samples, in slices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playground.engine.data.in_memory import Subset
from playground.engine.evaluation.correction_figures import CorrectionFigures, correction_figures
from playground.engine.evaluation.data_part import EvaluatedPart
from playground.engine.evaluation.evaluate import slice_size

if TYPE_CHECKING:
    from torch import nn

    from playground.gui.session.network_source import NetworkSource


@dataclass(frozen=True, slots=True, eq=False)
class LearningQuestion:
    """A question to the network."""

    part: EvaluatedPart
    corrections: Subset


@dataclass(frozen=True, slots=True, eq=False)
class LearningFigures:
    """The answer to a question."""

    question: LearningQuestion
    figures: CorrectionFigures


def measure(
    network: nn.Sequential, source: NetworkSource, question: LearningQuestion
) -> Iterator[LearningFigures | None]:
    """Ask about all samples; None after each slice, the figures at the end."""
    chunk = slice_size(source.experiment)
    slices = correction_figures(network, source.experiment, question.part.samples, question.corrections, chunk)
    while True:
        try:
            next(slices)
        except StopIteration as end:
            yield LearningFigures(question, end.value)
            return
        yield None
