"""The arithmetic of a window that slides over an image or along a row, shared by convolutions and pooling."""

from __future__ import annotations

from playground.spec.layer import Layer, Shape, ShapeMismatch, described, shape_text
from playground.spec.layers.permutation import Permute
from playground.spec.layers.reshaping import reshaped
from playground.spec.layers.rows import Rows
from playground.spec.messages import message


def require_image(layer: Layer, shape: Shape) -> tuple[int, int, int]:
    """Return `shape` as (C, H, W).

    Raises:
        ShapeMismatch: it is no image; a sequence can be looked at as one.
    """
    if len(shape) != 3:
        sequence = len(shape) == 2
        raise ShapeMismatch(
            message("{layer} reads images, but receives {shape}.", layer=message(layer.label), shape=described(shape)),
            message("an image: channels × height × width")
            if sequence
            else message("an image: channels × height × width, as it is before Flatten"),
            before=reshaped(1, *shape) if sequence else None,
        )
    return shape[0], shape[1], shape[2]


def require_channels(layer: Layer, shape: Shape) -> tuple[int, int]:
    """Return `shape` as (channels, length).

    Raises:
        ShapeMismatch: it is neither that nor a sequence, which looks the same; rows of an image and vectors can be.
    """
    if len(shape) != 2:
        vector = reshaped(1, shape[0]) if len(shape) == 1 else None
        raise ShapeMismatch(
            message(
                "{layer} reads channels × length, but receives {shape}.",
                layer=message(layer.label),
                shape=described(shape),
            ),
            message("channels × length, such as a sequence behind Permute"),
            before=Rows() if len(shape) == 3 else vector,
        )
    return shape[0], shape[1]


def slide(
    layer: Layer,
    size: Shape,
    kernel: int,
    stride: int,
    padding: int,
    dilation: int = 1,
    before: Layer | None = None,
) -> Shape:
    """Lengths left after a window slid over `size`, (H, W) or (length,); everything in pixels or steps.

    ⌊(size + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1, as documented for `torch.nn.Conv2d`.

    Raises:
        ShapeMismatch: the window is larger than the padded input; `before` is what makes room, if not a smaller window.
    """
    reach = dilation * (kernel - 1) + 1
    room = min(size) + 2 * padding
    if reach > room:
        smaller = {"kernel_size": min(kernel, *size), "padding": 0, "dilation": 1}
        fields = type(layer).model_fields
        raise ShapeMismatch(
            message(
                "A window of {reach} is larger than its input of {size}.",
                reach=_window(reach, size),
                size=shape_text(tuple(length + 2 * padding for length in size)),
            ),
            message("a window of at most {room}", room=_window(room, size)),
            before=before,
            instead=None
            if before
            else layer.with_(**{name: value for name, value in smaller.items() if name in fields}),
        )
    return tuple((length + 2 * padding - reach) // stride + 1 for length in size)


def slide_along(
    layer: Layer, shape: Shape, kernel: int, stride: int, padding: int, dilation: int = 1
) -> tuple[int, ...]:
    """The same along the length of (channels, length); a sequence that was meant is turned where that makes room.

    Raises:
        ShapeMismatch: as `slide`, or the shape is no such.
    """
    channels, length = require_channels(layer, shape)
    turned = Permute() if channels + 2 * padding >= dilation * (kernel - 1) + 1 else None
    return slide(layer, (length,), kernel, stride, padding, dilation, before=turned)


def require_padding(layer: Layer, kernel: int, padding: int) -> None:
    """Check that pooling is padded by no more than half its window.

    Raises:
        ShapeMismatch: it is padded by more.
    """
    if 2 * padding > kernel:
        raise ShapeMismatch(
            message("A padding of {padding} is more than half the window of {kernel}.", padding=padding, kernel=kernel),
            message("a padding of at most {most}", most=kernel // 2),
            instead=layer.with_(padding=kernel // 2),
        )


def _window(length: int, size: Shape) -> str:
    """A window of one length, in as many dimensions as it slides over."""
    return shape_text((length,) * len(size))
