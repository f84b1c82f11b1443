"""The function with which the inference thread looks at the weights of a network, in slices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from time import thread_time
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from playground.engine.probes.layer_weights import Histogram, LayerTensors, counted, layer_tensors
from playground.engine.probes.weight_arrangement import GAP, Arrangement, arrangement
from playground.spec.experiment import Experiment

if TYPE_CHECKING:
    from torch import Tensor, nn

    from playground.gui.session.network_source import NetworkSource


@dataclass(frozen=True, slots=True, eq=False)
class WeightsQuestion:
    """Asks for one tensor, and for histograms of all."""

    name: str  # in the state dict; the first tensor stands in where there is none of that name
    as_matrix: bool
    run: int  # number of the run among those that were shown


@dataclass(frozen=True, slots=True, eq=False)
class TensorSeen:
    """One tensor, arranged in a plane."""

    layer: LayerTensors
    name: str
    arranged: Arrangement
    values: npt.NDArray[np.float32]  # of the shape of `arranged.places`; NaN between tiles

    @property
    def shape(self) -> tuple[int, ...]:
        """The tensor's."""
        return self.layer.shapes[self.name]

    def index(self, row: int, column: int) -> tuple[int, ...] | None:
        """The index in the tensor of what is shown there, in colours that of red; None for a gap."""
        places = self.arranged.places
        if not (0 <= row < places.shape[0] and 0 <= column < places.shape[1]):
            return None
        place = int(np.atleast_1d(places[row, column])[0])
        return None if place == GAP else tuple(int(part) for part in np.unravel_index(place, self.shape))


@dataclass(frozen=True, slots=True, eq=False)
class WeightsSeen:
    """The weights of a network after a step; `tensor` is None where no layer has any."""

    question: WeightsQuestion
    experiment: Experiment
    step: int
    layers: tuple[LayerTensors, ...]
    histograms: Mapping[str, Histogram]  # by the name in the state dict
    tensor: TensorSeen | None
    seconds: float  # of computing


def see_weights(
    network: nn.Sequential, source: NetworkSource, question: WeightsQuestion
) -> Iterator[WeightsSeen | None]:
    """Look at all weights; None after each slice, the answer at the end."""
    began = thread_time()
    layers, tensors = layer_tensors(source.experiment, network), network.state_dict()
    histograms: dict[str, Histogram] = {}
    for layer in layers:
        for name in layer.shapes:
            histograms[name] = yield from counted(tensors[name])
    owner = {name: layer for layer in layers for name in layer.shapes}
    name = question.name if question.name in owner else next(iter(owner), "")
    seen = _tensor(source.experiment, owner[name], name, tensors[name], question) if name else None
    yield WeightsSeen(question, source.experiment, source.version, layers, histograms, seen, thread_time() - began)


def _tensor(
    experiment: Experiment, layer: LayerTensors, name: str, tensor: Tensor, question: WeightsQuestion
) -> TensorSeen:
    arranged = arrangement(experiment, layer, name, as_matrix=question.as_matrix)
    numbers = tensor.detach().float().reshape(-1).numpy()
    values = numbers[np.maximum(arranged.places, 0)]
    values[arranged.places == GAP] = np.nan
    return TensorSeen(layer, name, arranged, values)
