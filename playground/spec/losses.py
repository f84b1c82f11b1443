"""Losses: the number that training makes small."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar, Literal

from playground.spec.call import Call, call
from playground.spec.component import Component, real
from playground.spec.words import mark


class Loss(Component):
    """The family. `call()` names a function of (outputs, targets); `target` says what it wants as targets."""

    target: ClassVar[Literal["index", "one_hot"]]  # (N,) int64, or (N, classes) float32
    expects_logits: ClassVar[bool]  # True where a Softmax in front of it is a mistake

    @abstractmethod
    def call(self) -> Call:
        """The function with its settings; its first two arguments, outputs and targets, are left out."""


class CrossEntropy(Loss):
    """`torch.nn.functional.cross_entropy` on logits, mean over the batch."""

    id: ClassVar[str] = "cross_entropy"
    label: ClassVar[str] = mark("Cross entropy")
    help: ClassVar[str] = mark("How surprised the network is by the right answer, in nats. Takes raw scores (logits).")
    keywords: ClassVar[str] = "sparse categorical softmax log likelihood"
    target: ClassVar[Literal["index", "one_hot"]] = "index"
    expects_logits: ClassVar[bool] = True

    label_smoothing: float = real(
        0.0, mark("Label smoothing"), mark("Share of the target that is spread over all classes."), ge=0.0, le=0.9
    )

    def call(self) -> Call:
        options = {"label_smoothing": self.label_smoothing} if self.label_smoothing else {}
        return call("torch.nn.functional.cross_entropy", **options)


class MSE(Loss):
    """`torch.nn.functional.mse_loss` against one-hot targets, mean over batch and classes."""

    id: ClassVar[str] = "mse"
    label: ClassVar[str] = mark("MSE")
    help: ClassVar[str] = mark("Mean squared error against a 1 for the right class and 0 for the others.")
    keywords: ClassVar[str] = "mean squared error brier"
    target: ClassVar[Literal["index", "one_hot"]] = "one_hot"
    expects_logits: ClassVar[bool] = False

    def call(self) -> Call:
        return call("torch.nn.functional.mse_loss")
