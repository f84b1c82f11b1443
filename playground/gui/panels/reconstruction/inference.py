"""What a network paints: a drawing again, and digits from points of its bottleneck."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

from playground.gui.panels.pad.raster import Grey
from playground.gui.session.inference_thread import NetworkSource
from playground.spec.bottleneck import Bottleneck, bottleneck

if TYPE_CHECKING:
    from torch import Tensor, nn

ACROSS = 20  # digits in a row and in a column of the sheet
_EXAMPLES = 300  # test images by which is known where codes lie
_NORMAL = NormalDist()
_EDGE = 0.001  # how close to the edge of the plane a point may lie, as a share of its side


@dataclass(frozen=True, slots=True)
class ReconstructionRequest:
    """What is to be painted."""

    picture: Grey | None = field(compare=False)  # (28, 28) in [0, 1]
    # Shares of the ranges, for the numbers of the code from the first on. A share that is that of the picture's code
    # stands for its number itself, which may lie beyond the range.
    point: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class LatentRange:
    """Between what one number of the code varies; of a Gaussian latent it is counted in probabilities."""

    low: float
    high: float
    gaussian: bool = False

    def value(self, share: float) -> float:
        """The number at a share, 0–1, of the range."""
        if self.gaussian:
            return _NORMAL.inv_cdf(min(max(share, _EDGE), 1 - _EDGE))
        return self.low + share * (self.high - self.low)

    def share(self, value: float) -> float:
        """The share of the range, 0–1, at which a number lies; at the nearer end if it lies beyond."""
        if self.gaussian:
            return _NORMAL.cdf(value)
        return min(max((value - self.low) / max(self.high - self.low, 1e-9), 0.0), 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Reconstruction:
    """What came of a wish. Pictures are (28, 28) in [0, 1]."""

    again: Grey | None  # the picture, reconstructed
    point: Grey | None  # what stands at the point
    sheet: Grey | None  # (560, 560): the plane of a bottleneck of two numbers, the second growing upwards
    place: tuple[float, ...] | None  # where the picture's code lies, in shares of the ranges
    bottleneck: Bottleneck | None
    version: int
    trained: bool


class ReconstructionInference:
    """Answers wishes; called in the inference thread, and keeps there what holds until the network changes."""

    def __init__(self) -> None:
        # An answer may be given up between two slices: what was computed by then is kept for the next one.
        self._begun: NetworkSource | None = None  # the network that all below is of
        self._found: list[Tensor] = []  # codes of the examples
        self._source: NetworkSource | None = None  # the same once its middle and ranges are known
        self._middle: Bottleneck | None = None
        self._spans: tuple[LatentRange, ...] = ()
        self._sheet: Grey | None = None
        self._plane: list[Tensor] = []  # codes of the plane that are still to be painted
        self._pieces: list[Grey] = []  # what was painted of it

    def __call__(
        self, network: nn.Sequential, source: NetworkSource, wish: ReconstructionRequest
    ) -> Iterator[Reconstruction | None]:
        """First what is asked for, with the plane as it was; then the plane of this network, if there is one."""
        if source is not self._source:
            yield from self._look_at(network, source)
        if not self._plane or self._sheet is not None:
            yield self._painted(network, source, wish)
        if self._plane:
            yield from self._paint_plane(network, source)
            yield self._painted(network, source, wish)

    def _painted(self, network: nn.Sequential, source: NetworkSource, wish: ReconstructionRequest) -> Reconstruction:
        import torch

        from playground.engine.evaluation.evaluate import evaluating

        with evaluating(network):
            middle, again = self._middle, None
            place: tuple[float, ...] | None = None
            numbers: list[float] = []  # of the picture's code
            if wish.picture is not None:
                inputs = torch.from_numpy(wish.picture.reshape(1, 1, *wish.picture.shape))
                code = inputs if middle is None else network[: middle.calls](inputs)
                again = self._pictures(network, source, code)[0]
                if middle is not None and bool(code.isfinite().all()):
                    numbers = code[0].tolist()
                    place = tuple(map(LatentRange.share, self._spans, numbers))
            point = None
            if wish.point is not None and middle is not None:
                whole = (*wish.point, *(place or (0.5,) * middle.width)[len(wish.point) :])
                codes = self._codes([whole[: middle.width]])
                for index, (share, own) in enumerate(zip(whole, place or (), strict=False)):
                    if share == own:
                        codes[0, index] = numbers[index]
                point = self._pictures(network, source, codes)[0]
        return Reconstruction(again, point, self._sheet, place, middle, source.version, source.trained)

    def _look_at(self, network: nn.Sequential, source: NetworkSource) -> Iterator[None]:
        """Find the bottleneck and between what its numbers vary, and what there is to paint of the plane."""
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
        """Paint what is missing of the plane: it goes on where another question came between."""
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
        """What the network paints from codes, as it is meant: (N, 28, 28) in [0, 1]."""
        from playground.engine.build import applied

        outputs = network[self._middle.calls if self._middle else 0 :](codes)
        shares = applied(source.experiment.recipe.loss.output_activation.call, outputs).clamp(0.0, 1.0)
        painted: Grey = shares.nan_to_num(0.0)[:, 0].numpy()
        return painted


def plane() -> list[tuple[float, ...]]:
    """The middles of the sheet's squares, row by row from above, in shares of the ranges."""
    steps = [(number + 0.5) / ACROSS for number in range(ACROSS)]
    return [(x, y) for y in reversed(steps) for x in steps]


@cache
def _examples() -> Any:
    """Some test images, (N, 1, 28, 28)."""
    from playground.engine.data.sources.mnist import read

    return read(1, 0).test.cut(0, _EXAMPLES)[0]
