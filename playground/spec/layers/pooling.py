"""Pooling: fewer pixels, no weights."""

from __future__ import annotations

from typing import ClassVar, Literal

from playground.spec.call import Call, call
from playground.spec.component import choice, integer
from playground.spec.layer import Kind, Layer, Section, Shape
from playground.spec.layers.window import require_image, require_padding, slide
from playground.spec.messages import Message, message, tr_noop


class Pool2d(Layer):
    """Base class of pooling with a square window, which gives one number per channel and position."""

    kind: ClassVar[Kind] = Kind.POOLING
    section: ClassVar[Section] = Section.IMAGE
    target: ClassVar[str]

    kernel_size: int = integer(
        2, tr_noop("Window"), tr_noop("Height and width (kernel_size)."), ge=1, le=1024, unit=tr_noop("px")
    )
    stride: int = integer(
        2,
        tr_noop("Stride"),
        tr_noop("How far the window moves from one position to the next."),
        ge=1,
        le=1024,
        unit=tr_noop("px"),
    )
    padding: int = integer(
        0,
        tr_noop("Padding"),
        tr_noop("Pixels added on every side; at most half the window."),
        ge=0,
        le=512,
        unit=tr_noop("px"),
    )

    def output_shape(self, shape: Shape) -> Shape:
        channels, height, width = require_image(self, shape)
        require_padding(self, self.kernel_size, self.padding)
        return (channels, *slide(self, (height, width), self.kernel_size, self.stride, self.padding))

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        options = {"padding": self.padding} if self.padding else {}
        return (call(self.target, kernel_size=self.kernel_size, stride=self.stride, **options),)

    def summary(self) -> tuple[Message, ...]:
        parts = [message("{size} × {size}", size=self.kernel_size)]
        if self.stride != self.kernel_size:
            parts.append(message("stride {stride}", stride=self.stride))
        if self.padding:
            parts.append(message("padding {padding}", padding=self.padding))
        return tuple(parts)


class MaxPool2d(Pool2d):
    """`torch.nn.MaxPool2d`."""

    id: ClassVar[str] = "max_pool2d"
    label: ClassVar[str] = tr_noop("MaxPool2d")
    help: ClassVar[str] = tr_noop(
        "Keeps the largest number in each window: the exact position of a pattern matters less."
    )
    keywords: ClassVar[str] = tr_noop("maximum pooling subsampling downsample")
    target: ClassVar[str] = "torch.nn.MaxPool2d"
    explained: ClassVar[str] = "playground.engine.probes.explained_choices.largest"


class AvgPool2d(Pool2d):
    """`torch.nn.AvgPool2d`."""

    id: ClassVar[str] = "avg_pool2d"
    label: ClassVar[str] = tr_noop("AvgPool2d")
    help: ClassVar[str] = tr_noop("Keeps the mean of each window; gentler than the maximum.")
    keywords: ClassVar[str] = tr_noop("average mean pooling subsampling downsample")
    target: ClassVar[str] = "torch.nn.AvgPool2d"
    explained: ClassVar[str] = "playground.engine.probes.explained_sums.average"


class AdaptivePool2d(Layer):
    """Base class of pooling to a square output of fixed size, for any input size."""

    kind: ClassVar[Kind] = Kind.POOLING
    section: ClassVar[Section] = Section.IMAGE
    target: ClassVar[str]

    output_size: int = integer(
        1, tr_noop("Output size"), tr_noop("Height and width of the output."), ge=1, le=1024, unit=tr_noop("px")
    )

    def output_shape(self, shape: Shape) -> Shape:
        channels, _, _ = require_image(self, shape)
        return (channels, self.output_size, self.output_size)

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        return (call(self.target, self.output_size),)

    def summary(self) -> tuple[Message, ...]:
        return (message("to {size} × {size}", size=self.output_size),)


class AdaptiveAvgPool2d(AdaptivePool2d):
    """`torch.nn.AdaptiveAvgPool2d`."""

    id: ClassVar[str] = "adaptive_avg_pool2d"
    label: ClassVar[str] = tr_noop("AdaptiveAvgPool2d")
    help: ClassVar[str] = tr_noop("Averages an image of any size down to a fixed size; 1 is the mean of each channel.")
    keywords: ClassVar[str] = tr_noop("global average mean pooling")
    target: ClassVar[str] = "torch.nn.AdaptiveAvgPool2d"
    explained: ClassVar[str] = "playground.engine.probes.explained_sums.adaptive_average"


class AdaptiveMaxPool2d(AdaptivePool2d):
    """`torch.nn.AdaptiveMaxPool2d`."""

    id: ClassVar[str] = "adaptive_max_pool2d"
    label: ClassVar[str] = tr_noop("AdaptiveMaxPool2d")
    help: ClassVar[str] = tr_noop(
        "Keeps the largest numbers of an image of any size, down to a fixed size; 1 is the maximum of each channel."
    )
    keywords: ClassVar[str] = tr_noop("global maximum pooling")
    target: ClassVar[str] = "torch.nn.AdaptiveMaxPool2d"
    explained: ClassVar[str] = "playground.engine.probes.explained_choices.adaptive_largest"


class GlobalPool2d(Layer):
    """`torch.nn.AdaptiveAvgPool2d(1)` or `torch.nn.AdaptiveMaxPool2d(1)`, and `torch.nn.Flatten`."""

    id: ClassVar[str] = "global_pool2d"
    label: ClassVar[str] = tr_noop("GlobalPool2d")
    help: ClassVar[str] = tr_noop(
        "Keeps one number of each channel, the mean or the maximum of the whole image. The output is a vector."
    )
    keywords: ClassVar[str] = tr_noop("global average mean max adaptive pooling vector")
    kind: ClassVar[Kind] = Kind.POOLING
    section: ClassVar[Section] = Section.IMAGE
    explained: ClassVar[str] = "playground.engine.probes.explained_choices.pooled"

    how: Literal["mean", "max"] = choice(
        "mean",
        tr_noop("What"),
        tr_noop("The number that is kept of each channel."),
        labels={"mean": tr_noop("mean"), "max": tr_noop("maximum")},
    )

    def output_shape(self, shape: Shape) -> Shape:
        channels, _, _ = require_image(self, shape)
        return (channels,)

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        target = "torch.nn.AdaptiveAvgPool2d" if self.how == "mean" else "torch.nn.AdaptiveMaxPool2d"
        return call(target, 1), call("torch.nn.Flatten")

    def summary(self) -> tuple[Message, ...]:
        return (message("mean") if self.how == "mean" else message("maximum"),)
