"""Losses: the number that training minimises."""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated, ClassVar, Literal

from playground.spec.call import Call, call
from playground.spec.component import Component, between, numbers, proportion, real
from playground.spec.data.task import Targets
from playground.spec.messages import tr_noop
from playground.spec.recipe.output_activations import IDENTITY, SIGMOID, SOFTMAX, OutputActivation

Target = Literal["index", "one_hot"]  # of classes: their indices (int64), or one-hot vectors

_CLASSES: frozenset[Targets] = frozenset(("classes", "soft"))
_SHARES: frozenset[Targets] = frozenset(("classes", "soft", "probabilities"))
_ANY: frozenset[Targets] = frozenset(("classes", "soft", "probabilities", "values"))

MOST_CLASS_WEIGHTS = 1000  # far more than anyone would type

_OURS = "playground.engine.losses."


class Loss(Component):
    """Base of all losses. `call()` names a function of (outputs, targets) that returns the mean over a batch.

    It is torch's, or one of `playground.engine.losses`. `takes` holds the kinds of targets that it accepts; `target` is
    the form in which it takes classes; `output_activation` is applied to the outputs within the loss.
    """

    takes: ClassVar[frozenset[Targets]] = _CLASSES
    target: ClassVar[Target]
    output_activation: ClassVar[OutputActivation]

    @property
    def in_nats(self) -> bool:
        """Whether, with its settings, it is exactly the mean of -ln p of the right classes."""
        return False

    @property
    def plain(self) -> Loss | None:
        """This loss without label smoothing, or None if it has no smoothing.

        Training minimises the smoothed loss, which early stopping and the plateau schedule use as well; the plain one
        is shown with it.
        """
        return None

    @property
    def expects_logits(self) -> bool:
        """Whether it has an output activation, so that no activation should come before it."""
        return self.output_activation != IDENTITY

    @abstractmethod
    def call(self) -> Call:
        """The function with its settings, without its first two arguments, outputs and targets."""


class CrossEntropy(Loss):
    """`torch.nn.functional.cross_entropy` on logits, mean over the batch, weighted if there are class weights."""

    id: ClassVar[str] = "cross_entropy"
    label: ClassVar[str] = tr_noop("Cross entropy")
    help: ClassVar[str] = tr_noop(
        "How surprised the network is by the right answer, in nats. Takes raw scores (logits)."
    )
    keywords: ClassVar[str] = tr_noop("sparse categorical softmax log likelihood")
    target: ClassVar[Target] = "index"
    output_activation: ClassVar[OutputActivation] = SOFTMAX

    label_smoothing: float = proportion(
        0.0, tr_noop("Label smoothing"), tr_noop("Share of the target that is spread over all classes."), le=0.9, on=0.1
    )
    class_weights: tuple[Annotated[float, between(0.001, 1000.0)], ...] = numbers(
        (),
        tr_noop("Class weights"),
        tr_noop("Weight of each class, in order, such as 1, 1, 2.5; more for a rare one. Empty: all equal."),
        most=MOST_CLASS_WEIGHTS,
    )

    @property
    def in_nats(self) -> bool:
        return not (self.label_smoothing or self.class_weights)

    @property
    def plain(self) -> Loss | None:
        return self.with_(label_smoothing=0.0) if self.label_smoothing else None

    def call(self) -> Call:
        options: dict[str, object] = {"label_smoothing": self.label_smoothing} if self.label_smoothing else {}
        if self.class_weights:
            options["weight"] = call("torch.tensor", self.class_weights)
        return call("torch.nn.functional.cross_entropy", **options)


class KLDivergence(Loss):
    """KL divergence of the softmax from smoothed targets, one-hot or soft (Kullback and Leibler, 1951).

    Its gradient is that of the cross entropy with the same smoothing; its minimum is 0. A temperature softens outputs
    and targets first (Hinton, Vinyals and Dean, 2015, arXiv:1503.02531).
    """

    id: ClassVar[str] = "kl_divergence"
    label: ClassVar[str] = tr_noop("KL divergence")
    help: ClassVar[str] = tr_noop(
        "How far the network's probabilities are from the target's, in nats: 0 where they agree. Takes raw scores."
    )
    keywords: ClassVar[str] = tr_noop("kullback leibler relative entropy")
    target: ClassVar[Target] = "one_hot"
    output_activation: ClassVar[OutputActivation] = SOFTMAX

    smoothing: float = proportion(
        0.1, tr_noop("Label smoothing"), tr_noop("Share of the target that is spread over all classes."), le=0.9
    )
    temperature: float = real(
        1.0,
        tr_noop("Temperature"),
        tr_noop(
            "Above 1 both are softened before they are compared, so that classes that a teacher finds improbable count "
            "as well: how much this 4 looks like a 9."
        ),
        ge=0.1,
        le=100.0,
        logarithmic=True,
    )

    @property
    def plain(self) -> Loss | None:
        return self.with_(smoothing=0.0) if self.smoothing else None

    def call(self) -> Call:
        softer = {"temperature": self.temperature} if self.temperature != 1.0 else {}
        return call(_OURS + "kl_divergence", smoothing=self.smoothing, **softer)


class Focal(Loss):
    """-(1 - p)^gamma · ln p on the softmax p of the right class (Lin et al., 2017, arXiv:1708.02002)."""

    id: ClassVar[str] = "focal"
    label: ClassVar[str] = tr_noop("Focal")
    help: ClassVar[str] = tr_noop(
        "Cross entropy in which well-classified samples hardly count. Takes raw scores (logits)."
    )
    keywords: ClassVar[str] = tr_noop("hard examples imbalance")
    takes: ClassVar[frozenset[Targets]] = frozenset(("classes",))
    target: ClassVar[Target] = "index"
    output_activation: ClassVar[OutputActivation] = SOFTMAX

    gamma: float = real(
        2.0, tr_noop("Gamma"), tr_noop("How much less easy images count; 0 is the cross entropy."), ge=0.0, le=10.0
    )

    def call(self) -> Call:
        return call(_OURS + "focal", gamma=self.gamma)


class BinaryCrossEntropy(Loss):
    """`torch.nn.functional.binary_cross_entropy_with_logits` on values or one-hot targets, mean over all elements."""

    id: ClassVar[str] = "binary_cross_entropy"
    label: ClassVar[str] = tr_noop("Binary cross entropy")
    help: ClassVar[str] = tr_noop("Treats each class as a separate yes-or-no question. Takes raw scores (logits).")
    keywords: ClassVar[str] = tr_noop("bce sigmoid log likelihood")
    takes: ClassVar[frozenset[Targets]] = _SHARES
    target: ClassVar[Target] = "one_hot"
    output_activation: ClassVar[OutputActivation] = SIGMOID

    def call(self) -> Call:
        return call("torch.nn.functional.binary_cross_entropy_with_logits")


class MSE(Loss):
    """`torch.nn.functional.mse_loss` on values or one-hot targets, mean over all elements."""

    id: ClassVar[str] = "mse"
    label: ClassVar[str] = tr_noop("MSE")
    help: ClassVar[str] = tr_noop("Mean squared error. The right class counts as a 1, the others as 0.")
    keywords: ClassVar[str] = tr_noop("mean squared error brier")
    takes: ClassVar[frozenset[Targets]] = _ANY
    target: ClassVar[Target] = "one_hot"
    output_activation: ClassVar[OutputActivation] = IDENTITY

    def call(self) -> Call:
        return call("torch.nn.functional.mse_loss")


class MAE(Loss):
    """`torch.nn.functional.l1_loss` on values or one-hot targets, mean over all elements."""

    id: ClassVar[str] = "mae"
    label: ClassVar[str] = tr_noop("MAE")
    help: ClassVar[str] = tr_noop("Mean absolute error. The right class counts as a 1, the others as 0.")
    keywords: ClassVar[str] = tr_noop("mean absolute error l1")
    takes: ClassVar[frozenset[Targets]] = _ANY
    target: ClassVar[Target] = "one_hot"
    output_activation: ClassVar[OutputActivation] = IDENTITY

    def call(self) -> Call:
        return call("torch.nn.functional.l1_loss")


class Huber(Loss):
    """`torch.nn.functional.huber_loss` on values or one-hot targets, mean over all elements (Huber, 1964)."""

    id: ClassVar[str] = "huber"
    label: ClassVar[str] = tr_noop("Huber")
    help: ClassVar[str] = tr_noop(
        "Half the squared error where it is small, and in proportion to the error beyond delta."
    )
    keywords: ClassVar[str] = tr_noop("smooth l1 robust")
    takes: ClassVar[frozenset[Targets]] = _ANY
    target: ClassVar[Target] = "one_hot"
    output_activation: ClassVar[OutputActivation] = IDENTITY

    delta: float = real(
        1.0,
        tr_noop("Delta"),
        tr_noop("The error above which the loss is linear."),
        ge=0.001,
        le=1000.0,
        logarithmic=True,
    )

    def call(self) -> Call:
        return call("torch.nn.functional.huber_loss", delta=self.delta)


class Dice(Loss):
    """1 - 2 Σ p·t / (Σ p² + Σ t²) on the softmax p (Milletari, Navab and Ahmadi, 2016, arXiv:1606.04797).

    Where each position has a class, the sums leave out class 0, the background, as in the paper.
    """

    id: ClassVar[str] = "dice"
    label: ClassVar[str] = tr_noop("Dice")
    help: ClassVar[str] = tr_noop(
        "How little the network's probabilities and the target overlap, from 0 to 1. Of many positions the background, "
        "the first class, does not count. Takes raw scores (logits)."
    )
    keywords: ClassVar[str] = tr_noop("soft dice overlap f1 v-net")
    target: ClassVar[Target] = "one_hot"
    output_activation: ClassVar[OutputActivation] = SOFTMAX

    def call(self) -> Call:
        return call(_OURS + "dice")


class DiceCrossEntropy(Loss):
    """Cross entropy plus Dice (Isensee et al., 2018, nnU-Net, arXiv:1809.10486)."""

    id: ClassVar[str] = "dice_cross_entropy"
    label: ClassVar[str] = tr_noop("Dice + cross entropy")
    help: ClassVar[str] = tr_noop("The sum of both: overlap and surprise. Takes raw scores (logits).")
    keywords: ClassVar[str] = tr_noop("overlap nnu-net")
    target: ClassVar[Target] = "one_hot"
    output_activation: ClassVar[OutputActivation] = SOFTMAX

    weight: float = real(
        1.0,
        tr_noop("Dice weight"),
        tr_noop("Factor of the Dice part; that of the cross entropy is 1."),
        ge=0.0,
        le=100.0,
    )

    def call(self) -> Call:
        return call(_OURS + "dice_cross_entropy", weight=self.weight)
