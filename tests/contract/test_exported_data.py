"""A program that is given wrong data ends with one sentence and an exit status, never with a traceback."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from playground.engine.data.sources import picture_folder, table
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.picture_folder import OwnPictures
from playground.spec.datasets.table import Table
from playground.spec.datasets.text import Asked, TangPoems
from playground.spec.experiment import Experiment
from playground.spec.export.script import script
from playground.spec.files.presets import preset
from playground.spec.files.resources import resource
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.embedding import Embedding
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.recipe import Recipe
from tests.exported_program import run

HOUSES = [f"{50 + i};{'Berlin' if i % 3 else 'Rom'};{i % 4};{1000 + 17 * i},5" for i in range(40)]
HEADER = "size;place;rooms;price"
IRIS = resource("iris", "iris.csv").read_text(encoding="utf-8")
BROKEN = "\n".join([HEADER, *HOUSES])


def refused(program: str, folder: Path, *options: object) -> str:
    """The one line that the program ends with."""
    with pytest.raises(SystemExit) as end:
        run(program, folder, *options)
    assert isinstance(end.value.code, str)  # which Python prints, and exits with 1
    assert re.fullmatch(r"[^\n]+", end.value.code)
    return end.value.code


def houses(folder: Path, target: str, **fields: Any) -> Experiment:
    path = folder / "houses.csv"
    path.write_text("\n".join([HEADER, *HOUSES]), encoding="utf-8")
    data = Table(source=table.inspect(str(path)).source, target=target, **fields)
    return Experiment(data=data, stack=Stack(layers=(Linear(out_features=data.task.output[0]),)))


TABLES = {
    "other columns": (BROKEN.replace("size", "area").replace("rooms", "floor"), r"has no column 'size', 'rooms'"),
    "no number": (BROKEN.replace(";1", ";abc"), r"column (rooms|price): 'abc"),
    "unknown text": (BROKEN.replace("Rom", "Paris"), r"column place: 'Paris' is unknown"),
    "unknown class": (BROKEN.replace(";3;", ";7;"), r"has 7 in the column 'rooms', which is no class"),
    "empty": ("", r"has no column 'size'"),
    "header alone": (HEADER, r"has 0 rows that lack no value; 10 are needed"),
    "other separator": (BROKEN.replace(",", ".").replace(";", ","), r"has no column 'size'"),
    "few rows": ("\n".join([HEADER, *HOUSES[:9]]), r"has 9 rows that lack no value"),
}


@pytest.mark.parametrize("kind", TABLES)
def test_a_table_of_another_kind_is_refused_in_a_sentence(kind: str, tmp_path: Path) -> None:
    content, words = TABLES[kind]
    program = script(houses(tmp_path, "rooms"))
    other = tmp_path / "other.csv"
    other.write_text(content, encoding="utf-8")
    said = refused(program, tmp_path, "--data", other)
    assert "other.csv" in said
    assert re.search(words, said), said


IRISES = {
    "other columns": (IRIS.replace("petal width", "leaf width"), r"no table of .*'petal width'.*: 'petal width'\."),
    "no number": (IRIS.replace("5.1,3.5", "abc,3.5", 1), r"could not convert string to float: 'abc'"),
    "unknown class": (IRIS.replace("setosa", "lily", 1), r"species \['setosa', .*not in list"),
    "short row": (IRIS.replace("5.1,3.5,1.4,0.2,setosa", "5.1,3.5", 1), r"\['setosa', "),
    "few rows": ("\n".join(IRIS.splitlines()[:20]), r"out of (bounds|range)"),
    "empty": ("", r"no table of .*: 'species'\."),
    "header alone": (IRIS.partition("\n")[0] + "\n", r"no table of .*: 'species'\."),
}


@pytest.mark.parametrize("kind", IRISES)
def test_another_table_in_place_of_iris_is_refused_in_a_sentence(kind: str, tmp_path: Path) -> None:
    content, words = IRISES[kind]
    other = tmp_path / "other.csv"
    other.write_text(content, encoding="utf-8")
    said = refused(script(preset("iris").experiment), tmp_path, "--data", other)
    assert "other.csv" in said
    assert re.search(words, said), said


def test_a_table_with_its_columns_in_another_order_and_more_of_them_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = script(houses(tmp_path, "place").with_(recipe=Recipe(epochs=2)))
    rows = [line.split(";") for line in [HEADER, *HOUSES]]
    moved = "\n".join(";".join([row[3], "more", row[1], row[0], row[2]]) for row in rows)
    (tmp_path / "moved.csv").write_text(moved.replace("more", "note", 1), encoding="utf-8")
    said = []
    for options in ([], ["--data", tmp_path / "moved.csv"]):
        run(program, tmp_path, *options)
        said.append(re.sub(r"[\d.]+ s\b", "", capsys.readouterr().out))
    assert said[0].startswith("epoch 1/2")
    assert said[0] == said[1]


@pytest.mark.parametrize(("target", "most"), [("place", 157), ("rooms", 163), ("price", 169)])
def test_the_program_of_a_persons_table_is_short(target: str, most: int, tmp_path: Path) -> None:
    program = script(houses(tmp_path, target, validation_share=0.2))
    lines = program.splitlines()
    assert len([line for line in lines if line.strip()]) <= most
    assert [line for line in lines if len(line) > 100 and "houses.csv" not in line] == []
    unused = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--select", "F", "-"]
    done = subprocess.run(unused, input=program, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


TEXTS = {
    "too short": ("床前明月光，".encode() * 4, r"is too short"),
    "empty": (b"", r"is too short"),
    "no text": (b"\xff\xfe\x00\x01" * 50, r"is written in another encoding"),
    "other characters": ("".join(map(chr, range(0x4E00, 0x4E00 + 4000))).encode(), r"4,000 different characters"),
    "other marks": (b"Ab!" * 500, r"capitals or marks that the network does not know"),
}


@pytest.mark.parametrize("kind", TEXTS)
def test_a_text_of_another_kind_is_refused_in_a_sentence(kind: str, tmp_path: Path) -> None:
    content, words = TEXTS[kind]
    asked: Asked = "restore" if kind == "other marks" else "next"
    data = TangPoems(context=16, validation_share=0.1, asked=asked)
    layers = (Embedding(embedding_dim=2), Linear(out_features=data.task.output[-1]))
    if kind == "other marks":
        content = "".join(f"字Ab{mark}" for mark in "!,.:;?、。！，：；？").encode() * 200
    (tmp_path / "other.txt").write_bytes(content)
    program = script(Experiment(data=data, stack=Stack(layers=layers)))
    said = refused(program, tmp_path, "--data", tmp_path / "other.txt")
    assert "other.txt" in said
    assert re.search(words, said), said


def idx(*shape: int, of: int = 0) -> bytes:
    header = bytes([0, 0, 8, len(shape)]) + b"".join(length.to_bytes(4, "big") for length in shape)
    return header + bytes([of]) * math.prod(shape)


IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
DIGITS = {
    "truncated": (IMAGES, idx(20, 28, 28)[:5000], r"is not a complete IDX file"),
    "empty": (LABELS, b"", r"is not a complete IDX file"),
    "truncated gzip": (IMAGES + ".gz", b"\x1f\x8b\x08\x00" + bytes(20), r"is not a complete IDX file"),
    "another size": (IMAGES, idx(20, 32, 32), r"no digits of 28 x 28.*\(20, 32, 32\) and \(20,\)"),
    "other labels": (LABELS, idx(20, of=12), r"labels from 0 to 9"),
    "fewer labels": (LABELS, idx(19), r"\(20, 28, 28\) and \(19,\)"),
}


@pytest.mark.parametrize("kind", DIGITS)
def test_files_of_digits_that_are_wrong_are_refused_in_a_sentence(kind: str, tmp_path: Path) -> None:
    name, content, words = DIGITS[kind]
    for part in ("train", "t10k"):
        (tmp_path / f"{part}-images-idx3-ubyte").write_bytes(idx(20, 28, 28))
        (tmp_path / f"{part}-labels-idx1-ubyte").write_bytes(idx(20))
    (tmp_path / name.removesuffix(".gz")).unlink()
    (tmp_path / name).write_bytes(content)
    program = script(Experiment(data=MNIST(), stack=Stack(layers=(Flatten(), Linear(out_features=10)))))
    said = refused(program, tmp_path, "--data", tmp_path)
    assert re.search(words, said), said


def _without(folder: Path) -> None:
    (folder / "red").rename(folder / "pink")


def _damaged(folder: Path) -> None:
    for path in (folder / "red").iterdir():
        path.write_bytes(b"no picture")


PICTURES: dict[str, tuple[Callable[[Path], object], str]] = {
    "no folder of a class": (_without, r"lacks the folders red: see --data"),
    "no picture of a class": (_damaged, r"has no picture that can be read in red"),
}


@pytest.mark.parametrize("kind", PICTURES)
def test_a_folder_of_other_pictures_is_refused_in_a_sentence(kind: str, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    for name in ("blue", "red"):
        (folder / name).mkdir(parents=True)
        for count in range(8):
            Image.new("RGB", (9, 9), name).save(folder / name / f"{count}.png")
    data = OwnPictures(source=picture_folder.inspect(str(folder)).source, side=8, validation_share=0.2)
    stack = Stack(layers=(Flatten(), Linear(out_features=2)))
    program = script(Experiment(data=data, stack=stack, recipe=Recipe(epochs=1)))
    run(program, tmp_path)
    change, words = PICTURES[kind]
    change(folder)
    assert re.search(words, refused(program, tmp_path))


def test_a_place_or_a_device_that_is_not_there_is_said_in_a_sentence(tmp_path: Path) -> None:
    program = script(houses(tmp_path, "rooms"))
    assert "There is no houses.csv" in refused(program, tmp_path, "--data", tmp_path / "nowhere")
    said = refused(program, tmp_path, "--device", "abacus")
    assert re.match(r"Wrong --data, --device, --from or --out: .*abacus", said)


def test_a_program_of_its_own_that_refuses_prints_the_sentence_alone(tmp_path: Path) -> None:
    path = tmp_path / "exported.py"
    path.write_text(script(houses(tmp_path, "rooms")), encoding="utf-8")
    command = [sys.executable, path, "--device", "cpu", "--data", tmp_path / "nowhere"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    assert re.fullmatch(r"[^\n]+\n", done.stderr), done.stderr
