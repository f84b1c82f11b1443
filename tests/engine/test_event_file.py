"""An event file holds the figures of a run, as an independent reader finds them, and no path."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from playground.engine.data.in_memory import Data
from playground.engine.event_file import EventFile
from playground.engine.training.snapshots import Epoch, Finished, Step
from playground.engine.training.trainer import Trainer
from playground.spec.data.iris import IRIS
from playground.spec.data.table_summary import TableFile
from playground.spec.datasets.table import Table
from playground.spec.experiment import Experiment
from playground.spec.files.storage import FileError
from playground.spec.messages import PlaygroundError
from tests.event_records import scalars_in


def single(pairs: list[tuple[int, float | None]]) -> list[tuple[int, float]]:
    """Steps and values as 32-bit numbers hold them, within their rounding."""
    return [(step, pytest.approx(value, rel=1e-6)) for step, value in pairs if value is not None]


def test_the_figures_of_a_run_are_found_again(dense: Experiment, digits: Data, tmp_path: Path) -> None:
    pytest.importorskip("tensorboardX")
    with EventFile(tmp_path, dense) as file:
        snapshots = []
        for snapshot in Trainer(dense, digits):
            snapshots.append(snapshot)
            file.add(snapshot)
    steps, epochs = ([item for item in snapshots if isinstance(item, kind)] for kind in (Step, Epoch))
    (end,) = (item for item in snapshots if isinstance(item, Finished))
    (path,) = file.path.iterdir()
    found = {tag: [(item.step, item.value) for item in values] for tag, values in scalars_in(path).items()}
    assert found == {
        "train/loss": single([(item.step, item.loss) for item in steps]),
        "train/accuracy": single([(item.step, item.score) for item in steps]),
        "train/learning_rate": single([(item.step, item.learning_rate) for item in steps]),
        "epoch/train_loss": single([(item.step, item.train_loss) for item in epochs]),
        "epoch/train_accuracy": single([(item.step, item.train_score) for item in epochs]),
        "epoch/validation_loss": single([(item.step, item.validation_loss) for item in epochs]),
        "epoch/validation_accuracy": single([(item.step, item.validation_score) for item in epochs]),
        "test/loss": single([(end.step, end.test_loss)]),
        "test/accuracy": single([(end.step, end.test_score)]),
    }


def test_it_holds_the_experiment_and_no_path(tmp_path: Path) -> None:
    pytest.importorskip("tensorboardX")
    secret = tmp_path / "secret" / "flowers.csv"
    table = Table(source=TableFile(**{**dict(IRIS), "path": str(secret)}))
    with EventFile(tmp_path, Experiment(name="iris", data=table)) as file:
        pass
    (path,) = file.path.iterdir()
    data = path.read_bytes()
    assert b"flowers.csv" in data
    assert b"batch_size: " in data
    assert b"secret" not in data
    assert str(tmp_path).encode() not in data


def test_two_runs_of_one_name_get_a_folder_each(tmp_path: Path) -> None:
    pytest.importorskip("tensorboardX")
    with (
        EventFile(tmp_path / "new", Experiment(name="a/b")) as first,
        EventFile(tmp_path / "new", Experiment()) as other,
    ):
        assert first.path != other.path
        assert first.path.parent == other.path.parent == tmp_path / "new"
        assert first.path.name.startswith("a b 20")


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    pytest.importorskip("tensorboardX")
    (tmp_path / "file").touch()
    with pytest.raises(FileError, match="was not saved"):
        EventFile(tmp_path / "file", Experiment())


def test_the_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorboardX.proto.event_pb2", None)  # as if it were not there
    with pytest.raises(PlaygroundError, match="pip install tensorboardX"):
        EventFile(tmp_path, Experiment())
    assert not list(tmp_path.iterdir())
