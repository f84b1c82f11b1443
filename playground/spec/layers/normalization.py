"""Normalization: keeps the activations between layers in a range in which training is easy."""

from __future__ import annotations

from math import prod
from typing import ClassVar

from playground.spec.call import Call, call, unusual
from playground.spec.component import flag, integer, real
from playground.spec.layer import Kind, Layer, Section, Shape, ShapeMismatch, Tensor, Trainable
from playground.spec.layers.window import require_image
from playground.spec.messages import Message, message, plural, tr_noop


class Normalization(Trainable):
    """Base class of normalizations."""

    kind: ClassVar[Kind] = Kind.NORMALIZATION
    section: ClassVar[Section] = Section.NORMALISE

    eps: float = real(
        1e-5,
        tr_noop("Epsilon"),
        tr_noop("Added to the variance to avoid a division by 0."),
        ge=1e-12,
        le=1.0,
        logarithmic=True,
    )


class BatchNorm(Normalization):
    """`torch.nn.BatchNorm2d` on images, `torch.nn.BatchNorm1d` on everything else."""

    id: ClassVar[str] = "batch_norm"
    label: ClassVar[str] = tr_noop("BatchNorm")
    help: ClassVar[str] = tr_noop(
        "Shifts and scales each channel to mean 0 and variance 1 over the batch, then by a learned scale and shift. "
        "Allows far higher learning rates. In a sequence the steps are its channels: LayerNorm fits better there."
    )
    keywords: ClassVar[str] = tr_noop("bn batchnorm1d batchnorm2d normalisation normalization")
    explained: ClassVar[str] = "playground.engine.probes.explained_norms.batch_norm"

    momentum: float = real(
        0.1,
        tr_noop("Momentum"),
        tr_noop("Share of each new batch in the running statistics, which are used after training."),
        ge=0.0,
        le=1.0,
    )
    affine: bool = flag(True, tr_noop("Affine"), tr_noop("Learns a scale and a shift for each channel."))

    def is_causal(self, shape: Shape) -> bool:
        return True

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        target = "torch.nn.BatchNorm2d" if len(shape) == 3 else "torch.nn.BatchNorm1d"
        chosen = {"eps": self.eps, "momentum": self.momentum, "affine": self.affine}
        usual = {"eps": 1e-5, "momentum": 0.1, "affine": True}
        return (call(target, shape[0], **unusual(chosen, usual)),)

    def tensors(self, shape: Shape) -> tuple[Tensor, ...]:
        channels = shape[:1]
        learned = (Tensor("weight", channels), Tensor("bias", channels)) if self.affine else ()
        return (
            *learned,
            Tensor("running_mean", channels, learned=False),
            Tensor("running_var", channels, learned=False),
            Tensor("num_batches_tracked", (), learned=False, dtype="int64"),
        )


class LayerNorm(Normalization):
    """`torch.nn.LayerNorm` over everything in a sample, or over the features of each step of a sequence."""

    id: ClassVar[str] = "layer_norm"
    label: ClassVar[str] = tr_noop("LayerNorm")
    help: ClassVar[str] = tr_noop(
        "Shifts and scales each sample (in a sequence, each step) by itself to mean 0 and variance 1, then each number "
        "by a learned scale and shift. It does not depend on the batch."
    )
    keywords: ClassVar[str] = tr_noop("normalisation normalization")
    explained: ClassVar[str] = "playground.engine.probes.explained_norms.layer_norm"

    elementwise_affine: bool = flag(True, tr_noop("Affine"), tr_noop("Learns a scale for each number."))
    bias: bool = flag(True, tr_noop("Bias"), tr_noop("Learns a shift for each number too, where it learns a scale."))

    def is_causal(self, shape: Shape) -> bool:
        return True

    def output_shape(self, shape: Shape) -> Shape:
        return _require_several(self, shape, prod(_normalized_shape(shape)))

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        chosen = {"eps": self.eps, "elementwise_affine": self.elementwise_affine, "bias": self.bias}
        usual = {"eps": 1e-5, "elementwise_affine": True, "bias": True}
        return (call("torch.nn.LayerNorm", _normalized_shape(shape), **unusual(chosen, usual)),)

    def tensors(self, shape: Shape) -> tuple[Tensor, ...]:
        if not self.elementwise_affine:
            return ()
        together = _normalized_shape(shape)
        weight, bias = Tensor("weight", together, scale=True), Tensor("bias", together, scale=True)
        return (weight, bias) if self.bias else (weight,)


class GroupNorm(Normalization):
    """`torch.nn.GroupNorm`."""

    id: ClassVar[str] = "group_norm"
    label: ClassVar[str] = tr_noop("GroupNorm")
    help: ClassVar[str] = tr_noop(
        "Shifts and scales each group of channels of each sample to mean 0 and variance 1. "
        "For batches too small for BatchNorm."
    )
    keywords: ClassVar[str] = tr_noop("normalisation normalization")
    explained: ClassVar[str] = "playground.engine.probes.explained_norms.group_norm"

    num_groups: int = integer(
        8, tr_noop("Groups"), tr_noop("How many groups the channels are split into (num_groups)."), ge=1, le=65_536
    )
    affine: bool = flag(True, tr_noop("Affine"), tr_noop("Learns a scale and a shift for each channel."))

    def is_causal(self, shape: Shape) -> bool:
        return self.num_groups == shape[0]  # a sequence's channels are its steps

    def output_shape(self, shape: Shape) -> Shape:
        channels, size = shape[0], prod(shape[1:])
        most = min(self.num_groups, channels if size > 1 else channels // 2)  # a group needs two numbers
        instead = self.with_(num_groups=_divisor(channels, most)) if most else None
        if channels % self.num_groups:
            raise ShapeMismatch(
                message("{groups} groups do not divide {count:,} channels.", groups=self.num_groups, count=channels),
                message("a number of groups that divides {count}", count=channels),
                instead=instead,
            )
        return _require_several(self, shape, channels * size // self.num_groups, instead)

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        chosen = unusual({"eps": self.eps, "affine": self.affine}, {"eps": 1e-5, "affine": True})
        return (call("torch.nn.GroupNorm", self.num_groups, shape[0], **chosen),)

    def tensors(self, shape: Shape) -> tuple[Tensor, ...]:
        return (Tensor("weight", shape[:1]), Tensor("bias", shape[:1])) if self.affine else ()

    def summary(self) -> tuple[Message, ...]:
        return (plural("{count:,} groups", "1 group", self.num_groups),)


class InstanceNorm2d(Normalization):
    """`torch.nn.InstanceNorm2d`."""

    id: ClassVar[str] = "instance_norm2d"
    label: ClassVar[str] = tr_noop("InstanceNorm2d")
    help: ClassVar[str] = tr_noop(
        "Shifts and scales each channel of each image by itself to mean 0 and variance 1; contrast no longer matters."
    )
    keywords: ClassVar[str] = tr_noop("normalisation normalization contrast")
    explained: ClassVar[str] = "playground.engine.probes.explained_norms.instance_norm"

    affine: bool = flag(False, tr_noop("Affine"), tr_noop("Learns a scale and a shift for each channel."))

    def output_shape(self, shape: Shape) -> Shape:
        return _require_several(self, require_image(self, shape), prod(shape[1:]))

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        chosen = unusual({"eps": self.eps, "affine": self.affine}, {"eps": 1e-5, "affine": False})
        return (call("torch.nn.InstanceNorm2d", shape[0], **chosen),)

    def tensors(self, shape: Shape) -> tuple[Tensor, ...]:
        return (Tensor("weight", shape[:1]), Tensor("bias", shape[:1])) if self.affine else ()


class RMSNorm(Normalization):
    """`torch.nn.RMSNorm` over everything in a sample, or over the features of each step of a sequence."""

    id: ClassVar[str] = "rms_norm"
    label: ClassVar[str] = tr_noop("RMSNorm")
    help: ClassVar[str] = tr_noop(
        "Divides each sample (in a sequence, each step) by the root of its mean square, then scales each number by a "
        "learned factor. LayerNorm without the mean: usual in today's language models."
    )
    keywords: ClassVar[str] = tr_noop("root mean square normalisation normalization")
    explained: ClassVar[str] = "playground.engine.probes.explained_norms.rms_norm"

    elementwise_affine: bool = flag(True, tr_noop("Affine"), tr_noop("Learns a scale for each number."))

    def is_causal(self, shape: Shape) -> bool:
        return True

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        # `eps` is always passed: torch's default is the machine epsilon of the input's type.
        chosen = unusual({"elementwise_affine": self.elementwise_affine}, {"elementwise_affine": True})
        return (call("torch.nn.RMSNorm", _normalized_shape(shape), eps=self.eps, **chosen),)

    def tensors(self, shape: Shape) -> tuple[Tensor, ...]:
        return (Tensor("weight", _normalized_shape(shape), scale=True),) if self.elementwise_affine else ()


def _normalized_shape(shape: Shape) -> Shape:
    """The dimensions normalised together: a whole vector or image, or the features of one step of a sequence."""
    return shape[1:] if len(shape) == 2 else shape


def _require_several(layer: Layer, shape: Shape, count: int, instead: Layer | None = None) -> Shape:
    """Return `shape`; `count` numbers at a time are normalised.

    Raises:
        ShapeMismatch: `count` is 1; a single number always becomes 0.
    """
    if count == 1:
        raise ShapeMismatch(
            message(
                "{layer} would make every number 0: it normalises one number at a time.", layer=message(layer.label)
            ),
            message("several numbers at a time"),
            instead=instead,
        )
    return shape


def _divisor(number: int, most: int) -> int:
    """The largest divisor of `number` that is not above `most`."""
    return next(count for count in range(min(number, most), 0, -1) if number % count == 0)
