"""Pooling along (channels, length): a shorter length, no weights."""

from __future__ import annotations

from typing import ClassVar

from playground.spec.call import Call, call
from playground.spec.component import integer
from playground.spec.layer import Kind, Layer, Section, Shape
from playground.spec.layers.window import require_channels, require_padding, slide_along
from playground.spec.messages import Message, message, tr_noop


class Pool1d(Layer):
    """Base class of pooling with a window along (channels, length), one number per channel and position."""

    kind: ClassVar[Kind] = Kind.POOLING
    section: ClassVar[Section] = Section.SEQUENCE
    sort_order: ClassVar[int] = 3
    target: ClassVar[str]

    kernel_size: int = integer(2, tr_noop("Window"), tr_noop("Length of the window (kernel_size)."), ge=1, le=1024)
    stride: int = integer(
        2, tr_noop("Stride"), tr_noop("How far the window moves from one position to the next."), ge=1, le=1024
    )
    padding: int = integer(
        0, tr_noop("Padding"), tr_noop("Numbers added at both ends; at most half the window."), ge=0, le=512
    )

    def is_causal(self, shape: Shape) -> bool:
        return True  # each channel by itself, and a sequence's channels are its steps

    def output_shape(self, shape: Shape) -> Shape:
        channels, _ = require_channels(self, shape)
        require_padding(self, self.kernel_size, self.padding)
        return (channels, *slide_along(self, shape, self.kernel_size, self.stride, self.padding))

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        options = {"padding": self.padding} if self.padding else {}
        return (call(self.target, kernel_size=self.kernel_size, stride=self.stride, **options),)

    def summary(self) -> tuple[Message, ...]:
        parts = [message("window {size}", size=self.kernel_size)]
        if self.stride != self.kernel_size:
            parts.append(message("stride {stride}", stride=self.stride))
        if self.padding:
            parts.append(message("padding {padding}", padding=self.padding))
        return tuple(parts)


class MaxPool1d(Pool1d):
    """`torch.nn.MaxPool1d`."""

    id: ClassVar[str] = "max_pool1d"
    label: ClassVar[str] = tr_noop("MaxPool1d")
    help: ClassVar[str] = tr_noop("Keeps the largest number in each window along the length, channel by channel.")
    keywords: ClassVar[str] = tr_noop("maximum pooling subsampling downsample sequence")
    target: ClassVar[str] = "torch.nn.MaxPool1d"
    explained: ClassVar[str] = "playground.engine.probes.explained_choices.largest"


class AvgPool1d(Pool1d):
    """`torch.nn.AvgPool1d`."""

    id: ClassVar[str] = "avg_pool1d"
    label: ClassVar[str] = tr_noop("AvgPool1d")
    help: ClassVar[str] = tr_noop("Keeps the mean of each window along the length, channel by channel.")
    keywords: ClassVar[str] = tr_noop("average mean pooling subsampling downsample sequence")
    target: ClassVar[str] = "torch.nn.AvgPool1d"
    explained: ClassVar[str] = "playground.engine.probes.explained_sums.average"


class AdaptivePool1d(Layer):
    """Base class of pooling to an output of fixed length, for any input length."""

    kind: ClassVar[Kind] = Kind.POOLING
    section: ClassVar[Section] = Section.SEQUENCE
    sort_order: ClassVar[int] = 3
    target: ClassVar[str]

    output_size: int = integer(1, tr_noop("Output size"), tr_noop("Length of the output."), ge=1, le=65_536)

    def is_causal(self, shape: Shape) -> bool:
        return True  # each channel by itself, and a sequence's channels are its steps

    def output_shape(self, shape: Shape) -> Shape:
        channels, _ = require_channels(self, shape)
        return (channels, self.output_size)

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        return (call(self.target, self.output_size),)

    def summary(self) -> tuple[Message, ...]:
        return (message("to {size:,}", size=self.output_size),)


class AdaptiveAvgPool1d(AdaptivePool1d):
    """`torch.nn.AdaptiveAvgPool1d`."""

    id: ClassVar[str] = "adaptive_avg_pool1d"
    label: ClassVar[str] = tr_noop("AdaptiveAvgPool1d")
    help: ClassVar[str] = tr_noop(
        "Averages an input of any length down to a fixed length; 1 is the mean of each channel."
    )
    keywords: ClassVar[str] = tr_noop("global average mean pooling sequence")
    target: ClassVar[str] = "torch.nn.AdaptiveAvgPool1d"
    explained: ClassVar[str] = "playground.engine.probes.explained_sums.adaptive_average"


class AdaptiveMaxPool1d(AdaptivePool1d):
    """`torch.nn.AdaptiveMaxPool1d`."""

    id: ClassVar[str] = "adaptive_max_pool1d"
    label: ClassVar[str] = tr_noop("AdaptiveMaxPool1d")
    help: ClassVar[str] = tr_noop(
        "Keeps the largest numbers of an input of any length, down to a fixed length; 1 is the maximum of each channel."
    )
    keywords: ClassVar[str] = tr_noop("global maximum pooling sequence")
    target: ClassVar[str] = "torch.nn.AdaptiveMaxPool1d"
    explained: ClassVar[str] = "playground.engine.probes.explained_choices.adaptive_largest"
