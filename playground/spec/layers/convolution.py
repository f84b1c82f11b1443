"""Convolutions: small learned filters that slide over an image."""

from __future__ import annotations

from math import prod
from typing import ClassVar

from playground.spec.call import Call, call
from playground.spec.component import integer
from playground.spec.layer import Kind, Mismatch, Section, Shape
from playground.spec.layers.weighted import Weighted
from playground.spec.layers.window import require_image, slide
from playground.spec.words import Message, mark, say


class Conv2d(Weighted):
    """`torch.nn.Conv2d` with square kernels."""

    id: ClassVar[str] = "conv2d"
    label: ClassVar[str] = mark("Conv2d")
    help: ClassVar[str] = mark("Slides small learned filters over the image; each answers where its pattern occurs.")
    keywords: ClassVar[str] = "convolution filter kernel cnn depthwise"
    kind: ClassVar[Kind] = Kind.CONVOLUTION
    section: ClassVar[Section] = Section.IMAGE

    out_channels: int = integer(
        32, mark("Filters"), mark("How many filters, each giving one channel (out_channels)."), ge=1, le=65_536
    )
    kernel_size: int = integer(3, mark("Kernel size"), mark("Height and width of a filter."), ge=1, le=1024, unit="px")
    stride: int = integer(
        1, mark("Stride"), mark("How far a filter moves between two looks."), ge=1, le=1024, unit="px"
    )
    padding: int = integer(
        0, mark("Padding"), mark("Zeros added on every side; half the kernel keeps the size."), ge=0, le=512, unit="px"
    )
    dilation: int = integer(1, mark("Dilation"), mark("Spacing between a filter's points."), ge=1, le=512, unit="px")
    groups: int = integer(
        1, mark("Groups"), mark("Splits the channels into groups that do not see each other."), ge=1, le=65_536
    )

    def output_shape(self, shape: Shape) -> Shape:
        channels, height, width = require_image(self, shape)
        for count, words in ((channels, mark("input channels")), (self.out_channels, mark("filters"))):
            if count % self.groups:
                raise Mismatch(
                    say("{groups} groups do not divide {count} {words}.", groups=self.groups, count=count, words=words),
                    say("a number of groups that divides both {a} and {b}", a=channels, b=self.out_channels),
                    instead=self.with_(groups=1),
                )
        size = slide(self, (height, width), self.kernel_size, self.stride, self.padding, self.dilation)
        return (self.out_channels, *size)

    def weight_shape(self, shape: Shape) -> Shape:
        return (self.out_channels, shape[0] // self.groups, self.kernel_size, self.kernel_size)

    def module(self, shape: Shape) -> Call:
        chosen = {"stride": self.stride, "padding": self.padding, "dilation": self.dilation, "groups": self.groups}
        usual = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}
        options: dict[str, object] = {name: value for name, value in chosen.items() if value != usual[name]}
        if not self.bias:
            options["bias"] = False
        return call("torch.nn.Conv2d", shape[0], self.out_channels, kernel_size=self.kernel_size, **options)

    def flops(self, shape: Shape) -> int:
        return 2 * prod(self.output_shape(shape)) * prod(self.weight_shape(shape)[1:])

    def summary(self) -> tuple[Message, ...]:
        parts = [
            say("{count:,} filters", count=self.out_channels),
            say("{size} × {size}", size=self.kernel_size),
        ]
        for unusual, template, value in (
            (self.stride > 1, mark("stride {value}"), self.stride),
            (self.padding > 0, mark("padding {value}"), self.padding),
            (self.dilation > 1, mark("dilation {value}"), self.dilation),
            (self.groups > 1, mark("{value} groups"), self.groups),
        ):
            if unusual:
                parts.append(say(template, value=value))
        return (*parts, *super().summary())
