"""The answer of a network to a text: its classes, and the words that it depends on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playground.gui.session.network_source import NetworkSource

if TYPE_CHECKING:
    from torch import Tensor, nn


@dataclass(frozen=True, slots=True)
class Classified:
    """A probability for each class, and the parts of the text with their effect on the greatest output."""

    question: str
    probabilities: tuple[float, ...]
    parts: tuple[tuple[str, float], ...]


def network_input(source: NetworkSource, question: str) -> Tensor:
    """The codes (1, length) of a text."""
    from playground.engine.inference.line_classes import codes_of

    return codes_of(source.experiment, [question])


def classify(network: nn.Sequential, source: NetworkSource, question: str) -> Iterator[Classified | None]:
    """Classify a text; called in the inference thread."""
    from playground.engine.evaluation.evaluate import probabilities
    from playground.engine.inference.line_classes import occlusion

    shares = probabilities(network, network_input(source, question), source.experiment.recipe.loss)[0]
    parts = yield from occlusion(network, source.experiment, question)
    yield Classified(question, tuple(shares.tolist()), tuple(map(tuple, parts)))  # type: ignore[arg-type]
