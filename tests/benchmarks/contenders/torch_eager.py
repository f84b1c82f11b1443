"""PyTorch without DataLoader: a plain loop over tensors that are in memory, with the fused Adam, on one thread.

It is the loop of somebody who knows what costs time: one thread, since two are slower with so small a network.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional

from tests.benchmarks.contenders.digits import images, labels


def prepare() -> Callable[[], object]:
    """One epoch."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    network = nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
    optimizer = torch.optim.Adam(network.parameters(), lr=0.001, fused=True)
    x, y = torch.from_numpy(images()), torch.from_numpy(labels()).long()

    def epoch() -> list[float]:
        log = []
        for index in torch.randperm(len(y)).split(32):
            optimizer.zero_grad()
            loss = functional.cross_entropy(network(x[index]), y[index])
            loss.backward()
            optimizer.step()
            log.append(loss.item())
        return log

    return epoch
