"""The fit of a file with weights to a stack: a plain value, for the command line and the window."""

from __future__ import annotations

from typing import NamedTuple

from playground.spec.messages import Message, message, tr_noop

# How tensors can be matched, as it follows “matched” in a sentence.
_HOW = {"name": tr_noop("by name"), "order": tr_noop("by order and shape"), "shape": tr_noop("by shape")}
_FEW = 5  # layers that are named


class FittedTensor(NamedTuple):
    """One tensor of the file, and where it goes."""

    name: str
    dtype: str  # as torch names it, such as `float32`
    shape: tuple[int, ...]
    target: str | None  # the name in the network; None where it is not used
    layer: Message | None  # which layer that is, as “3 Linear”
    why_not: Message | None


class FittedWeights(NamedTuple):
    """The tensors of a file that fit a stack.

    Attributes:
        rows: every tensor of the file, in its order.
        how: “name”, “order” or “shape”; see `matching.fitted`.
        random: layers with weights that the file does not have; these begin at random.
        layers: number of the layers with weights.
    """

    rows: tuple[FittedTensor, ...]
    how: str
    random: tuple[Message, ...]
    layers: int

    @property
    def taken(self) -> int:
        """How many tensors are used."""
        return sum(row.target is not None for row in self.rows)

    @property
    def exact(self) -> bool:
        """Whether every tensor of the file is used under its own name, and no layer begins at random."""
        return not self.random and all(row.target == row.name for row in self.rows)

    @property
    def words(self) -> Message:
        """How many layers get weights and which do not, as a sentence."""
        kept = self.layers - len(self.random)
        if not self.taken:
            return message("No layer of this stack can use its tensors.")
        values = {"kept": kept, "all": self.layers, "how": message(_HOW[self.how])}
        if not self.random:
            return message("All {all:,} layers with weights get those of the file, matched {how}.", **values)
        words = tr_noop(
            "{kept:,} of {all:,} layers get all their weights, matched {how}. Weights remain random in: {names}."
        )
        return message(words, **values, names=self._names)

    @property
    def _names(self) -> str:
        shown = ", ".join(map(str, self.random[:_FEW]))
        return shown + (" …" if len(self.random) > _FEW else "")


def shape_text(shape: tuple[int, ...]) -> str:
    """A shape for people; that of a single number is “1”."""
    return " × ".join(map(str, shape)) or "1"
