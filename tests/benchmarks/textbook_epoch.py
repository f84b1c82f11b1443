"""Times one epoch of `textbook` through the trainer beside a plain PyTorch loop, one after the other, several times.

python tests/benchmarks/textbook_epoch.py [--rounds 5]

The peer is the loop that anybody would write who keeps the data as tensors: a new permutation each epoch, the
batch's images picked by index, zero_grad, backward, Adam(fused=True), and loss.item() for the log. Both train from
the same number of threads, one. The last line is the ratio of the two, ours divided by the peer's: below 1 we are
faster.
"""

from __future__ import annotations

import argparse
from statistics import median
from time import perf_counter

import torch
from torch import nn
from torch.nn import functional

from playground.engine.data import Digits, load
from playground.engine.snapshots import Epoch
from playground.engine.step import warm_up
from playground.engine.trainer import Trainer
from playground.spec.experiment import Experiment
from playground.spec.presets import preset


def ours(experiment: Experiment, digits: Digits) -> float:
    """Seconds from the first step to the end of the first epoch."""
    run = Trainer(experiment, digits)
    began = perf_counter()
    for snapshot in run:
        if isinstance(snapshot, Epoch):
            break
    return perf_counter() - began


def peer(digits: Digits) -> float:
    """Seconds of one epoch of the plain loop."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    network = nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
    optimizer = torch.optim.Adam(network.parameters(), lr=0.001, fused=True)
    images, labels = digits.train_images, digits.train_labels
    log = []
    began = perf_counter()
    order = torch.randperm(len(labels))
    for start in range(0, len(labels), 32):
        index = order[start : start + 32]
        optimizer.zero_grad()
        loss = functional.cross_entropy(network(images[index]), labels[index])
        loss.backward()
        optimizer.step()
        log.append(loss.item())
    return perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="how often each is timed")
    options = parser.parse_args()
    warm_up()
    experiment = preset("textbook").experiment
    digits = load(experiment.data)
    seconds: list[tuple[float, float]] = []
    for number in range(options.rounds + 1):
        pair = (ours(experiment, digits), peer(digits))
        if number:  # the first round warms caches up
            seconds.append(pair)
            print(f"round {number}: trainer {pair[0]:.3f} s, plain loop {pair[1]:.3f} s", flush=True)
    mine, theirs = zip(*seconds, strict=True)
    print(f"best: trainer {min(mine):.3f} s, plain loop {min(theirs):.3f} s, ratio {min(mine) / min(theirs):.3f}")
    print(f"median: trainer {median(mine):.3f} s, plain loop {median(theirs):.3f} s")
    print(f"ratio {median(mine) / median(theirs):.3f}")


if __name__ == "__main__":
    main()
