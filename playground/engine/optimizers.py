"""Optimizers that torch does not have in the form needed here; exported programs copy them from here."""

import math
from typing import Any

import torch
from torch import Tensor, nn

# Keller Jordan's polynomial a·x + b·x³ + c·x⁵, which moves singular values in (0, 1] close to 1.
_A, _B, _C = 3.4445, -4.7750, 2.0315

# Modules whose parameters of two or more dimensions are all matrices or filters.
_WITH_MATRICES = (
    nn.Linear,
    nn.Conv1d,
    nn.Conv2d,
    nn.Conv3d,
    nn.ConvTranspose1d,
    nn.ConvTranspose2d,
    nn.ConvTranspose3d,
    nn.RNNBase,
    nn.MultiheadAttention,
)


def hidden_and_other(model: nn.Module) -> list[dict[str, Any]]:
    """Two groups of parameters: the matrices and filters of hidden layers, and all others.

    The others are the biases, norms, embeddings and positions, and the last layer with a matrix,
    which gives the outputs: Keller Jordan recommends AdamW for these. A group may be empty.
    Frozen parameters are in neither.
    """
    layers = [module for module in model.modules() if isinstance(module, _WITH_MATRICES)]
    own = [item for layer in layers[:-1] for item in layer.parameters(recurse=False)]
    found = {id(item) for item in own if item.ndim > 1}
    trained = [item for item in model.parameters() if item.requires_grad]
    hidden = [item for item in trained if id(item) in found]
    other = [item for item in trained if id(item) not in found]
    return [{"params": hidden}, {"params": other, "orthogonal": False}]


class Muon(torch.optim.Optimizer):
    """Orthogonalised momentum for matrices and filters, AdamW for the rest, at one rate.

    Keller Jordan, 2024, https://kellerjordan.github.io/posts/muon: the momentum of a matrix is
    replaced by the nearest one whose singular values are all about 1. A filter is the matrix
    (outputs, inputs · height · width). In groups with `orthogonal=False`, and for parameters of one
    dimension, it is AdamW (Loshchilov and Hutter, arXiv:1711.05101). Unlike `torch.optim.Muon` it
    computes in the parameters' own precision: bfloat16 is slow on most processors.

    momentum, nesterov: of the matrices. ns_steps: of the Newton-Schulz iteration.
    adjust_lr_fn: factor of the rate for a matrix (A, B): "original" is √max(1, A/B),
        "match_rms_adamw" is 0.2·√max(A, B) (Liu et al., arXiv:2502.16982), which allows the rates
        and decays of AdamW.
    other_lr: AdamW's learning rate as a multiple of `lr`; betas, eps: AdamW's. weight_decay: of
    both, decoupled.
    """

    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        momentum: float = 0.95,
        nesterov: bool = True,
        weight_decay: float = 0.0,
        ns_steps: int = 5,
        adjust_lr_fn: str = "match_rms_adamw",
        other_lr: float = 1.0,
        betas: tuple[float, float] = (0.9, 0.95),
        eps: float = 1e-8,
    ) -> None:
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "nesterov": nesterov,
            "weight_decay": weight_decay,
            "ns_steps": ns_steps,
            "adjust_lr_fn": adjust_lr_fn,
            "other_lr": other_lr,
            "betas": betas,
            "eps": eps,
            "orthogonal": True,
        }
        super().__init__(params, defaults)

    @torch.no_grad()
    def step(self, closure: Any = None) -> Any:
        """One step along the gradients; a closure computes them first and returns the loss."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is None:
                    continue
                state = self.state[parameter]
                matrix = group["orthogonal"] and parameter.ndim > 1
                update_of = _orthogonal_update if matrix else _adam_update
                update = update_of(parameter.grad, state, group)
                if group["weight_decay"]:
                    update.add_(parameter, alpha=group["weight_decay"])
                if not matrix:
                    update.mul_(group["other_lr"])
                parameter.add_(update, alpha=-group["lr"])
        return loss


def _orthogonal_update(gradient: Tensor, state: dict[str, Tensor], group: dict[str, Any]) -> Tensor:
    """The scaled update of a matrix or filter, in the gradient's shape."""
    if "momentum_buffer" not in state:
        state["momentum_buffer"] = torch.zeros_like(gradient)
    momentum = state["momentum_buffer"].lerp_(gradient, 1 - group["momentum"])
    direction = gradient.lerp(momentum, group["momentum"]) if group["nesterov"] else momentum
    matrix = orthogonalised(direction.flatten(1), group["ns_steps"])
    rows, columns = matrix.shape
    if group["adjust_lr_fn"] == "match_rms_adamw":
        scale = 0.2 * math.sqrt(max(rows, columns))
    else:
        scale = math.sqrt(max(1.0, rows / columns))
    return (matrix * scale).reshape(gradient.shape)


def orthogonalised(matrix: Tensor, steps: int) -> Tensor:
    """The nearest matrix to (A, B) with equal singular values, roughly: they are in 0.7 … 1.2.

    Newton-Schulz iteration X ← a·X + b·(X·Xᵀ)·X + c·(X·Xᵀ)²·X from X = G / ‖G‖; where A > B, on the
    transpose.
    """
    wide = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
    wide = wide / wide.norm().clamp_min(1e-7)
    for _ in range(steps):
        gram = wide @ wide.T
        wide = torch.addmm(wide, torch.addmm(gram, gram, gram, beta=_B, alpha=_C), wide, beta=_A)
    return wide if matrix.shape[0] <= matrix.shape[1] else wide.T


def _adam_update(gradient: Tensor, state: dict[str, Tensor], group: dict[str, Any]) -> Tensor:
    """Adam's direction (Kingma and Ba, arXiv:1412.6980, algorithm 1)."""
    if "step" not in state:
        state["step"] = torch.zeros((), device=gradient.device)
        state["exp_avg"] = torch.zeros_like(gradient)
        state["exp_avg_sq"] = torch.zeros_like(gradient)
    beta1, beta2 = group["betas"]
    step = state["step"].add_(1)
    mean = state["exp_avg"].lerp_(gradient, 1 - beta1)
    square = state["exp_avg_sq"].mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
    deviation = (square / (1 - beta2**step)).sqrt_().add_(group["eps"])
    direction: Tensor = mean / (1 - beta1**step)
    return direction.div_(deviation)
