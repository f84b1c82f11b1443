"""The base class of data sets: inputs, task, split, reader and panel.

A data set is one class in a module of `spec.datasets`, and the function in a module of `engine.data.sources` that its
`call` names and that returns a `Data`. `panel` names the panel of the window in which its networks are used; see
`gui.panels`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from playground.spec.call import Call
from playground.spec.component import Component, proportion
from playground.spec.data.remote_file import Remote
from playground.spec.data.task import Targets, Task
from playground.spec.layer import Shape
from playground.spec.messages import Message, message, tr_noop


@dataclass(frozen=True, slots=True)
class Loading:
    """The part of an exported program that reads the data.

    `code` defines `load_data(place, device)`, or `load_data(device)` where no file is read. It returns (inputs,
    targets) for training, then for validation if any samples are held out, then for testing. `copied` are the
    functions of this package that it uses, by dotted name; `needs` are packages to install besides torch and
    safetensors; `place` describes the value of the option `--data`, or is None where there is no such option. Where
    `batches` is true, `code` also defines `batches(inputs, targets)`; `count` is the expression for the number of
    samples in an epoch.
    """

    code: str
    copied: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    place: str | None = None
    batches: bool = False
    count: str = "len(train_targets)"


@dataclass(frozen=True, slots=True)
class Objection:
    """Why the data cannot be used with its current fields, and the value of a field that would fix it."""

    what: Message
    expected: Message
    field: str
    better: Any = None  # None: no value would


def nothing_to_test_with() -> Message:
    """The message for a request for a test sample before the data are chosen."""
    return message("There is nothing to test with yet. Choose the data first.")


class Dataset(Component):
    """Base class of data sets. Shapes and counts are known without reading any file."""

    panel: ClassVar[str]  # the panel of the window in which its networks are used
    samples: ClassVar[str] = tr_noop("images")  # the plural noun for its samples
    augmented: ClassVar[bool] = False  # whether its samples are pictures that can be augmented
    train_targets: ClassVar[Targets | None] = None  # the kind of training targets, if not the task's
    against: ClassVar[tuple[str, str]] = ("", "")  # names of the training and the test targets, where they differ
    remotes: ClassVar[tuple[Remote, ...]] = ()  # files to download before it can be read
    fit: ClassVar[float | None] = None  # accuracy from which a network counts as fit to deploy

    validation_share: float = proportion(
        0.0,
        tr_noop("Validation"),
        tr_noop("Share of the data that is never trained on, to see how well the network generalises."),
        le=0.5,
    )

    @property
    @abstractmethod
    def sample_shape(self) -> Shape:
        """Shape of one input of the network; `Tokens` for codes."""

    @property
    @abstractmethod
    def task(self) -> Task:
        """The task of the network: its output, targets and score."""

    @property
    def units(self) -> tuple[str, int]:
        """The unit in which speed is counted, and how many of them a sample has; for a text, characters."""
        return self.samples, 1

    @property
    def title(self) -> Message:
        """Its label, or the name of the user's own file."""
        return message(self.label)

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names of the classes, by class index; the indices as text where classes have no names."""
        return tuple(map(str, range(self.task.classes or 0)))

    @property
    def target_name(self) -> str:
        """The name of the number to predict; empty where it has none, or classes are predicted."""
        return ""

    @property
    def preparation(self) -> Message | None:
        """The work needed before training, as a sentence, if it takes more than a second; else None."""
        return None

    @property
    def known(self) -> bool:
        """Whether its file or folder has been chosen; if not, shapes and counts are placeholders."""
        return True

    def objections(self) -> Iterator[Objection]:
        """The reasons why it cannot be used, if any."""
        return iter(())

    @property
    @abstractmethod
    def available(self) -> int:
        """The number of samples for training and validation together."""

    @property
    @abstractmethod
    def test_count(self) -> int:
        """The number of test samples."""

    @property
    def validation_count(self) -> int:
        """The number of validation samples."""
        return round(self.available * self.validation_share)

    @property
    def train_count(self) -> int:
        """The number of training samples."""
        return self.available - self.validation_count

    @abstractmethod
    def call(self) -> Call:
        """The call of the function in `playground.engine.data.sources` that reads it and returns a `Data`."""

    @abstractmethod
    def loading(self) -> Loading:
        """The code with which an exported program reads the same data."""
