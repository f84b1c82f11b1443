"""Which pixels of a field a network takes for ink, and how that compares with those that are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from playground.gui.panels.pad.raster import Grey
from playground.gui.session.inference_thread import NetworkSource

if TYPE_CHECKING:
    from torch import nn

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class MaskPrediction:
    """What a network takes for ink."""

    mask: Mask = field(compare=False, repr=False)  # (56, 56)
    version: int  # of the network, as given with its weights
    trained: bool


class MaskComparison(NamedTuple):
    """How many pixels of ink were found and missed, and how many that are none were taken for some."""

    found: int
    missed: int
    mistaken: int

    @property
    def iou(self) -> float | None:
        """Intersection over union; None where there is no ink and none is seen."""
        union = sum(self)
        return self.found / union if union else None


def compared(mask: Mask, truth: Mask) -> MaskComparison:
    """Count; both (H, W)."""
    found = int((mask & truth).sum())
    return MaskComparison(found, int(truth.sum()) - found, int(mask.sum()) - found)


def mark_ink(network: nn.Sequential, source: NetworkSource, picture: Grey) -> MaskPrediction:
    """Ask a network about a field, (56, 56) in [0, 1]; called in the inference thread."""
    import torch

    from playground.engine.evaluation.evaluate import probabilities

    fields = torch.from_numpy(picture.reshape(1, 1, *picture.shape))
    shares = probabilities(network, fields, source.experiment.recipe.loss)[0]
    return MaskPrediction(shares.argmax(0) > 0, source.version, source.trained)
