"""The functions with which the inference thread finds the features of many samples, in slices, and of one example."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from playground.engine.data.spread_subset import numbers_of_some, some
from playground.engine.evaluation.data_part import EvaluatedPart
from playground.engine.evaluation.evaluate import slice_size
from playground.engine.probes.hidden_features import HiddenFeatures, collect_features, features_of

if TYPE_CHECKING:
    from torch import Tensor, nn

    from playground.gui.session.network_source import NetworkSource

MOST = 2000  # samples


@dataclass(frozen=True, slots=True, eq=False)
class MapQuestion:
    """Of which samples the features are wanted."""

    part: EvaluatedPart


@dataclass(frozen=True, slots=True, eq=False)
class MapAnswer:
    """The features of the samples, and of which network they are."""

    question: MapQuestion
    features: HiddenFeatures
    numbers: npt.NDArray[np.int64]  # (N,), of the samples in the part
    true: npt.NDArray[np.int64] | None  # (N,), the classes; None where a sample has not just one
    source: NetworkSource


@dataclass(frozen=True, slots=True, eq=False)
class ExampleQuestion:
    """An example of a panel, as in the panel's own question."""

    content: Any
    network_input: Callable[[NetworkSource, Any], Tensor | None]


def map_samples(network: nn.Sequential, source: NetworkSource, question: MapQuestion) -> Iterator[MapAnswer | None]:
    """Find the features; None after each slice, the answer at the end."""
    experiment, part = source.experiment, question.part
    samples = some(part.samples, part.dataset, MOST)
    chunk = slice_size(experiment)
    features = yield from collect_features(network, experiment, samples, MOST, chunk)
    true: npt.NDArray[np.int64] | None = None
    if experiment.data.task.classes is not None:
        targets = samples.cut(0, len(features.values))[1]
        if targets.dim() == 1:
            true = targets.cpu().numpy()
    yield MapAnswer(question, features, numbers_of_some(part.samples, part.dataset, MOST), true, source)


def map_example(network: nn.Sequential, source: NetworkSource, question: ExampleQuestion) -> object:
    """The features (D,) of the example with the network that answers; `()` where the panel shows none."""
    inputs = question.network_input(source, question.content)
    if inputs is None or len(inputs) != 1:
        return (), source
    return features_of(source.experiment, network, inputs)[0][0].cpu().numpy(), source
