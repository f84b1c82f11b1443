"""Finds the bottleneck of an autoencoder, between its encoder and its decoder."""

from __future__ import annotations

from typing import NamedTuple

from playground.spec.check.shapes import walk
from playground.spec.experiment import Experiment
from playground.spec.layers.latent import GaussianLatent


class Bottleneck(NamedTuple):
    """The narrowest vector in a network."""

    layer: str  # label of the layer that gives it
    width: int  # numbers in the vector
    calls: int  # modules of the network up to and including that layer's
    gaussian: bool  # whether training draws it towards the standard normal distribution


def bottleneck(experiment: Experiment) -> Bottleneck | None:
    """The last Gaussian latent, or else the narrowest vector between the first layer and the last.

    Of consecutive layers that give vectors of that length it is the last: an activation belongs to the layer before
    it. Layers in containers are skipped. None where no layer before the last gives a vector.
    """
    found: list[Bottleneck] = []
    calls = 0
    for row in walk(experiment.stack, experiment.data.sample_shape):
        if row.nested or not row.active:
            continue
        if row.output is None:
            return None
        calls += len(row.calls)
        if len(row.output) == 1:
            gaussian = isinstance(row.layer, GaussianLatent)
            found.append(Bottleneck(row.layer.label, row.output[0], calls, gaussian))
    inner = [item for item in found if item.calls < calls]
    latents = [item for item in inner if item.gaussian]
    if latents:
        return latents[-1]
    narrowest = min((item.width for item in inner), default=0)
    first = next((number for number, item in enumerate(inner) if item.width == narrowest), None)
    if first is None:
        return None
    while first + 1 < len(inner) and inner[first + 1].width == narrowest:
        first += 1
    return inner[first]
