"""Records: each version of the format is read, and what is no record gets one typed error."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from math import inf, isnan, nan
from pathlib import Path

import pytest

from playground.engine.runs.run_record import RunError, RunRecord, parse_record, record_bytes
from playground.engine.training.snapshots import Evaluating, Figures, Probed
from playground.spec.files import checksum
from tests.engine.runs.stored import EXPERIMENT, FIGURES, everything, opened

CASES = Path(__file__).parents[2] / "cases"
RECORD = RunRecord(run_id="x", name="a “name”", created=datetime(2026, 1, 2, tzinfo=UTC), seed=1, data="mnist")


def sealed(**changes: object) -> bytes:
    document = {**json.loads(record_bytes(RECORD)), checksum.KEY: checksum.UNSEALED, **changes}
    return checksum.add_checksum(json.dumps(document).encode())


def test_it_comes_back() -> None:
    assert parse_record(record_bytes(RECORD)) == RECORD


def test_figures_that_are_no_numbers_come_back() -> None:
    found = parse_record(record_bytes(RECORD.with_(figures=Figures(train_loss=nan, test_loss=-inf)))).figures
    assert found.train_loss is not None
    assert isnan(found.train_loss)
    assert found.test_loss == -inf


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "damaged"),
        (record_bytes(RECORD).replace(b"mnist", b"mrist"), "checksum"),
        (sealed(format="another"), "none of a run"),
        (sealed(version=2), "version 2"),
        (sealed(run=[]), "wrong"),
        (sealed(run={"run_id": "x"}), "name"),
        (sealed(run=json.loads(record_bytes(RECORD))["run"] | {"created": "2026-01-01T00:00:00"}), "created"),
        (sealed(run=json.loads(record_bytes(RECORD))["run"] | {"more": 1}), "more"),
        (checksum.add_checksum(b'["checksum", {"checksum": "%s"}]' % checksum.UNSEALED.encode()), "damaged"),
    ],
)
def test_what_is_no_record_gets_one_error(data: bytes, words: str) -> None:
    with pytest.raises(RunError, match=words):
        parse_record(data)


def test_a_run_of_version_1_is_read(tmp_path: Path) -> None:
    shutil.copytree(CASES / "runs-version-1", tmp_path / "runs")
    with opened(tmp_path / "runs") as store:
        (row,) = store.runs()
        assert (row.name, row.note, row.star, row.group, row.score) == ("stored", "a note", True, "some", 0.9)
        run = store.open(row.run_id)
        assert run.experiment == EXPERIMENT
        assert run.record.figures == FIGURES
        known = tuple(item for item in everything() if not isinstance(item, Evaluating | Probed))
        assert repr(run.curves()) == repr(known)
        (checkpoint,) = run.checkpoints()
        assert run.checkpoint_file(checkpoint).read_bytes() == b"weights"
