"""Regularizers: what large weights cost on top of the loss."""

from __future__ import annotations

from typing import Any, ClassVar

from playground.spec.component import Component, real
from playground.spec.words import mark


def _strength(label: str, help: str) -> Any:
    return real(1e-4, label, help, ge=0.0, le=10.0, logarithmic=True, live=True)


class Regularizer(Component):
    """The family: penalty = l1 · Σ|w| + l2/2 · Σw² over all weight matrices and filters, not biases or norms.

    With the ½ the gradient of the second term is l2 · w, which is what `weight_decay` means in
    `torch.optim.SGD` (Goodfellow, Bengio and Courville, Deep Learning, section 7.1).
    """

    @property
    def strengths(self) -> tuple[float, float]:
        """The factors (l1, l2)."""
        values = self.values()
        return values.get("l1", 0.0), values.get("l2", 0.0)


class NoRegularizer(Regularizer):
    """No penalty."""

    id: ClassVar[str] = "none"
    label: ClassVar[str] = mark("None")
    help: ClassVar[str] = mark("Weights may be as large as they like.")


class L1(Regularizer):
    """l1 · Σ|w|."""

    id: ClassVar[str] = "l1"
    label: ClassVar[str] = mark("L1")
    help: ClassVar[str] = mark("Charges the sum of all weights' sizes: drives many to exactly 0.")

    l1: float = _strength(mark("L1"), mark("Factor of Σ|w|."))


class L2(Regularizer):
    """l2/2 · Σw²."""

    id: ClassVar[str] = "l2"
    label: ClassVar[str] = mark("L2")
    help: ClassVar[str] = mark("Charges half the sum of all squared weights: keeps all of them small.")

    l2: float = _strength(mark("L2"), mark("Factor of ½ Σw²."))


class L1L2(Regularizer):
    """l1 · Σ|w| + l2/2 · Σw²."""

    id: ClassVar[str] = "l1_l2"
    label: ClassVar[str] = mark("L1 + L2")
    help: ClassVar[str] = mark("Both at once, also called elastic net.")

    l1: float = _strength(mark("L1"), mark("Factor of Σ|w|."))
    l2: float = _strength(mark("L2"), mark("Factor of ½ Σw²."))
