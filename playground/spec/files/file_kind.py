"""Recognises the kind of a file by its first bytes and its name, and explains why it cannot be used."""

from __future__ import annotations

import os
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from playground.spec.files.storage import FileError, not_opened, open_file
from playground.spec.messages import Message, message, tr_noop

if TYPE_CHECKING:
    from playground.spec.data.dataset import Samples

EXPERIMENT_SUFFIX = ".playground"
NETWORK_SUFFIX = ".safetensors"
TORCH_SUFFIXES = (".pt", ".pth", ".ckpt")
PICTURE_SUFFIXES = (
    *(".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp"),
    *(".tif", ".tiff", ".avif", ".heic", ".heif"),
)
_HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")  # brands of its container
_AVIF = (b"avif", b"avis")
SHEET_SUFFIXES = (".xlsx", ".xlsm", ".ods")
JSON_LINES_SUFFIXES = (".jsonl", ".ndjson")
HEAD = 4096  # bytes that are read


class Use(Enum):
    """The purpose for which a file can be opened."""

    EXPERIMENT = auto()
    NETWORK = auto()
    PICTURE = auto()
    TABLE = auto()
    TEXT = auto()
    NOTHING = auto()


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file. `what` follows “It is …” in a sentence; `advice` is a sentence on what to do instead."""

    what: str
    use: Use = Use.NOTHING
    advice: str = ""


_BUILD = tr_noop("Build the network from layers here, and train it.")
_UNPACK = tr_noop("Unpack it, and open the files in it.")
_SAVE_CSV = tr_noop("Save the table as CSV, and open that.")
_SAVE_PNG = tr_noop("Save it as PNG or JPEG, and use that.")
_PICKLE = tr_noop(
    "Opening one can run any program that is hidden in it, so Playground never does. "
    "Networks that Playground trained are .safetensors files."
)

_TORCH = FileKind(
    tr_noop("a PyTorch file, which is a pickle"),
    advice=tr_noop(
        "Its tensors can be put into the layers that are shown: open it with File › Open, or use “playground weights”."
    ),
)
_PICKLED = FileKind(tr_noop("a pickle of Python objects"), advice=_PICKLE)
_ONNX = FileKind(tr_noop("an ONNX network"), advice=_BUILD)
_KERAS = FileKind(tr_noop("a Keras network"), advice=_BUILD)
_HDF5 = FileKind(tr_noop("an HDF5 file, as Keras writes networks"), advice=_BUILD)
_TENSORFLOW = FileKind(tr_noop("a TensorFlow network"), advice=_BUILD)
_GGUF = FileKind(tr_noop("a GGUF language model"), advice=_BUILD)
_NOTEBOOK = FileKind(tr_noop("a Jupyter notebook"), use=Use.TEXT, advice=tr_noop("Open it in Jupyter."))
_PYTHON = FileKind(tr_noop("a Python program"), use=Use.TEXT, advice=tr_noop("Run it with Python."))
_ZIP = FileKind(tr_noop("a ZIP archive"), advice=_UNPACK)
_ARCHIVE = FileKind(tr_noop("a packed archive"), advice=_UNPACK)
_NUMPY = FileKind(tr_noop("a NumPy array"), advice=_SAVE_CSV)
_OFFICE = FileKind(tr_noop("an Office document"), advice=_SAVE_CSV)
_OLD_EXCEL = FileKind(tr_noop("a table of an old Excel"), advice=tr_noop("Save it as .xlsx or CSV, and open that."))
_SHEET = FileKind(tr_noop("a spreadsheet"), Use.TABLE)
_PARQUET = FileKind(tr_noop("a Parquet table"), Use.TABLE)
_JSON_LINES = FileKind(tr_noop("a table of JSON lines"), Use.TABLE)
_COLUMNS = FileKind(tr_noop("a table in a format that Playground does not read"), advice=_SAVE_CSV)
_DATABASE = FileKind(tr_noop("an SQLite database"), advice=_SAVE_CSV)
_PDF = FileKind(tr_noop("a PDF document"))
_PAGE = FileKind(tr_noop("a web page"), Use.TEXT, tr_noop("Open it in a browser."))
_PROGRAM = FileKind(tr_noop("a program"))
_SOUND = FileKind(tr_noop("a sound"))
_VIDEO = FileKind(tr_noop("a video"))
_PICTURE = FileKind(tr_noop("a picture"), Use.PICTURE)
_OTHER_PICTURE = FileKind(tr_noop("a picture in a format that Playground does not read"), advice=_SAVE_PNG)
_TABLE = FileKind(tr_noop("a table"), Use.TABLE)
_TEXT = FileKind(tr_noop("a text file"), Use.TEXT)
_EXPERIMENT = FileKind(tr_noop("an experiment of Playground"), Use.EXPERIMENT, tr_noop("Open it with File › Open."))
_NETWORK = FileKind(tr_noop("a network with its weights"), Use.NETWORK, tr_noop("Open it with File › Open."))

_UNKNOWN = FileKind(tr_noop("a file of a kind that Playground does not know"))
_FOLDER = tr_noop("To learn from the pictures in it, drop it on the window, or choose “Image folder” as the data.")

_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")  # raw photographs begin so as well
_RAW = (".dng", ".nef", ".cr2", ".arw", ".orf", ".pef", ".rw2", ".srw")
_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF87a", _PICTURE),
    (b"GIF89a", _PICTURE),
    (b"\x89HDF\r\n\x1a\n", _HDF5),
    (b"\x93NUMPY", _NUMPY),
    (b"%PDF-", _PDF),
    (b"GGUF", _GGUF),
    (b"PAR1", _PARQUET),
    (b"SQLite format 3\0", _DATABASE),
    (b"\x1f\x8b", _ARCHIVE),
    (b"BZh", _ARCHIVE),
    (b"\xfd7zXZ\0", _ARCHIVE),
    (b"\x28\xb5\x2f\xfd", _ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", _ARCHIVE),
    (b"Rar!\x1a\x07", _ARCHIVE),
    (b"\x7fELF", _PROGRAM),
    (b"OggS", _SOUND),
    (b"ID3", _SOUND),
)

# Kinds by file name suffix, for files with none of the beginnings above.
_ENDINGS = {
    ending: kind
    for endings, kind in (
        (TORCH_SUFFIXES, _TORCH),
        ((".pkl", ".pickle", ".joblib"), _PICKLED),
        ((".onnx",), _ONNX),
        ((".keras",), _KERAS),
        ((".h5", ".hdf5"), _HDF5),
        ((".pb", ".tflite"), _TENSORFLOW),
        ((".ipynb",), _NOTEBOOK),
        ((".py",), _PYTHON),
        ((".npy", ".npz"), _NUMPY),
        ((".zip",), _ZIP),
        ((".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".7z", ".rar"), _ARCHIVE),
        ((".docx", ".odt"), _OFFICE),
        ((".xls", ".xlt", ".xlsb"), _OLD_EXCEL),
        (SHEET_SUFFIXES, _SHEET),
        ((".parquet",), _PARQUET),
        (JSON_LINES_SUFFIXES, _JSON_LINES),
        ((".feather", ".arrow"), _COLUMNS),
        ((".pdf",), _PDF),
        ((".html", ".htm"), _PAGE),
        ((".exe", ".dll", ".so"), _PROGRAM),
        ((".wav", ".mp3", ".ogg", ".flac"), _SOUND),
        ((".mp4", ".mov", ".mkv", ".avi", ".webm"), _VIDEO),
        (PICTURE_SUFFIXES, _PICTURE),
        ((*_RAW, ".svg", ".ico", ".psd"), _OTHER_PICTURE),
        ((".csv", ".tsv"), _TABLE),
        ((".txt", ".md"), _TEXT),
        ((EXPERIMENT_SUFFIX,), _EXPERIMENT),
        ((NETWORK_SUFFIX,), _NETWORK),
    )
    for ending in endings
}

# The advice for each expected use, for a file whose kind has no advice of its own.
_EXPECTED = {
    Use.EXPERIMENT: tr_noop("Playground opens experiments (.playground) and the networks it trained (.safetensors)."),
    Use.NETWORK: tr_noop("A network that Playground trained (.safetensors) is expected here."),
    Use.PICTURE: tr_noop("A picture is expected here: PNG, JPEG, BMP, GIF, WebP, TIFF, AVIF or HEIC."),
    Use.TABLE: tr_noop("A table is expected here: CSV, TSV, .xlsx, .ods, Parquet or JSON lines."),
    Use.TEXT: tr_noop("A text file is expected here: .txt."),
}

# The advice on a file that was opened as an experiment, but can be used in another way.
_ELSEWHERE = {
    Use.PICTURE: tr_noop("To have a network read it, drop it on the drawing pad or the picture at the right."),
    Use.TABLE: tr_noop("To learn from it, drop it on the window, or open it with File › Open."),
    Use.TEXT: tr_noop("To learn from it, drop it on the window, or open it with File › Open."),
}


def is_source(path: Path) -> bool:
    """Whether it may be training data, judged by its name: a table, a text or a folder of pictures."""
    from playground.spec.data.dataset import (
        dataset_of,  # the command line starts without data sets, and so without pydantic
    )

    return dataset_of(path) is not None


def becomes_data(path: Path) -> bool:
    """Whether it opens as training data: judged by its name, unless its first bytes are those of an experiment."""
    return is_source(path) and (os.path.isdir(path) or _kind(path) != _EXPERIMENT)


def holds_samples(path: Path, kind: Samples) -> bool:
    """Whether, by its name, a file or a folder holds samples of that kind."""
    from playground.spec.data.dataset import Samples

    if os.path.isdir(path):
        return kind.in_folders
    uses = {
        Samples.LINES: (Use.TEXT,),
        Samples.POINTS: (Use.TABLE, Use.TEXT),
        Samples.ROWS: (Use.TABLE, Use.TEXT),
        Samples.TEXTS: (Use.TEXT, Use.TABLE),
    }
    named = _ENDINGS.get(path.suffix.lower())
    return named is not None and named.use in uses.get(kind, (Use.PICTURE,))


def is_torch(path: Path) -> bool:
    """Whether a file is one of PyTorch, by its name and its first bytes; nothing in it is unpickled."""
    try:
        if path.suffix.lower() not in TORCH_SUFFIXES or not path.is_file():
            return False
        with open_file(path) as file:
            return (file.read(2) or b"") in (b"PK", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
    except OSError:
        return False


def is_table(path: Path) -> bool:
    """Whether a file is a table, by its name and its first bytes: a CSV file, a spreadsheet and so on."""
    found = _kind(path) or _ENDINGS.get(path.suffix.lower())
    return found is not None and found.use is Use.TABLE


def ensure_usable(path: Path, *uses: Use) -> None:
    """Check that the file is not known to be of a kind that `uses` do not include.

    Raises:
        FileError: it is; the message names the file, its kind and what to do.
    """
    why = misuse(path, *uses)
    if why is not None:
        raise FileError(not_opened(path, why))


def misuse(path: Path, *uses: Use) -> Message | None:
    """Why a file is not suitable for any of `uses`, without its name; None where no reason is known.

    A file that cannot be read gives None: the reader that follows reports the error.
    """
    try:
        if path.is_dir():
            return _sentence(tr_noop("a folder"), _FOLDER if Use.EXPERIMENT in uses else _EXPECTED[uses[0]])
        if not path.is_file():
            return None
        with open_file(path) as file:
            head = file.read(HEAD)
    except OSError:
        return None
    if head is None:  # nothing to read at the moment
        return None
    if not head:
        return None if Use.TEXT in uses else message("It is empty.")  # an empty file is a valid text
    binary = b"\0" in head and not head.startswith((BOM_UTF16_LE, BOM_UTF16_BE))
    kind = kind_of(path, head) or (_UNKNOWN if binary else None)
    if kind is None or kind.use in uses:
        return None
    elsewhere = _ELSEWHERE.get(kind.use, "") if Use.EXPERIMENT in uses else ""
    return _sentence(kind.what, kind.advice or elsewhere or _EXPECTED[uses[0]])


def _kind(path: Path) -> FileKind | None:
    """The kind of a file; None where it is unknown or the file cannot be read."""
    try:
        with open_file(path) as file:
            return kind_of(path, file.read(HEAD) or b"")  # None where there is nothing to read at the moment
    except OSError:
        return None


def kind_of(path: Path, head: bytes) -> FileKind | None:
    """The kind of a file of that name that begins with `head` (`HEAD` bytes suffice); None where it is unknown."""
    named = _ENDINGS.get(path.suffix.lower())
    if head.startswith(b"PK\x03\x04"):
        return _zipped(head, named)
    if head[:1] == b"\x80" and head[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05") and named is not _NETWORK:
        return named if named in (_TORCH, _PICKLED) else _PICKLED
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):  # .xlsx too, where a password protects it
        return named if named in (_SHEET, _OLD_EXCEL) else _OFFICE
    if head.startswith(b"RIFF"):
        return {b"WEBP": _PICTURE, b"WAVE": _SOUND}.get(head[8:12], _VIDEO)
    if head[4:8] == b"ftyp":
        return _PICTURE if head[8:12] in (*_HEIC, *_AVIF) else _VIDEO
    if head.startswith(_TIFF):  # Pillow would show the small preview in a raw photograph
        return _OTHER_PICTURE if named is _OTHER_PICTURE else _PICTURE
    if head[:64].lstrip().lower().startswith((b"<!doctype html", b"<html")):
        return _PAGE
    return next((kind for beginning, kind in _BEGINNINGS if head.startswith(beginning)), None) or _json(head) or named


def is_heic(data: bytes) -> bool:
    """Whether a picture is HEIC, whose container AVIF shares: the latter names itself where both could be meant."""
    if data[4:8] != b"ftyp" or data[8:12] not in _HEIC:
        return False
    brands = data[16 : min(int.from_bytes(data[:4], "big"), HEAD)]
    return data[8:12] not in (b"mif1", b"msf1") or not any(brand in brands for brand in _AVIF)


def table_form(name: str, data: bytes) -> Literal["text", "sheet", "parquet", "json lines"]:
    """How the cells of a table are stored, by its name and its contents."""
    kind = kind_of(Path(name), data[:HEAD])
    if kind is _SHEET or kind is _PARQUET:
        return "sheet" if kind is _SHEET else "parquet"
    return "json lines" if kind is _JSON_LINES else "text"


def _zipped(head: bytes, named: FileKind | None) -> FileKind:
    """The kind of a ZIP archive, by the names of the first files in it."""
    if named in (_SHEET, _OLD_EXCEL) or b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet" in head:
        return named or _SHEET
    inside = ((b".pkl", _TORCH), (b"[Content_Types].xml", _OFFICE), (b".npy", _NUMPY), (b".weights.h5", _KERAS))
    found = next((kind for name, kind in inside if name in head), None)
    return found or (named if named in (_TORCH, _KERAS, _NUMPY, _OFFICE) else None) or _ZIP


def _json(head: bytes) -> FileKind | None:
    if not head.lstrip().startswith(b"{"):
        return None
    if b'"playground experiment"' in head:
        return _EXPERIMENT
    return _NOTEBOOK if b'"nbformat"' in head or b'"cell_type"' in head else None


def _sentence(what: str, advice: str) -> Message:
    return message("It is {what}. {advice}", what=message(what), advice=message(advice))
