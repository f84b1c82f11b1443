"""Conv1d: small learned filters that slide along (channels, length)."""

from __future__ import annotations

from math import prod
from typing import ClassVar

from playground.spec.component import integer
from playground.spec.layer import Section, Shape
from playground.spec.layers.convolution import Convolution
from playground.spec.layers.window import require_channels, slide_along
from playground.spec.messages import Message, message, tr_noop


class Conv1d(Convolution):
    """`torch.nn.Conv1d` on (channels, length)."""

    id: ClassVar[str] = "conv1d"
    label: ClassVar[str] = tr_noop("Conv1d")
    help: ClassVar[str] = tr_noop(
        "Slides small learned filters along channels × length; each responds where its pattern occurs. "
        "A sequence of steps × features needs a Permute before and after."
    )
    keywords: ClassVar[str] = tr_noop("convolution filter kernel temporal sequence depthwise")
    section: ClassVar[Section] = Section.SEQUENCE
    sort_order: ClassVar[int] = 2
    target: ClassVar[str] = "torch.nn.Conv1d"
    explained: ClassVar[str] = "playground.engine.probes.explained_sums.convolution"

    # Declared again: one dimension, and no unit.
    kernel_size: int = integer(3, tr_noop("Kernel size"), tr_noop("Length of a filter."), ge=1, le=1024)
    stride: int = integer(
        1, tr_noop("Stride"), tr_noop("How far a filter moves from one position to the next."), ge=1, le=1024
    )
    padding: int = integer(
        0, tr_noop("Padding"), tr_noop("Zeros added at both ends; half the kernel keeps the length."), ge=0, le=512
    )
    dilation: int = integer(1, tr_noop("Dilation"), tr_noop("Spacing between a filter's points."), ge=1, le=512)

    def is_causal(self, shape: Shape) -> bool:
        return self.groups == shape[0]  # a sequence's channels are its steps

    def output_shape(self, shape: Shape) -> Shape:
        channels, _ = require_channels(self, shape)
        self.require_groups(channels)
        length = slide_along(self, shape, self.kernel_size, self.stride, self.padding, self.dilation)
        return (self.out_channels, *length)

    def weight_shape(self, shape: Shape) -> Shape:
        return (self.out_channels, shape[0] // self.groups, self.kernel_size)

    def flops(self, shape: Shape) -> int:
        return 2 * prod(self.output_shape(shape)) * prod(self.weight_shape(shape)[1:])

    def window(self) -> Message:
        return message("window {size}", size=self.kernel_size)
