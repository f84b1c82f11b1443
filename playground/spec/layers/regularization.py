"""Regularization: layers that disturb training at random, so that the network generalises better."""

from __future__ import annotations

from typing import ClassVar

from playground.spec.call import Call, call
from playground.spec.component import real
from playground.spec.layer import Kind, Layer, Section, Shape
from playground.spec.layers.window import require_image
from playground.spec.messages import Message, message, tr_noop
from playground.spec.number_text import setting_text


class RandomZeros(Layer):
    """Base class of layers that set numbers to 0 at random while training."""

    kind: ClassVar[Kind] = Kind.REGULARIZATION
    section: ClassVar[Section] = Section.NORMALISE
    can_be_stochastic: ClassVar[bool] = True
    displayed: ClassVar[bool] = False
    target: ClassVar[str]

    p: float = real(
        0.25, tr_noop("Probability"), tr_noop("Share of the numbers that is dropped (p)."), ge=0.0, le=0.95, live=True
    )

    def is_causal(self, shape: Shape) -> bool:
        return True

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        return (call(self.target, p=self.p),)

    def summary(self) -> tuple[Message, ...]:
        return (message("p = {p}", p=setting_text(self.p)),)


class Dropout(RandomZeros):
    """`torch.nn.Dropout`."""

    id: ClassVar[str] = "dropout"
    label: ClassVar[str] = tr_noop("Dropout")
    help: ClassVar[str] = tr_noop("While training, sets numbers to 0 at random, so that no unit can rely on another.")
    keywords: ClassVar[str] = tr_noop("regularization regularisation")
    target: ClassVar[str] = "torch.nn.Dropout"
    explained: ClassVar[str] = "playground.engine.probes.explained_moves.passed_on"


class Dropout2d(RandomZeros):
    """`torch.nn.Dropout2d`."""

    id: ClassVar[str] = "dropout2d"
    label: ClassVar[str] = tr_noop("Dropout2d")
    help: ClassVar[str] = tr_noop(
        "While training, sets whole channels to 0 at random: after a convolution, single missing pixels could be "
        "guessed from their neighbours."
    )
    keywords: ClassVar[str] = tr_noop("spatial channel regularization regularisation")
    target: ClassVar[str] = "torch.nn.Dropout2d"
    explained: ClassVar[str] = "playground.engine.probes.explained_moves.passed_on"

    def output_shape(self, shape: Shape) -> Shape:
        return require_image(self, shape)


class GaussianNoise(Layer):
    """`playground.engine.modules.noise.GaussianNoise` (Bishop, 1995, Neural Computation 7)."""

    id: ClassVar[str] = "gaussian_noise"
    label: ClassVar[str] = tr_noop("Gaussian noise")
    help: ClassVar[str] = tr_noop(
        "While training, adds random noise to every number, so that the network cannot learn inputs by heart."
    )
    keywords: ClassVar[str] = tr_noop("jitter regularization regularisation")
    kind: ClassVar[Kind] = Kind.REGULARIZATION
    section: ClassVar[Section] = Section.NORMALISE
    can_be_stochastic: ClassVar[bool] = True
    displayed: ClassVar[bool] = False
    explained: ClassVar[str] = "playground.engine.probes.explained_moves.passed_on"

    std: float = real(
        0.1,
        tr_noop("Deviation"),
        tr_noop("Standard deviation of the noise (std); the numbers of an image are between 0 and 1."),
        ge=0.0,
        le=10.0,
        live=True,
    )

    def is_causal(self, shape: Shape) -> bool:
        return True

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        return (call("playground.engine.modules.noise.GaussianNoise", std=self.std),)

    def summary(self) -> tuple[Message, ...]:
        return (message("σ = {std}", std=setting_text(self.std)),)
