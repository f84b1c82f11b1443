"""What the layers that read sequences expect: (steps, features)."""

from __future__ import annotations

from playground.spec.layer import Layer, Mismatch, Shape, described
from playground.spec.layers.reshaping import LONGEST, Reshape
from playground.spec.layers.rows import Rows
from playground.spec.words import say


def require_sequence(layer: Layer, shape: Shape) -> tuple[int, int]:
    """Return `shape` as (steps, features).

    Raises:
        Mismatch: it is no sequence; an image can be read row by row, a vector number by number.
    """
    if len(shape) != 2:
        vector = Reshape(first=shape[0], second=1) if len(shape) == 1 and shape[0] <= LONGEST else None
        raise Mismatch(
            say("{layer} reads sequences, but receives {shape}.", layer=layer.label, shape=described(shape)),
            say("a sequence: steps × features"),
            before=Rows() if len(shape) == 3 else vector,
        )
    return shape[0], shape[1]
