"""The pixels of a field that a network marks as ink, and their comparison with the true ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from playground.gui.panels.digits.inference import network_input
from playground.gui.panels.pad.raster import Grey
from playground.gui.session.network_source import NetworkSource

if TYPE_CHECKING:
    from torch import nn

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class MaskPrediction:
    """The network's mask of the ink."""

    mask: Mask = field(compare=False, repr=False)  # (56, 56)
    version: int  # of the network, as passed with its weights
    trained: bool


class MaskComparison(NamedTuple):
    """The numbers of true positive, false negative and false positive pixels of ink."""

    found: int
    missed: int
    mistaken: int

    @property
    def iou(self) -> float | None:
        """Intersection over union; None if there is no ink and none is predicted."""
        union = sum(self)
        return self.found / union if union else None


def compared(mask: Mask, truth: Mask) -> MaskComparison:
    """Compare two masks, both (H, W)."""
    found = int((mask & truth).sum())
    return MaskComparison(found, int(truth.sum()) - found, int(mask.sum()) - found)


def mark_ink(network: nn.Sequential, source: NetworkSource, picture: Grey) -> MaskPrediction:
    """Segment a field, (56, 56) in [0, 1]; called in the inference thread."""
    from playground.engine.evaluation.evaluate import probabilities

    predicted = probabilities(network, network_input(source, picture), source.experiment.recipe.loss)[0]
    return MaskPrediction(predicted.argmax(0) > 0, source.version, source.trained)
