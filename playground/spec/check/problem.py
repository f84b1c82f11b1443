"""A reason why an experiment cannot be trained, and a way out of it."""

from __future__ import annotations

from dataclasses import dataclass

from playground.spec.edits import Edit, LayerPath, Remove
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer
from playground.spec.messages import Message, message


@dataclass(frozen=True, slots=True)
class Fix:
    """A way out: the words on the button, and the edits it makes, in order."""

    label: Message
    edits: tuple[Edit, ...]

    def apply(self, experiment: Experiment) -> Experiment:
        """Return the experiment after all edits."""
        for edit in self.edits:
            experiment = edit.apply(experiment)
        return experiment


def removal(layer: Layer, path: LayerPath) -> Fix:
    """Take the layer out that stands at `path`."""
    return Fix(message("Remove {layer}", layer=message(layer.label)), (Remove((path,)),))


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why not. It stands at a layer (`layer`), at a field (`field`), or at the stack as a whole."""

    what: Message
    expected: Message
    layer: LayerPath | None = None
    field: tuple[str, ...] | None = None
    fix: Fix | None = None
    others: tuple[Fix, ...] = ()  # what could be done as well, where there is a fix

    @property
    def fixes(self) -> tuple[Fix, ...]:
        """All ways out, the best first."""
        return () if self.fix is None else (self.fix, *self.others)

    @property
    def part(self) -> str:
        """The part of the experiment that is wrong: `stack`, `data` or `recipe`."""
        return self.field[0] if self.field else "stack"
