"""Weight averaging: a second network follows the trained one with smoothed weights."""

from __future__ import annotations

from copy import deepcopy

import torch
from torch import Tensor, nn


class WeightAverage:
    """Keeps in `network` a moving average of the weights of `trained`, a copy of the network that is trained instead.

    After each step average ← decay · average + (1 - decay) · weights; after the first step it equals the weights
    (Polyak and Juditsky, 1992; as `torch.optim.swa_utils.AveragedModel` with `get_ema_multi_avg_fn` and
    `use_buffers`). BatchNorm's running statistics are averaged as well, so that they fit the averaged weights; integer
    counters are copied. An exported program uses torch's class itself; here the average has to be a network that
    others read while it changes, and that can be reset after a divergence.
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
        """Update the average with the weights after a step."""
        if self.begun:
            torch._foreach_lerp_(self._averages, self._weights, 1.0 - self._decay)
        else:
            torch._foreach_copy_(self._averages, self._weights)
            self.begun = True
        for average, count in self._counted:
            average.copy_(count)

    @torch.no_grad()
    def mend(self) -> bool:
        """Reset the average to the weights if it is no longer finite; return whether it was reset."""
        if all(bool(average.isfinite().all()) for average in self._averages):
            return False
        torch._foreach_copy_(self._averages, self._weights)
        return True


def _tensors(network: nn.Module) -> list[Tensor]:
    """Parameters and buffers, in order."""
    return [tensor.detach() for tensor in network.state_dict().values()]
