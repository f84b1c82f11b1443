"""Explains an answer about an example, as its kind asks for, in the inference thread."""

from __future__ import annotations

from collections.abc import Callable, Generator

import numpy as np
import numpy.typing as npt
from torch import nn

from playground.engine.probes.attributions import AttributionError
from playground.gui.explanation.inference import WhyAnswer, WhyQuestion, explain
from playground.gui.explanation.row_inference import RowAnswer, explain_row
from playground.gui.explanation.text_inference import TextAnswer, explain_text
from playground.gui.session.network_source import NetworkSource
from playground.spec.attribution_methods import ExampleKind
from playground.spec.messages import message, tr_noop

Explained = WhyAnswer | RowAnswer | TextAnswer
Explain = Callable[[nn.Sequential, NetworkSource, WhyQuestion], Generator[Explained | None]]

_EXPLAIN: dict[ExampleKind, Explain] = {
    ExampleKind.PICTURE: explain,
    ExampleKind.ROW: explain_row,
    ExampleKind.TEXT: explain_text,
}


def explain_example(
    network: nn.Sequential, source: NetworkSource, question: WhyQuestion
) -> Generator[Explained | None]:
    """Explain one output, in slices; called in the inference thread.

    Raises:
        AttributionError: the method cannot explain this network, its numbers are not finite, or nothing explains
            examples of this kind.
    """
    kind = source.experiment.data.example_kind
    if kind not in _EXPLAIN:
        raise AttributionError(message("No method explains an answer about such an example."))
    for answer in _EXPLAIN[kind](network, source, question):
        if answer is not None and not _is_finite(answer):
            words = tr_noop("This network gives numbers that are not finite: there is nothing to explain.")
            raise AttributionError(message(words))
        yield answer


def _is_finite(answer: Explained) -> bool:
    """Whether all numbers of an explanation are; those of a network that diverged are not."""
    found: list[npt.ArrayLike] = [] if answer.found is None else [answer.found.values, answer.found.output]
    if isinstance(answer, RowAnswer):
        found += [answer.number, *(curve.answers for curve in answer.curves)]
    return all(bool(np.isfinite(np.asarray(item)).all()) for item in found)
