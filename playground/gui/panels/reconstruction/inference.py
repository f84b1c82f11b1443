"""The reconstructions of a network: of a drawing, and of points in its bottleneck."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

from playground.gui.panels.digits.inference import network_input as input_of_picture
from playground.gui.panels.pad.raster import Grey
from playground.gui.session.network_source import NetworkSource
from playground.spec.bottleneck import Bottleneck, bottleneck

if TYPE_CHECKING:
    from torch import Tensor, nn

ACROSS = 20  # digits per row and per column of the sheet
_EXAMPLES = 300  # number of test images that determine the ranges of the code
_NORMAL = NormalDist()
_EDGE = 0.001  # minimum distance of a point from the edge of the plane, as a share of its side


@dataclass(frozen=True, slots=True)
class ReconstructionRequest:
    """The request for a reconstruction."""

    picture: Grey | None = field(compare=False)  # (28, 28) in [0, 1]
    # Shares of the ranges, for the first numbers of the code. A share equal to that of the picture's code stands for
    # the number itself, which may be outside the range.
    point: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class LatentRange:
    """The range of one number of the code; for a Gaussian latent its shares are probabilities."""

    low: float
    high: float
    gaussian: bool = False

    def value(self, share: float) -> float:
        """The number at a share, 0–1, of the range."""
        if self.gaussian:
            return _NORMAL.inv_cdf(min(max(share, _EDGE), 1 - _EDGE))
        return self.low + share * (self.high - self.low)

    def share(self, value: float) -> float:
        """The share of the range, 0–1, of a number; clamped if the number is outside."""
        if self.gaussian:
            return _NORMAL.cdf(value)
        return min(max((value - self.low) / max(self.high - self.low, 1e-9), 0.0), 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Reconstruction:
    """The answer to a request; pictures are (28, 28) in [0, 1]."""

    again: Grey | None  # the reconstruction of the picture
    point: Grey | None  # the picture decoded from the point
    sheet: Grey | None  # (560, 560): the plane of a bottleneck of two numbers, the second growing upwards
    code: tuple[float, ...] | None  # the picture's code, in shares of the ranges
    bottleneck: Bottleneck | None
    version: int
    trained: bool


def network_input(source: NetworkSource, request: ReconstructionRequest) -> Tensor | None:
    """The input (1, 1, 28, 28) for the picture of a request; None for a point of the bottleneck alone."""
    return None if request.picture is None else input_of_picture(source, request.picture)


class ReconstructionInference:
    """Answers requests; called in the inference thread, where it caches results until the network changes."""

    def __init__(self) -> None:
        # An answer may be cancelled between two slices: partial results are kept for the next one.
        self._begun: NetworkSource | None = None  # the network of all partial results below
        self._found: list[Tensor] = []  # codes of the examples
        self._source: NetworkSource | None = None  # the same network, once its bottleneck and ranges are known
        self._middle: Bottleneck | None = None
        self._spans: tuple[LatentRange, ...] = ()
        self._sheet: Grey | None = None
        self._plane: list[Tensor] = []  # codes of the plane that are still to be decoded
        self._pieces: list[Grey] = []  # the decoded parts

    def __call__(
        self, network: nn.Sequential, source: NetworkSource, request: ReconstructionRequest
    ) -> Iterator[Reconstruction | None]:
        """Yield the answer with the cached plane first, then with the plane of this network, if there is one."""
        if source is not self._source:
            yield from self._look_at(network, source)
        if not self._plane or self._sheet is not None:
            yield self._painted(network, source, request)
        if self._plane:
            yield from self._paint_plane(network, source)
            yield self._painted(network, source, request)

    def _painted(self, network: nn.Sequential, source: NetworkSource, request: ReconstructionRequest) -> Reconstruction:
        from playground.engine.evaluation.evaluate import evaluating

        with evaluating(network):
            middle, again = self._middle, None
            code: tuple[float, ...] | None = None
            numbers: list[float] = []  # of the picture's code
            inputs = network_input(source, request)
            if inputs is not None:
                latents = inputs if middle is None else network[: middle.calls](inputs)
                again = self._pictures(network, source, latents)[0]
                if middle is not None and bool(latents.isfinite().all()):
                    numbers = latents[0].tolist()
                    code = tuple(map(LatentRange.share, self._spans, numbers))
            point = None
            if request.point is not None and middle is not None:
                whole = (*request.point, *(code or (0.5,) * middle.width)[len(request.point) :])
                codes = self._codes([whole[: middle.width]])
                for index, (share, own) in enumerate(zip(whole, code or (), strict=False)):
                    if share == own:
                        codes[0, index] = numbers[index]
                point = self._pictures(network, source, codes)[0]
        return Reconstruction(again, point, self._sheet, code, middle, source.version, source.trained)

    def _look_at(self, network: nn.Sequential, source: NetworkSource) -> Iterator[None]:
        """Find the bottleneck, the ranges of its numbers, and the codes of the plane to decode."""
        import torch

        from playground.engine.evaluation.evaluate import chunk_size, evaluating

        if source is not self._begun:
            self._begun, self._found, self._plane, self._pieces = source, [], [], []
        middle = bottleneck(source.experiment)
        size = max(1, chunk_size(source.experiment) // 2)
        if middle is None:
            self._spans = ()
        elif middle.gaussian:
            self._spans = (LatentRange(0.0, 1.0, gaussian=True),) * middle.width
        else:
            for inputs in torch.split(_examples(), size)[len(self._found) :]:
                with evaluating(network):
                    self._found.append(network[: middle.calls](inputs))
                yield
            codes = torch.cat(self._found)
            ends = zip(codes.amin(0).tolist(), codes.amax(0).tolist(), strict=True)
            self._spans = tuple(LatentRange(low, high) for low, high in ends)
        if middle is None or middle.width != 2:
            self._sheet = None
        else:
            self._plane = list(torch.split(self._codes(plane()), size))
        self._source, self._middle = source, middle

    def _paint_plane(self, network: nn.Sequential, source: NetworkSource) -> Iterator[None]:
        """Decode the rest of the plane, continuing after an interruption by another question."""
        from playground.engine.evaluation.evaluate import evaluating

        while self._plane:
            with evaluating(network):
                self._pieces.append(self._pictures(network, source, self._plane[0]))
            del self._plane[0]
            yield
        pictures = np.concatenate(self._pieces)
        tiles = pictures.reshape(ACROSS, ACROSS, *pictures.shape[1:])
        self._sheet = np.ascontiguousarray(tiles.transpose(0, 2, 1, 3)).reshape(ACROSS * tiles.shape[2], -1)

    def _codes(self, shares: list[tuple[float, ...]]) -> Tensor:
        """The codes at these shares of the ranges: (N, width)."""
        import torch

        return torch.tensor([list(map(LatentRange.value, self._spans, point)) for point in shares])

    def _pictures(self, network: nn.Sequential, source: NetworkSource, codes: Tensor) -> Grey:
        """Decode codes, including the output activation: (N, 28, 28) in [0, 1]."""
        from playground.engine.build import applied

        outputs = network[self._middle.calls if self._middle else 0 :](codes)
        shares = applied(source.experiment.recipe.loss.output_activation.call, outputs).clamp(0.0, 1.0)
        painted: Grey = shares.nan_to_num(0.0)[:, 0].numpy()
        return painted


def plane() -> list[tuple[float, ...]]:
    """The centres of the sheet's squares, row by row from the top, in shares of the ranges."""
    steps = [(number + 0.5) / ACROSS for number in range(ACROSS)]
    return [(x, y) for y in reversed(steps) for x in steps]


@cache
def _examples() -> Any:
    """Some test images, (N, 1, 28, 28)."""
    from playground.engine.data.sources.mnist import read

    return read(1, 0).test.cut(0, _EXAMPLES)[0]
