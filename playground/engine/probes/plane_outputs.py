"""Shows each neuron of a network of points over the whole plane, as a picture of its own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import torch
from torch import Tensor, nn

from playground.engine.data.sources.patterns import EDGE, features
from playground.engine.probes.layer_modules import LayerModules
from playground.engine.probes.layer_outputs import LayerOutput, frozen, recorded
from playground.spec.edits import LayerPath

SIDE = 20  # rows and columns of a neuron's picture


def plane_outputs(
    network: nn.Sequential, layers: Sequence[LayerModules], inputs: Tensor
) -> dict[LayerPath, LayerOutput]:
    """The outputs of the layers over the plane, (units, SIDE, SIDE), x to the right and y upwards; at () the features.

    `inputs` are those of `grid`. Layers whose output is no vector are left out. Modes and
    tensors of the network stay as `layer_outputs` says.
    """
    outputs = {(): inputs} | {path: item.outputs for path, item in recorded(network, layers, inputs).items()}
    return {path: over_plane(path, item) for path, item in outputs.items() if item.dim() == 2}


def over_plane(path: LayerPath, outputs: Tensor) -> LayerOutput:
    """Outputs at all points of `grid`, (SIDE², units), as one picture a unit."""
    return LayerOutput(path, frozen(outputs.T.reshape(-1, SIDE, SIDE)))


@lru_cache(maxsize=2)
def grid(names: tuple[str, ...]) -> Tensor:
    """The features at the middle of each pixel, (SIDE², F), from the upper left."""
    along = [EDGE * (2 * (i + 0.5) / SIDE - 1) for i in range(SIDE)]
    return torch.tensor([features(x, -y, names) for y in along for x in along])
