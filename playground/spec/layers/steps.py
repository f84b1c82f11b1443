"""What the layers that read sequences expect: (steps, features)."""

from __future__ import annotations

from playground.spec.layer import Layer, Shape, ShapeMismatch, described
from playground.spec.layers.reshaping import reshaped
from playground.spec.layers.rows import Rows
from playground.spec.messages import message


def require_sequence(layer: Layer, shape: Shape) -> tuple[int, int]:
    """Return `shape` as (steps, features).

    Raises:
        ShapeMismatch: it is no sequence; an image can be read row by row, a vector number by number.
    """
    if len(shape) != 2:
        vector = reshaped(shape[0], 1) if len(shape) == 1 else None
        raise ShapeMismatch(
            message(
                "{layer} reads sequences, but receives {shape}.", layer=message(layer.label), shape=described(shape)
            ),
            message("a sequence: steps × features"),
            before=Rows() if len(shape) == 3 else vector,
        )
    return shape[0], shape[1]
