"""Edits of several layers at once, each one undo step with a name."""

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
from playground.spec.layer import Layer, Stack
from playground.spec.messages import Message, message, tr_noop


class StackEditing:
    """Turns what a person wants of the stack into edits of the document.

    What cannot be done returns None or False and leaves the reason, a sentence, in `reason`.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self.reason = ""

    def insert(self, to: LayerPath, layers: Sequence[Layer], label: Message | None = None) -> LayerPath | None:
        """Put layers in front of `to`; returns where the first of them stands."""
        edit = Insert(to, tuple(layers))
        return to if layers and self._do(label or edit.label, [edit]) else None

    def move(self, paths: Sequence[LayerPath], to: LayerPath) -> LayerPath | None:
        """Move layers in front of what is at `to`; returns where the first of them stands afterwards."""
        if not paths:
            return None
        moved = outermost(paths)
        if any(to[: len(path)] == path and len(to) > len(path) for path in moved):
            self.reason = translated(tr_noop("A container cannot be moved into itself."))
            return None
        edit = Move(moved, to)
        return shifted(to, moved) if self._do(edit.label, [edit]) else None

    def wrap(self, paths: Sequence[LayerPath], container: Container) -> LayerPath | None:
        """Put layers into a container that stands where they stood; returns where that is."""
        edit = Wrap(tuple(paths), container)
        return edit.place if paths and self._do(edit.label, [edit]) else None

    def unwrap(self, path: LayerPath) -> tuple[LayerPath, ...] | None:
        """Put what is in a container into its place; returns where that stands."""
        container = layer_at(self._document.experiment.stack, path)
        assert isinstance(container, Container)
        edit = Unwrap(path, container.label)
        count = sum(len(branch.layers) for branch in container.branches)
        return run(path, count) if self._do(edit.label, [edit]) else None

    def set_branches(self, path: LayerPath, branches: tuple[Stack, ...], label: Message) -> bool:
        """Give a container other branches."""
        container = layer_at(self._document.experiment.stack, path)
        return self._do(label, [Replace(path, container.with_(branches=branches), label)])

    def remove(self, paths: Sequence[LayerPath], label: Message | None = None) -> bool:
        """Take layers out."""
        edit = Remove(tuple(paths))
        return bool(paths) and self._do(label or edit.label, [edit])

    def set_enabled(self, paths: Sequence[LayerPath], enabled: bool) -> bool:
        """Switch layers on or off."""
        stack = self._document.experiment.stack
        layers = [layer_at(stack, path) for path in paths]
        words = named(tr_noop("Enable {layers}") if enabled else tr_noop("Disable {layers}"), layers)
        return bool(paths) and self._do(
            words,
            [
                Replace(path, layer.with_(enabled=enabled), words)
                for path, layer in zip(paths, layers, strict=True)
                if layer.enabled is not enabled
            ],
        )

    def _do(self, label: Message, edits: Sequence[Edit]) -> bool:
        try:
            self._document.do_all(label, edits)
        except ValidationError as error:  # the stack alone knows how many layers it can hold
            (reason,) = error.errors()[:1]
            if reason["type"] == "too_deep":
                self.reason = translated(
                    message(
                        "That would be too deep: at most {most} containers stand in one another.",
                        most=reason["ctx"]["most"],
                    )
                )
                return False
            if reason["type"] != "too_long":
                raise
            self.reason = translated(
                message(
                    "That would be too many: a stack holds at most {most:,} layers.", most=reason["ctx"]["max_length"]
                )
            )
            return False
        return True


def run(first: LayerPath, count: int) -> tuple[LayerPath, ...]:
    """The paths of so many layers in a row."""
    return tuple((*first[:-1], first[-1] + number) for number in range(count))


def named(template: str, layers: Sequence[Layer]) -> Message:
    """A message with `{layers}` in it, filled in with the name of a single layer or the number of several."""
    one = len(layers) == 1
    return message(template, layers=message(layers[0].label) if one else message("{count:,} layers", count=len(layers)))
