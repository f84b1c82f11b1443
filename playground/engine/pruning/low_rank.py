"""Replaces layers by two of lower rank, after the singular values of their weights."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from math import inf, sqrt
from typing import NamedTuple

import torch
from torch import Tensor, nn

from playground.engine.build import enabled_rows
from playground.engine.data.in_memory import Subset
from playground.engine.pruning.groups import Cut, Kept, PruningError, applied, sizes
from playground.engine.pruning.measures import evaluated
from playground.engine.weights import network_with
from playground.spec.cancelling import stop_if_cancelled
from playground.spec.check.shapes import LayerShape, walk
from playground.spec.edits import Edit, Insert, LayerPath, Replace, layer_at
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.messages import message, tr_noop


class Spectrum(NamedTuple):
    """The singular value decomposition U · diag(σ) · Vᵀ of a layer's weights, in float64.

    The weights are a matrix of M outputs by N numbers that each is computed from: of a convolution, N is its input
    channels times the area of its kernel.
    """

    path: LayerPath
    left: Tensor  # U, (M, K); K is the smaller one of M and N
    values: Tensor  # σ, (K,), the largest ones first
    right: Tensor  # Vᵀ, (K, N)
    flops: float  # of each rank, for one sample

    @property
    def most(self) -> int:
        """The largest rank at which two layers have fewer weights than the one; 0 if there is none."""
        outputs, inputs = len(self.left), self.right.shape[1]
        return min(len(self.values), (outputs * inputs - 1) // (outputs + inputs))

    def rank_of(self, keep: float) -> int:
        """The largest rank at which two layers have at most the share `keep` of the weights, or 1."""
        outputs, inputs = len(self.left), self.right.shape[1]
        return max(1, min(self.most, int(keep * outputs * inputs) // (outputs + inputs)))

    def error(self, rank: int) -> float:
        """The Frobenius norm of what is lost at a rank, as a share of that of the weights.

        No matrix of that rank has a smaller one (Eckart and Young, 1936, Psychometrika 1, 211): it is the root of the
        sum of the squares of the singular values that are left out.
        """
        squares = self.values.square()
        return sqrt((squares[rank:].sum() / squares.sum().clamp_min(1e-300)).item())

    def factors(self, rank: int) -> tuple[Tensor, Tensor]:
        """The two matrices, (R, N) and (M, R), whose product is nearest to the weights; each takes the root of σ."""
        roots = self.values[:rank].sqrt()
        return roots[:, None] * self.right[:rank], self.left[:, :rank] * roots


class RankPoint(NamedTuple):
    """A network in which one layer alone is of lower rank."""

    rank: int
    weights: int  # of both layers, without biases
    error: float  # see `Spectrum.error`
    score: float  # as the task defines it


def spectra(experiment: Experiment, network: nn.Sequential) -> tuple[tuple[Spectrum, ...], tuple[Kept, ...]]:
    """The layers that can be of lower rank, linear ones and convolutions, and why others of these cannot."""
    weights, module = network.state_dict(), 0
    found, kept = [], []
    for row in enabled_rows(experiment):
        stop_if_cancelled()
        if isinstance(row.layer, Linear | Conv2d):
            matrix = weights[f"{module}.weight"].detach().cpu().double().flatten(1)
            cost = (row.flops or 0) * sum(matrix.shape) / matrix.numel()
            left, values, right = torch.linalg.svd(matrix, full_matrices=False)
            item = Spectrum(row.path, left, values, right, cost)
            if isinstance(row.layer, Conv2d) and row.layer.groups > 1:
                kept.append(Kept(row.path, message("Its channels are in groups.")))
            elif not item.most:
                kept.append(Kept(row.path, message("Two layers of rank 1 would have as many weights.")))
            else:
                found.append(item)
        module += len(row.calls)
    kept += [Kept(row.path, message("It is in a container.")) for row in _nested(experiment)]
    return tuple(found), tuple(sorted(kept, key=lambda item: item.path))


def _nested(experiment: Experiment) -> Iterator[LayerShape]:
    for row in walk(experiment.stack, experiment.data.sample_shape):
        if row.active and row.nested and isinstance(row.layer, Linear | Conv2d):
            yield row


def ranks(
    experiment: Experiment, found: Sequence[Spectrum], keep: float, *, everywhere: bool = True
) -> dict[LayerPath, int]:
    """The ranks with which at most the share `keep` of the FLOPs is left, or 1 for all; others stay as they are.

    everywhere: layers compete. First go the singular values with the smallest squares, as a share of their sum in the
    layer, for each FLOP that they cost. Else the ranks are the same share of `most`.
    """
    levels = [_levels(item, everywhere=everywhere) for item in found]
    candidates = sorted({level for each in levels for level in each} | {inf})
    whole, low, high = sizes(experiment).flops, 0, len(candidates)
    while high - low > 1:
        middle = (low + high) // 2
        chosen = _chosen(found, levels, candidates[middle])
        if sizes(applied(_edits(experiment, chosen), experiment)).flops <= keep * whole:
            low = middle
        else:
            high = middle
    return _chosen(found, levels, candidates[low])


def _levels(item: Spectrum, *, everywhere: bool) -> list[float]:
    """For each rank from 1 to `most` the level up to which it is enough, increasing."""
    if not everywhere:
        return [rank / item.most for rank in range(1, item.most + 1)]
    squares = item.values.square()
    shares = squares / squares.sum().clamp_min(1e-300) / max(1.0, item.flops)
    following: list[float] = torch.cat([shares[1:], shares.new_zeros(1)])[: item.most].tolist()
    return [-share for share in following]


def _chosen(found: Sequence[Spectrum], levels: Sequence[Sequence[float]], level: float) -> dict[LayerPath, int]:
    """The lowest ranks that keep a level."""
    counted = [(item, 1 + bisect_left(known, level)) for item, known in zip(found, levels, strict=True)]
    return {item.path: rank for item, rank in counted if rank <= item.most}


def low_rank(
    experiment: Experiment, network: nn.Sequential, found: Sequence[Spectrum], chosen: Mapping[LayerPath, int]
) -> Cut:
    """The network in which layers are two each: one of `rank` outputs without bias, and one that adds these up.

    Of a convolution the first one has its kernel, and the second one a kernel of 1 × 1. The weights are copied.

    found: of `spectra`. chosen: the ranks of some of these layers, up to the number of their singular values.
    """
    known, weights = {item.path: item for item in found}, network.state_dict()
    tensors: dict[str, Tensor] = {}
    old = new = 0  # places of modules
    for row in enabled_rows(experiment):
        if row.path in chosen:
            for place, factor in enumerate(known[row.path].factors(chosen[row.path])):
                shape = weights[f"{old}.weight"].shape
                shape = torch.Size((len(factor), *(shape[1:] if not place else (-1, *([1] * (len(shape) - 2))))))
                tensors[f"{new + place}.weight"] = factor.reshape(shape).float()
            new += 1
        for place in range(len(row.calls)):
            own, name = f"{old + place}.", f"{new + place}."
            tensors |= {
                name + key.removeprefix(own): tensor
                for key, tensor in weights.items()
                if key.startswith(own) and name + key.removeprefix(own) not in tensors
            }
        old, new = old + len(row.calls), new + len(row.calls)
    edits = _edits(experiment, chosen)
    smaller = applied(edits, experiment)
    return Cut(smaller, network_with(smaller, tensors), edits)


def _edits(experiment: Experiment, chosen: Mapping[LayerPath, int]) -> tuple[Edit, ...]:
    """The edits that put two layers in the place of one, the last ones first, so that paths stay valid."""
    edits: list[Edit] = []
    for path in sorted(chosen, reverse=True):
        first, second = _pair(layer_at(experiment.stack, path), chosen[path])
        edits += [Replace(path, second, message("Prune")), Insert(path, (first,))]
    return tuple(edits)


def _pair(layer: Layer, rank: int) -> tuple[Layer, Layer]:
    if isinstance(layer, Conv2d):
        first = layer.with_(out_channels=rank, bias=False, activation=None)
        return first, layer.with_(kernel_size=1, stride=1, padding=0, dilation=1)
    assert isinstance(layer, Linear)
    return layer.with_(out_features=rank, bias=False, activation=None), layer


def rank_curves(
    experiment: Experiment, network: nn.Sequential, found: Sequence[Spectrum], part: Subset
) -> Iterator[tuple[LayerPath, tuple[RankPoint, ...]]]:
    """For each layer, what it answers at the ranks 1, 2, 4, … and at its full rank, all others as they are."""
    for item in found:
        full = len(item.values)
        points = []
        for rank in [*(2**power for power in range(full.bit_length()) if 2**power < full), full]:
            made = low_rank(experiment, network, found, {item.path: rank})
            weights = rank * (len(item.left) + item.right.shape[1])
            score = evaluated(made.experiment, made.network, part).score
            points.append(RankPoint(rank, weights, item.error(rank), score))
        yield item.path, tuple(points)


def require(found: Sequence[Spectrum], kept: Sequence[Kept]) -> None:
    """Raise PruningError if no layer can be of lower rank."""
    if not found:
        words = tr_noop("This network has no layer that could be two of lower rank. {why}")
        reasons = dict.fromkeys(str(item.why) for item in kept)
        raise PruningError(message(words, why=" ".join(reasons)))
