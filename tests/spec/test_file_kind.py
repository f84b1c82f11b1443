"""A file that cannot be used gets a sentence that names it, says what it is, and what to do."""

from __future__ import annotations

import io
import json
import os
import pickle
import tarfile
import zipfile
from pathlib import Path

import pytest

from playground.spec.experiment import Experiment
from playground.spec.file_kind import HEAD, Use, becomes_data, ensure_usable, is_source, kind_of, misuse
from playground.spec.files import read_experiment, write_experiment
from playground.spec.network_file import read_described
from playground.spec.storage import FileError


def zipped(*names: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return data.getvalue()


def tarred() -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo("x"))
    return data.getvalue()


NOTEBOOK = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
# Name, contents, and what it is said to be where an experiment is expected.
STRANGERS = [
    ("model.pt", zipped("model/data.pkl", "model/version"), "a PyTorch file, which is a pickle. Opening one can run"),
    ("model.pth", pickle.dumps({"weight": 1}), "a PyTorch file, which is a pickle. Opening one can run"),
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
    ("data.npz", zipped("images.npy"), "an array of NumPy. Save the table as CSV"),
    ("data.npy", b"\x93NUMPY\x01\0", "an array of NumPy. Save the table as CSV"),
    ("sheet.xlsx", zipped("[Content_Types].xml"), "an Office document. Save the table as CSV"),
    ("sheet.parquet", b"PAR1", "a Parquet table. Save the table as CSV"),
    ("paper.pdf", b"%PDF-1.7", "a PDF document. Playground opens experiments (.playground) and"),
    ("page.html", b"<!doctype html>", "a web page. Open it in a browser."),
    ("seven.png", PNG, "a picture. To have a network read it, drop it on the drawing pad"),
    ("seven.playground", PNG, "a picture. To have a network read it, drop it on the drawing pad"),
    ("photo.webp", b"RIFF\0\0\0\0WEBPVP8 ", "a picture. To have"),
    ("photo.heic", b"\0\0\0\x18ftypheic", "a picture of a kind that is not read here. Save it as PNG"),
    ("iris.csv", b"a,b\n1,2\n", "a table. To learn from it, drop it on the window"),
    ("poem.txt", b"Dear reader", "a text. To learn from it, drop it on the window"),
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
        ("iris.csv", b"a,b", Use.PICTURE, "It is a table. A picture is expected here: PNG, JPEG, BMP, GIF or WebP."),
        ("seven.png", PNG, Use.TABLE, "It is a picture. A table is expected here: CSV or TSV."),
        ("seven.png", PNG, Use.TEXT, "It is a picture. A text is expected here: a .txt file."),
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
    ensure_usable(tmp_path / "missing.pt", Use.EXPERIMENT)  # whoever reads it says so


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
