"""Reports of the worker to the window: immutable values, and the mailbox for a run's snapshots."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from playground.engine.data.scaling import Scaling
from playground.engine.doctor.finding import Finding
from playground.engine.provenance import Derivation
from playground.engine.runs.reopening import Lost
from playground.engine.training.snapshots import Diverged, Figures, Finished, Snapshot
from playground.gui.session.network_copy import NetworkCopy
from playground.spec.data.dataset import Dataset
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import RunLink
from playground.spec.messages import Message, message, tr_noop

if TYPE_CHECKING:
    import numpy as np
    import torch

    from playground.engine.data.in_memory import Data
    from playground.engine.training.rate_test import RateTest, Searching


@dataclass(frozen=True, slots=True)
class Weights:
    """A CPU copy of the network's weights after a step."""

    experiment: Experiment
    tensors: dict[str, torch.Tensor]
    step: int
    scaling: Scaling | None = None  # of the data that it learned from; None where that is not known
    provenance: tuple[Derivation, ...] = ()  # of the network, see `Trained`


@dataclass(frozen=True, slots=True)
class Past:
    """The network of a run at an earlier moment."""

    step: int
    weights: Weights


class Mailbox:
    """The output of one run for the window: every snapshot, and the latest copy of its weights.

    Neither is a signal: a signal for each batch would flood the event loop. A new run gets a new mailbox, so that late
    output of an old run cannot be mistaken for the new one's.
    """

    def __init__(self) -> None:
        self.snapshots: deque[Snapshot] = deque()
        self.weights: Weights | None = None
        self.run_id: str | None = None  # of the stored run, once there is one


@dataclass(frozen=True, slots=True)
class Report:
    """Base of reports; `mailbox` is that of the run concerned."""

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
        | Kept
        | Found
        | TestSample
        | SharedData
        | Augmented
        | RateSearching
        | RateFound
        | Preparing
        | Dropped
    )


@dataclass(frozen=True, slots=True)
class Ready:
    """Torch is imported, data can be read."""

    versions: str


@dataclass(frozen=True, slots=True)
class Preparing:
    """The data are being read, which takes a while."""

    message: Message


@dataclass(frozen=True, slots=True)
class Waiting:
    """The run waits, after a pause or a step."""


@dataclass(frozen=True, slots=True)
class Training:
    """The run continues, on this device and number of threads."""

    where: Message


@dataclass(frozen=True, slots=True)
class Ended:
    """The run has ended; its last snapshot gives the result."""

    last: Diverged | Finished


@dataclass(frozen=True, slots=True)
class Failed:
    """A command was refused or failed; the run is unchanged."""

    message: Message
    logged: bool = False  # the error was unexpected, and the log keeps the traceback


@dataclass(frozen=True, slots=True)
class Broken:
    """The run is lost; a new one can start."""

    message: Message
    logged: bool = False  # the error was unexpected, and the log keeps the traceback


@dataclass(frozen=True, slots=True)
class Dropped:
    """The run was cancelled before it began, by a command that arrived before its data were read."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A trained network was read, from a file or from a stored run."""

    experiment: Experiment
    path: Path | None  # None: from a stored run
    figures: Figures
    resumable: bool = False  # whether its run can be continued as if it had not been interrupted
    run_id: str = ""
    snapshots: tuple[Snapshot, ...] = ()  # of the stored run
    lost: Lost | None = None  # a later network of the stored run, which cannot be read

    @property
    def warning(self) -> Message | None:
        """Why this is not the last network of the run; None if it is."""
        if self.lost is None:
            return None
        words = tr_noop("The last network of “{run}” was not opened, but that of step {found:,}. {why}")
        return message(words, run=self.experiment.name, found=self.figures.step, why=self.lost.why)


@dataclass(frozen=True, slots=True)
class Saved:
    """The network was written to a file."""

    path: Path


@dataclass(frozen=True, slots=True)
class Found:
    """The doctor has found something wrong with the run."""

    finding: Finding


@dataclass(frozen=True, slots=True)
class Kept:
    """The network as it is now, in the run store for good as soon as that is written, and a copy of it."""

    link: RunLink | None = None  # None: it is not stored
    copy: NetworkCopy | None = None  # None: there is no network, or no copy
    problem: Message | None = None  # why there is no copy


@dataclass(frozen=True, slots=True)
class TestSample:
    """A sample of the test set, or of another part of the data, as the network receives it, and its target."""

    data: Dataset
    inputs: np.ndarray
    target: np.ndarray
    part: str = "test"
    index: int | None = None  # within its part; None where only its panel's inputs matter


@dataclass(frozen=True, slots=True)
class SharedData:
    """The data of an experiment, which nobody modifies."""

    dataset: Dataset
    data: Data | None
    problem: Message | None = None  # why they cannot be read


@dataclass(frozen=True, slots=True)
class Augmented:
    """Images of the training set after an experiment's augmentations."""

    pictures: np.ndarray  # (25, C, H, W) float32 in [0, 1], C is 1 or 3


@dataclass(frozen=True, slots=True)
class RateSearching:
    """The search for a learning rate goes on."""

    progress: Searching


@dataclass(frozen=True, slots=True)
class RateFound:
    """The search for a learning rate is over."""

    experiment: Experiment
    test: RateTest | None
    reason: Message | None = None  # why there is no test
