"""What a data set declares: what comes in, what is asked, how it is divided, how it is read, and what shows it.

A data set is one class in a module of `spec.datasets`, and the function in a module of `engine.data.sources` that its
call names and that returns an `engine.data.in_memory.Data`. What a person does with its networks is a panel of the
window, named by `panel`; see `gui.panels`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

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

    `code` defines `load_data(place, device)`, or `load_data(device)` where nothing is read. It returns (inputs,
    targets) to train on, then, where any are held out, those to validate with, and those to test with. `copied` are
    functions of ours that it uses, by dotted name; `needs` what has to be installed besides torch and safetensors;
    `place` what its option `--data` takes, which it has only then. Where batches are no plain choice of samples, `code`
    defines `batches(inputs, targets)` as well, and `count` is the expression for how many samples an epoch has.
    """

    code: str
    copied: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    place: str | None = None
    batches: bool = False
    count: str = "len(train_targets)"


@dataclass(frozen=True, slots=True)
class Objection:
    """Why nothing can be learned from the data as its fields are, and the value of a field that would mend it."""

    what: Message
    expected: Message
    field: str
    better: Any = None  # None: there is none to be had


def nothing_to_test_with() -> Message:
    """The answer to a request for a sample of the test set where there is none."""
    return message("There is nothing to test with yet. Choose the data first.")


class Dataset(Component):
    """The family. Shapes and counts are known without reading anything; of samples, one is `samples[0]`."""

    panel: ClassVar[str]  # which panel of the window shows what its networks do: a folder of `gui.panels`
    samples: ClassVar[str] = tr_noop("images")  # what it holds many of
    augmented: ClassVar[bool] = False  # whether augmentations, which take pictures, make sense for it
    train_targets: ClassVar[Targets | None] = None  # what it is trained on, where that is not what it is tested on
    against: ClassVar[tuple[str, str]] = ("", "")  # what training, and what the test, compares with, where they differ
    remotes: ClassVar[tuple[Remote, ...]] = ()  # what has to be downloaded before it can be read
    source_choice: ClassVar[SourceChoice | None] = None  # how a person chooses what it is read from, where one does
    fit: ClassVar[float | None] = None  # share of the test samples that must be right for a network to be of use

    validation_share: float = proportion(
        0.0,
        tr_noop("Validation"),
        tr_noop("Share of the data that is never trained on, to see how well the network generalises."),
        le=0.5,
    )

    @property
    @abstractmethod
    def sample_shape(self) -> Shape:
        """Shape of what goes into the network; `Tokens` where that are codes."""

    @property
    @abstractmethod
    def task(self) -> Task:
        """What is asked of the network."""

    @property
    def signature(self) -> tuple[object, ...]:
        """What goes into a network of this data and what comes out: where two data sets agree in it, a question that
        was made for one of them can be put to a network of the other.
        """
        return self.sample_shape, self.task

    @property
    def units(self) -> tuple[str, int]:
        """What speed is told in, and how many of them a sample has: characters of a text."""
        return self.samples, 1

    @property
    def title(self) -> Message:
        """What it is called: its label, or the name of a person's own file."""
        return message(self.label)

    @property
    def class_names(self) -> tuple[str, ...]:
        """What the classes are called, in the order of their numbers; their numbers where they have no names."""
        return tuple(map(str, range(self.task.classes or 0)))

    @property
    def target_name(self) -> str:
        """The name of the number that is asked for; empty where it has none, or a class is asked for."""
        return ""

    @property
    def preparation(self) -> Message | None:
        """What has to be done before it can be trained on, in words, where that takes more than a second."""
        return None

    @property
    def known(self) -> bool:
        """Whether a person has chosen what it is read from; if not, shapes and counts are placeholders."""
        return True

    @property
    def own_path(self) -> str:
        """The path of what a person has chosen; empty where it comes with the program, or nothing was chosen."""
        return ""

    @property
    def summary(self) -> Message | None:
        """What is known of what a person has chosen, or that nothing was chosen."""
        return None

    @classmethod
    def of_source(cls, source: Any, before: Dataset) -> Self:
        """The data set of what was found in a file or folder; settings of such data before stay as they are."""
        assert cls.source_choice is not None
        return (before if isinstance(before, cls) else cls()).with_(**{cls.source_choice.field: source})

    def account(self, skips: Counts) -> Message:
        """What is said when its source was chosen; `skips`: what was left out."""
        names = {"name": self.title, "count": self.available + self.test_count, "samples": message(self.samples)}
        if skips:
            words = tr_noop("{name}: {count:,} {samples}. Left out: {skips} (see Data).")
            return message(words, **names, skips=counted(skips))
        return message("{name}: {count:,} {samples}.", **names)

    def objections(self) -> Iterator[Objection]:
        """What is wrong with it, if anything."""
        return iter(())

    @property
    @abstractmethod
    def available(self) -> int:
        """How many samples there are to train on or to hold out."""

    @property
    @abstractmethod
    def test_count(self) -> int:
        """How many samples there are to test with, which nothing is learned from."""

    @property
    def validation_count(self) -> int:
        """How many samples are held out."""
        return round(self.available * self.validation_share)

    @property
    def train_count(self) -> int:
        """How many samples are trained on."""
        return self.available - self.validation_count

    @abstractmethod
    def call(self) -> Call:
        """The function that reads it: in `engine.data.sources`; it returns an `engine.data.in_memory.Data`."""

    @abstractmethod
    def loading(self) -> Loading:
        """How an exported program reads the same."""


def dataset_of(path: Path) -> type[Dataset] | None:
    """The data set that a file or a folder becomes when it is opened, by its name; None where it becomes none."""
    choices = ((member, member.source_choice) for member in Dataset.members() if member.source_choice)
    folder, suffix = path.is_dir(), path.suffix.lower()
    return next((kind for kind, one in choices if (one.folder if folder else suffix in one.suffixes)), None)
