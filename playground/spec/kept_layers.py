"""Finds the layers of a stack that can take over the weights of an earlier stack, layer by layer."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

from playground.spec.check.shapes import LayerShape
from playground.spec.layer import Layer


class KeptLayers(NamedTuple):
    """The outermost layers with weights of a stack, compared with those of an earlier one."""

    pairs: tuple[tuple[int, int], ...]  # numbers of modules with equal tensors: in the earlier network, in the new one
    new: tuple[Layer, ...]  # layers for which the earlier network has no weights

    @property
    def all(self) -> int:
        """How many layers have weights."""
        return len(self.pairs) + len(self.new)


class _Owner(NamedTuple):
    """A layer with tensors."""

    module: int  # its number in the network
    layer: Layer
    key: tuple[object, ...]  # equal for layers that can exchange their weights


def kept_layers(before: tuple[LayerShape, ...], after: tuple[LayerShape, ...]) -> KeptLayers:
    """Align two stacks, given as the rows of `walk`, by layers of one type with tensors of the same names and shapes.

    A container is kept as a whole or not at all.
    """
    old, new = list(_owners(before)), list(_owners(after))
    matcher = SequenceMatcher(None, [item.key for item in old], [item.key for item in new], autojunk=False)
    pairs = [(i + n, j + n) for i, j, size in matcher.get_matching_blocks() for n in range(size)]
    kept = {j for _, j in pairs}
    return KeptLayers(
        tuple((old[i].module, new[j].module) for i, j in pairs),
        tuple(item.layer for number, item in enumerate(new) if number not in kept),
    )


def _owners(rows: tuple[LayerShape, ...]) -> Iterator[_Owner]:
    module = 0
    for row in rows:
        if row.nested or not row.active:
            continue
        if row.tensors:
            tensors = tuple((tensor.name, tensor.shape, tensor.dtype) for tensor in row.tensors)
            yield _Owner(module, row.layer, (type(row.layer), tensors))
        module += len(row.calls)
