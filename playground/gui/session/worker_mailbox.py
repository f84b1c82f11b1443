"""What the worker tells the window: immutable values, and the mailbox in which a run leaves its snapshots."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from playground.engine.training.snapshots import Diverged, Figures, Finished, Snapshot
from playground.spec.data.dataset import Dataset
from playground.spec.experiment import Experiment
from playground.spec.messages import Message

if TYPE_CHECKING:
    import numpy as np
    import torch


@dataclass(frozen=True, slots=True)
class Weights:
    """A copy of the network as it was after a step, on the CPU."""

    experiment: Experiment
    tensors: dict[str, torch.Tensor]
    step: int


class Mailbox:
    """What one run leaves for the window: every snapshot, and the latest copy of its weights.

    Neither is a signal: a signal for each batch would bury the event loop. A new run gets a new mailbox, so that
    nothing an old one still says can be taken for news of the new one.
    """

    def __init__(self) -> None:
        self.snapshots: deque[Snapshot] = deque()
        self.weights: Weights | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Something happened; `mailbox` is that of the run it happened to."""

    mailbox: Mailbox
    what: (
        Ready
        | Waiting
        | Training
        | Ended
        | Failed
        | Broken
        | Opened
        | Saved
        | TestSample
        | Augmented
        | Preparing
        | Dropped
    )


@dataclass(frozen=True, slots=True)
class Ready:
    """Torch is imported, the data can be read."""

    versions: str


@dataclass(frozen=True, slots=True)
class Preparing:
    """The data is being read, which takes a while."""

    message: Message


@dataclass(frozen=True, slots=True)
class Waiting:
    """The run waits, after a pause or a step."""


@dataclass(frozen=True, slots=True)
class Training:
    """The run goes on, on this device and so many threads."""

    where: Message


@dataclass(frozen=True, slots=True)
class Ended:
    """The run has ended, as its last snapshot says."""

    last: Diverged | Finished


@dataclass(frozen=True, slots=True)
class Failed:
    """A command was refused, or could not be carried out; the run is as it was."""

    message: Message
    logged: bool = False  # nobody foresaw it, and the log keeps the trace


@dataclass(frozen=True, slots=True)
class Broken:
    """The run is lost, a new one can start."""

    message: Message
    logged: bool = False  # nobody foresaw it, and the log keeps the trace


@dataclass(frozen=True, slots=True)
class Dropped:
    """The run was given up before it began: something else was wanted before its data were read."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A trained network was read from a file."""

    experiment: Experiment
    path: Path
    figures: Figures


@dataclass(frozen=True, slots=True)
class Saved:
    """The network was written to a file."""

    path: Path


@dataclass(frozen=True, slots=True)
class TestSample:
    """A sample of the test set, as a network is given it, and what is asked of it."""

    data: Dataset
    inputs: np.ndarray
    target: np.ndarray


@dataclass(frozen=True, slots=True)
class Augmented:
    """Images of the training set as the augmentations of an experiment leave them."""

    pictures: np.ndarray  # (25, C, H, W) float32 in [0, 1], C being 1 or 3
