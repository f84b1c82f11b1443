"""What of a stack is shown, in order: every layer but those in folded containers, and a place for each empty branch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from playground.spec.check.shapes import LayerShape
from playground.spec.container import Container
from playground.spec.edits import LayerPath
from playground.spec.layer import Layer, Stack


class Item(NamedTuple):
    """One row of the view behind the data: a layer, or the place for the first layer of an empty branch."""

    path: LayerPath
    row: LayerShape | None  # of the layer; None for an empty branch
    key: object  # the layer, or the branch: what two lists are compared by
    holder: Container | None = None  # in which it stands
    folded: bool = False
    branch: int = 0  # which of several branches begins with it, from 1; 0 where none does
    closes: int = 0  # how many containers end with it

    @property
    def opens(self) -> bool:
        """Whether it is a container whose layers follow."""
        return self.row is not None and isinstance(self.row.layer, Container) and not self.folded


def items(stack: Stack, rows: Sequence[LayerShape], folded: Callable[[Layer], bool]) -> list[Item]:
    """The items of a stack, of which `rows` is what `walk` found."""
    return list(_items(stack, iter(rows), folded, (), None))


def behind(path: LayerPath) -> LayerPath:
    """The place behind a layer."""
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
            place = (*row.path, number)
            found = list(_items(branch, rows, folded, place, layer)) or [Item((*place, 0), None, branch, layer)]
            several = len(layer.branches) > 1
            inner += [found[0]._replace(branch=number + 1 if several else 0), *found[1:]]
        if not hidden:
            yield from inner[:-1]
            yield inner[-1]._replace(closes=inner[-1].closes + 1)
