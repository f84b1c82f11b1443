"""`train --seeds`: the group that it stores, what it prints, and how it ends when it is told to."""

from __future__ import annotations

import io
import json
import signal
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from playground.cli.main import main
from playground.engine.runs.store_settings import default_folder
from playground.engine.weights import load
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import write_experiment
from playground.spec.recipe.losses import MSE
from playground.spec.recipe.optimizers import SGD
from playground.standard_streams import END_SIGNALS
from tests.cli.stored import Output, done, rows


def told(capsys: Output, *arguments: str, code: int = 0) -> list[dict[str, Any]]:
    """The objects that `train --json` prints with these arguments."""
    capsys.readouterr()
    assert main(["train", *arguments, "--json"]) == code
    out, err = capsys.readouterr()
    assert not err
    return [json.loads(line) for line in out.splitlines()]


def test_each_run_is_that_of_its_seed_alone(small_file: str, capsys: Output) -> None:
    *runs, summary = told(capsys, small_file, "--seed", "5", "--seeds", "3")
    assert [(run["event"], run["seed"]) for run in runs] == [("done", 5), ("done", 6), ("done", 7)]
    alone = [done(capsys, small_file, "--seed", str(seed), "--no-store")["test_loss"] for seed in (5, 6, 7)]
    assert [run["test_loss"] for run in runs] == alone
    assert len(set(alone)) == 3
    assert (summary["event"], summary["n"], summary["seeds"], summary["left_out"]) == ("summary", 3, [5, 6, 7], [])
    assert summary["test_loss"]["mean"] == pytest.approx(np.mean(alone))
    assert summary["test_loss"]["sd"] == pytest.approx(np.std(alone, ddof=1))
    assert summary["test_score"]["low"] < summary["test_score"]["mean"] < summary["test_score"]["high"]
    stored = rows()
    assert [(row.name, row.seed, row.loss) for row in stored] == [("Small", 5 + i, alone[i]) for i in range(3)]
    assert {row.group for row in stored} == {summary["group"]}
    assert summary["group"].startswith("Small · 3 seeds · 20")


def test_the_screen_tells_mean_interval_and_n(small_file: str, capsys: Output) -> None:
    assert main(["train", small_file, "--seeds", "2", "--epochs", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Seed 0, run 1 of 2"
    assert lines[-3] == rows()[0].group
    for line, start in zip(lines[-2:], ("test accuracy: mean ", "test loss: mean "), strict=True):
        assert line.startswith(start)
        assert "95 % confidence interval of the mean" in line
        assert line.endswith("n = 2")


def test_without_a_store_there_is_no_group(small_file: str, capsys: Output) -> None:
    *_, summary = told(capsys, small_file, "--seeds", "2", "--epochs", "1", "--no-store")
    assert (summary["n"], summary["group"]) == (2, None)
    assert not default_folder().exists()


def test_each_run_begins_with_the_weights_of_the_source(small_file: str, tmp_path: Path, capsys: Output) -> None:
    source = tmp_path / "source.safetensors"
    done(capsys, small_file, "--out", str(source))
    options = (small_file, "--from", str(source), "--epochs", "1", "--no-store")
    *runs, _ = told(capsys, *options, "--seeds", "2")
    assert [run["test_loss"] for run in runs] == [done(capsys, *options, "--seed", seed)["test_loss"] for seed in "01"]
    assert load(source).figures.test_loss not in [run["test_loss"] for run in runs]


class InterruptedAt(io.StringIO):
    """An output that raises a signal once a text is written to it."""

    def __init__(self, text: str, number: signal.Signals) -> None:
        super().__init__()
        self._text, self._number = text, number

    def write(self, text: str) -> int:
        """Keep the text."""
        written = super().write(text)
        if self._text and self._text in self.getvalue():
            self._text = ""
            signal.raise_signal(self._number)
        return written


@pytest.mark.parametrize("number", END_SIGNALS)
@pytest.mark.parametrize(
    ("at", "counted", "runs"),
    [
        ('"seed": 1', [0, 1], 2),  # when the second run has ended
        ('"seed": 0', [0], 1),
    ],
)
def test_a_signal_after_a_run_ends_the_series(
    at: str, counted: list[int], runs: int, number: signal.Signals, small_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    handlers = [signal.getsignal(item) for item in END_SIGNALS]
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", out := InterruptedAt(at, number))
        assert main(["train", small_file, "--seeds", "5", "--json"]) == 0
    *_, summary = map(json.loads, out.getvalue().splitlines())
    assert (summary["seeds"], summary["left_out"], len(rows())) == (counted, [], runs)
    assert handlers == [signal.getsignal(item) for item in END_SIGNALS]


def test_a_run_that_a_signal_cuts_short_is_tested_and_not_counted(
    small_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", out := InterruptedAt(" 1/1,000  ", signal.SIGINT))
        assert main(["train", small_file, "--seeds", "5", "--epochs", "1000"]) == 0
    lines = out.getvalue().splitlines()
    assert any(line.startswith("test accuracy ") for line in lines)
    assert "Not counted: the run with seed 0: it was stopped before its end" in lines
    assert "there is no mean" in lines[-1]
    assert "Seed 1, run 2 of 5" not in lines
    assert [row.seed for row in rows()] == [0]


def test_runs_that_diverge_do_not_end_the_others(small: Experiment, tmp_path: Path, capsys: Output) -> None:
    path = tmp_path / "wild.playground"
    write_experiment(small.with_(recipe=small.recipe.with_(optimizer=SGD(lr=10.0), loss=MSE())), path)
    *runs, summary = told(capsys, str(path), "--seeds", "2", code=1)
    assert [(run["event"], run["seed"]) for run in runs] == [("diverged", 0), ("diverged", 1)]
    assert (summary["n"], summary["test_score"], [item["seed"] for item in summary["left_out"]]) == (0, None, [0, 1])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--seeds", "2", "--continue"], "cannot be used with --continue"),
        (["--seeds", "2", "--out", "a.safetensors"], "--out names one file"),
        (["--seeds", "1"], "--seeds should be between 2 and 1,000, but is 1."),
        (["--seeds", "two"], "--seeds should be a whole number"),
        (["--seeds", "3", "--seed", str(2**32 - 2)], "--seed should be between"),
    ],
)
def test_what_does_not_go_together_is_refused(options: list[str], said: str, small_file: str, capsys: Output) -> None:
    assert main(["train", small_file, *options]) == 2
    out, err = capsys.readouterr()
    assert not out
    assert said in err
    assert rows() == []
