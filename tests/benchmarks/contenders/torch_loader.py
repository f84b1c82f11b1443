"""PyTorch with DataLoader, as its tutorial has it: `files` reads MNIST through torchvision, `tensors` from memory.

`files` is torchvision's MNIST with ToTensor, which makes a picture and then a tensor of each digit; `tensors` a
TensorDataset of what that would make. Both load in the process itself (num_workers=0) and compute on one thread: on a
quiet machine two are no faster (5.1 beside 5.0 s an epoch of `files`), on another many times slower.
"""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, TensorDataset

from playground.spec.files.resources import resource
from tests.benchmarks.contenders.digits import images, labels


def from_files() -> Dataset[tuple[torch.Tensor, int]]:
    """Torchvision's data set; it keeps all bytes in memory and wants the files uncompressed only to read them."""
    from torchvision.datasets import MNIST
    from torchvision.transforms import ToTensor

    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder, "MNIST", "raw")
        raw.mkdir(parents=True)
        for path in resource("mnist").glob("*.gz"):
            (raw / path.stem).write_bytes(gzip.decompress(path.read_bytes()))
        return MNIST(folder, train=True, transform=ToTensor())


def prepare(source: str) -> Callable[[], object]:
    """One epoch."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    if source == "files":
        data = from_files()
    else:
        data = TensorDataset(torch.from_numpy(images()).unsqueeze(1), torch.from_numpy(labels()).long())
    loader = DataLoader(data, batch_size=32, shuffle=True)
    network = nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
    loss_function = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(network.parameters(), lr=0.001)

    def epoch() -> float:
        total = 0.0
        for x, y in loader:
            optimizer.zero_grad()
            loss = loss_function(network(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item()
        return total

    return epoch
