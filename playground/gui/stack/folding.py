"""The set of folded containers: view state that is neither saved in files nor restored by undo."""

from __future__ import annotations

from collections.abc import Sequence

from playground.spec.check.shapes import LayerShape
from playground.spec.container import Container
from playground.spec.layer import Layer


class Folding:
    """Remembers folded containers by identity, and recognizes them after an edit replaced them by new values."""

    def __init__(self) -> None:
        self._folded: list[Container] = []

    def __call__(self, layer: Layer) -> bool:
        """Whether that container is folded."""
        return any(layer is folded for folded in self._folded)

    def set(self, container: Container, folded: bool) -> bool:
        """Fold or unfold a container; return whether this changed anything."""
        if self(container) is folded:
            return False
        self._folded = [*self._folded, container] if folded else [it for it in self._folded if it is not container]
        return True

    def follow(self, old: Sequence[LayerShape], new: Sequence[LayerShape]) -> None:
        """Keep containers folded that still exist, even if their settings or layers changed."""
        if not self._folded:
            return
        containers = [row for row in new if isinstance(row.layer, Container)]
        known = {id(row.layer) for row in old}
        fresh = [row for row in containers if id(row.layer) not in known]
        old_rows = {id(row.layer): row for row in old}
        found = (_successor(folded, old_rows.get(id(folded)), containers, fresh) for folded in self._folded)
        self._folded = [container for container in found if container is not None]


def _successor(
    folded: Container, was: LayerShape | None, containers: list[LayerShape], fresh: list[LayerShape]
) -> Container | None:
    """The container itself if it still exists, else the new one that shares most layers with it or has its path."""
    if any(row.layer is folded for row in containers):
        return folded
    alike = [row for row in fresh if type(row.layer) is type(folded)]
    if was is None or not alike:
        return None
    inner = _inner_layers(folded)

    def likeness(row: LayerShape) -> tuple[int, bool]:
        assert isinstance(row.layer, Container)
        return len(inner & _inner_layers(row.layer)), row.path == was.path

    best = max(alike, key=likeness)
    return best.layer if any(likeness(best)) and isinstance(best.layer, Container) else None


def _inner_layers(container: Container) -> set[int]:
    """The identities of the layers in a container; they stay when only its settings change."""
    return {id(layer) for branch in container.branches for layer in branch.layers}
