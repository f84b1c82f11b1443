"""Corrections that are mixed into training data: how often, with which class, and nowhere else."""

from __future__ import annotations

from collections import Counter

import pytest
import torch
from pydantic import ValidationError

from playground.engine.data.fingerprint import fingerprint
from playground.engine.data.in_memory import load
from playground.spec.check.problems import check
from playground.spec.data.corrections import MOST_SAMPLES, Correction, Corrections, copies_for, packed, unpacked
from playground.spec.datasets.mnist import MNIST
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import FileError, experiment_bytes, parse_experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten

PLAIN = MNIST(train_limit=700, validation_share=0.1)
PIXELS = {3: bytes(range(196)) * 4, 8: bytes(reversed(range(196))) * 4}
ITEMS = tuple(Correction(number=number, picture=packed(pixels)) for number, pixels in PIXELS.items())
MIXED = PLAIN.with_(corrections=Corrections(items=ITEMS, copies=50))


def test_an_epoch_holds_each_correction_as_often_as_declared() -> None:
    data = load(MIXED)
    assert len(data.train) == MIXED.train_count == 800
    seen: Counter[tuple[bytes, int]] = Counter()
    order = data.train.order(torch.Generator().manual_seed(1))
    for chosen in order.split(32):
        inputs, targets = data.train.batch(chosen)
        for picture, number in zip(inputs.mul(255).round().to(torch.uint8), targets.tolist(), strict=True):
            seen[picture.numpy().tobytes(), number] += 1
    for number, pixels in PIXELS.items():
        assert seen[pixels, number] == 50
    assert sum(seen.values()) == 800
    first = order[:400]  # they are spread over the epoch: 50 of 400 are expected, with a deviation of about 5
    assert 25 < int((first >= 700).sum()) < 75


def test_what_is_held_out_stays_as_it_is() -> None:
    plain, mixed = load(PLAIN), load(MIXED)
    for before, after in ((plain.validation, mixed.validation), (plain.test, mixed.test)):
        for one, other in zip(before.cut(0, len(before)), after.cut(0, len(after)), strict=True):
            assert torch.equal(one, other)
    for one, other in zip(plain.train.cut(0, 700), mixed.train.cut(0, 700), strict=True):
        assert torch.equal(one, other)
    assert fingerprint(plain) != fingerprint(mixed)


@pytest.mark.parametrize("corrections", [1, 7, 300])
def test_copies_make_up_a_share(corrections: int) -> None:
    added = corrections * copies_for(1 / 8, corrections, 60_000)
    assert added / (60_000 + added) == pytest.approx(1 / 8, rel=0.02)


def test_an_experiment_file_holds_them_and_one_without_them_is_as_it_was() -> None:
    assert parse_experiment(experiment_bytes(Experiment(data=MIXED))).data == MIXED
    plain = experiment_bytes(Experiment(data=PLAIN))
    assert b"corrections" not in plain
    assert parse_experiment(plain).data == PLAIN


def test_a_damaged_picture_is_refused_in_one_sentence() -> None:
    for wrong in (packed(b"\0" * 783), packed(b"\0" * 100_000), "eJz", "####"):
        text = experiment_bytes(Experiment(data=MIXED)).decode().replace(ITEMS[0].picture, wrong)
        unsealed = "\n".join(line for line in text.splitlines() if "checksum" not in line)
        with pytest.raises(FileError, match="not a picture of 28 × 28"):
            parse_experiment(unsealed.encode())
    assert unpacked(ITEMS[0].picture) == PIXELS[3]


def test_a_class_that_there_is_not_is_a_problem() -> None:
    strange = Corrections(items=(*ITEMS, ITEMS[0].with_(number=12)), copies=2)
    stack = Stack(layers=(Flatten(), Linear(out_features=10)))
    problems = check(Experiment(data=PLAIN.with_(corrections=strange), stack=stack))
    assert len(problems) == 1
    assert "12" in str(problems[0].what)


def test_corrections_are_never_more_than_fit_into_memory() -> None:
    items = 2 * ITEMS
    most = Corrections(items=items, copies=MOST_SAMPLES // len(items)).copies
    with pytest.raises(ValidationError, match="more than 120000 samples"):
        Corrections(items=items, copies=most + 1)
    for count, samples in ((1, 60_000), (len(ITEMS), 10**9), (2000, 60_000)):
        for share in (0.01, 0.5, 0.99):
            assert 1 <= copies_for(share, count, samples) * count <= MOST_SAMPLES
