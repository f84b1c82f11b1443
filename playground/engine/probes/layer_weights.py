"""Reads the weights of a network by layer, with histograms of them; the network stays as it was."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from playground.engine.probes.layer_modules import layer_modules
from playground.spec.edits import LayerPath
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer

BINS = 60
_PIECE = 131_072  # numbers that are counted in one go, in about a millisecond


class LayerTensors(NamedTuple):
    """The tensors of one enabled layer; a container has those of no layer in it."""

    path: LayerPath
    layer: Layer
    number: int  # in the order of `walk`, from 1
    shapes: Mapping[str, tuple[int, ...]]  # by the name in the network's state dict; floating-point ones alone


class Histogram(NamedTuple):
    """How many numbers of a tensor lie in each of `BINS` equal bins from -reach to reach."""

    counts: npt.NDArray[np.int64]  # (BINS,)
    reach: float  # the greatest |number| that is finite; 1 where all are 0
    not_finite: int  # NaN and infinite numbers, which are in no bin

    @property
    def edges(self) -> npt.NDArray[np.float64]:
        """The ends of the bins, (BINS + 1,)."""
        return np.linspace(-self.reach, self.reach, BINS + 1)

    @property
    def density(self) -> npt.NDArray[np.float64]:
        """The share of the numbers in each bin, divided by its width, (BINS,)."""
        total = max(1, int(self.counts.sum()))
        return self.counts / total / (2 * self.reach / BINS)


def layer_tensors(experiment: Experiment, network: nn.Sequential) -> tuple[LayerTensors, ...]:
    """The layers that have tensors, in the order of `walk`; of shared tensors, the first name counts."""
    layers = layer_modules(experiment, network)
    owner: dict[int, LayerPath] = {}
    for layer in reversed(layers):  # layers come behind the container that they are in
        for modules in layer.copies:
            for module in modules:
                for tensor in (*module.parameters(), *module.buffers()):
                    owner.setdefault(id(tensor), layer.path)
    shapes: dict[LayerPath, dict[str, tuple[int, ...]]] = {layer.path: {} for layer in layers}
    kept = network.state_dict(keep_vars=True)
    for name, tensor in {id(tensor): (name, tensor) for name, tensor in reversed(kept.items())}.values():
        if tensor.is_floating_point() and tensor.numel() and id(tensor) in owner:
            shapes[owner[id(tensor)]][name] = tuple(tensor.shape)
    found = []
    for number, layer in enumerate(layers, 1):
        named = {name: shapes[layer.path][name] for name in kept if name in shapes[layer.path]}
        if named:
            found.append(LayerTensors(layer.path, layer.layer, number, named))
    return tuple(found)


@torch.no_grad()
def histogram_of(tensor: Tensor) -> Histogram:
    """The histogram of a floating-point tensor of any shape."""
    pieces = counted(tensor)
    while True:
        try:
            next(pieces)
        except StopIteration as end:
            found: Histogram = end.value
            return found


def counted(tensor: Tensor) -> Generator[None, None, Histogram]:
    """`histogram_of` in slices of some milliseconds."""
    pieces = torch.split(tensor.detach().reshape(-1), _PIECE)
    reach, bad = 0.0, 0
    for piece in pieces:
        finite = piece[piece.isfinite()]
        bad += len(piece) - len(finite)
        if len(finite):
            reach = max(reach, finite.abs().max().item())
        yield None
    reach = reach or 1.0
    counts = torch.zeros(BINS, dtype=torch.int64)
    for piece in pieces:
        finite = piece[piece.isfinite()].double()
        counts += torch.histc(finite, BINS, -reach, reach).long()
        yield None
    return Histogram(counts.numpy(), reach, bad)
