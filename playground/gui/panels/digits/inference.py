"""The answer of a network to a drawing: a probability per class."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from playground.gui.panels.pad.raster import Grey
from playground.gui.session.network_source import NetworkSource

if TYPE_CHECKING:
    from torch import Tensor, nn


@dataclass(frozen=True, slots=True)
class ClassProbabilities:
    """The class probabilities of a picture."""

    probabilities: tuple[float, ...]  # one per class; the sum is 1
    version: int  # of the network, as passed with its weights
    trained: bool
    picture: NDArray[Any] | None = field(default=None, compare=False, repr=False)  # the question

    @property
    def digit(self) -> int:
        """The most probable class."""
        return self.probabilities.index(max(self.probabilities))


def network_input(source: NetworkSource, picture: Grey) -> Tensor:
    """The input (1, 1, 28, 28) for a picture (28, 28) in [0, 1]; of another size where the data has another."""
    import torch

    return torch.from_numpy(picture.reshape(1, 1, *picture.shape))


def read(network: nn.Sequential, source: NetworkSource, picture: Grey) -> ClassProbabilities:
    """Classify a picture, (28, 28) in [0, 1]; called in the inference thread."""
    from playground.engine.evaluation.evaluate import probabilities

    predicted = probabilities(network, network_input(source, picture), source.experiment.recipe.loss)[0]
    return ClassProbabilities(tuple(predicted.tolist()), source.version, source.trained, picture)
