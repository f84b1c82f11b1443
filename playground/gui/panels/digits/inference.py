"""What a network reads in a drawing: a probability for each class."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from playground.gui.panels.pad.raster import Grey
from playground.gui.session.inference_thread import NetworkSource

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True, slots=True)
class ClassProbabilities:
    """What a network reads in a picture."""

    probabilities: tuple[float, ...]  # one for each class, adding up to 1
    version: int  # of the network, as given with its weights
    trained: bool
    picture: Grey | None = field(default=None, compare=False, repr=False)  # what was read

    @property
    def digit(self) -> int:
        """The most probable class."""
        return self.probabilities.index(max(self.probabilities))


def read(network: nn.Sequential, source: NetworkSource, picture: Grey) -> ClassProbabilities:
    """Ask a network about a picture, (28, 28) in [0, 1]; called in the inference thread."""
    import torch

    from playground.engine.evaluation.evaluate import probabilities

    pictures = torch.from_numpy(picture.reshape(1, 1, *picture.shape))
    shares = probabilities(network, pictures, source.experiment.recipe.loss)[0]
    return ClassProbabilities(tuple(shares.tolist()), source.version, source.trained, picture)
