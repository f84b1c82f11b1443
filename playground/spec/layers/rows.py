"""Rows: reads an image row by row, or column by column, as a sequence."""

from __future__ import annotations

from typing import ClassVar, Literal

from playground.spec.call import Call, call
from playground.spec.component import choice
from playground.spec.layer import Kind, Layer, Section, Shape, ShapeMismatch, described
from playground.spec.messages import Message, message, tr_noop


class Rows(Layer):
    """Each row of an image, with all its channels, as one step: (C, H, W) → (H, C · W); or each column."""

    id: ClassVar[str] = "rows"
    label: ClassVar[str] = tr_noop("Rows")
    help: ClassVar[str] = tr_noop(
        "Reads an image as a sequence with one row of pixels per step, for recurrent layers and attention."
    )
    keywords: ClassVar[str] = tr_noop("columns lines scan image sequence steps")
    kind: ClassVar[Kind] = Kind.SHAPE
    section: ClassVar[Section] = Section.SEQUENCE
    explained: ClassVar[str] = "playground.engine.probes.explained_moves.moved"

    direction: Literal["rows", "columns"] = choice(
        "rows",
        tr_noop("Steps"),
        tr_noop("From top to bottom, or from left to right."),
        labels={"rows": tr_noop("rows, downwards"), "columns": tr_noop("columns, rightwards")},
    )

    def output_shape(self, shape: Shape) -> Shape:
        if len(shape) != 3:
            raise ShapeMismatch(
                message("Rows reads images, but receives {shape}.", shape=described(shape)),
                message("an image: channels × height × width"),
            )
        channels, height, width = shape
        return (height, channels * width) if self.direction == "rows" else (width, channels * height)

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        dims = (2, 1, 3) if self.direction == "rows" else (3, 1, 2)
        if dims == (2, 1, 3) and shape[0] == 1:
            return (call("torch.nn.Flatten", 1, 2),)  # with a single channel, no permutation is needed
        return (call("playground.engine.modules.permute.Permute", *dims), call("torch.nn.Flatten", 2))

    def summary(self) -> tuple[Message, ...]:
        return (message("columns"),) if self.direction == "columns" else ()
