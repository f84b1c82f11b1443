"""Every loader asks between its pieces whether to go on, and stops at the first that is not wanted any more."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from PIL import Image

from playground.engine.build import build
from playground.engine.data.formats import cifar, delimited
from playground.engine.data.formats.checksum import ensure_checksum, ensure_file_checksum
from playground.engine.data.formats.encoding import decoded
from playground.engine.data.in_memory import load
from playground.engine.data.sources import picture_folder, table, text
from playground.engine.data.sources.distillation import teacher_of
from playground.engine.evaluation.baseline import BaselineScorer
from playground.engine.evaluation.evaluate import chunk_size, probabilities
from playground.engine.training.snapshots import Figures
from playground.engine.weights import save
from playground.spec.cancelling import Cancelled, cancellable
from playground.spec.data.skipped import Skips
from playground.spec.data.table_reading import TableReading
from playground.spec.datasets.clutter import ClutteredMNIST
from playground.spec.datasets.distillation import DistilledMNIST
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.points import Points
from playground.spec.datasets.reconstruction import ReconstructedMNIST
from playground.spec.experiment import Experiment
from playground.spec.files.presets import preset
from playground.spec.files.storage import read_bounded
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten

pytestmark = pytest.mark.usefixtures("uncompressed_anew")


class Asked:
    """Counts how often work asks whether to go on; from the `last` time on the answer is no."""

    def __init__(self, last: int | None = None) -> None:
        self.count, self._last = 0, last

    def __call__(self) -> bool:
        self.count += 1
        return self._last is not None and self.count >= self._last


def ensure_stops(work: Callable[[], object], pieces: int) -> None:
    """The work asks at least so many times; wherever it is told to stop, it asks no more."""
    whole = Asked()
    with cancellable(whole):
        work()
    assert whole.count >= pieces
    for last in {1, whole.count // 2, whole.count} - {0}:
        asked = Asked(last)
        with pytest.raises(Cancelled), cancellable(asked):
            work()
        assert asked.count == last


@pytest.mark.parametrize("data", [MNIST(), ReconstructedMNIST(), ClutteredMNIST(count=10)], ids=lambda data: data.id)
def test_digits(data: MNIST) -> None:
    ensure_stops(lambda: load(data), pieces=100)


def test_a_teacher_is_asked_a_few_milliseconds_at_a_time(tmp_path: Path) -> None:
    experiment = preset("residual-cnn").experiment
    path = tmp_path / "teacher.safetensors"
    save(path, experiment, build(experiment), Figures())
    data = DistilledMNIST(train_limit=200, validation_share=0.0, teacher=str(path))
    digits, taught = Asked(), Asked()
    with cancellable(digits):
        load(MNIST(train_limit=200, validation_share=0.0))
    with cancellable(taught):
        load(data)
    assert taught.count - digits.count >= 200 / chunk_size(experiment)
    asked = Asked(taught.count - 1)  # among the teacher's answers
    with pytest.raises(Cancelled), cancellable(asked):
        load(data)
    assert asked.count == taught.count - 1


def test_a_teacher_that_is_no_longer_wanted_is_not_said_to_be_unreadable(tmp_path: Path) -> None:
    experiment = preset("residual-cnn").experiment
    path = tmp_path / "teacher.safetensors"
    save(path, experiment, build(experiment), Figures())
    ensure_stops(lambda: teacher_of(str(path)), pieces=1)


def test_a_network_is_asked_about_many_pictures_in_pieces() -> None:
    network = build(Experiment(stack=Stack(layers=(Flatten(), Linear(out_features=10)))))
    ensure_stops(lambda: probabilities(network, torch.zeros(1200, 1, 28, 28)), pieces=3)


@pytest.mark.parametrize("name", ["shakespeare-transformer", "segmentation"])
def test_what_a_network_is_compared_with_is_counted_in_pieces(name: str) -> None:
    data = preset(name).experiment.data
    loaded = load(data)
    ensure_stops(lambda: BaselineScorer(data, loaded), pieces=2)


def test_a_large_file_is_read_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(bytes(20_000_000))
    ensure_stops(lambda: read_bounded(path, 20_000_000), pieces=5)


def test_lines_are_taken_apart_in_pieces() -> None:
    text = "1,2,3\n" * 300_000
    ensure_stops(lambda: delimited.rows(text, TableReading(), "large.csv", Skips()), pieces=7)


def test_a_text_is_decoded_in_pieces() -> None:
    text = "Die Mühle rauscht.\n" * 300_000
    for encoding in ("utf-8", "utf-8-sig", "cp1252"):
        data = text.encode(encoding)
        ensure_stops(lambda data=data: decoded(data, "large.txt"), pieces=5)  # type: ignore[misc]


def test_a_checksum_is_computed_in_pieces(tmp_path: Path) -> None:
    data, path = bytes(20_000_000), tmp_path / "large"
    path.write_bytes(data)
    known = hashlib.sha256(data).hexdigest()
    ensure_stops(lambda: ensure_checksum(data, known, "large"), pieces=5)
    ensure_stops(lambda: ensure_file_checksum(path, known), pieces=5)


def test_an_archive_is_unpacked_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cifar, "_PER_BATCH", 3)
    path = tmp_path / "archive.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name in (*cifar.BATCHES, "test_batch.bin"):
            member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            member.size = 3073 * 3
            archive.addfile(member, io.BytesIO(bytes(member.size)))
    ensure_stops(lambda: cifar.cifar10(path), pieces=6)


def test_data_that_take_no_time_are_not_begun_with() -> None:
    ensure_stops(lambda: load(Points()), pieces=1)


def test_a_table_is_looked_at_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    path.write_text("a,b,c\n" + "".join(f"{n},{n % 7}.5,{'xyz'[n % 3]}\n" for n in range(100_000)))
    ensure_stops(lambda: table.inspect(str(path)), pieces=50)


def test_a_text_is_looked_at_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    path.write_text("Die Mühle rauscht – und keiner weiß, wie lange noch.\n" * 100_000, encoding="utf-8")
    ensure_stops(lambda: text.inspect(str(path)), pieces=10)


def test_a_folder_of_pictures_is_looked_at_picture_by_picture(tmp_path: Path) -> None:
    for number in range(20):
        folder = tmp_path / f"class {number % 2}"
        folder.mkdir(exist_ok=True)
        Image.new("L", (8, 8)).save(folder / f"{number}.png")
    ensure_stops(lambda: picture_folder.inspect(str(tmp_path)), pieces=20)


def test_a_load_that_was_given_up_is_not_remembered() -> None:
    data = preset("iris").experiment.data
    table._read.cache_clear()
    table._rows.cache_clear()
    with pytest.raises(Cancelled), cancellable(Asked(3)):
        load(data)
    assert len(load(data).train) == data.train_count


def test_nothing_is_asked_where_nobody_may_give_up() -> None:
    assert len(load(Experiment().data).train)
