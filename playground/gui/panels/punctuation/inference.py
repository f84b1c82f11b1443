"""What a network makes of a line without capitals and marks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playground.gui.session.inference_thread import NetworkSource

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True, slots=True)
class Restored:
    """The line as it was read and as it was restored, character by character."""

    question: str
    pieces: tuple[tuple[str, str, float], ...]  # before, after, and how probable the network finds that
    version: int


def restore(network: nn.Sequential, source: NetworkSource, question: str) -> Iterator[Restored | None]:
    """Let a network restore a text; called in the inference thread."""
    from playground.engine.inference.punctuation import restore as restored

    pieces = yield from restored(network, source.experiment, question)
    yield Restored(question, tuple(map(tuple, pieces)), source.version)  # type: ignore[arg-type]
