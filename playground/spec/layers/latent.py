"""GaussianLatent: the bottleneck of a variational autoencoder, from which new samples can be drawn."""

from __future__ import annotations

from typing import ClassVar

from playground.spec.call import Call, call
from playground.spec.component import integer, real
from playground.spec.layer import Kind, Section, Shape, ShapeMismatch, Tensor, described
from playground.spec.layers.shape import Flatten
from playground.spec.layers.weighted import Initialised
from playground.spec.messages import Message, message, plural, tr_noop
from playground.spec.number_text import setting_text


class GaussianLatent(Initialised):
    """Mean and log-variance, reparametrised (Kingma and Welling, Auto-Encoding Variational Bayes, 2013)."""

    id: ClassVar[str] = "gaussian_latent"
    label: ClassVar[str] = tr_noop("GaussianLatent")
    help: ClassVar[str] = tr_noop(
        "Gives a vector drawn around a learned mean, and adds its divergence from the standard normal distribution to "
        "the loss: neighbouring vectors come to mean similar things. After training it gives the mean."
    )
    keywords: ClassVar[str] = tr_noop(
        "variational autoencoder vae bottleneck reparametrisation kl divergence generative"
    )
    kind: ClassVar[Kind] = Kind.DENSE
    section: ClassVar[Section] = Section.GENERATIVE
    can_be_stochastic: ClassVar[bool] = True
    has_extra_loss: ClassVar[bool] = True
    explained: ClassVar[str] = "playground.engine.probes.explained_sums.latent"
    units_field: ClassVar[str] = "latent_features"

    latent_features: int = integer(2, tr_noop("Features"), tr_noop("Length of the output vector."), ge=1, le=65_536)
    beta: float = real(
        1.0,
        tr_noop("Beta"),
        tr_noop("Weight of the divergence in the loss; 0 makes it a plain autoencoder with noise."),
        ge=0.0,
        le=1000.0,
        logarithmic=True,
        live=True,
    )

    def output_shape(self, shape: Shape) -> Shape:
        if len(shape) != 1:
            raise ShapeMismatch(
                message("GaussianLatent reads vectors, but receives {shape}.", shape=described(shape)),
                message("a vector"),
                before=Flatten(),
            )
        return (self.latent_features,)

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        target = "playground.engine.modules.latent.GaussianLatent"
        return (call(target, shape[0], self.latent_features, beta=self.beta),)

    def tensors(self, shape: Shape) -> tuple[Tensor, ...]:
        rows = 2 * self.latent_features
        return Tensor("moments.weight", (rows, shape[0])), Tensor("moments.bias", (rows,))

    def filled(self) -> tuple[str, ...]:
        return ("moments.weight",)

    def flops(self, shape: Shape) -> int:
        return 2 * shape[0] * 2 * self.latent_features

    def summary(self) -> tuple[Message, ...]:
        features = plural("{count:,} features", "1 feature", self.latent_features)
        return (features, message("β = {beta}", beta=setting_text(self.beta)))
