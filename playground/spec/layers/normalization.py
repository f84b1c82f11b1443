"""Normalization: keeps the numbers between layers in a range in which learning is easy."""

from __future__ import annotations

from typing import ClassVar

from playground.spec.call import Call, call
from playground.spec.component import flag, real
from playground.spec.layer import Kind, Layer, Section, Shape, Tensor
from playground.spec.words import mark


class BatchNorm(Layer):
    """`torch.nn.BatchNorm2d` on images, `torch.nn.BatchNorm1d` on everything else."""

    id: ClassVar[str] = "batch_norm"
    label: ClassVar[str] = mark("BatchNorm")
    help: ClassVar[str] = mark(
        "Shifts and scales each channel to mean 0 and variance 1 over the batch, then to what it learns to want. "
        "Allows far higher learning rates."
    )
    keywords: ClassVar[str] = "batchnorm1d batchnorm2d normalisation normalization"
    kind: ClassVar[Kind] = Kind.NORMALIZATION
    section: ClassVar[Section] = Section.NORMALISE

    momentum: float = real(
        0.1,
        mark("Momentum"),
        mark("Share of each batch in the running statistics that are used after training."),
        ge=0.0,
        le=1.0,
    )
    eps: float = real(
        1e-5,
        mark("Epsilon"),
        mark("Added to the variance so that nothing is divided by 0."),
        ge=1e-12,
        le=1.0,
        logarithmic=True,
    )
    affine: bool = flag(True, mark("Affine"), mark("Learns a scale and a shift for each channel."))

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        target = "torch.nn.BatchNorm2d" if len(shape) == 3 else "torch.nn.BatchNorm1d"
        chosen = {"eps": self.eps, "momentum": self.momentum, "affine": self.affine}
        usual = {"eps": 1e-5, "momentum": 0.1, "affine": True}
        return (call(target, shape[0], **{name: value for name, value in chosen.items() if value != usual[name]}),)

    def tensors(self, shape: Shape) -> tuple[Tensor, ...]:
        channels = shape[:1]
        learned = (Tensor("weight", channels), Tensor("bias", channels)) if self.affine else ()
        return (
            *learned,
            Tensor("running_mean", channels, learned=False),
            Tensor("running_var", channels, learned=False),
            Tensor("num_batches_tracked", (), learned=False, dtype="int64"),
        )
