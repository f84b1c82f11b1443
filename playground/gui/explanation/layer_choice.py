"""The layers of a stack whose outputs are images, for Grad-CAM."""

from __future__ import annotations

from dataclasses import dataclass

from playground.spec.check.shapes import walk
from playground.spec.edits import LayerPath
from playground.spec.experiment import Experiment
from playground.spec.layer import Kind, Layer


@dataclass(frozen=True, slots=True)
class LayerChoice:
    """A layer, and its number among all enabled layers, from 1."""

    path: LayerPath
    layer: Layer
    number: int
    size: tuple[int, int]  # height and width of its maps

    @classmethod
    def of(cls, experiment: Experiment) -> tuple[LayerChoice, ...]:
        """All enabled layers whose outputs are images of more than one pixel."""
        rows = [row for row in walk(experiment.stack, experiment.data.sample_shape) if row.active]
        images = ((number, row) for number, row in enumerate(rows, 1) if row.output is not None)
        return tuple(
            cls(row.path, row.layer, number, (row.output[1], row.output[2]))
            for number, row in images
            if row.output is not None and len(row.output) == 3 and row.output[1] * row.output[2] > 1
        )


def usual_layer(experiment: Experiment) -> LayerPath | None:
    """The last convolution, or what is made of its maps at their size, such as an activation; None without images."""
    choices = LayerChoice.of(experiment)
    sizes = [choice.size for choice in choices if choice.layer.kind is Kind.CONVOLUTION]
    last = [choice.path for choice in choices if not sizes or choice.size == sizes[-1]]
    return last[-1] if last else None
