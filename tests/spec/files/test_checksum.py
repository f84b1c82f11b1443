"""A sealed document betrays every change of a single byte, whatever kind of document it is."""

from __future__ import annotations

import json
import random

import numpy as np
import pytest
from safetensors import numpy as safetensors

from playground.spec.experiment import Experiment
from playground.spec.files.checksum import KEY, UNSEALED, add_checksum, verify
from playground.spec.files.experiment_file import experiment_bytes
from playground.spec.files.storage import FileError


def _weights() -> bytes:
    tensors = {"0.weight": np.arange(2000, dtype=np.float32), "0.bias": np.zeros(3, dtype=np.float32)}
    # A description that quotes a checksum must not be taken for one: inside a JSON string it is escaped.
    about = json.dumps({"about": f'"{KEY}": "{UNSEALED}"'})
    return add_checksum(safetensors.save(tensors, {"experiment": about, KEY: UNSEALED}))


DOCUMENTS = {"experiment": experiment_bytes(Experiment()), "weights": _weights()}
each_document = pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS.keys())


@each_document
def test_untouched_document_is_as_it_was(document: bytes) -> None:
    verify(document)
    assert add_checksum(document) == document


@each_document
def test_every_truncation_is_noticed(document: bytes) -> None:
    for length in range(len(document)):
        with pytest.raises(FileError):
            verify(document[:length])


@each_document
def test_every_flipped_byte_is_noticed(document: bytes) -> None:
    chance = random.Random(1)
    for place in range(len(document)):
        damaged = bytearray(document)
        damaged[place] ^= chance.randrange(1, 256)
        with pytest.raises(FileError):
            verify(bytes(damaged))


@each_document
def test_appended_bytes_are_noticed(document: bytes) -> None:
    with pytest.raises(FileError, match="does not match"):
        verify(document + b"\n")


def test_sealed_weights_stay_readable() -> None:
    assert safetensors.load(DOCUMENTS["weights"])["0.weight"][1999] == 1999.0


@pytest.mark.parametrize("count", [0, 2])
def test_one_checksum_is_expected(count: int) -> None:
    document = b"[" + b",".join([f'{{"{KEY}": "{UNSEALED}"}}'.encode()] * count) + b"]"
    for action in (add_checksum, verify):
        with pytest.raises(FileError, match=f"should have one checksum, but has {count}"):
            action(document)
