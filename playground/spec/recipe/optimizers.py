"""Optimizers: rules that turn a gradient into a step."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar, Literal

from playground.spec.call import Call, call
from playground.spec.component import Component, choice, flag, integer, real
from playground.spec.messages import tr_noop

LEAST_RATE, GREATEST_RATE = 1e-8, 100.0  # that an optimizer takes
_EVERYWHERE = ("cpu", "cuda", "mps")
_LR = tr_noop("Learning rate")
_LR_HELP = tr_noop("Size of a step. Too small learns slowly, too large never settles, or diverges.")


def _lr(default: float) -> Any:
    return real(default, _LR, _LR_HELP, ge=LEAST_RATE, le=GREATEST_RATE, logarithmic=True, live=True)


def _beta(default: float, name: str, help: str) -> Any:
    return real(default, name, help, ge=0.0, le=0.9999)


def _eps(default: float) -> Any:
    return real(
        default, tr_noop("Epsilon"), tr_noop("Keeps a division from exploding."), ge=1e-16, le=1.0, logarithmic=True
    )


class Optimizer(Component):
    """Base of all optimizers. `call()` names the class in `torch.optim` or `playground.engine.optimizers`.

    Its first argument is the parameters: those of the network, or the result of `grouping` for the network.
    """

    grouping: ClassVar[Call | None] = None  # a function of the network, for an optimizer with parameter groups

    memory: ClassVar[int] = 2  # state tensors kept for each weight, at most
    fused: ClassVar[tuple[str, ...]] = ()  # device types on which torch has a fused kernel for it
    # Whether momentum switched on during a run needs a buffer of zeros, which torch creates only in the first step.
    momentum_from_zeros: ClassVar[bool] = False

    lr: float = _lr(0.001)

    @abstractmethod
    def call(self) -> Call:
        """The optimizer's class with its hyper-parameters, without the first argument, the parameters."""


class SGD(Optimizer):
    """`torch.optim.SGD`."""

    id: ClassVar[str] = "sgd"
    label: ClassVar[str] = tr_noop("SGD")
    help: ClassVar[str] = tr_noop("Stochastic gradient descent: a step against the gradient of each batch.")
    memory: ClassVar[int] = 1
    fused: ClassVar[tuple[str, ...]] = _EVERYWHERE

    lr: float = _lr(0.1)
    momentum: float = real(
        0.0,
        tr_noop("Momentum"),
        tr_noop("Share of the last step that is kept; 0.9 is usual."),
        ge=0.0,
        le=0.9999,
        live=True,
    )
    nesterov: bool = flag(
        False, tr_noop("Nesterov"), tr_noop("Looks ahead along the momentum; has an effect only with momentum.")
    )

    def call(self) -> Call:
        # torch rejects Nesterov without momentum, where it has no effect.
        nesterov = self.nesterov and self.momentum > 0
        return call("torch.optim.SGD", lr=self.lr, momentum=self.momentum, nesterov=nesterov)


class Adam(Optimizer):
    """`torch.optim.Adam` (Kingma and Ba, 2015, arXiv:1412.6980)."""

    id: ClassVar[str] = "adam"
    label: ClassVar[str] = tr_noop("Adam")
    help: ClassVar[str] = tr_noop(
        "Scales every weight's step by its own recent gradients. Works nearly everywhere as it is."
    )
    fused: ClassVar[tuple[str, ...]] = _EVERYWHERE

    lr: float = _lr(0.001)
    beta1: float = _beta(0.9, tr_noop("Beta 1"), tr_noop("Memory of the mean gradient."))
    beta2: float = _beta(0.999, tr_noop("Beta 2"), tr_noop("Memory of the mean squared gradient."))
    eps: float = _eps(1e-8)

    def call(self) -> Call:
        return call("torch.optim.Adam", lr=self.lr, betas=(self.beta1, self.beta2), eps=self.eps)


class AdamW(Optimizer):
    """`torch.optim.AdamW` (Loshchilov and Hutter, 2019, arXiv:1711.05101)."""

    id: ClassVar[str] = "adamw"
    label: ClassVar[str] = tr_noop("AdamW")
    help: ClassVar[str] = tr_noop(
        "Adam with decoupled weight decay: weights shrink a little each step, apart from the gradient."
    )
    fused: ClassVar[tuple[str, ...]] = _EVERYWHERE

    lr: float = _lr(0.001)
    weight_decay: float = real(
        0.01,
        tr_noop("Weight decay"),
        tr_noop("Share of each weight, times the learning rate, that is taken off a step."),
        ge=0.0,
        le=10.0,
        logarithmic=True,
        live=True,
    )
    beta1: float = _beta(0.9, tr_noop("Beta 1"), tr_noop("Memory of the mean gradient."))
    beta2: float = _beta(0.999, tr_noop("Beta 2"), tr_noop("Memory of the mean squared gradient."))
    eps: float = _eps(1e-8)

    def call(self) -> Call:
        betas = (self.beta1, self.beta2)
        return call("torch.optim.AdamW", lr=self.lr, betas=betas, eps=self.eps, weight_decay=self.weight_decay)


class NAdam(Optimizer):
    """`torch.optim.NAdam` (Dozat, 2016, Incorporating Nesterov Momentum into Adam)."""

    id: ClassVar[str] = "nadam"
    label: ClassVar[str] = tr_noop("NAdam")
    help: ClassVar[str] = tr_noop("Adam that looks ahead along the momentum, as Nesterov does.")
    keywords: ClassVar[str] = tr_noop("nesterov")

    lr: float = _lr(0.002)
    beta1: float = _beta(0.9, tr_noop("Beta 1"), tr_noop("Memory of the mean gradient."))
    beta2: float = _beta(0.999, tr_noop("Beta 2"), tr_noop("Memory of the mean squared gradient."))
    momentum_decay: float = real(
        0.004,
        tr_noop("Momentum decay"),
        tr_noop("How soon the look-ahead grows to its full length; 0 keeps it at half."),
        ge=0.0,
        le=1.0,
    )
    eps: float = _eps(1e-8)

    def call(self) -> Call:
        betas = (self.beta1, self.beta2)
        return call("torch.optim.NAdam", lr=self.lr, betas=betas, eps=self.eps, momentum_decay=self.momentum_decay)


class RAdam(Optimizer):
    """`torch.optim.RAdam` (Liu et al., 2020, arXiv:1908.03265)."""

    id: ClassVar[str] = "radam"
    label: ClassVar[str] = tr_noop("RAdam")
    help: ClassVar[str] = tr_noop(
        "Adam that waits with scaling steps until it has seen enough gradients, which saves the warm-up."
    )
    keywords: ClassVar[str] = tr_noop("rectified warm-up")

    lr: float = _lr(0.001)
    beta1: float = _beta(0.9, tr_noop("Beta 1"), tr_noop("Memory of the mean gradient."))
    beta2: float = _beta(0.999, tr_noop("Beta 2"), tr_noop("Memory of the mean squared gradient."))
    eps: float = _eps(1e-8)

    def call(self) -> Call:
        return call("torch.optim.RAdam", lr=self.lr, betas=(self.beta1, self.beta2), eps=self.eps)


class Adamax(Optimizer):
    """`torch.optim.Adamax` (Kingma and Ba, 2015, arXiv:1412.6980, section 7.1)."""

    id: ClassVar[str] = "adamax"
    label: ClassVar[str] = tr_noop("Adamax")
    help: ClassVar[str] = tr_noop("Adam that divides by the largest recent gradient instead of the mean squared one.")
    keywords: ClassVar[str] = tr_noop("infinity norm")

    lr: float = _lr(0.002)
    beta1: float = _beta(0.9, tr_noop("Beta 1"), tr_noop("Memory of the mean gradient."))
    beta2: float = _beta(0.999, tr_noop("Beta 2"), tr_noop("Memory of the largest gradient."))
    eps: float = _eps(1e-8)

    def call(self) -> Call:
        return call("torch.optim.Adamax", lr=self.lr, betas=(self.beta1, self.beta2), eps=self.eps)


class RMSprop(Optimizer):
    """`torch.optim.RMSprop` (Tieleman and Hinton, 2012, lecture 6.5)."""

    id: ClassVar[str] = "rmsprop"
    label: ClassVar[str] = tr_noop("RMSprop")
    help: ClassVar[str] = tr_noop("Divides every weight's step by the root of its recent mean squared gradient.")
    momentum_from_zeros: ClassVar[bool] = True

    lr: float = _lr(0.001)
    momentum: float = real(
        0.0, tr_noop("Momentum"), tr_noop("Share of the last step that is kept."), ge=0.0, le=0.9999, live=True
    )
    alpha: float = _beta(0.99, tr_noop("Alpha"), tr_noop("Memory of the mean squared gradient."))
    eps: float = _eps(1e-8)

    def call(self) -> Call:
        return call("torch.optim.RMSprop", lr=self.lr, alpha=self.alpha, eps=self.eps, momentum=self.momentum)


class Adagrad(Optimizer):
    """`torch.optim.Adagrad` (Duchi, Hazan and Singer, 2011, JMLR 12)."""

    id: ClassVar[str] = "adagrad"
    label: ClassVar[str] = tr_noop("Adagrad")
    help: ClassVar[str] = tr_noop("Weights that moved much take ever smaller steps; the rate only falls.")
    memory: ClassVar[int] = 1
    fused: ClassVar[tuple[str, ...]] = ("cpu",)

    lr: float = _lr(0.01)
    lr_decay: float = real(
        0.0, tr_noop("Rate decay"), tr_noop("How fast the learning rate falls in addition."), ge=0.0, le=1.0
    )
    eps: float = _eps(1e-10)

    def call(self) -> Call:
        return call("torch.optim.Adagrad", lr=self.lr, lr_decay=self.lr_decay, eps=self.eps)


class Adadelta(Optimizer):
    """`torch.optim.Adadelta` (Zeiler, 2012, arXiv:1212.5701)."""

    id: ClassVar[str] = "adadelta"
    label: ClassVar[str] = tr_noop("Adadelta")
    help: ClassVar[str] = tr_noop("Sizes the steps of each weight by its last ones; the rate is usually left at 1.")

    lr: float = _lr(1.0)
    rho: float = _beta(
        0.9, tr_noop("Rho"), tr_noop("Memory of the mean squared gradient and of the mean squared step.")
    )
    eps: float = _eps(1e-6)

    def call(self) -> Call:
        return call("torch.optim.Adadelta", lr=self.lr, rho=self.rho, eps=self.eps)


class Muon(Optimizer):
    """Orthogonalised momentum for hidden matrices and filters, AdamW for the rest (Keller Jordan, 2024).

    https://kellerjordan.github.io/posts/muon; the scale of Liu et al., arXiv:2502.16982, section 2.2, allows one
    learning rate for both.
    """

    id: ClassVar[str] = "muon"
    label: ClassVar[str] = tr_noop("Muon")
    help: ClassVar[str] = tr_noop(
        "Turns the momentum of each hidden matrix and filter into an orthogonal one, so that no direction is left "
        "behind. Biases, norms, embeddings and the output layer take AdamW."
    )
    keywords: ClassVar[str] = tr_noop("orthogonal newton-schulz spectral matrix jordan")
    grouping: ClassVar[Call | None] = call("playground.engine.optimizers.hidden_and_other")

    lr: float = _lr(0.002)
    momentum: float = real(
        0.95,
        tr_noop("Momentum"),
        tr_noop("Memory of the gradient of matrices and filters."),
        ge=0.0,
        le=0.9999,
        live=True,
    )
    weight_decay: float = real(
        0.0,
        tr_noop("Weight decay"),
        tr_noop("Share of each weight, times the learning rate, that is taken off a step."),
        ge=0.0,
        le=10.0,
        logarithmic=True,
    )
    nesterov: bool = flag(True, tr_noop("Nesterov"), tr_noop("Looks ahead along the momentum."))
    ns_steps: int = integer(
        5, tr_noop("Iterations"), tr_noop("Newton–Schulz steps towards an orthogonal matrix."), ge=1, le=20
    )
    adjust_lr_fn: Literal["match_rms_adamw", "original"] = choice(
        "match_rms_adamw",
        tr_noop("Scale"),
        tr_noop(
            "How long the steps of a matrix are: as AdamW's, so that one rate does for both, or as first published."
        ),
        labels={"match_rms_adamw": tr_noop("as AdamW's"), "original": tr_noop("original")},
    )
    other_lr: float = real(
        1.0,
        tr_noop("AdamW's rate"),
        tr_noop("The learning rate of everything but hidden matrices and filters, as a multiple of the rate."),
        ge=0.0,
        le=100.0,
        logarithmic=True,
    )
    beta1: float = _beta(0.9, tr_noop("Beta 1"), tr_noop("AdamW's memory of the mean gradient."))
    beta2: float = _beta(0.95, tr_noop("Beta 2"), tr_noop("AdamW's memory of the mean squared gradient."))
    eps: float = _eps(1e-8)

    def call(self) -> Call:
        settings = {name: value for name, value in self.values().items() if name not in ("beta1", "beta2")}
        return call("playground.engine.optimizers.Muon", **settings, betas=(self.beta1, self.beta2))
