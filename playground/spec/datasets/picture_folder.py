"""The user's own pictures: a folder for each class."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal, Self

from pydantic import Field

from playground.spec.call import Call, call, printed
from playground.spec.component import choice, integer, proportion
from playground.spec.data.dataset import Dataset, Loading, Objection, Samples
from playground.spec.data.picture_folder_summary import PictureFolder
from playground.spec.data.source_choice import SourceChoice
from playground.spec.data.task import Task, classes
from playground.spec.export.statement import laid_out
from playground.spec.layer import Shape
from playground.spec.messages import Message, message, tr_noop

_ENGINE = "playground.engine.data.sources."
_MOST = 1_500_000_000  # bytes of all decoded pictures
_DRAWN_SIDE = 28  # pixels, in which a drawing of a sign is clear


class OwnPictures(Dataset):
    """A folder that contains a folder of pictures for each class. They are only read, never changed or moved."""

    id: ClassVar[str] = "picture_folder"
    label: ClassVar[str] = tr_noop("Image folder")
    help: ClassVar[str] = tr_noop("Your own pictures, a folder for each class: which of the folders is one from?")
    keywords: ClassVar[str] = tr_noop("own data photographs images classes")
    panel: ClassVar[str] = "picture"
    asked_with: ClassVar[Samples | None] = Samples.PICTURES
    augmented: ClassVar[bool] = True
    source_choice: ClassVar[SourceChoice | None] = SourceChoice(
        tr_noop("A folder with a folder of pictures for each class"),
        call(_ENGINE + "picture_folder.inspect"),
        prompt=tr_noop("Choose a folder that holds a folder of pictures for each class."),
    )

    source: PictureFolder = Field(PictureFolder())  # chosen with a button, not in the form
    side: int = integer(
        32,
        tr_noop("Side"),
        tr_noop("Every picture is cut and scaled to a square of so many pixels."),
        ge=8,
        le=128,
        unit=tr_noop("px"),
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
    def title(self) -> Message:
        return message("{folder}", folder=self.source.name) if self.source.path else super().title

    @classmethod
    def of_source(cls, source: PictureFolder, before: Dataset) -> Self:
        """Drawings are grey and small, unless the settings are those of a collection already."""
        made = super().of_source(source, before)
        if not source.labels or (isinstance(before, cls) and before.source.labels):
            return made
        return made.with_(side=_DRAWN_SIDE, colour="grey")

    @property
    def class_names(self) -> tuple[str, ...]:
        return self.source.class_names or ("?", "?")

    @property
    def sample_shape(self) -> Shape:
        return (3 if self.colour == "colour" else 1, self.side, self.side)

    @property
    def task(self) -> Task:
        return classes(len(self.class_names))

    @property
    def test_count(self) -> int:
        return max(1, round(self.source.total * self.test_share))

    @property
    def available(self) -> int:
        return max(1, self.source.total - self.test_count)

    @property
    def known(self) -> bool:
        return bool(self.source.path and self.source.classes)

    @property
    def own_path(self) -> str:
        return self.source.path

    @property
    def summary(self) -> Message:
        if not self.source.path:
            return message("No folder has been chosen. It should hold a folder of pictures for each class.")
        names = {"name": self.source.name, "count": self.source.total, "classes": len(self.source.classes)}
        return message("{name}: {count:,} pictures in {classes:,} classes", **names)

    def objections(self) -> Iterator[Objection]:
        if not self.known:
            yield Objection(message("No folder of pictures has been chosen."), message("a folder: see Data"), "source")
        elif self.source.total * self.side**2 * self.sample_shape[0] > _MOST:
            yield Objection(
                message("So many pictures of that size do not fit into memory."), message("smaller ones"), "side", 32
            )

    def call(self) -> Call:
        return call(_ENGINE + "picture_folder.read", self)

    def loading(self) -> Loading:
        return Loading(
            _loading(self),
            ("playground.spec.data.split.split",),
            needs=("numpy", "pillow"),
            data_help="folder that holds a folder of pictures for each class",
        )


def _loading(data: OwnPictures) -> str:
    mode = "RGB" if data.colour == "colour" else "L"
    parts = ("train", "validation", "test") if data.validation_count else ("train", "test")
    shape = ", ".join(map(str, data.sample_shape))
    lines = [
        *laid_out("CLASSES = ", list(data.source.classes), ""),
        "",
        "",
        "def pictures(folder):",
        '    """Each picture that can be read, as bytes, with the number of its class."""',
        "    for number, name in enumerate(CLASSES):",
        "        for path in sorted((folder / name).iterdir()):",
        "            try:",
        "                image = Image.open(io.BytesIO(path.read_bytes()))",
        f"                image.draft(None, ({4 * data.side}, {4 * data.side}))",
        "                image = ImageOps.exif_transpose(image)",
        "                if image.has_transparency_data:",
        '                    above = image.convert("RGBA")',
        '                    image = Image.alpha_composite(Image.new("RGBA", above.size, "white"), above)',
        f'                image = image.convert("{mode}")',
        f"                fitted = ImageOps.fit(image, ({data.side}, {data.side}), Image.Resampling.BILINEAR)",
        "            except Exception:  # skip files that are not pictures",
        "                continue",
        f"            yield np.asarray(fitted).reshape({data.side}, {data.side}, -1).transpose(2, 0, 1), number",
        "",
        "",
        "def load_data(source, device):",
        f'    """The pictures as tensors: (N, {shape}) in [0, 1], and the numbers of their classes (N,)."""',
        f"    folder = Path(source or {printed(data.source.path)})",
        "    if absent := [name for name in CLASSES if not (folder / name).is_dir()]:",
        "        sys.exit(f\"{folder} lacks the folders {', '.join(absent)}: see --data.\")",
        "    found = list(pictures(folder))",
        "    targets = np.array([number for _, number in found])",
        "    if empty := [name for number, name in enumerate(CLASSES) if number not in targets]:",
        "        sys.exit(f\"{folder} has no picture that can be read in {', '.join(empty)}.\")",
        f"    tested = max(1, round({data.test_share!r} * len(found)))",
        f"    held_out = round({data.validation_share!r} * (len(found) - tested))" if data.validation_count else None,
        f"    train, {'validation' if data.validation_count else '_'}, test = split("
        f"targets.tolist(), {'held_out' if data.validation_count else 0}, tested, {data.split_seed})",
        "    images = (torch.from_numpy(np.stack([image for image, _ in found])) / 255).to(device)",
        "    targets = torch.from_numpy(targets).to(device)",
        f"    return tuple((images[part], targets[part]) for part in ({', '.join(parts)}))",
    ]
    return "\n".join(line for line in lines if line is not None)
