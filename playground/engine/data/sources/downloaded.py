"""Reads downloaded data sets; a missing file is an error, never a reason to download it."""

from __future__ import annotations

from playground.engine.data.dataset_cache import NotHere, found
from playground.engine.data.formats import cifar, emnist
from playground.engine.data.formats.checksum import ensure_file_checksum
from playground.engine.data.formats.damage import Damaged
from playground.engine.data.in_memory import Data
from playground.engine.data.sources.idx_files import data_error, divided, read_idx
from playground.spec.datasets.downloads import CIFAR10, KMNIST, EMNISTLetters, FashionMNIST
from playground.spec.files.storage import FileError


def fashion_mnist(train_count: int, validation_count: int) -> Data:
    """Images (N, 1, 28, 28) uint8 and labels (N,) int64; DataError where files are missing or damaged."""
    return read_idx(FashionMNIST, train_count, validation_count)


def kmnist(train_count: int, validation_count: int) -> Data:
    """As `fashion_mnist`."""
    return read_idx(KMNIST, train_count, validation_count)


def emnist_letters(train_count: int, validation_count: int) -> Data:
    """Letters, upright, (N, 1, 28, 28) uint8, and labels from 0 (A) to 25 (Z); DataError as `fashion_mnist`."""
    remote = EMNISTLetters.remotes[0]
    try:
        path = found(EMNISTLetters, remote.name)
        ensure_file_checksum(path, remote.sha256)
        images, labels = emnist.letters(path, "train", emnist.TRAIN)
        test_images, test_labels = emnist.letters(path, "test", emnist.TEST)
    except (NotHere, FileError, Damaged) as error:
        raise data_error(EMNISTLetters, error) from error
    return divided(images[:, None], labels, (test_images[:, None], test_labels), train_count, validation_count)


def cifar10(train_count: int, validation_count: int) -> Data:
    """Photographs (N, 3, 32, 32) uint8 and labels from 0 to 9; DataError as `fashion_mnist`."""
    remote = CIFAR10.remotes[0]
    try:
        path = found(CIFAR10, remote.name)
        ensure_file_checksum(path, remote.sha256)
        images, labels, test_images, test_labels = cifar.cifar10(path)
    except (NotHere, FileError, Damaged) as error:
        raise data_error(CIFAR10, error) from error
    return divided(images, labels, (test_images, test_labels), train_count, validation_count)
