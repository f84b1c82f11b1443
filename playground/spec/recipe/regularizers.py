"""Regularizers: penalties for large weights, or rules that keep weights small."""

from __future__ import annotations

from typing import Any, ClassVar

from playground.spec.component import Component, real
from playground.spec.messages import tr_noop


def _strength(label: str, help: str) -> Any:
    return real(1e-4, label, help, ge=0.0, le=10.0, logarithmic=True, live=True)


class Regularizer(Component):
    """Base of all regularizers: penalty = l1 · Σ|w| + l2/2 · Σw² over weight matrices and filters, not biases or norms.

    With the ½ the gradient of the second term is l2 · w, which is what `weight_decay` means in
    `torch.optim.SGD` (Goodfellow, Bengio and Courville, Deep Learning, section 7.1).
    Regularizers without a penalty change the same weights before or after each step.
    """

    @property
    def decay(self) -> float:
        """Share of every weight, times the learning rate, that is subtracted before a step."""
        return float(self.values().get("decay_rate", 0.0))

    @property
    def largest_norm(self) -> float:
        """The norm to which the weights of one unit are limited after a step; 0 for no limit."""
        return float(self.values().get("max_norm", 0.0))

    @property
    def keeps_zeros(self) -> bool:
        """Whether weights that are 0 before a step are 0 after it."""
        return False

    @property
    def relaxed(self) -> Regularizer:
        """The regularizer that does not hold weights back: none, or what remains of this one without its factors."""
        return NoRegularizer()

    @property
    def strengths(self) -> tuple[float, float]:
        """The factors (l1, l2)."""
        values = self.values()
        return values.get("l1", 0.0), values.get("l2", 0.0)


class NoRegularizer(Regularizer):
    """No penalty."""

    id: ClassVar[str] = "none"
    label: ClassVar[str] = tr_noop("None")
    help: ClassVar[str] = tr_noop("No limit on the size of weights.")


class L1(Regularizer):
    """l1 · Σ|w|."""

    id: ClassVar[str] = "l1"
    label: ClassVar[str] = tr_noop("L1")
    help: ClassVar[str] = tr_noop("Penalises the sum of all weights' magnitudes: drives many to exactly 0.")

    l1: float = _strength(tr_noop("L1"), tr_noop("Factor of Σ|w|."))


class L2(Regularizer):
    """l2/2 · Σw²."""

    id: ClassVar[str] = "l2"
    label: ClassVar[str] = tr_noop("L2")
    help: ClassVar[str] = tr_noop(
        "Penalises half the sum of all squared weights: keeps all of them small. Clipping includes its gradient."
    )

    l2: float = _strength(tr_noop("L2"), tr_noop("Factor of ½ Σw²."))


class L1L2(Regularizer):
    """l1 · Σ|w| + l2/2 · Σw²."""

    id: ClassVar[str] = "l1_l2"
    label: ClassVar[str] = tr_noop("L1 + L2")
    help: ClassVar[str] = tr_noop("Both at once, also called elastic net.")

    l1: float = _strength(tr_noop("L1"), tr_noop("Factor of Σ|w|."))
    l2: float = _strength(tr_noop("L2"), tr_noop("Factor of ½ Σw²."))


class DecoupledDecay(Regularizer):
    """w ← w - rate · decay · w before each step (Loshchilov and Hutter, 2019, arXiv:1711.05101, algorithms 1 and 2)."""

    id: ClassVar[str] = "decoupled_decay"
    label: ClassVar[str] = tr_noop("Weight decay")
    help: ClassVar[str] = tr_noop(
        "Takes a small share off all weights before each step, apart from the gradient; with plain SGD the same as L2, "
        "with Adam it is AdamW."
    )
    keywords: ClassVar[str] = tr_noop("decoupled adamw sgdw")

    decay_rate: float = real(
        0.01,
        tr_noop("Decay"),
        tr_noop("Share of each weight, times the learning rate, that is taken off a step."),
        ge=0.0,
        le=10.0,
        logarithmic=True,
        live=True,
    )


class MaxNorm(Regularizer):
    """Limits rows of weight matrices, and filters, to a norm of at most c (Srivastava et al., 2014, JMLR 15).

    Dropout: A Simple Way to Prevent Neural Networks from Overfitting, section 5.1.
    """

    id: ClassVar[str] = "max_norm"
    label: ClassVar[str] = tr_noop("Max-norm")
    help: ClassVar[str] = tr_noop(
        "After each step, scales back the weights that lead into a unit where together they are longer than this. "
        "Goes well with dropout and high learning rates."
    )
    keywords: ClassVar[str] = tr_noop("constraint renorm srivastava")

    max_norm: float = real(
        3.0,
        tr_noop("Max-norm"),
        tr_noop("The largest norm of the weights that lead into one unit; 3 to 4 is usual."),
        ge=0.01,
        le=1000.0,
        logarithmic=True,
        live=True,
    )


def _besides(label: str, help: str, most: float = 10.0, on: float = 1e-4) -> Any:
    """A number of another regularizer, off at first."""
    return real(0.0, label, help, ge=0.0, le=most, logarithmic=True, on=on, live=True)


class KeepZeros(Regularizer):
    """Weights that are 0 stay 0, as the mask of a pruned network holds them (Han et al., 2015, arXiv:1506.02626).

    The zeros themselves are the mask: a file of a network, and a program that reads it, need nothing else.
    """

    id: ClassVar[str] = "keep_zeros"
    label: ClassVar[str] = tr_noop("Keep zeros")
    help: ClassVar[str] = tr_noop(
        "Weights that are exactly 0 stay 0, so that a pruned network stays pruned while it is trained further. Weights "
        "that begin at zero never learn. The penalties below can be added."
    )
    keywords: ClassVar[str] = tr_noop("pruning pruned sparse sparsity mask lottery ticket")

    l1: float = _besides(tr_noop("L1"), tr_noop("Factor of Σ|w|."))
    l2: float = _besides(tr_noop("L2"), tr_noop("Factor of ½ Σw²."))
    decay_rate: float = _besides(
        tr_noop("Decay"), tr_noop("Share of each weight, times the learning rate, that is taken off a step."), on=0.01
    )
    max_norm: float = _besides(
        tr_noop("Max-norm"), tr_noop("The largest norm of the weights that lead into one unit."), most=1000.0, on=3.0
    )

    @property
    def keeps_zeros(self) -> bool:
        return True

    @property
    def relaxed(self) -> Regularizer:
        return KeepZeros()

    @classmethod
    def instead_of(cls, other: Regularizer) -> KeepZeros:
        """The same with the numbers of another regularizer."""
        return cls(**{name: value for name, value in other.values().items() if name in cls.model_fields})
