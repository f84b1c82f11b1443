"""Kinds of examples, by their data, and the function that explains an answer about each in the inference thread."""

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
from playground.spec.data.dataset import Dataset
from playground.spec.datasets.labelled import LabelledTexts
from playground.spec.datasets.table import Table
from playground.spec.datasets.text import Text
from playground.spec.messages import message, tr_noop

Explained = WhyAnswer | RowAnswer | TextAnswer
Explain = Callable[[nn.Sequential, NetworkSource, WhyQuestion], Generator[Explained | None]]

_EXPLAIN: dict[ExampleKind, Explain] = {
    ExampleKind.PICTURE: explain,
    ExampleKind.ROW: explain_row,
    ExampleKind.TEXT: explain_text,
}


def kind_of(data: Dataset) -> ExampleKind:
    """The kind of the examples of these data."""
    if isinstance(data, Table):
        return ExampleKind.ROW
    if isinstance(data, Text | LabelledTexts):
        return ExampleKind.TEXT
    one = data.task.classes and data.task.positions == 1
    return ExampleKind.PICTURE if one and len(data.sample_shape) == 3 and not data.over_plane else ExampleKind.OTHER


def explain_example(
    network: nn.Sequential, source: NetworkSource, question: WhyQuestion
) -> Generator[Explained | None]:
    """Explain one output, in slices; called in the inference thread.

    Raises:
        AttributionError: the method cannot explain this network, its numbers are not finite, or nothing explains
            examples of this kind.
    """
    kind = kind_of(source.experiment.data)
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
