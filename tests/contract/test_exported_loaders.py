"""The loader of an exported program gives the arrays that the engine's does, for every data set that there is.

Bundled files are read whole; in the place of downloaded and own ones stand small files of the same form.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import pickle
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision import datasets

from playground.engine.data import dataset_cache
from playground.engine.data.formats import cifar, emnist
from playground.engine.data.in_memory import load
from playground.engine.data.sources import labelled, picture_folder, text
from playground.spec.data.corrections import Correction, Corrections, packed
from playground.spec.data.dataset import Dataset
from playground.spec.data.patterns import Pattern, Surface
from playground.spec.data.remote_file import Remote
from playground.spec.data.text_summary import TextChoice
from playground.spec.datasets.clutter import ClutteredMNIST
from playground.spec.datasets.distillation import DistilledMNIST
from playground.spec.datasets.downloads import CIFAR10, KMNIST, EMNISTLetters, FashionMNIST
from playground.spec.datasets.labelled import LabelledTexts
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.picture_folder import OwnPictures
from playground.spec.datasets.points import Classed, Heights, Points, Raised
from playground.spec.datasets.reconstruction import ReconstructedMNIST
from playground.spec.datasets.table import Table
from playground.spec.datasets.text import Asked, OwnText, TangPoems, Text
from playground.spec.export.script import script
from tests.contract.exported_tables import own_table
from tests.contract.test_exported_training import experiment
from tests.spreadsheets import xlsx

TRAIN, TEST = 20, 4  # samples in a small file
TEXTS = tuple(member for member in Dataset.members() if issubclass(member, Text) and member.file)
CORRECTED = Corrections(items=tuple(Correction(number=n, picture=packed(bytes([n] * 784))) for n in (3, 8)), copies=4)
BUNDLED: tuple[Dataset, ...] = (
    MNIST(train_limit=500),
    MNIST(train_limit=500, validation_share=0.01),
    MNIST(train_limit=500, validation_share=0.01, corrections=CORRECTED),
    ReconstructedMNIST(train_limit=500, validation_share=0.01),
    ClutteredMNIST(count=60),
    ClutteredMNIST(count=60, validation_share=0.3, clutter=0, noise=0.3, shift=3, data_seed=5),
    DistilledMNIST(train_limit=60, validation_share=0.001),
    *(Points(pattern=pattern(), count=40, data_seed=3) for pattern in Pattern.members()),
    Points(count=40, validation_share=0.0, removed=(1, 39), added=(Classed(x=1.0, y=-2.0, value=1),), sin_x=True),
    *(Heights(surface=surface(), count=40) for surface in Surface.members()),
    Heights(count=40, removed=(3,), added=(Raised(x=0.5, value=1.5),), x=False, xy=True),
    *(kind(asked=asked, context=16) for kind in TEXTS for asked in get_args(Asked)),
    *(TangPoems(asked=asked, context=16, validation_share=0.1) for asked in get_args(Asked)),
    Table(),
    Table(validation_share=0.2, test_share=0.3, split_seed=2),
    Table(target="petal width", validation_share=0.1),
)


def sum_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def idx(values: np.ndarray) -> bytes:
    return bytes((0, 0, 8, values.ndim)) + b"".join(n.to_bytes(4, "big") for n in values.shape) + values.tobytes()


def pictures(*shape: int) -> np.ndarray:
    return np.random.default_rng(sum(shape)).integers(0, 256, shape, np.uint8)


def labels(count: int, classes: int, first: int = 0) -> np.ndarray:
    return (np.arange(count) % classes + first).astype(np.uint8)


Put = Callable[[Path, pytest.MonkeyPatch], Iterator[Dataset]]  # writes files; the data sets that are read from them


def offer(data: type[Dataset], files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let these be the files that were downloaded."""
    folder = dataset_cache.cache_folder(data)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    remotes = tuple(Remote(name, (), len(content), sum_of(content)) for name, content in files.items())
    for name, value in (("remotes", remotes), ("total", TRAIN), ("tests", TEST)):
        monkeypatch.setattr(data, name, value)


def four_files(data: type[Dataset]) -> Put:
    def put(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Dataset]:
        raw = folder / data.__name__ / "raw"
        raw.mkdir(parents=True)
        files = {}
        for part, count in (("train", TRAIN), ("t10k", TEST)):
            for kind, values in (("images-idx3", pictures(count, 28, 28)), ("labels-idx1", labels(count, 10))):
                name = f"{part}-{kind}-ubyte"
                (raw / name).write_bytes(idx(values))
                files[f"{name}.gz"] = gzip.compress(idx(values))
        offer(data, files, monkeypatch)
        yield from (data(), data(train_limit=7, validation_share=0.2))  # type: ignore[call-arg]

    return put


def letters(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Dataset]:
    raw = folder / "EMNIST" / "raw"
    raw.mkdir(parents=True)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        for part, count in (("train", TRAIN), ("test", TEST)):
            for kind, values in (("images-idx3", pictures(count, 28, 28)), ("labels-idx1", labels(count, 26, 1))):
                name = f"emnist-letters-{part}-{kind}-ubyte"
                (raw / name).write_bytes(idx(values))
                file.writestr(f"gzip/{name}.gz", gzip.compress(idx(values)))
    monkeypatch.setattr(emnist, "TRAIN", TRAIN)
    monkeypatch.setattr(emnist, "TEST", TEST)
    offer(EMNISTLetters, {"gzip.zip": archive.getvalue()}, monkeypatch)
    yield from (EMNISTLetters(), EMNISTLetters(train_limit=7, validation_share=0.2))


def photographs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Dataset]:
    base = folder / datasets.CIFAR10.base_folder
    base.mkdir()
    archive = io.BytesIO()
    sums = {}
    with tarfile.open(fileobj=archive, mode="w:gz") as file:
        for number, name in enumerate((*cifar.BATCHES, "test_batch.bin")):
            values, kinds = pictures(TEST, 3072) + np.uint8(number), labels(TEST, 10, number % 6)
            records = np.hstack((kinds[:, None], values)).tobytes()
            member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            member.size = len(records)
            file.addfile(member, io.BytesIO(records))
            sums[name.removesuffix(".bin")] = pickle.dumps({"data": values, "labels": kinds.tolist()})
    sums["batches.meta"] = pickle.dumps({"label_names": list(CIFAR10.named)})
    for name, content in sums.items():
        (base / name).write_bytes(content)
    known = {name: hashlib.md5(content).hexdigest() for name, content in sums.items()}
    meta = {**datasets.CIFAR10.meta, "md5": known["batches.meta"]}
    trained = [[name, known[name]] for name in known if name.startswith("data")]
    for name, value in (
        ("meta", meta),
        ("train_list", trained),
        ("test_list", [["test_batch", known["test_batch"]]]),
    ):
        monkeypatch.setattr(datasets.CIFAR10, name, value)
    monkeypatch.setattr(cifar, "_PER_BATCH", TEST)
    offer(CIFAR10, {"cifar-10-binary.tar.gz": archive.getvalue()}, monkeypatch)
    yield from (CIFAR10(), CIFAR10(train_limit=7, validation_share=0.2))


def own_text(folder: Path, _monkeypatch: pytest.MonkeyPatch) -> Iterator[Dataset]:
    path = folder / "own.txt"
    path.write_text("A text, of one's own. It has 12 marks, OK!\n" * 40, encoding="utf-8")
    source = text.inspect(str(path)).source
    for asked in get_args(Asked):
        yield OwnText(source=source, asked=asked, context=8)
        yield OwnText(source=source, asked=asked, context=8, validation_share=0.2)
    several = folder / "several"
    several.mkdir()
    (several / "a.txt").write_bytes("Grüße an alle, die schöne Tage in Köln hatten!\r\n".encode("cp1252") * 30)
    (several / "b 'quoted'.txt").write_text("Łódź i Gdańsk, też Kraków!\n" * 20, encoding="utf-8")
    for asked in get_args(Asked):
        yield OwnText(source=text.inspect(str(several)).source, asked=asked, context=8)
    for kind in ("words", "pairs") if find_spec("tokenizers") else ("words",):
        choice = TextChoice.model_validate({"units": kind, "vocabulary": 100})
        for read in (path, several):
            source = text.inspect(str(read), choice=choice).source
            yield OwnText(source=source, context=4, validation_share=0.2)


def own_labelled(folder: Path, _monkeypatch: pytest.MonkeyPatch) -> Iterator[Dataset]:
    texts = [(f"line {i} of “text” and 'mark' é\\", "ab"[i % 2]) for i in range(30)] + [("lonely", "c"), ("none", "")]
    semicolons = "\n".join(["text;kind;stars", *(f'"{text}";{kind};{len(text) % 2}' for text, kind in texts)])
    (folder / "l.csv").write_text(semicolons, encoding="utf-8")
    records = (json.dumps({"index": i % 3, "text 1": text, "kind": kind}) for i, (text, kind) in enumerate(texts))
    (folder / "l.jsonl").write_text("\n".join(records), encoding="utf-8")
    for index, (line, kind) in enumerate(texts[:-1]):
        (folder / "labelled" / kind).mkdir(parents=True, exist_ok=True)
        encoding = "utf-16" if index == 4 else "utf-8"
        (folder / "labelled" / kind / f"{index} '.txt").write_text(f"{line}\nmore\n", encoding=encoding)
    for name in ("l.csv", "l.jsonl", "labelled"):
        data = LabelledTexts.of_source(labelled.inspect(str(folder / name)).source, LabelledTexts())
        yield from (data, data.with_(length=20, validation_share=0.2, test_share=0.3, split_seed=4))
    yield data.with_(label_column="folder", length=3)


def own_pictures(folder: Path, _monkeypatch: pytest.MonkeyPatch) -> Iterator[Dataset]:
    for name in ("blue", "red"):
        (folder / "own" / name).mkdir(parents=True)
        for count in range(9):
            noise = Image.fromarray(pictures(30 + count, 40, 3)).convert("L" if count == 3 else "RGB")
            noise.save(folder / "own" / name / f"{count}.png")
    deep = np.random.default_rng(7).integers(0, 65536, (30, 40), np.uint16)
    Image.fromarray(deep).save(folder / "own" / "red" / "deep.png")
    Image.fromarray(deep).save(folder / "own" / "red" / "deep.tiff", tiffinfo={262: 0})
    Image.fromarray((deep / 65535).astype(np.float32)).save(folder / "own" / "blue" / "numbers.tiff")
    Image.fromarray(pictures(20, 30, 4), "RGBA").save(folder / "own" / "blue" / "clear.webp", lossless=True)
    turned = Image.Exif()
    turned[274] = 6
    Image.fromarray(pictures(20, 30, 3)).save(folder / "own" / "blue" / "turned.jpg", exif=turned)
    Image.fromarray(pictures(20, 30, 3)).save(folder / "own" / "blue" / "not read.ppm")
    source = picture_folder.inspect(str(folder / "own")).source
    assert source.counts == (12, 11)
    yield OwnPictures(source=source, side=16)
    yield OwnPictures(source=source, side=10, framing="pad")
    yield OwnPictures(source=source, side=11, framing="stretch", colour="grey")
    yield OwnPictures(source=source, side=9, colour="grey", validation_share=0.2)
    yield from labelled_pictures(folder)


def labelled_pictures(folder: Path) -> Iterator[Dataset]:
    """Named by a table, with rows and pictures that are left out."""
    rows = [(f".\\{i:02} 'é.png", i, "ab"[i // 8] if i != 3 else "N/A") for i in range(16)]
    rows += [(*rows[0][:2], "b"), ("../out.png", 1, "a"), ("broken.png", 1, "a"), ("16 'é.png", 1, "lonely")]
    lines = ["# by hand", '"file";n;n', *(";".join(map(str, row)) for row in rows), "two;cells"]
    tables = {
        "l.csv": "\n".join(lines).encode("cp1252"),
        "l.xlsx": xlsx({"Sheet": [["file", "n", "label"], *map(list, rows)]}),
        "l.jsonl": "\n".join(json.dumps({"file": path, "kind": kind}) for path, _, kind in rows).encode(),
    }
    for name, content in tables.items():
        images = folder / name[2:] / "images"
        images.mkdir(parents=True)
        (images.parent / name).write_bytes(content)
        for count in range(18):
            Image.fromarray(pictures(20 + count, 30, 3)).save(images / f"{count:02} 'é.png")
        (images / "broken.png").write_bytes(b"no picture")
        source = picture_folder.inspect(str(images.parent)).source
        assert source.counts == (7, 8)
        yield OwnPictures(source=source, side=8)
        yield OwnPictures(source=source, side=9, colour="grey", validation_share=0.2)


OTHERS: dict[type[Dataset], Put] = {
    FashionMNIST: four_files(FashionMNIST),
    KMNIST: four_files(KMNIST),
    EMNISTLetters: letters,
    CIFAR10: photographs,
    OwnText: own_text,
    Table: own_table,
    LabelledTexts: own_labelled,
    OwnPictures: own_pictures,
}


def same(data: Dataset, place: Path | None) -> None:
    """Compare inputs and targets of what is trained on, held out and tested with."""
    names: dict[str, Any] = {"__name__": "exported"}
    loading = data.loading()
    exec(compile(script(experiment(data)), "exported.py", "exec"), names)
    parts = names["load_data"](*([] if loading.data_help is None else [place]), torch.device("cpu"))
    loaded = load(data)
    expected = [part.cut(0, len(part)) for part in (loaded.train, loaded.validation, loaded.test) if len(part)]
    if loading.batches:
        train, *others = parts  # a text to draw windows from, which has room for one more
        shape = expected[0][0].shape
        parts = ([row[: shape.numel()].view(shape) for row in train], *others)
    assert len(parts) == len(expected)
    for (inputs, targets), (ours, wanted) in zip(parts, expected, strict=True):
        read = inputs if isinstance(inputs, torch.Tensor) else torch.cat(list(inputs.split(4)))
        torch.testing.assert_close(read, ours)
        torch.testing.assert_close(targets, wanted)


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["exported.py"])
    monkeypatch.setattr(dataset_cache, "_SYSTEM", tmp_path / "system")


@pytest.mark.parametrize("data", BUNDLED, ids=lambda data: f"{data.id}-{getattr(data, 'pattern', data).id}")
def test_made_up_and_bundled_data_are_the_engines(data: Dataset) -> None:
    same(data, None)


@pytest.mark.parametrize("kind", OTHERS, ids=lambda kind: kind.id)
def test_downloaded_and_own_data_are_the_engines(
    kind: type[Dataset], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for data in OTHERS[kind](tmp_path, monkeypatch):
        assert type(data) is kind
        same(data, tmp_path if data.remotes else None)


def test_every_data_set_is_compared() -> None:
    assert {*map(type, BUNDLED), *OTHERS} == {*Dataset.members()}
