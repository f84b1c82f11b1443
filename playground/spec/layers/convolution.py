"""Convolutions over images, and transposed convolutions, which enlarge them."""

from __future__ import annotations

from math import prod
from typing import ClassVar

from playground.spec.call import Call, call, unusual
from playground.spec.component import integer
from playground.spec.layer import Kind, Section, Shape, ShapeMismatch, Tensor
from playground.spec.layers.weighted import Weighted
from playground.spec.layers.window import require_image, slide
from playground.spec.messages import Message, message, plural, tr_noop


class Convolution(Weighted):
    """Base class of convolutions with square kernels."""

    kind: ClassVar[Kind] = Kind.CONVOLUTION
    section: ClassVar[Section] = Section.IMAGE
    target: ClassVar[str]
    units_field: ClassVar[str] = "out_channels"

    out_channels: int = integer(
        32, tr_noop("Filters"), tr_noop("How many filters, each giving one channel (out_channels)."), ge=1, le=65_536
    )
    kernel_size: int = integer(
        3, tr_noop("Kernel size"), tr_noop("Height and width of a filter."), ge=1, le=1024, unit=tr_noop("px")
    )
    stride: int = integer(
        1,
        tr_noop("Stride"),
        tr_noop("How far a filter moves from one position to the next."),
        ge=1,
        le=1024,
        unit=tr_noop("px"),
    )
    padding: int = integer(
        0,
        tr_noop("Padding"),
        tr_noop("Zeros added on every side; half the kernel keeps the size."),
        ge=0,
        le=512,
        unit=tr_noop("px"),
    )
    dilation: int = integer(
        1, tr_noop("Dilation"), tr_noop("Spacing between a filter's points."), ge=1, le=512, unit=tr_noop("px")
    )
    groups: int = integer(
        1, tr_noop("Groups"), tr_noop("Splits the channels into groups that are not connected."), ge=1, le=65_536
    )

    def require_groups(self, channels: int) -> None:
        """Check that the groups are equally large.

        Raises:
            ShapeMismatch: they are not.
        """
        for count, words in ((channels, tr_noop("input channels")), (self.out_channels, tr_noop("filters"))):
            if count % self.groups:
                raise ShapeMismatch(
                    message(
                        "{groups} groups do not divide {count:,} {words}.", groups=self.groups, count=count, words=words
                    ),
                    message("a number of groups that divides both {a} and {b}", a=channels, b=self.out_channels),
                    instead=self.with_(groups=1),
                )

    def options(self) -> dict[str, object]:
        """The arguments after the kernel size, without those that have torch's default."""
        chosen = {"stride": self.stride, "padding": self.padding, "dilation": self.dilation, "groups": self.groups}
        usual = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}
        return unusual({**chosen, "bias": self.bias}, {**usual, "bias": True})

    def module(self, shape: Shape) -> Call:
        return call(self.target, shape[0], self.out_channels, kernel_size=self.kernel_size, **self.options())

    def window(self) -> Message:
        """The size of a filter, as the block shows it."""
        return message("{size} × {size}", size=self.kernel_size)

    def summary(self) -> tuple[Message, ...]:
        parts = [
            plural("{count:,} filters", "1 filter", self.out_channels),
            self.window(),
        ]
        for shown, template, value in (
            (self.stride > 1, tr_noop("stride {value}"), self.stride),
            (self.padding > 0, tr_noop("padding {value}"), self.padding),
            (self.dilation > 1, tr_noop("dilation {value}"), self.dilation),
            (self.groups > 1, tr_noop("{value} groups"), self.groups),
        ):
            if shown:
                parts.append(message(template, value=value))
        return (*parts, *super().summary())


class Conv2d(Convolution):
    """`torch.nn.Conv2d`."""

    id: ClassVar[str] = "conv2d"
    label: ClassVar[str] = tr_noop("Conv2d")
    help: ClassVar[str] = tr_noop(
        "Slides small learned filters over the image; each responds where its pattern occurs."
    )
    keywords: ClassVar[str] = tr_noop("convolution filter kernel cnn depthwise")
    target: ClassVar[str] = "torch.nn.Conv2d"
    explained: ClassVar[str] = "playground.engine.probes.explained_sums.convolution"

    def output_shape(self, shape: Shape) -> Shape:
        channels, height, width = require_image(self, shape)
        self.require_groups(channels)
        size = slide(self, (height, width), self.kernel_size, self.stride, self.padding, self.dilation)
        return (self.out_channels, *size)

    def weight_shape(self, shape: Shape) -> Shape:
        return (self.out_channels, shape[0] // self.groups, self.kernel_size, self.kernel_size)

    def flops(self, shape: Shape) -> int:
        return 2 * prod(self.output_shape(shape)) * prod(self.weight_shape(shape)[1:])


class ConvTranspose2d(Convolution):
    """`torch.nn.ConvTranspose2d`."""

    id: ClassVar[str] = "conv_transpose2d"
    label: ClassVar[str] = tr_noop("ConvTranspose2d")
    help: ClassVar[str] = tr_noop(
        "A transposed convolution: adds each filter to the output, weighted by its channel, and so enlarges the image."
    )
    keywords: ClassVar[str] = tr_noop("transposed convolution deconvolution upsample decoder enlarge")
    target: ClassVar[str] = "torch.nn.ConvTranspose2d"
    explained: ClassVar[str] = "playground.engine.probes.explained_sums.transposed"

    # Declared again where the meaning differs, and so that the form has them in this order.
    out_channels: int = integer(
        32, tr_noop("Filters"), tr_noop("How many channels come out (out_channels)."), ge=1, le=65_536
    )
    kernel_size: int = integer(
        2,
        tr_noop("Kernel size"),
        tr_noop("Height and width of the area that one input pixel adds to."),
        ge=1,
        le=1024,
        unit=tr_noop("px"),
    )
    stride: int = integer(
        2,
        tr_noop("Stride"),
        tr_noop("Distance in the output between neighbouring input pixels; 2 doubles the size."),
        ge=1,
        le=1024,
        unit=tr_noop("px"),
    )
    padding: int = integer(
        0, tr_noop("Padding"), tr_noop("Pixels cut off on every side."), ge=0, le=512, unit=tr_noop("px")
    )
    output_padding: int = integer(
        0,
        tr_noop("Output padding"),
        tr_noop("Additional rows and columns on one side; fewer than the stride or the dilation."),
        ge=0,
        le=512,
        unit=tr_noop("px"),
    )

    def output_shape(self, shape: Shape) -> Shape:
        channels, height, width = require_image(self, shape)
        self.require_groups(channels)
        most = max(self.stride, self.dilation) - 1
        if self.output_padding > most:
            raise ShapeMismatch(
                message(
                    "An output padding of {padding} is as much as the stride or more.", padding=self.output_padding
                ),
                message("an output padding of at most {most}", most=most),
                instead=self.with_(output_padding=most),
            )
        painted = self.dilation * (self.kernel_size - 1) + 1 + self.output_padding
        size = tuple((length - 1) * self.stride + painted - 2 * self.padding for length in (height, width))
        if min(size) < 1:
            most = ((min(height, width) - 1) * self.stride + painted - 1) // 2
            raise ShapeMismatch(
                message("A padding of {padding} cuts everything off.", padding=self.padding),
                message("a padding of at most {most}", most=most),
                instead=self.with_(padding=most),
            )
        return (self.out_channels, *size)

    def weight_shape(self, shape: Shape) -> Shape:
        return (shape[0], self.out_channels // self.groups, self.kernel_size, self.kernel_size)

    def tensors(self, shape: Shape) -> tuple[Tensor, ...]:
        bias = (Tensor("bias", (self.out_channels,)),) if self.bias else ()
        return (Tensor("weight", self.weight_shape(shape)), *bias)

    def options(self) -> dict[str, object]:
        more = {"output_padding": self.output_padding} if self.output_padding else {}
        return {**super().options(), **more}

    def flops(self, shape: Shape) -> int:
        return 2 * prod(shape[1:]) * prod(self.weight_shape(shape))
