"""A file that cannot be used gets a sentence that names it, says what it is, and what to do."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import pickle
import sqlite3
import sys
import tarfile
import wave
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image

from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import read_experiment, write_experiment
from playground.spec.files.file_kind import HEAD, Use, becomes_data, ensure_usable, is_source, kind_of, misuse
from playground.spec.files.network_file import read_described
from playground.spec.files.storage import FileError


def zipped(*names: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return data.getvalue()


def saved(kind: str) -> bytes:
    data = io.BytesIO()
    Image.new("L", (8, 8)).save(data, kind)
    return data.getvalue()


def sound() -> bytes:
    data = io.BytesIO()
    with wave.open(data, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(16))
    return data.getvalue()


def database() -> bytes:
    with closing(sqlite3.connect(":memory:")) as made:
        made.execute("CREATE TABLE a (b)")
        return made.serialize()


def tarred() -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo("x"))
    return data.getvalue()


NOTEBOOK = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
# Name, contents, and what it is said to be where an experiment is expected.
STRANGERS = [
    (
        "model.pt",
        zipped("model/data.pkl", "model/version"),
        "a PyTorch file, which is a pickle. Its tensors can be put",
    ),
    ("model.pth", pickle.dumps({"weight": 1}), "a PyTorch file, which is a pickle. Its tensors can be put"),
    ("old.pkl", pickle.dumps([1]), "a pickle of Python objects. Opening one can run"),
    ("disguised.playground", zipped("archive/data.pkl"), "a PyTorch file, which is a pickle."),
    ("pickled.playground", pickle.dumps([1]), "a pickle of Python objects."),
    ("model.onnx", b"\x08\x09\x12\x07pytorch", "an ONNX network. Build the network from layers"),
    ("model.h5", b"\x89HDF\r\n\x1a\n" + bytes(8), "an HDF5 file, as Keras writes networks. Build"),
    ("model.keras", zipped("metadata.json", "config.json", "model.weights.h5"), "a Keras network. Build"),
    ("model.tflite", b"\x1c\0\0\0TFL3", "a TensorFlow network. Build"),
    ("llama.gguf", b"GGUF\x03\0\0\0", "a GGUF language model."),
    ("lesson.ipynb", NOTEBOOK, "a Jupyter notebook. Open it in Jupyter."),
    ("lesson.playground", NOTEBOOK, "a Jupyter notebook."),
    ("train.py", b"import torch", "a Python program. Run it with Python."),
    ("stuff.zip", zipped("a.txt"), "a ZIP archive. Unpack it"),
    ("stuff.playground", zipped("a.txt"), "a ZIP archive. Unpack it"),
    ("data.tar.gz", tarred(), "a packed archive. Unpack it"),
    ("data.npz", zipped("images.npy"), "a NumPy array. Save the table as CSV"),
    ("data.npy", b"\x93NUMPY\x01\0", "a NumPy array. Save the table as CSV"),
    ("letter.docx", zipped("[Content_Types].xml"), "an Office document. Save the table as CSV"),
    ("sheet.xlsx", zipped("[Content_Types].xml"), "a spreadsheet"),
    ("sheet.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a table of an old Excel. Save it as .xlsx or CSV"),
    ("sheet.parquet", b"PAR1", "a Parquet table"),
    ("sheet.arrow", b"ARROW1", "a table in a format that Playground does not read. Save the table as CSV"),
    ("paper.pdf", b"%PDF-1.7", "a PDF document. Playground opens experiments (.playground) and"),
    ("page.html", b"<!doctype html>", "a web page. Open it in a browser."),
    ("seven.png", PNG, "a picture. To have a network read it, drop it on the drawing pad"),
    ("seven.playground", PNG, "a picture. To have a network read it, drop it on the drawing pad"),
    ("photo.webp", b"RIFF\0\0\0\0WEBPVP8 ", "a picture. To have"),
    ("photo.heic", b"\0\0\0\x18ftypheic", "a picture. To have"),
    ("photo.nef", b"II*\0", "a picture in a format that Playground does not read. Save it as PNG"),
    ("iris.csv", b"a,b\n1,2\n", "a table. To learn from it, drop it on the window"),
    ("poem.txt", b"Dear reader", "a text file. To learn from it, drop it on the window"),
    ("strange.xyz", b"\0\1\2\3", "a file of a kind that Playground does not know. Playground opens"),
]


@pytest.mark.parametrize(("name", "data", "said"), STRANGERS, ids=[name for name, _, _ in STRANGERS])
def test_what_is_no_experiment_is_named(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(FileError) as caught:
        read_experiment(path)
    assert str(caught.value).startswith(f"“{path}” was not opened. It is {said}")
    assert len(str(caught.value)) < 260 + len(str(path))


# What files begin with, as programs write them or their formats have it, and what each is.
BEGINNINGS = [
    (saved("JPEG"), "a picture"),
    (saved("PNG"), "a picture"),
    (saved("WEBP"), "a picture"),
    (saved("GIF"), "a picture"),
    (b"GIF87a\x08\0\x08\0", "a picture"),
    (b"GIF89a\x08\0\x08\0", "a picture"),
    (saved("TIFF"), "a picture"),
    (b"MM\0*\0\0\0\x08", "a picture"),
    (b"II+\0\x08\0\0\0", "a picture"),
    *((b"\0\0\0\x1cftyp" + brand, "a picture") for brand in (b"heic", b"heix", b"mif1", b"avif")),
    (b"\0\0\0\x20ftypisom", "a video"),
    (b"RIFF\0\x10\0\0AVI LIST", "a video"),
    (sound(), "a sound"),
    (b"OggS\0\x02", "a sound"),
    (b"ID3\x04\0", "a sound"),
    (database(), "an SQLite database"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(8), "an Office document"),
    (gzip.compress(b"x", mtime=0), "a packed archive"),
    (bz2.compress(b"x"), "a packed archive"),
    (lzma.compress(b"x"), "a packed archive"),
    (b"\x28\xb5\x2f\xfd\x04", "a packed archive"),
    (b"7z\xbc\xaf\x27\x1c\0\x04", "a packed archive"),
    (b"Rar!\x1a\x07\x01\0", "a packed archive"),
    (b"\x7fELF\x02\x01\x01", "a program"),
    (b"<!DOCTYPE HTML><html>", "a web page"),
    (b'\r\n <HTML lang="de">', "a web page"),
    (b'{"nbformat": 4}', "a Jupyter notebook"),
    (b'\n{\n "cells": [{"cell_type": "code"', "a Jupyter notebook"),
    *((pickle.dumps([1], protocol), "a pickle of Python objects") for protocol in (2, 3, 4, 5)),
]


@pytest.mark.parametrize(("head", "what"), BEGINNINGS, ids=lambda item: None if isinstance(item, str) else item[:6])
@pytest.mark.parametrize("name", ["x", "x.playground", "x.csv"])
def test_how_a_file_begins_counts_for_more_than_its_name(name: str, head: bytes, what: str) -> None:
    kind = kind_of(Path(name), head)
    assert kind is not None
    assert kind.what == what


@pytest.mark.parametrize("version", range(2, 6))
def test_a_network_whose_header_is_so_long_that_it_begins_as_a_pickle_does_is_a_network(version: int) -> None:
    """The first eight bytes are the length of the header: 0x80 + 256 · version, for example."""
    head = (0x80 + 256 * version).to_bytes(8, "little") + b'{"__metadata__":{}'
    kind = kind_of(Path("net.safetensors"), head)
    assert kind is not None
    assert kind.use is Use.NETWORK


@pytest.mark.parametrize(
    ("name", "inside", "what"),
    [("net.PT", "x", "a PyTorch file, which is a pickle"), ("net.keras", "x", "a Keras network"),
     ("a.npz", "x", "a NumPy array"), ("a.odt", "mimetype", "an Office document"), ("a.csv", "x", "a ZIP archive")],
)  # fmt: skip
def test_of_an_archive_with_unknown_contents_the_name_tells_what_it_is(name: str, inside: str, what: str) -> None:
    kind = kind_of(Path(name), zipped(inside))
    assert kind is not None
    assert kind.what == what


def test_it_is_said_of_a_large_file_too(tmp_path: Path) -> None:
    path = tmp_path / "large.pt"
    with open(path, "wb") as file:
        file.write(zipped("archive/data.pkl"))
        file.truncate(2_000_000_000)
    with pytest.raises(FileError, match="It is a PyTorch file"):
        read_experiment(path)


def test_an_empty_file_and_a_folder_are_said(tmp_path: Path) -> None:
    (tmp_path / "empty.playground").touch()
    with pytest.raises(FileError, match=r"empty\.playground” was not opened\. It is empty\."):
        read_experiment(tmp_path / "empty.playground")
    with pytest.raises(FileError, match=r"was not opened\. It is a folder\. To learn from the pictures in it, drop it"):
        read_experiment(tmp_path)
    (tmp_path / "folder.safetensors").mkdir()
    with pytest.raises(FileError, match="a folder"):
        read_described(tmp_path / "folder.safetensors")


@pytest.mark.parametrize("name", ["net.safetensors", "net.SAFETENSORS"])
def test_a_pickle_called_a_network_is_no_network(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(zipped("archive/data.pkl"))
    with pytest.raises(FileError, match="It is a PyTorch file"):
        read_described(path)


@pytest.mark.parametrize("name", ["mine.playground", "mine.json", "mine.txt", "mine", "mine.pt"])
def test_an_experiment_is_opened_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    write_experiment(Experiment(name="Mine"), tmp_path / name)
    assert read_experiment(tmp_path / name).name == "Mine"


@pytest.mark.parametrize(
    ("name", "data", "use", "said"),
    [
        ("net.onnx", b"\x08", Use.PICTURE, "It is an ONNX network. Build"),
        (
            "iris.csv",
            b"a,b",
            Use.PICTURE,
            "It is a table. A picture is expected here: PNG, JPEG, BMP, GIF, WebP, TIFF, AVIF or HEIC.",
        ),
        (
            "seven.png",
            PNG,
            Use.TABLE,
            "It is a picture. A table is expected here: CSV, TSV, .xlsx, .ods, Parquet or JSON lines.",
        ),
        ("seven.png", PNG, Use.TEXT, "It is a picture. A text file is expected here: .txt."),
        ("a.playground", b'{"format": "playground experiment"', Use.PICTURE, "It is an experiment of Playground. Open"),
        ("paper.pdf", b"%PDF-", Use.NETWORK, "It is a PDF document. A network that Playground trained"),
    ],
)
def test_what_is_expected_depends_on_the_place(tmp_path: Path, name: str, data: bytes, use: Use, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert str(misuse(path, use)).startswith(said)


def test_what_may_be_used_or_is_not_known_is_let_through(tmp_path: Path) -> None:
    for name, data, use in (
        ("seven.png", PNG, Use.PICTURE),
        ("seven", PNG, Use.PICTURE),
        ("iris.csv", b"a,b", Use.TABLE),
        ("iris.dat", b"a,b", Use.TABLE),
        ("program.py", b"import this", Use.TEXT),
    ):
        (tmp_path / name).write_bytes(data)
        ensure_usable(tmp_path / name, use)
    # Whoever reads these says what is wrong.
    for path in (tmp_path / "missing.pt", tmp_path / ("x" * 300), Path(os.devnull)):
        ensure_usable(path, Use.EXPERIMENT)


def test_what_may_be_one_of_two_is_let_through_and_the_first_is_asked_for(tmp_path: Path) -> None:
    for name, data in (("poem.txt", b"Dear reader"), ("iris.csv", b"a,b"), ("seven.png", PNG)):
        (tmp_path / name).write_bytes(data)
    assert misuse(tmp_path / "poem.txt", Use.TABLE, Use.TEXT) is None
    assert misuse(tmp_path / "iris.csv", Use.TABLE, Use.TEXT) is None
    said = str(misuse(tmp_path / "seven.png", Use.TABLE, Use.TEXT))
    assert said == "It is a picture. A table is expected here: CSV, TSV, .xlsx, .ods, Parquet or JSON lines."


def test_an_empty_text_is_a_text_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "empty.txt"
    path.touch()
    assert misuse(path, Use.TEXT) is None
    assert str(misuse(path, Use.TABLE)) == "It is empty."


def test_a_folder_is_no_picture(tmp_path: Path) -> None:
    said = str(misuse(tmp_path, Use.PICTURE))
    assert said == "It is a folder. A picture is expected here: PNG, JPEG, BMP, GIF, WebP, TIFF, AVIF or HEIC."


def test_any_beginning_is_looked_at_without_harm() -> None:
    for name in ("x", "x.pt", "x.playground"):
        for data in (b"", b"R", b"PK\x03\x04", b"\x80", b"RIFF", b"{", bytes(HEAD)):
            kind_of(Path(name), data)


def test_what_is_learned_from_is_told_by_its_name_and_experiments_by_how_they_begin(tmp_path: Path) -> None:
    for name, data, source in (
        ("titanic.csv", b"a,b\n1,2\n", True),
        ("titanic.TSV", b"a\tb\n1\t2\n", True),
        ("poem.txt", b"Dear reader", True),
        ("empty.txt", b"", True),
        ("seven.csv", PNG, True),  # whoever reads it says that it is no table
        ("program.py", b"import this", False),
        ("net.onnx", b"\x08", False),
        ("mine.playground", b"{", False),
    ):
        (tmp_path / name).write_bytes(data)
        assert (is_source(tmp_path / name), becomes_data(tmp_path / name)) == (source, source), name
    assert becomes_data(tmp_path)
    write_experiment(Experiment(), tmp_path / "mine.txt")
    assert is_source(tmp_path / "mine.txt")
    assert not becomes_data(tmp_path / "mine.txt")
    os.mkfifo(tmp_path / "pipe.csv")
    assert becomes_data(tmp_path / "pipe.csv")  # without waiting for what it has to read


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_a_text_in_utf_16_is_no_file_of_an_unknown_kind(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "notes"
    path.write_bytes("\ufeffSome words.".encode(encoding))
    assert misuse(path, Use.TEXT) is None


@pytest.mark.skipif(
    not os.access("/proc/kmsg", os.R_OK), reason="only the administrator of a Linux machine may read it"
)
def test_a_file_that_has_nothing_to_read_now_does_not_keep_anybody_waiting() -> None:
    assert misuse(Path("/proc/kmsg"), Use.EXPERIMENT) is None  # whoever reads it says what is wrong


@pytest.mark.skipif(sys.platform != "linux", reason="a file of Linux that is never read from its beginning")
def test_a_network_that_cannot_be_read_says_why() -> None:
    with pytest.raises(FileError, match=r"“/proc/self/mem” was not opened\. It cannot be read: "):
        read_described(Path("/proc/self/mem"))


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"mif1", b"avif", b"isom", b"qt  "])
def test_pictures_and_films_in_the_same_container_are_told_apart(brand: bytes) -> None:
    found = kind_of(Path("file"), b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0mif1miaf")
    assert found is not None
    assert ("video" in found.what) == (brand in (b"isom", b"qt  "))


@pytest.mark.parametrize(("form", "word"), [(b"WEBP", "picture"), (b"WAVE", "sound"), (b"AVI ", "video")])
def test_what_riff_holds_is_told_apart(form: bytes, word: str) -> None:
    found = kind_of(Path("file"), b"RIFF\x24\0\0\0" + form + b"fmt ")
    assert found is not None
    assert word in found.what
