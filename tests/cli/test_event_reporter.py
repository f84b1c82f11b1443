"""`playground train --tensorboard` writes the figures that it prints."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from playground.cli.event_reporter import EventReporter
from playground.cli.main import main
from playground.cli.terminal import JsonLines
from playground.engine.event_file import EventFile
from playground.engine.training.snapshots import Epoch
from playground.spec.experiment import Experiment
from playground.spec.files.storage import FileError
from playground.spec.messages import message
from tests.event_records import scalars_in


def test_what_is_printed_is_written(small_file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("tensorboardX")
    folder = tmp_path / "events"
    assert main(["train", small_file, "--json", "--tensorboard", str(folder)]) == 0
    *epochs, done = map(json.loads, capsys.readouterr().out.splitlines())
    (run,) = folder.iterdir()
    (path,) = run.iterdir()
    found = scalars_in(path)
    losses = [event["validation_loss"] for event in epochs]
    assert [item.value for item in found["epoch/validation_loss"]] == pytest.approx(losses)
    assert [item.value for item in found["test/loss"]] == pytest.approx([done["test_loss"]])
    assert [item.step for item in found["train/loss"]] == list(range(1, done["step"] + 1))


def test_training_goes_on_when_it_cannot_be_written(
    small: Experiment, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("tensorboardX")

    class Full(EventFile):
        def add(self, *_: object) -> None:
            raise FileError(message("The disk is full."))

    printed = io.StringIO()
    with Full(tmp_path, small) as events:
        reporter = EventReporter(JsonLines(printed, small), events)
        for number in (1, 2):
            reporter.take(Epoch(number, number, 1.0, 0.5, 0.5, None, None))
        reporter.close(None)
    assert len(printed.getvalue().splitlines()) == 2
    assert capsys.readouterr().err == "The disk is full. Training goes on without it.\n"
