"""Averaged weights: a second network that follows the one that is trained, more calmly."""

from __future__ import annotations

from copy import deepcopy

import torch
from torch import Tensor, nn


class WeightAverage:
    """Holds in `network` a moving average of the weights of another, which it makes as its copy: `trained`.

    After each step average ← decay · average + (1 - decay) · weights; after the first it is the weights themselves
    (Polyak and Juditsky, 1992; as `torch.optim.swa_utils.AveragedModel` with `get_ema_multi_avg_fn` and
    `use_buffers`). BatchNorm's figures are averaged as well, so that they belong to the averaged weights; what is
    counted is copied. An exported program holds torch's class itself; here the average has to be a network that others
    read while it changes, and that can be mended.
    """

    def __init__(self, network: nn.Sequential, decay: float) -> None:
        """`network` becomes the average, in place."""
        self.network, self.trained = network, deepcopy(network)
        self._decay = decay
        pairs = list(zip(_tensors(network), _tensors(self.trained), strict=True))
        self._averages = [average for average, weights in pairs if average.is_floating_point()]
        self._weights = [weights for average, weights in pairs if average.is_floating_point()]
        self._counted = [(average, count) for average, count in pairs if not average.is_floating_point()]
        self.begun = False  # whether a step was noted

    @torch.no_grad()
    def note(self) -> None:
        """Take note of the weights after a step."""
        if self.begun:
            torch._foreach_lerp_(self._averages, self._weights, 1.0 - self._decay)
        else:
            torch._foreach_copy_(self._averages, self._weights)
            self.begun = True
        for average, count in self._counted:
            average.copy_(count)

    @torch.no_grad()
    def mend(self) -> bool:
        """Begin anew from the weights where the average has become no finite number; whether it had."""
        if all(bool(average.isfinite().all()) for average in self._averages):
            return False
        torch._foreach_copy_(self._averages, self._weights)
        return True


def _tensors(network: nn.Module) -> list[Tensor]:
    """Parameters and buffers, in order."""
    return [tensor.detach() for tensor in network.state_dict().values()]
