"""Remedies for an item of a report that a program can apply: values, from which a button or a command is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from playground.spec.edits import Edit, Set
from playground.spec.experiment import Experiment
from playground.spec.messages import Message, joined, message
from playground.spec.number_text import setting_text
from playground.spec.recipe.augmentations import Augmentation

DIGITS = 3  # significant ones of a temperature that is shown


@dataclass(frozen=True, slots=True)
class DivideLogits:
    """Divides the logits by a temperature, above 0; see `with_temperature`."""

    temperature: float

    @property
    def label(self) -> Message:
        """Its effect, as an order."""
        return message("Divide the logits by T = {value}", value=setting_text(self.temperature, DIGITS))


@dataclass(frozen=True, slots=True)
class TrainWith:
    """Trains with an augmentation, which replaces another one of its kind."""

    augmentation: Augmentation
    strength: Message  # `±2 px`

    @property
    def label(self) -> Message:
        """Its effect, as an order."""
        name = message(self.augmentation.label)
        return message("Train with {name} {strength}", name=name, strength=self.strength)

    def edits(self, experiment: Experiment) -> tuple[Edit, ...]:
        """The edits of the recipe; none where it has this augmentation already."""
        before, kind = experiment.recipe.augmentations, type(self.augmentation)
        if self.augmentation in before:
            return ()
        others = tuple(one for one in before if not isinstance(one, kind))
        return (Set(("recipe", "augmentations"), (*others, self.augmentation), self.label),)


@dataclass(frozen=True, slots=True)
class RefuseBelow:
    """Lets the network give no answer below a confidence in [0, 1]; 0 lets it answer always."""

    confidence: float

    @property
    def label(self) -> Message:
        """Its effect, as an order."""
        if not self.confidence:
            return message("Answer always")
        return message("Refuse below {confidence}", confidence=setting_text(self.confidence))

    def edits(self, experiment: Experiment) -> tuple[Edit, ...]:
        """The edit of the experiment; none where it is set so already."""
        if experiment.refuse_below == self.confidence:
            return ()
        return (Set(("refuse_below",), self.confidence, self.label),)


Remedy = DivideLogits | TrainWith | RefuseBelow


def as_fix(remedies: Sequence[Remedy]) -> Message:
    """The remedies as sentences."""
    return joined([message("{order}.", order=remedy.label) for remedy in remedies], " ")
