"""The base class of data sets: inputs, task, split, reader and panel.

A data set is one class in a module of `spec.datasets`, and the function in a module of `engine.data.sources` that its
`call` names and that returns a `Data`. `panel` names the panel of the window in which its networks are used; see
`gui.panels`.
"""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Any, ClassVar, Self

from playground.spec.attribution_methods import ExampleKind
from playground.spec.call import Call
from playground.spec.component import Component, proportion
from playground.spec.data.remote_file import Remote
from playground.spec.data.skipped import Counts, counted
from playground.spec.data.source_choice import SourceChoice
from playground.spec.data.task import Targets, Task
from playground.spec.layer import Shape
from playground.spec.messages import Message, message, tr_noop


@dataclass(frozen=True, slots=True)
class Loading:
    """The part of an exported program that reads the data.

    `code` defines `load_data(place, device)`, or `load_data(device)` where no file is read. It returns (inputs,
    targets) for training, then for validation if any samples are held out, then for testing. `copied` are the
    functions of this package that it uses, by dotted name; `needs` are packages to install besides torch and
    safetensors; `data_help` describes the value of the option `--data`, or is None where there is no such option. Where
    `batches` is true, `code` also defines `batches(inputs, targets)`; `count` is the expression for the number of
    samples in an epoch.
    """

    code: str
    copied: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    data_help: str | None = None
    batches: bool = False
    count: str = "len(train_targets)"


@dataclass(frozen=True, slots=True)
class Objection:
    """Why the data cannot be used with its current fields, and the value of a field that would fix it."""

    what: Message
    expected: Message
    field: str
    better: Any = None  # None: no value would
    words: Message | None = None  # for setting it, where no form shows the field


def nothing_to_test_with() -> Message:
    """The message for a request for a test sample before the data are chosen."""
    return message("There is nothing to test with yet. Choose the data first.")


class Samples(Enum):
    """Samples in files that a network can be asked about, see `engine.inference.predictions`."""

    DIGITS = auto()  # pictures of one digit
    LINES = auto()  # of a text
    PICTURES = auto()
    POINTS = auto()  # rows of a table with x and y
    ROWS = auto()  # of a table
    TEXTS = auto()  # lines of a text or all of it, or a column of a table

    @property
    def in_folders(self) -> bool:
        """Whether the network can be asked about all the files in a folder."""
        return self in (Samples.DIGITS, Samples.PICTURES, Samples.TEXTS)


class Dataset(Component):
    """Base class of data sets. Shapes and counts are known without reading any file."""

    panel: ClassVar[str]  # the folder of its panel in `gui.panels`
    asked_with: ClassVar[Samples | None] = None  # the samples in files for which its networks give answers
    over_plane: ClassVar[bool] = False  # whether its inputs are points of a plane, over which each unit is a picture
    samples: ClassVar[str] = tr_noop("images")  # the plural noun for its samples
    augmented: ClassVar[bool] = False  # whether its samples are pictures that can be augmented
    train_targets: ClassVar[Targets | None] = None  # the kind of training targets, if not the task's
    against: ClassVar[tuple[str, str]] = ("", "")  # names of the training and the test targets, where they differ
    remotes: ClassVar[tuple[Remote, ...]] = ()  # files to download before it can be read
    source_choice: ClassVar[SourceChoice | None] = None  # how a user chooses the files that it is read from
    fit: ClassVar[float | None] = None  # accuracy from which a network counts as fit to deploy
    licence: ClassVar[str] = ""  # of the data, by its usual short name; empty where it is not known

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
    def signature(self) -> tuple[object, ...]:
        """Input and output of a network of this data: where two data sets agree in them, a question that
        was made for one of them can be put to a network of the other.
        """
        return self.sample_shape, self.task

    @property
    def units(self) -> tuple[str, int]:
        """The unit in which speed is counted, and how many of them a sample has; for a text, characters."""
        return self.samples, 1

    @property
    def places(self) -> str:
        """The plural noun for what gets one answer each: its samples, or the pixels, characters or words of each."""
        if self.task.positions == 1:
            return self.samples
        return tr_noop("pixels") if len(self.task.output) == 3 else self.units[0]

    def units_per_character(self, *, tested: bool = False) -> float:
        """For a language model, how many codes a character takes on average, in the training part or in the test."""
        return 1.0

    @property
    def title(self) -> Message:
        """Its label, or the name of the user's own file."""
        return message(self.label)

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names of the classes, by class index; the indices as text where classes have no names."""
        return tuple(map(str, range(self.task.classes or 0)))

    @property
    def class_counts(self) -> tuple[int, ...]:
        """The number of samples of each class in what a person has chosen; empty where that is not known."""
        return ()

    @property
    def example_kind(self) -> ExampleKind:
        """The kind of its samples, which decides how an answer about one can be explained."""
        one = self.task.classes and self.task.positions == 1
        return ExampleKind.PICTURE if one and len(self.sample_shape) == 3 and not self.over_plane else ExampleKind.OTHER

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

    @property
    def licence_stated(self) -> str:
        """The licence of what it holds with its present settings; empty where it is not known."""
        return self.licence

    @property
    def own_path(self) -> str:
        """The path of what a person has chosen; empty where it comes with the program, or nothing was chosen."""
        return ""

    @property
    def own_paths(self) -> tuple[str, ...]:
        """The paths of all that a person has chosen, which no file that is written may replace."""
        return (self.own_path,) if self.own_path else ()

    @property
    def summary(self) -> Message | None:
        """A sentence about the source that the user has chosen, or that none was chosen."""
        return None

    @property
    def from_disk(self) -> bool:
        """Whether samples are read from disk while a network trains, because memory is too small for all."""
        return False

    @property
    def notice(self) -> Message | None:
        """A sentence on how the data are read with the present settings."""
        return None

    @property
    def addition(self) -> Message | None:
        """A few words on the samples that are mixed into the training samples."""
        return None

    @property
    def changed(self) -> Message | None:
        """How many of its examples a person has changed, in a few words."""
        return None

    @classmethod
    def of_source(cls, source: Any, before: Dataset) -> Self:
        """The data set of what was found in a file or folder; settings of such data before stay as they are."""
        assert cls.source_choice is not None
        return (before if isinstance(before, cls) else cls()).with_(**{cls.source_choice.field: source})

    def account(self, skips: Counts) -> Message:
        """The sentence that is shown when its source was chosen; `skips` counts the samples left out, by reason."""
        names = {"name": self.title, "count": self.available + self.test_count, "samples": message(self.samples)}
        if skips:
            words = tr_noop("{name}: {count:,} {samples}. Left out: {skips} (see Data).")
            return message(words, **names, skips=counted(skips))
        return message("{name}: {count:,} {samples}.", **names)

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


def dataset_of(path: Path) -> type[Dataset] | None:
    """The data set that a file or a folder becomes when it is opened, by its name; None where it becomes none."""
    choices = [(member, member.source_choice) for member in Dataset.members() if member.source_choice]
    if os.path.isdir(path):  # False for a name that is too long, where `Path.is_dir` raises
        texts = next((kind for kind, one in choices if _holds(one, path)), None)
        return texts or next((kind for kind, one in choices if one.folder), None)
    return next((kind for kind, one in choices if path.suffix.lower() in one.suffixes), None)


def _holds(choice: SourceChoice, folder: Path) -> bool:
    """`SourceChoice.holds` or `sorts`, where the folder can be read."""
    try:
        return choice.holds(folder) or choice.sorts(folder)
    except OSError:
        return False
