"""Which containers are folded up: a matter of looking, which no file holds and no undo brings back."""

from __future__ import annotations

from collections.abc import Sequence

from playground.spec.check.shapes import LayerShape
from playground.spec.container import Container
from playground.spec.layer import Layer


class Folding:
    """Remembers folded containers by what they are, and finds them again after an edit made new values of them."""

    def __init__(self) -> None:
        self._folded: list[Container] = []

    def __call__(self, layer: Layer) -> bool:
        """Whether that container is folded up."""
        return any(layer is folded for folded in self._folded)

    def set(self, container: Container, folded: bool) -> bool:
        """Fold or unfold a container; returns whether that changed anything."""
        if self(container) is folded:
            return False
        self._folded = [*self._folded, container] if folded else [it for it in self._folded if it is not container]
        return True

    def follow(self, old: Sequence[LayerShape], new: Sequence[LayerShape]) -> None:
        """Keep those folded that are still there, if with other settings or other layers in them."""
        if not self._folded:
            return
        there = [row for row in new if isinstance(row.layer, Container)]
        known = {id(row.layer) for row in old}
        fresh = [row for row in there if id(row.layer) not in known]
        places = {id(row.layer): row for row in old}
        found = (_again(folded, places.get(id(folded)), there, fresh) for folded in self._folded)
        self._folded = [container for container in found if container is not None]


def _again(
    folded: Container, was: LayerShape | None, there: list[LayerShape], fresh: list[LayerShape]
) -> Container | None:
    """The container itself, or the new one that shares most with it: layers first, and then the place."""
    if any(row.layer is folded for row in there):
        return folded
    alike = [row for row in fresh if type(row.layer) is type(folded)]
    if was is None or not alike:
        return None
    inner = _within(folded)

    def likeness(row: LayerShape) -> tuple[int, bool]:
        assert isinstance(row.layer, Container)
        return len(inner & _within(row.layer)), row.path == was.path

    best = max(alike, key=likeness)
    return best.layer if any(likeness(best)) and isinstance(best.layer, Container) else None


def _within(container: Container) -> set[int]:
    """The layers in a container, told by identity, and its branches, which stay when only its settings change."""
    return {id(layer) for branch in container.branches for layer in branch.layers}
