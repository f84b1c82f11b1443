"""Finds the smallest change of a drawing after which a network gives another answer."""

from __future__ import annotations

from collections.abc import Generator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d

from playground.engine.probes.attributions import outputs_of, with_gradients

Picture = npt.NDArray[np.float32]

_PEN = 0.7  # standard deviation of a dot of ink, in pixels
_PRICES = (0.25, 1.0, 4.0, 16.0)  # of a wrong answer, beside the ink; all are tried at once
_STEPS = 100
_PATIENCE = 25  # steps without a smaller change, after which the search ends
_RATE = 0.08  # of a step, in ink
_MARGIN = 0.1  # by which the wanted output must exceed all others


class SmallestChange(NamedTuple):
    """A picture that a network reads as wanted, and the ink that was added to the original and erased from it."""

    picture: Picture  # (H, W) in [0, 1], in steps of 1/255, as a picture file holds it
    added: Picture  # (H, W), not negative
    erased: Picture  # (H, W), not negative

    @property
    def ink(self) -> float:
        """The sum of all that was added and erased, in pixels of full brightness."""
        return float(self.added.sum() + self.erased.sum())


def smallest_change(network: nn.Module, inputs: Tensor, wanted: int) -> Generator[None, None, SmallestChange | None]:
    """Search the least ink to add to a picture (1, 1, H, W) in [0, 1], or to erase, for the answer `wanted`.

    Minimises ‖u‖₁ + c · max(0, margin + the largest other output − the wanted one) by iterative shrinkage with
    momentum, where u is ink in dots as wide as a pen and the picture is clamped to [0, 1], as in Chen, Sharma, Zhang,
    Yi and Hsieh, 2017, EAD, arXiv:1709.04114, without its square norm. Four values of c are tried side by side, and the
    least ink that reached the answer counts. Yields after each step. None where no change of this kind was found.

    Raises:
        AttributionError: as `outputs_of`.
    """
    kernel = _dot()
    prices = torch.tensor(_PRICES)
    shares = (1.0 / (1.0 + prices)).reshape(-1, 1, 1, 1)
    ink = torch.zeros(len(_PRICES), *inputs.shape[1:])
    ahead, best, least, idle = ink, None, float("inf"), 0
    for step in range(1, _STEPS + 1):
        with with_gradients(network):
            leaf = ahead.clone().requires_grad_(True)
            pictures = _drawn(inputs, leaf, kernel)
            outputs = outputs_of(network, pictures)
            (slope,) = torch.autograd.grad((prices * _missing(outputs, wanted)).sum(), leaf)
        cost = (pictures.detach() - inputs).abs().sum((1, 2, 3))
        cost[outputs.detach().argmax(1) != wanted] = float("inf")
        cheapest = float(cost.min())
        idle = 0 if cheapest < least else idle + 1
        if cheapest < least:
            least, best = cheapest, pictures.detach()[cost.argmin()]
        if best is not None and idle == _PATIENCE:
            break
        moved = ahead - _RATE * shares * slope
        shrunk = moved.sign() * (moved.abs() - _RATE * shares).clamp_min(0.0)
        ahead = shrunk + (step - 1) / (step + 2) * (shrunk - ink)
        ink = shrunk
        yield
    return None if best is None else _checked(network, inputs, (best * 255).round() / 255, wanted)


def _checked(network: nn.Module, inputs: Tensor, picture: Tensor, wanted: int) -> SmallestChange | None:
    """The change to a picture (1, H, W) in steps of 1/255; None if rounding lost the answer."""
    with with_gradients(network), torch.no_grad():
        if int(outputs_of(network, picture[None]).argmax(1)) != wanted:
            return None
    change = (picture - inputs[0])[0].numpy()
    return SmallestChange(picture[0].numpy(), np.maximum(change, 0), np.maximum(-change, 0))


def _missing(outputs: Tensor, wanted: int) -> Tensor:
    """How much the wanted output (N, K) lacks to exceed all others by the margin: (N,), 0 where it does."""
    others = outputs.clone()
    others[:, wanted] = float("-inf")
    return (others.amax(1) - outputs[:, wanted] + _MARGIN).clamp_min(0.0)


def _drawn(inputs: Tensor, ink: Tensor, kernel: Tensor) -> Tensor:
    """The pictures with ink in dots, clamped to [0, 1]."""
    return (inputs + conv2d(ink, kernel, padding=kernel.shape[-1] // 2)).clamp(0.0, 1.0)


def _dot() -> Tensor:
    """A dot of a pen, (1, 1, 5, 5), whose centre is 1."""
    places = torch.arange(-2.0, 3.0)
    line = torch.exp(-(places**2) / (2 * _PEN**2))
    return torch.outer(line, line)[None, None]
