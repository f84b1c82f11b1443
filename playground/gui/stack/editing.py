"""Edits of several layers at once, each one named undo step."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ValidationError

from playground.gui.session.document import Document
from playground.gui.style.translation import translated
from playground.spec.container import Container
from playground.spec.edits import (
    Edit,
    Insert,
    LayerPath,
    Move,
    Remove,
    Replace,
    Unwrap,
    Wrap,
    layer_at,
    outermost,
    shifted,
)
from playground.spec.layer import Layer, Stack, Trainable
from playground.spec.messages import Message, message, tr_noop
from playground.spec.search.proposal import SetRange, range_refusal
from playground.spec.search.ranges import Range


class StackEditing:
    """Turns actions on the stack into edits of the document.

    An edit that is not possible returns None or False and leaves the reason, a sentence, in `reason`.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self.reason = ""

    def insert(
        self, to: LayerPath, layers: Sequence[Layer], label: Message | None = None, ranges: Sequence[Range] = ()
    ) -> LayerPath | None:
        """Insert layers before `to`, with what a search may change in them; return the path of the first one."""
        edit = Insert(to, tuple(layers), tuple(ranges))
        return to if layers and self._do(label or edit.label, [edit]) else None

    def move(self, paths: Sequence[LayerPath], to: LayerPath) -> LayerPath | None:
        """Move layers before the one at `to`; return the path of the first one after the move."""
        if not paths:
            return None
        moved = outermost(paths)
        if any(to[: len(path)] == path and len(to) > len(path) for path in moved):
            self.reason = translated(tr_noop("A container cannot be moved into itself."))
            return None
        edit = Move(moved, to)
        return shifted(to, moved) if self._do(edit.label, [edit]) else None

    def wrap(self, paths: Sequence[LayerPath], container: Container) -> LayerPath | None:
        """Wrap layers in a container at their position; return its path."""
        edit = Wrap(tuple(paths), container)
        return edit.destination if paths and self._do(edit.label, [edit]) else None

    def unwrap(self, path: LayerPath) -> tuple[LayerPath, ...] | None:
        """Replace a container by its content; return the paths of the latter."""
        container = layer_at(self._document.experiment.stack, path)
        assert isinstance(container, Container)
        edit = Unwrap(path, container.label)
        count = sum(len(branch.layers) for branch in container.branches)
        return run(path, count) if self._do(edit.label, [edit]) else None

    def set_branches(self, path: LayerPath, branches: tuple[Stack, ...], label: Message) -> bool:
        """Replace the branches of a container."""
        container = layer_at(self._document.experiment.stack, path)
        return self._do(label, [Replace(path, container.with_(branches=branches), label)])

    def remove(self, paths: Sequence[LayerPath], label: Message | None = None) -> bool:
        """Remove layers."""
        edit = Remove(tuple(paths))
        return bool(paths) and self._do(label or edit.label, [edit])

    def set_enabled(self, paths: Sequence[LayerPath], enabled: bool) -> bool:
        """Enable or disable layers."""
        return self._set(
            "enabled", paths, enabled, tr_noop("Enable {layers}") if enabled else tr_noop("Disable {layers}")
        )

    def set_frozen(self, paths: Sequence[LayerPath], frozen: bool) -> bool:
        """Freeze or unfreeze those of the layers that can be frozen."""
        stack = self._document.experiment.stack
        able = [path for path in paths if isinstance(layer_at(stack, path), Trainable)]
        return self._set("frozen", able, frozen, tr_noop("Freeze {layers}") if frozen else tr_noop("Unfreeze {layers}"))

    def set_ranges(self, label: Message, edits: Sequence[SetRange]) -> bool:
        """Change what a search may change."""
        return self._do(label, edits)

    def _set(self, flag: str, paths: Sequence[LayerPath], value: bool, template: str) -> bool:
        """Set a flag of those layers that have another value."""
        stack = self._document.experiment.stack
        layers = [layer_at(stack, path) for path in paths]
        words = named(template, layers) if layers else message(template)
        return bool(paths) and self._do(
            words,
            [
                Replace(path, layer.with_(**{flag: value}), words)
                for path, layer in zip(paths, layers, strict=True)
                if getattr(layer, flag) is not value
            ],
        )

    def _do(self, label: Message, edits: Sequence[Edit]) -> bool:
        try:
            self._document.do_all(label, edits)
        except ValidationError as error:  # only the stack and the space know how many layers and ranges they hold
            (reason,) = error.errors()[:1]
            if reason["type"] == "too_deep":
                self.reason = translated(
                    message(
                        "That would be too deep: containers can be nested at most {most} deep.",
                        most=reason["ctx"]["most"],
                    )
                )
                return False
            if reason["type"] != "too_long":
                raise
            if reason["loc"] == ("ranges",):
                self.reason = translated(range_refusal(error))
                return False
            self.reason = translated(
                message(
                    "That would be too many: a stack holds at most {most:,} layers.", most=reason["ctx"]["max_length"]
                )
            )
            return False
        return True


def run(first: LayerPath, count: int) -> tuple[LayerPath, ...]:
    """The paths of `count` consecutive layers."""
    return tuple((*first[:-1], first[-1] + number) for number in range(count))


def named(template: str, layers: Sequence[Layer]) -> Message:
    """A message with `{layers}` replaced by the name of a single layer or the number of several."""
    one = len(layers) == 1
    return message(template, layers=message(layers[0].label) if one else message("{count:,} layers", count=len(layers)))
