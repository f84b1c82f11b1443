"""The visible rows of a stack: every layer outside folded containers, and one insertion point per empty branch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from playground.spec.check.shapes import LayerShape
from playground.spec.container import Container
from playground.spec.edits import LayerPath
from playground.spec.layer import Layer, Stack


class Item(NamedTuple):
    """One row of the view after the data: a layer, or the insertion point in an empty branch."""

    path: LayerPath
    row: LayerShape | None  # of the layer; None for an empty branch
    key: object  # the layer or the branch, compared by identity
    holder: Container | None = None  # the innermost container around it
    folded: bool = False
    branch: int = 0  # number of the branch that begins here, from 1; 0 if none does or it is the only one
    closes: int = 0  # number of containers that end with this item

    @property
    def opens(self) -> bool:
        """Whether it is a container whose layers follow."""
        return self.row is not None and isinstance(self.row.layer, Container) and not self.folded


def items(stack: Stack, rows: Sequence[LayerShape], folded: Callable[[Layer], bool]) -> list[Item]:
    """The items of a stack; `rows` is the result of `walk`."""
    return list(_items(stack, iter(rows), folded, (), None))


def behind(path: LayerPath) -> LayerPath:
    """The path after a layer."""
    return (*path[:-1], path[-1] + 1)


def _items(
    stack: Stack,
    rows: Iterator[LayerShape],
    folded: Callable[[Layer], bool],
    prefix: LayerPath,
    holder: Container | None,
) -> Iterator[Item]:
    for layer in stack.layers:
        row = next(rows)
        if not isinstance(layer, Container):
            yield Item(row.path, row, layer, holder)
            continue
        hidden = folded(layer)
        yield Item(row.path, row, layer, holder, folded=hidden)
        inner: list[Item] = []
        for number, branch in enumerate(layer.branches):
            branch_path = (*row.path, number)
            found = list(_items(branch, rows, folded, branch_path, layer)) or [
                Item((*branch_path, 0), None, branch, layer)
            ]
            several = len(layer.branches) > 1
            inner += [found[0]._replace(branch=number + 1 if several else 0), *found[1:]]
        if not hidden:
            yield from inner[:-1]
            yield inner[-1]._replace(closes=inner[-1].closes + 1)
