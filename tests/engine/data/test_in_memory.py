"""MNIST: divided as declared, and nothing believed that is missing, damaged or exchanged."""

from __future__ import annotations

import gzip
import shutil
import tracemalloc
from pathlib import Path

import pytest
import torch

from playground.engine.data.in_memory import Data, DataError, load, pixels
from playground.engine.data.sources.mnist import read
from playground.spec.datasets.mnist import MNIST
from playground.spec.files.resources import resource

LABELS = "t10k-labels-idx1-ubyte.gz"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the four files that may be damaged; the large ones are links."""
    for source in resource("mnist").glob("*.gz"):
        (tmp_path / source.name).symlink_to(source)
    (tmp_path / LABELS).unlink()
    shutil.copyfile(resource("mnist", LABELS), tmp_path / LABELS)
    return tmp_path


def test_images_and_labels(mnist: Data) -> None:
    assert mnist.train.inputs.shape == (54_000, 1, 28, 28)
    assert mnist.validation.inputs.shape == (6_000, 1, 28, 28)
    assert mnist.test.inputs.shape == (10_000, 1, 28, 28)
    assert mnist.train.inputs.dtype == torch.uint8
    assert mnist.test.targets.dtype == torch.int64
    assert (float(pixels(mnist.train.inputs).min()), float(pixels(mnist.train.inputs).max())) == (0.0, 1.0)
    assert mnist.train.targets[:5].tolist() == [5, 0, 4, 1, 9]
    assert mnist.test.targets[:5].tolist() == [7, 2, 1, 0, 4]


def test_trains_on_the_first_and_holds_out_the_last(mnist: Data) -> None:
    few = load(MNIST(train_limit=100, validation_share=0.1))
    assert torch.equal(few.train.inputs, mnist.train.inputs[:100])
    assert torch.equal(few.validation.targets, mnist.validation.targets)
    assert len(load(MNIST()).validation.targets) == 0


def test_moving_to_where_it_is_copies_nothing(digits: Data) -> None:
    assert digits.to(torch.device("cpu")).train.inputs.data_ptr() == digits.train.inputs.data_ptr()


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / LABELS).unlink()
    with pytest.raises(DataError, match=f"{LABELS}.*install Playground again"):
        read(60_000, 0, folder)


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda raw: gzip.compress(raw)[:-100], "does not have"),
        (lambda raw: gzip.compress(raw) + b"more", "does not have"),
        (lambda raw: b"no gzip at all", "cannot be uncompressed"),
        (
            lambda raw: gzip.compress(raw)[:200] + bytes(50) + gzip.compress(raw)[250:],
            "uncompressed|hold|match",
        ),
        (lambda raw: gzip.compress(raw[:-1]), "does not have"),
        (lambda raw: gzip.compress(raw + b"\0"), "does not have"),
        (lambda raw: gzip.compress(b"\1" + raw[1:]), "not an IDX file"),
        (lambda raw: gzip.compress(raw[:-1] + bytes([(raw[-1] + 1) % 10])), "checksum"),
        (lambda raw: b"", "does not have"),
    ],
)
def test_a_damaged_file_is_refused(folder: Path, damage, why: str) -> None:
    (folder / LABELS).write_bytes(damage(gzip.decompress(resource("mnist", LABELS).read_bytes())))
    with pytest.raises(DataError, match=why) as caught:
        read(60_000, 0, folder)
    assert LABELS in str(caught.value)


def test_a_gzip_bomb_is_not_unpacked(folder: Path) -> None:
    name = "train-images-idx3-ubyte.gz"
    (folder / name).unlink()
    (folder / name).write_bytes(gzip.compress(bytes(200_000_000), 1))
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match="does not have"):
            read(60_000, 0, folder)
        assert tracemalloc.get_traced_memory()[1] < 150_000_000  # the file's 47 MB, twice at most
    finally:
        tracemalloc.stop()
