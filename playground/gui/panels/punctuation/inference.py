"""The answer of a network to a text without capitals and punctuation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playground.gui.session.network_source import NetworkSource

if TYPE_CHECKING:
    from torch import Tensor, nn


@dataclass(frozen=True, slots=True)
class Restored:
    """A text before and after restoration, character by character."""

    question: str
    pieces: tuple[tuple[str, str, float], ...]  # before, after, and the probability of the latter
    version: int


def network_input(source: NetworkSource, question: str) -> Tensor | None:
    """The last window (1, context) of a text; the answer is made of several, each of which is read in the same way."""
    from playground.engine.inference.punctuation import last_window

    return last_window(source.experiment, question)


def restore(network: nn.Sequential, source: NetworkSource, question: str) -> Iterator[Restored | None]:
    """Restore a text; called in the inference thread."""
    from playground.engine.inference.punctuation import restore as restored

    pieces = yield from restored(network, source.experiment, question)
    yield Restored(question, tuple(map(tuple, pieces)), source.version)  # type: ignore[arg-type]
