"""The user's own pictures: a folder for each class."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import ClassVar, Literal, Self

from pydantic import Field

from playground.spec.call import Call, call
from playground.spec.component import choice, integer, proportion
from playground.spec.data.dataset import Dataset, Loading, Objection, Samples
from playground.spec.data.picture_folder_summary import PictureFolder
from playground.spec.data.source_choice import SourceChoice
from playground.spec.data.task import Task, classes
from playground.spec.datasets.changeable import Changeable
from playground.spec.export import pictures
from playground.spec.export.changed_examples import with_change_list
from playground.spec.layer import Shape
from playground.spec.messages import Message, joined, message, tr_noop
from playground.spec.number_text import bytes_text

_ENGINE = "playground.engine.data.sources."
_MOST_IN_MEMORY = 1_500_000_000  # bytes of all decoded pictures; more are read from disk again and again
_DRAWN_SIDE = 28  # pixels, in which a drawing of a sign is clear


class OwnPictures(Changeable):
    """A folder that contains a folder of pictures for each class. They are only read, never changed or moved.

    Where folders for training and for the test (or validation) hold the folders of the classes, they decide the split.
    Where there are no folders of classes, a table beside the pictures may name each file and its class.
    """

    id: ClassVar[str] = "picture_folder"
    label: ClassVar[str] = tr_noop("Image folder")
    help: ClassVar[str] = tr_noop("Your own pictures, a folder for each class: which of the folders is one from?")
    keywords: ClassVar[str] = tr_noop("own data photographs images classes")
    asked_with: ClassVar[Samples | None] = Samples.PICTURES
    augmented: ClassVar[bool] = True
    source_choice: ClassVar[SourceChoice | None] = SourceChoice(
        tr_noop("A folder with a folder of pictures for each class"),
        call(_ENGINE + "picture_folder.inspect"),
        prompt=tr_noop(
            "Choose a folder that holds a folder of pictures for each class, or a table of file names and classes."
        ),
    )

    source: PictureFolder = Field(PictureFolder())  # chosen with a button, not in the form
    side: int = integer(
        32,
        tr_noop("Side"),
        tr_noop("Every picture becomes a square of so many pixels, see Framing."),
        ge=8,
        le=128,
        unit=tr_noop("px"),
    )
    framing: Literal["crop", "pad", "stretch"] = choice(
        "crop",
        tr_noop("Framing"),
        tr_noop("How a picture that is not square becomes one: what is cut off, the network never sees."),
        labels={
            "crop": tr_noop("cut off the longer side"),
            "pad": tr_noop("whole, with margins"),
            "stretch": tr_noop("stretched"),
        },
    )
    colour: Literal["colour", "grey"] = choice(
        "colour",
        tr_noop("Colour"),
        tr_noop("Red, green and blue, or brightness alone."),
        labels={"colour": tr_noop("colour"), "grey": tr_noop("grey")},
    )
    test_share: float = proportion(
        0.2,
        tr_noop("Test share"),
        tr_noop("Share of the pictures that is kept for the test at the end."),
        ge=0.05,
        le=0.5,
    )
    split_seed: int = integer(
        0, tr_noop("Split seed"), tr_noop("Decides which pictures are kept for what."), ge=0, le=1_000_000
    )

    @property
    def panel(self) -> str:  # type: ignore[override]  # one's own drawings are drawn
        return "sign" if self.source.labels else "picture"

    @property
    def title(self) -> Message:
        return message("{folder}", folder=self.source.name) if self.source.path else super().title

    @classmethod
    def of_source(cls, source: PictureFolder, before: Dataset) -> Self:
        """Drawings are grey and small, unless the settings are those of a collection already."""
        again = isinstance(before, cls) and before.source.path == source.path
        made = super().of_source(source, before)
        made = made if again else made.unchanged
        if not source.labels or (isinstance(before, cls) and before.source.labels):
            return made
        return made.with_(side=_DRAWN_SIDE, colour="grey")

    @property
    def class_names(self) -> tuple[str, ...]:
        return self.source.class_names or ("?", "?")

    @property
    def class_counts(self) -> tuple[int, ...]:
        return self.source.counts

    @property
    def sample_shape(self) -> Shape:
        return (3 if self.colour == "colour" else 1, self.side, self.side)

    @property
    def task(self) -> Task:
        return classes(len(self.class_names))

    @property
    def test_count(self) -> int:
        return self.source.test_total or self.drawn_test_count

    @property
    def available(self) -> int:
        return max(1, self.source.total - self.test_count)

    @property
    def validation_count(self) -> int:
        return self.source.validation_total or self.drawn_validation_count

    @property
    def drawn_test_count(self) -> int:
        """The number of test pictures drawn from the undivided ones: none where a folder holds them."""
        return 0 if self.source.test_total else max(1, round(self.source.undivided * self.test_share))

    @property
    def drawn_validation_count(self) -> int:
        """The same for validation."""
        return 0 if self.source.validation_total else round(self.available * self.validation_share)

    @property
    def known(self) -> bool:
        return bool(self.source.path and self.source.classes)

    @property
    def from_disk(self) -> bool:
        """Whether the pictures, decoded, would take too much memory."""
        return self._bytes > _MOST_IN_MEMORY

    @property
    def _bytes(self) -> int:
        return self.source.total * prod(self.sample_shape)

    @property
    def notice(self) -> Message | None:
        if not self.from_disk:
            return None
        words = tr_noop(
            "Decoded, the pictures would take {size} of memory: they are read from disk while it trains, which is "
            "slower. A smaller side helps."
        )
        return message(words, size=bytes_text(self._bytes))

    @property
    def treatment(self) -> Message:
        """The preparation of each picture before a network sees it."""
        words = {
            "crop": tr_noop(
                "Each picture is scaled to {side} × {side} pixels; its longer side is cut off at both ends."
            ),
            "pad": tr_noop(
                "Each picture is scaled to {side} × {side} pixels, whole, with margins of its edge's colour."
            ),
            "stretch": tr_noop("Each picture is stretched to {side} × {side} pixels."),
        }
        return message(words[self.framing], side=self.side)

    def cut_share(self, size: tuple[int, int]) -> float:
        """The share of a picture of that width and height that is cut off, 0–1."""
        return 1 - min(size) / max(size) if self.framing == "crop" else 0.0

    @property
    def own_path(self) -> str:
        return self.source.path

    @property
    def summary(self) -> Message:
        if not self.source.path:
            return message("No folder has been chosen. It should hold a folder of pictures for each class.")
        if self.source.validation_total or self.source.test_total:
            return self._divided_summary
        names = {"name": self.source.name, "count": self.source.total, "classes": len(self.source.classes)}
        return message("{name}: {count:,} pictures in {classes:,} classes", **names)

    @property
    def _divided_summary(self) -> Message:
        """The summary of pictures in separate folders."""
        source = self.source
        parts = [message("{count:,} for training", count=self.train_count)]
        if self.validation_count:
            parts.append(message("{count:,} for validation", count=self.validation_count))
        parts.append(message("{count:,} for the test", count=self.test_count))
        words = tr_noop("{name}: pictures in {classes:,} classes, {parts}")
        return message(words, name=source.name, classes=len(source.classes), parts=joined(parts, ", "))

    def objections(self) -> Iterator[Objection]:
        if not self.known:
            yield Objection(message("No folder of pictures has been chosen."), message("a folder: see Data"), "source")
        yield from super().objections()

    def call(self) -> Call:
        return call(_ENGINE + "picture_folder.read", self)

    def loading(self) -> Loading:
        return with_change_list(pictures.loading(self), self.change_list)
