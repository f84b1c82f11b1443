"""A reason why an experiment cannot be trained, and its fixes."""

from __future__ import annotations

from dataclasses import dataclass

from playground.spec.edits import Edit, LayerPath, Remove
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer
from playground.spec.messages import Message, message


@dataclass(frozen=True, slots=True)
class Fix:
    """A fix for a problem: the text of its button, and its edits, in order."""

    label: Message
    edits: tuple[Edit, ...]

    def apply(self, experiment: Experiment) -> Experiment:
        """Return the experiment after all edits."""
        for edit in self.edits:
            experiment = edit.apply(experiment)
        return experiment


def removal(layer: Layer, path: LayerPath) -> Fix:
    """The fix that removes the layer at `path`."""
    return Fix(message("Remove {layer}", layer=message(layer.label)), (Remove((path,)),))


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why an experiment cannot be trained. It belongs to `layer`, to `field`, or to the stack as a whole."""

    what: Message
    expected: Message
    layer: LayerPath | None = None
    field: tuple[str, ...] | None = None
    fix: Fix | None = None
    others: tuple[Fix, ...] = ()  # alternatives to `fix`

    @property
    def fixes(self) -> tuple[Fix, ...]:
        """All fixes, the best first."""
        return () if self.fix is None else (self.fix, *self.others)

    @property
    def part(self) -> str:
        """The part of the experiment that is wrong: `stack`, `data` or `recipe`."""
        return self.field[0] if self.field else "stack"
