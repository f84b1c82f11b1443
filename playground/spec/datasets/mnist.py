"""MNIST: which digit is it?"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar

from pydantic import Field

from playground.spec.call import Call, call
from playground.spec.component import integer
from playground.spec.data.changed_examples import ChangedExamples
from playground.spec.data.corrections import Corrections
from playground.spec.data.dataset import Dataset, Loading, Objection, Samples
from playground.spec.data.task import Task, classes
from playground.spec.datasets.changeable import Changeable
from playground.spec.export.changed_examples import picture_parts, with_change_list
from playground.spec.export.corrections import corrected
from playground.spec.export.data_files import MNIST_DATA_HELP, READ_DIGITS
from playground.spec.layer import Shape
from playground.spec.messages import Message, message, plural, tr_noop


class Pictures(Dataset):
    """Base of data sets of pictures and their classes, with a training file and a test file."""

    panel: ClassVar[str] = "digits"
    asked_with: ClassVar[Samples | None] = Samples.DIGITS
    augmented: ClassVar[bool] = True
    classes: ClassVar[int]
    picture_shape: ClassVar[Shape]
    total: ClassVar[int]  # pictures in the training file, the last of which are held out
    tests: ClassVar[int]
    prompt: ClassVar[str] = tr_noop("Draw a digit")  # invitation on the drawing pad
    on_black: ClassVar[bool] = False  # whether its pictures have a black background: others are inverted
    named: ClassVar[tuple[str, ...]] = ()  # names of its classes, if they have any

    train_limit: int = integer(
        60_000,
        tr_noop("Training images"),
        tr_noop("At most this many are used for training; a small number is quickly memorised."),
        ge=1,
        le=60_000,
    )

    @property
    def sample_shape(self) -> Shape:
        return self.picture_shape

    @property
    def task(self) -> Task:
        return classes(self.classes)

    @property
    def class_names(self) -> tuple[str, ...]:
        return self.named or super().class_names

    @property
    def available(self) -> int:
        return self.total

    @property
    def test_count(self) -> int:
        return self.tests

    @property
    def own_train_count(self) -> int:
        """The number of training samples that the training file gives: the first of it."""
        return min(self.train_limit, super().train_count)

    @property
    def train_count(self) -> int:
        return self.own_train_count


class LabelledPictures(Changeable, Pictures):
    """Base of data sets of pictures whose classes are those of their files, and can be changed."""

    @property
    def train_count(self) -> int:
        """Number of training samples: the first of the training file, without those that are left out."""
        return self.own_train_count - len(self._left_out(0, self.own_train_count))

    def objections(self) -> Iterator[Objection]:
        yield from super().objections()
        held_out = self._left_out(self.total - self.validation_count, self.total)
        if held_out:
            what = message("An example that you left out of training is held out for validation now.")
            kept = tuple(item for item in self.changes.items if item.number not in held_out)
            better, words = ChangedExamples(items=kept), message("Take back such changes")
            yield Objection(what, message("training examples only"), "changes", better, words)

    def _left_out(self, start: int, stop: int) -> set[int]:
        """The numbers, from `start` to before `stop`, of samples that are left out of training."""
        items = self.changes.items
        return {item.number for item in items if item.class_name is None and start <= item.number < stop}

    def call(self) -> Call:
        if not self.changes.items:
            return self.reading()
        return call("playground.engine.data.sources.changed_examples.changed", self.reading(), self.change_list)

    def loading(self) -> Loading:
        return with_change_list(self.own_loading(), self.change_list)

    @abstractmethod
    def reading(self) -> Call:
        """The call of the function that reads the data as their files are."""

    @abstractmethod
    def own_loading(self) -> Loading:
        """The code that reads the data, with the changes if there is a list of them."""


class Correctable(LabelledPictures):
    """Base of data sets of grey pictures, 28 × 28, into whose training part one's own corrections can be mixed.

    They come after the training images, all of them `copies` times, and are in no other part.
    """

    picture_shape: ClassVar[Shape] = (1, 28, 28)

    corrections: Corrections = Field(Corrections())  # chosen in a window of their own, not in the form

    def stored(self) -> dict[str, Any]:
        values = super().stored()
        if not self.corrections.items:
            del values["corrections"]
        return values

    @property
    def train_count(self) -> int:
        """Number of training samples: the first of the training file, and the corrections."""
        return super().train_count + self.corrections.count

    @property
    def licence_stated(self) -> str:
        return f"{self.licence}, without one's own corrections" if self.corrections.items else self.licence

    @property
    def addition(self) -> Message | None:
        if not self.corrections.items:
            return None
        count = plural("{count:,} corrections", "1 correction", len(self.corrections.items))
        return message("incl. {corrections} × {copies:,}", corrections=count, copies=self.corrections.copies)

    def objections(self) -> Iterator[Objection]:
        yield from super().objections()
        numbers = [item.number for item in self.corrections.items if item.number >= self.classes]
        if numbers:
            what = message("A correction has the class {number}, which there is not.", number=numbers[0])
            yield Objection(what, message("at most {most}", most=self.classes - 1), "corrections")

    def call(self) -> Call:
        reading, corrections = super().call(), self.corrections
        if not corrections.items:
            return reading
        items = tuple((item.number, item.picture) for item in corrections.items)
        return call("playground.engine.data.sources.corrections.mixed", reading, items, corrections.copies)

    def loading(self) -> Loading:
        items = tuple((item.number, item.picture) for item in self.corrections.items)
        return corrected(super().loading(), items, self.corrections.copies) if items else super().loading()


class MNIST(Correctable):
    """Handwritten digits (LeCun, Cortes and Burges, 1998): 60,000 to train and 10,000 to test with, 28 × 28 grey."""

    id: ClassVar[str] = "mnist"
    licence: ClassVar[str] = "CC BY-SA 3.0"
    fit: ClassVar[float | None] = 0.99
    label: ClassVar[str] = tr_noop("MNIST")
    help: ClassVar[str] = tr_noop("70,000 handwritten digits, 28 × 28 pixels, white on black. Which digit is it?")
    classes: ClassVar[int] = 10
    total: ClassVar[int] = 60_000
    tests: ClassVar[int] = 10_000

    def reading(self) -> Call:
        return call("playground.engine.data.sources.mnist.read", self.own_train_count, self.validation_count)

    def own_loading(self) -> Loading:
        return Loading(_loading(self), needs=("torchvision",), data_help=MNIST_DATA_HELP)


def _loading(data: MNIST) -> str:
    lines = [
        READ_DIGITS,
        "",
        "",
        "def load_data(folder, device):",
        '    """Images (N, 1, 28, 28) in [0, 1] and labels (N,), to train and to test with."""',
        "",
        "    def tensors(part):",
        "        images, labels = read_mnist(folder, part)",
        "        return (images.unsqueeze(1) / 255).to(device), labels.to(device)",
        "",
        '    images, labels = tensors("train")',
    ]
    lines += picture_parts(data.own_train_count, data.validation_count, changed=bool(data.changes.items))
    parts = ["train", *(["validation"] if data.validation_count else []), 'tensors("t10k")']
    return "\n".join([*lines, f"    return {', '.join(parts)}"])
