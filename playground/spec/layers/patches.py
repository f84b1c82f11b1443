"""Patches: cuts an image into squares, each of which becomes one step of a sequence."""

from __future__ import annotations

from math import gcd
from typing import ClassVar

from playground.spec.call import Call, call
from playground.spec.component import flag, integer
from playground.spec.layer import Kind, Section, Shape, ShapeMismatch, Tensor, shape_text
from playground.spec.layers.weighted import Initialised
from playground.spec.layers.window import require_image
from playground.spec.messages import Message, message, tr_noop


class Patches(Initialised):
    """The patch embedding of Dosovitskiy et al., An Image is Worth 16x16 Words (2020): (C, H, W) → (steps, features).

    A linear map of each square of pixels: a convolution whose stride equals its kernel size.
    """

    id: ClassVar[str] = "patches"
    label: ClassVar[str] = tr_noop("Patches")
    help: ClassVar[str] = tr_noop(
        "Cuts the image into squares and turns each into one step of a sequence, by weighted sums of its pixels: "
        "how a vision Transformer reads images."
    )
    keywords: ClassVar[str] = tr_noop("patch embedding vit vision transformer image sequence tokens")
    kind: ClassVar[Kind] = Kind.ATTENTION
    section: ClassVar[Section] = Section.ATTENTION
    explained: ClassVar[str] = "playground.engine.probes.explained_sums.patches"
    units_field: ClassVar[str] = "embedding_dim"

    patch_size: int = integer(
        4, tr_noop("Patch"), tr_noop("Height and width of a square."), ge=1, le=1024, unit=tr_noop("px")
    )
    embedding_dim: int = integer(
        64, tr_noop("Features"), tr_noop("Length of the vector for each square."), ge=1, le=65_536
    )
    bias: bool = flag(True, tr_noop("Bias"), tr_noop("Adds a learned constant to every feature."))

    def output_shape(self, shape: Shape) -> Shape:
        _, height, width = require_image(self, shape)
        if height % self.patch_size or width % self.patch_size:
            raise ShapeMismatch(
                message(
                    "Squares of {patch} do not fill an image of {size}.",
                    patch=shape_text((self.patch_size, self.patch_size)),
                    size=shape_text((height, width)),
                ),
                message("a size that divides both height and width"),
                instead=self.with_(patch_size=self._fitting(gcd(height, width))),
            )
        return (height // self.patch_size) * (width // self.patch_size), self.embedding_dim

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        size = {"kernel_size": self.patch_size, "stride": self.patch_size, **({} if self.bias else {"bias": False})}
        return (
            call("torch.nn.Conv2d", shape[0], self.embedding_dim, **size),
            call("torch.nn.Flatten", 2),
            call("playground.engine.modules.permute.Permute", 2, 1),
        )

    def tensors(self, shape: Shape) -> tuple[Tensor, ...]:
        weight = Tensor("weight", (self.embedding_dim, shape[0], self.patch_size, self.patch_size))
        return (weight, Tensor("bias", (self.embedding_dim,))) if self.bias else (weight,)

    def flops(self, shape: Shape) -> int:
        steps, features = self.output_shape(shape)
        return 2 * steps * features * shape[0] * self.patch_size**2

    def summary(self) -> tuple[Message, ...]:
        return (
            message("{size} × {size}", size=self.patch_size),
            message("{count:,} features", count=self.embedding_dim),
        )

    def _fitting(self, common: int) -> int:
        """The divisor of `common` that is nearest to the current size."""
        divisors = (size for size in range(1, common + 1) if common % size == 0)
        return min(divisors, key=lambda size: abs(size - self.patch_size))
