"""The arithmetic of a square window that slides over an image, shared by convolutions and pooling."""

from __future__ import annotations

from playground.spec.layer import Layer, Mismatch, Shape, described
from playground.spec.layers.reshaping import Reshape
from playground.spec.words import say


def require_image(layer: Layer, shape: Shape) -> tuple[int, int, int]:
    """Return `shape` as (C, H, W).

    Raises:
        Mismatch: it is no image; a sequence can be looked at as one.
    """
    if len(shape) != 3:
        sequence = len(shape) == 2
        raise Mismatch(
            say("{layer} reads images, but receives {shape}.", layer=layer.label, shape=described(shape)),
            say("an image: channels × height × width")
            if sequence
            else say("an image: channels × height × width, as it is before Flatten"),
            before=Reshape(first=1, second=shape[0], third=shape[1]) if sequence else None,
        )
    return shape[0], shape[1], shape[2]


def slide(layer: Layer, size: tuple[int, int], kernel: int, stride: int, padding: int, dilation: int = 1) -> Shape:
    """Height and width left after a window slid over an image of `size` (H, W); everything in pixels.

    ⌊(size + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1, as documented for `torch.nn.Conv2d`.

    Raises:
        Mismatch: the window is larger than the padded image.
    """
    reach = dilation * (kernel - 1) + 1
    room = min(size) + 2 * padding
    if reach > room:
        smaller = {"kernel_size": min(kernel, *size), "padding": 0, "dilation": 1}
        fields = type(layer).model_fields
        raise Mismatch(
            say(
                "A window of {reach} × {reach} is larger than its input of {height} × {width}.",
                reach=reach,
                height=size[0] + 2 * padding,
                width=size[1] + 2 * padding,
            ),
            say("a window of at most {room} × {room}", room=room),
            instead=layer.with_(**{name: value for name, value in smaller.items() if name in fields}),
        )
    return tuple((length + 2 * padding - reach) // stride + 1 for length in size)
