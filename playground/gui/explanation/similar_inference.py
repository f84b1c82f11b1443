"""The question which training examples are like the present one, and its answer in the inference thread."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from playground.engine.data.sources.table import row_of
from playground.engine.data.sources.text import units
from playground.engine.evaluation.class_labels import class_labels
from playground.engine.evaluation.column_values import value_text
from playground.engine.evaluation.data_part import EvaluatedPart
from playground.engine.evaluation.evaluate import slice_size
from playground.engine.evaluation.examples import Example as TrainingExample
from playground.engine.evaluation.examples import examples
from playground.engine.inference.punctuation import last_position
from playground.engine.probes.attributions import AttributionError
from playground.engine.probes.hidden_features import features_of
from playground.engine.probes.similar_examples import TrainingFeatures, nearest, sample_count
from playground.gui.panels.layer_probe import Example
from playground.spec.data.dataset import Dataset
from playground.spec.datasets.table import Table
from playground.spec.datasets.text import Text
from playground.spec.messages import Message, joined, message
from playground.spec.number_text import amount_text

if TYPE_CHECKING:
    from torch import nn

    from playground.gui.session.network_source import NetworkSource

_TAIL = 40  # characters of a window before the one in question


@dataclass(frozen=True, slots=True, eq=False)
class SimilarQuestion:
    """Which samples of a part of the training data are like the example?"""

    example: Example
    part: EvaluatedPart
    origin: float  # see `Data.origin`
    unit: float


@dataclass(frozen=True, slots=True, eq=False)
class Similar:
    """A training example, and how far its features are from those of the example in question."""

    example: TrainingExample
    label: Message | str  # empty where a sample has no label
    words: Message | str  # what it is, where it is no picture; empty if only its number says that
    distance: float
    same: bool  # whether it is the example itself: all its inputs are equal


@dataclass(frozen=True, slots=True, eq=False)
class SimilarAnswer:
    """The nearest of `count` training examples, for the network of a source."""

    question: SimilarQuestion
    found: tuple[Similar, ...]
    count: int
    features: int  # numbers of the last hidden layer that are compared
    source: NetworkSource


class SimilarSearch:
    """Answers in the inference thread; keeps the features of the training examples for the latest network."""

    def __init__(self) -> None:
        self._known: tuple[NetworkSource, EvaluatedPart, TrainingFeatures] | None = None

    def __call__(
        self, network: nn.Sequential, source: NetworkSource, question: SimilarQuestion
    ) -> Iterator[SimilarAnswer | None]:
        """Find the five nearest; None after each slice, the answer at the end.

        Raises:
            AttributionError: there is no single example, or its features are no numbers.
        """
        experiment, part = source.experiment, question.part
        inputs = question.example.network_input(source, question.example.content)
        if inputs is None or len(inputs) != 1:
            raise AttributionError(message("There is no single example to compare with."))
        step, whole = text_steps(source, question.example)
        wanted = features_of(experiment, network, inputs, step)[0][0].cpu().numpy()
        yield None
        if self._known is None or self._known[0] is not source or self._known[1] is not part:
            self._known = None  # before others are computed: both might not fit
            count = sample_count(experiment, len(wanted), len(part.samples))
            chunk = slice_size(experiment)
            self._known = source, part, TrainingFeatures(part.limited(count).samples, count, chunk, whole)
        known = self._known[2]  # a question that was dropped meanwhile may have computed some of them
        while (features := known.values) is None:
            known.advance(network, experiment)
            yield None
        if not (np.isfinite(features).all() and np.isfinite(wanted).all()):
            raise AttributionError(message("The last hidden layer gives numbers that are not finite."))
        near = nearest(features, wanted)
        yield None
        seen = examples(part.limited(len(features)), near.indices)
        found = tuple(_described(question, *each, inputs, whole) for each in zip(seen, near.distances, strict=True))
        yield SimilarAnswer(question, found, len(features), features.shape[1], source)


def text_steps(source: NetworkSource, example: Example) -> tuple[int | None, int | None]:
    """The step of a text that is compared, in the example and in whole windows; None where all are."""
    data = source.experiment.data
    if not isinstance(data, Text):
        return None, None
    if data.asked == "restore":
        return last_position(source.experiment, example.content), data.context // 2
    steps = example.steps(source, example.content)
    return (data.context if steps is None else steps) - 1, data.context - 1


def _described(
    question: SimilarQuestion, example: TrainingExample, distance: float, inputs: Tensor, step: int | None
) -> Similar:
    data = question.part.dataset
    same = bool(torch.equal(torch.from_numpy(example.inputs).to(inputs.dtype), inputs[0]))
    words: Message | str = example.text
    if isinstance(data, Table):
        words = _row(data, example.place, question.part)
    elif isinstance(data, Text) and step is not None:
        words = f"…{units(data).text(example.inputs[max(0, step + 1 - _TAIL) : step + 1].tolist())}"
        example = replace(example, text=words)
    label = _label(data, example.target if step is None else example.target[step], question)
    return Similar(example, label, words, 0.0 if same else distance, same)


def _row(data: Table, index: int, part: EvaluatedPart) -> Message:
    values = row_of(data, index, part.part.value)[0]
    pairs = zip(data.inputs, values, strict=True)
    return joined([message("{column} {value}", column=one.name, value=value_text(one, value)) for one, value in pairs])


def _label(data: Dataset, target: np.ndarray, question: SimilarQuestion) -> Message | str:
    """The class of a target, or its number in the unit of the data; empty for masks and pictures."""
    if data.task.classes is not None and target.ndim == 0:
        return class_labels(data)[int(target)]
    if data.task.classes is not None and target.shape == (data.task.classes,):  # a probability for each
        return class_labels(data)[int(target.argmax())]
    if data.task.classes is None and target.size == 1:
        return amount_text(question.origin + question.unit * float(target.reshape(())))
    return ""
