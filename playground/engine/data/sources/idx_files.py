"""Reads data sets of four IDX files, like MNIST and its successors, and verifies them before use."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from playground.engine.data.dataset_cache import NotHere, found
from playground.engine.data.formats.checksum import ensure_checksum
from playground.engine.data.formats.damage import Damaged
from playground.engine.data.formats.idx import Bytes, ensure_labels, idx, idx_length, inflate
from playground.engine.data.in_memory import Data, DataError, InputTargetPairs
from playground.engine.data.sample_places import SampleOrder
from playground.spec.data.dataset import Dataset
from playground.spec.data.remote_file import Remote
from playground.spec.datasets.mnist import Pictures
from playground.spec.files.storage import FileError, read_bounded
from playground.spec.messages import message

_MOST_COMPRESSED = 64 * 2**20  # bytes


def divided(images: Bytes, labels: Bytes, test: tuple[Bytes, Bytes], train_count: int, validation_count: int) -> Data:
    """The first samples for training, the last for validation; images (N, C, H, W) uint8, labels (N,)."""
    pictures, classes = torch.from_numpy(images), _classes(labels)
    held_out = len(classes) - validation_count
    order = SampleOrder(
        np.arange(min(train_count, len(classes))),
        np.arange(held_out, len(classes)),
        classes.numpy(),
        lambda number: images[number].tobytes(),
    )
    return Data(
        train=InputTargetPairs(pictures[:train_count], classes[:train_count]),
        validation=InputTargetPairs(pictures[held_out:], classes[held_out:]),
        test=InputTargetPairs(torch.from_numpy(test[0]), _classes(test[1])),
        order=order,
    )


def read_idx(data: type[Pictures], train_count: int, validation_count: int) -> Data:
    """Read and split a data set whose files are training images and labels, then test images and labels.

    Raises:
        DataError: a file is missing or damaged.
    """
    try:
        size = data.picture_shape[1:]
        shapes = ((data.total, *size), (data.total,), (data.tests, *size), (data.tests,))
        images, labels, test_images, test_labels = (
            _read(data, remote, shape) for remote, shape in zip(data.remotes, shapes, strict=True)
        )
        for found_labels in (labels, test_labels):
            ensure_labels(found_labels, 0, data.classes - 1, data.label)
    except (NotHere, FileError, Damaged) as error:
        raise data_error(data, error) from error
    return divided(images[:, None], labels, (test_images[:, None], test_labels), train_count, validation_count)


def data_error(data: type[Dataset], error: NotHere | FileError | Damaged) -> DataError:
    """The DataError for a file of a data set that cannot be used."""
    if isinstance(error, NotHere):
        return DataError(error.message)
    advice = message("Remove the file and download {data} again.", data=message(data.label))
    return DataError(message("{why} {advice}", why=error.message, advice=advice))


def _classes(labels: Bytes) -> Tensor:
    return torch.from_numpy(labels).to(torch.int64)


def _read(data: type[Dataset], remote: Remote, shape: tuple[int, ...]) -> Bytes:
    """One file, verified by its content where that is known, because mirrors compress it differently."""
    compressed = read_bounded(found(data, remote.name), _MOST_COMPRESSED)
    if remote.content is None:
        ensure_checksum(compressed, remote.sha256, remote.name)
    raw = inflate(compressed, idx_length(shape), remote.name)
    if remote.content is not None:
        ensure_checksum(raw.data, remote.content[1], remote.name)
    return idx(raw, shape, remote.name)
