"""Code with which an exported program reads a folder of pictures and splits them, as the engine does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, Protocol

from playground.spec.call import printed
from playground.spec.data.dataset import Loading
from playground.spec.data.picture_folder_summary import PictureFolder
from playground.spec.data.split import PART_NAMES
from playground.spec.export.changed_examples import change_lines
from playground.spec.export.picture_table import functions, labelled_files
from playground.spec.export.statement import laid_out
from playground.spec.export.table_cells import libraries
from playground.spec.layer import Shape
from playground.spec.messages import Message

_PIXELS = "playground.engine.inference.picture_pixels"
_CLASS_FOLDERS = "folder that holds a folder of pictures for each class"


class DividedPictures(Protocol):
    """Facts about pictures that an exported program needs: where they are, their size, and the split."""

    @property
    def source(self) -> PictureFolder: ...
    @property
    def side(self) -> int: ...
    @property
    def framing(self) -> Literal["crop", "pad", "stretch"]: ...
    @property
    def colour(self) -> Literal["colour", "grey"]: ...
    @property
    def from_disk(self) -> bool: ...
    @property
    def sample_shape(self) -> Shape: ...
    @property
    def test_share(self) -> float: ...
    @property
    def validation_share(self) -> float: ...
    @property
    def validation_count(self) -> int: ...
    @property
    def split_seed(self) -> int: ...
    @property
    def changed(self) -> Message | None: ...


def loading(data: DividedPictures) -> Loading:
    """The code, and the functions that it uses."""
    drawing = "split_rest" if _divided(data) else "split"
    table = data.source.layout.table
    files = labelled_files(table) if table.file else _files(data)
    batchwise = (_BATCHWISE.splitlines(),) if data.from_disk else ()
    parts = (_constants(data), files, _decoded(data), _pictures(data), *batchwise, _load_data(data))
    return Loading(
        "\n\n\n".join("\n".join(part) for part in parts),
        (
            *(f"{_PIXELS}.{name}" for name in ("PILLOW_FORMATS", "MOST_PIXELS", "in_bytes", "square")),
            *(functions(table) if table.file else ("playground.spec.data.picture_paths.visible_entries",)),
            f"playground.spec.data.split.{drawing}",
        ),
        needs=("numpy", "pillow", *(("pillow-heif",) if data.source.heic else ()), *libraries(table.reading)),
        data_help=f"folder that holds {table.file}" if table.file else _CLASS_FOLDERS,
    )


def _divided(data: DividedPictures) -> bool:
    """Whether folders, or a column of a table, assign pictures to parts."""
    return len(data.source.layout.folders) > 1 or bool(data.source.layout.table.parts)


def _constants(data: DividedPictures) -> Iterator[str]:
    yield from laid_out("CLASSES = ", list(data.source.classes), "")
    if data.source.layout.table.parts:
        yield "PARTS = {  # to train with (0), to validate with (1), and to test with (2)"
        yield from (f"    {printed(name)}: {part}," for name, part in PART_NAMES.items())
        yield "}"
    elif _divided(data):
        yield "FOLDERS = {  # of the pictures to train with (0), to validate with (1), and to test with (2)"
        yield from (f"    {part}: {printed(name)}," for part, name in data.source.layout.folders)
        yield "}"
    if data.source.heic:
        yield "register_heif_opener()"


def _files(data: DividedPictures) -> Iterator[str]:
    """`files(folder)`, in the engine's order."""
    nested = data.source.layout.nested
    yield "def files(folder):"
    if not _divided(data):
        yield '    """The path of each file that may be a picture, and the number of its class."""'
        yield "    for number, name in enumerate(CLASSES):"
        yield f"        for path, is_file in visible_entries(folder / name, {nested}):"
        yield "            if is_file:"
        yield "                yield folder / name / path, number"
        return
    yield '    """The path of each file that may be a picture, the number of its class, and its part."""'
    yield "    for number, name in enumerate(CLASSES):"
    yield "        for part, above in FOLDERS.items():"
    yield "            own = folder / above / name"
    yield f"            for path, is_file in visible_entries(own, {nested}) if own.is_dir() else []:"
    yield "                if is_file:"
    yield "                    yield own / path, number, part"


def _decoded(data: DividedPictures) -> Iterator[str]:
    """`decoded(path)`, a picture."""
    mode = "RGB" if data.colour == "colour" else "L"
    formats = '(*PILLOW_FORMATS, "HEIF")' if data.source.heic else "PILLOW_FORMATS"
    framing = "" if data.framing == "crop" else f', "{data.framing}"'
    yield "def decoded(path):"
    yield '    """The picture in a file, as bytes; an error if there is none."""'
    yield f"    image = Image.open(io.BytesIO(path.read_bytes()), formats={formats})"
    yield "    if image.width * image.height > MOST_PIXELS:"
    yield '        raise ValueError(f"{path} has too many pixels")'
    yield f"    image.draft(None, ({4 * data.side}, {4 * data.side}))"
    yield f'    return square(ImageOps.exif_transpose(in_bytes(image)), {data.side}, "{mode}"{framing})'


def _pictures(data: DividedPictures) -> Iterator[str]:
    """`pictures(folder)`, which can be decoded."""
    kept = "path" if data.from_disk else "picture"
    yield "def pictures(folder):"
    what = "The path of each picture that can be read" if data.from_disk else "Each picture that can be read, as bytes"
    yield f'    """{what}, with what `files` knows of it{", and its path" if data.changed else ""}."""'
    yield "    for path, *known in files(folder):"
    yield "        try:"
    yield "            decoded(path)" if data.from_disk else "            picture = decoded(path)"
    yield "        except Exception:  # skip files that are not pictures"
    yield "            continue"
    yield f"        yield {kept}, *known{', path' if data.changed else ''}"


_BATCHWISE = '''class Pictures:
    """Pictures that are decoded when a batch needs them: all together would not fit into memory."""

    def __init__(self, paths, device):
        self.paths, self.device = paths, device

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, chosen):
        with ThreadPoolExecutor(8) as pool:
            batch = list(pool.map(decoded, (self.paths[number] for number in chosen.tolist())))
        return (torch.from_numpy(np.stack(batch)) / 255).to(self.device)

    def split(self, size):
        """Consecutive batches."""
        return (self[chosen] for chosen in torch.arange(len(self)).split(size))'''


def _load_data(data: DividedPictures) -> Iterator[str]:
    parts = ("train", "validation", "test") if data.validation_count else ("train", "test")
    base = "folder / FOLDERS[0] / name" if _divided(data) else "folder / name"
    yield "def load_data(source, device):"
    shape = ", ".join(map(str, data.sample_shape))
    form = "`Pictures`" if data.from_disk else "tensors"
    yield f'    """The pictures as {form}: (N, {shape}) in [0, 1], and the numbers of their classes (N,)."""'
    yield f"    folder = Path(source or {printed(data.source.path)})"
    if not data.source.layout.table.file:
        yield f"    if absent := [name for name in CLASSES if not ({base}).is_dir()]:"
        yield "        sys.exit(f\"{folder} lacks the folders {', '.join(absent)}: see --data.\")"
    yield f"    found = list(islice(pictures(folder), {data.source.layout.most}))"
    yield "    targets = np.array([known[0] for _, *known in found])"
    yield "    if empty := [name for number, name in enumerate(CLASSES) if number not in targets]:"
    yield "        sys.exit(f\"{folder} has no picture that can be read in {', '.join(empty)}.\")"
    yield from _split(data)
    if data.changed:
        held_out = "validation" if data.validation_count else "()"
        yield from change_lines("targets", held_out, "test", "found[number][-1].read_bytes()")
    if not data.from_disk:
        yield "    images = (torch.from_numpy(np.stack([image for image, *_ in found])) / 255).to(device)"
    yield "    targets = torch.from_numpy(targets).to(device)"
    images = "Pictures([found[number][0] for number in part], device)" if data.from_disk else "images[part]"
    yield f"    return tuple(({images}, targets[part]) for part in ({', '.join(parts)}))"


def _split(data: DividedPictures) -> Iterator[str]:
    """The lines that draw the pictures for validation and for the test, as far as no folder holds them."""
    source, seed = data.source, data.split_seed
    tested = "0" if source.test_total else "tested"
    held_out = "held_out" if data.validation_count and not source.validation_total else "0"
    names = f"train, {'validation' if data.validation_count else '_'}, test"
    if _divided(data):
        yield "    parts = [known[1] for _, *known in found]"
    if not source.test_total:
        undivided = "parts.count(0)" if _divided(data) else "len(found)"
        yield f"    tested = max(1, round({data.test_share!r} * {undivided}))"
    if held_out != "0":
        tests = "parts.count(2)" if source.test_total else "tested"
        yield f"    held_out = round({data.validation_share!r} * (len(found) - {tests}))"
    if _divided(data):
        yield f"    {names} = split_rest(targets.tolist(), parts, {held_out}, {tested}, {seed})"
    else:
        yield f"    {names} = split(targets.tolist(), {held_out}, {tested}, {seed})"
