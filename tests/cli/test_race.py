"""`playground race`: what it prints, what it refuses, what it stores, and how it ends when it is told to."""

from __future__ import annotations

import io
import json
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from playground.cli.main import main
from playground.cli.race_screen import RaceScreen
from playground.engine.data.in_memory import load
from playground.engine.race.budget import BudgetKind, budget
from playground.engine.race.entries import entries
from playground.engine.race.race import Race
from playground.engine.runs.store_settings import default_folder
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import write_experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.losses import MSE
from playground.spec.recipe.optimizers import SGD
from playground.standard_streams import END_SIGNALS
from tests.cli.stored import Output, rows
from tests.cli.test_seeds import InterruptedAt


@pytest.fixture
def wide(small: Experiment) -> Experiment:
    """Another network for the same data."""
    return small.with_(name="Wide", stack=Stack(layers=(Flatten(), Linear(out_features=20), Linear(out_features=10))))


@pytest.fixture
def wide_file(wide: Experiment, tmp_path: Path) -> str:
    """The same, in a file."""
    write_experiment(wide, path := tmp_path / "wide.playground")
    return str(path)


def raced(capsys: Output, *arguments: str, code: int = 0) -> list[dict[str, Any]]:
    """The objects that `race --json` prints with these arguments."""
    capsys.readouterr()
    assert main(["race", *arguments, "--json"]) == code
    out, err = capsys.readouterr()
    assert not err
    return [json.loads(line) for line in out.splitlines()]


def test_every_epoch_and_the_table_are_one_object_each(small_file: str, wide_file: str, capsys: Output) -> None:
    *epochs, done = raced(capsys, small_file, wide_file, "--steps", "45", "--seed", "5")
    assert [(line["event"], line["epoch"]) for line in epochs] == [
        ("epoch", 1),
        ("epoch", 1),
        ("epoch", 2),
        ("epoch", 2),
    ]
    assert {line["name"] for line in epochs} == {"Small", "Wide"}
    assert [line["used_steps"] for line in epochs] == [20, 20, 40, 40]
    assert (done["event"], done["score"], done["seed"]) == ("done", "accuracy", 5)
    table = done["table"]
    assert [line["steps"] for line in table] == [45, 45]
    assert {line["epochs"] for line in table} == {2.25}
    assert {line["scored_on"] for line in table} == {"validation"}
    assert table[0]["score"] >= table[1]["score"]
    assert next(line["parameters"] for line in table if line["name"] == "Small") == 7850
    assert done["notes"][0].startswith("Wide, compared with Small: ")
    stored = {row.run_id: row for row in rows()}
    assert {line["run_id"]: line["name"] for line in table} == {run_id: row.name for run_id, row in stored.items()}
    assert {row.group for row in stored.values()} == {done["group"]}
    assert {row.seed for row in stored.values()} == {5}


def test_people_get_curves_and_a_table(small_file: str, wide_file: str, capsys: Output) -> None:
    flops = 3 * 2 * 7840 * 32 * 15  # fifteen steps of the small one
    assert main(["race", small_file, wide_file, "--flops", str(flops), "--no-store"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "22.6 MFLOP each, seed 0"
    assert lines[1].startswith("Wide, compared with Small: Linear 2 – → Linear")
    head = next(number for number, line in enumerate(lines) if "Validation accuracy" in line)
    titles = "Name Validation accuracy Validation loss Steps Epochs FLOPs of training Own time Parameters"
    assert " ".join(lines[head].split()) == titles
    assert [line.split()[0] for line in lines[head + 1 :]] == ["1", "2"]
    small = next(line.split() for line in lines[head + 1 :] if "Small" in line)
    assert small[5:9] == ["15", "0.75", "22.6", "MFLOP"]
    assert any("⠀" <= letter <= "⣿" for letter in "".join(lines[:head]))
    assert not default_folder().exists()


class Terminal(io.StringIO):
    """A text that says that it is a terminal."""

    def isatty(self) -> bool:
        """It is."""
        return True


def test_a_terminal_shows_a_bar_for_each(small: Experiment, wide: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("TERM", "xterm"), ("NO_COLOR", "1"), ("COLUMNS", "110")):
        monkeypatch.setenv(name, value)
    text = Terminal()
    racing = entries((small, wide))
    screen = RaceScreen(text, racing, "", ["A note"], period=0.0)
    for progress in Race(racing, load(small.data), budget(BudgetKind.STEPS, 30)):
        screen.take(progress)
    screen.close()
    shown = text.getvalue()
    assert shown.startswith("A note\n")
    assert "Wide   ━" in shown
    assert "loss" in shown
    assert "validation" in shown
    assert "Validation accuracy" in shown.splitlines()[-3]


def test_one_that_diverges_is_out_and_the_exit_code_tells_if_all_are(
    small: Experiment, small_file: str, tmp_path: Path, capsys: Output
) -> None:
    wild = small.with_(name="Wild", recipe=small.recipe.with_(optimizer=SGD(lr=100.0), loss=MSE()))
    write_experiment(wild, path := tmp_path / "wild.playground")
    *events, done = raced(capsys, str(path), small_file, "--steps", "60", "--no-store")
    out = next(line for line in events if line["event"] == "out")
    assert out["name"] == "Wild"
    assert [(line["name"], line["out"]) for line in done["table"]] == [("Small", None), ("Wild", out["message"])]
    assert done["group"] is None
    *_, done = raced(capsys, str(path), str(path), "--steps", "60", "--no-store", code=1)
    assert all(line["out"] for line in done["table"])


@pytest.mark.parametrize("number", END_SIGNALS)
def test_a_signal_ends_it_with_the_table_so_far(
    number: signal.Signals, small_file: str, wide_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    handlers = [signal.getsignal(item) for item in END_SIGNALS]
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", out := InterruptedAt('"epoch": 1', number))
        assert main(["race", small_file, wide_file, "--steps", "1000", "--json"]) == 0
    *_, done = map(json.loads, out.getvalue().splitlines())
    assert done["event"] == "done"
    assert {line["early"] for line in done["table"]} == {"It was stopped."}
    assert all(line["score"] is not None for line in done["table"])
    assert len(rows()) == 2
    assert handlers == [signal.getsignal(item) for item in END_SIGNALS]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--steps", "5"], "A race has 2 to 6 experiments, but there are 1."),
        (["spiral", "--steps", "5"], "so they cannot race."),
        (["lenet-5", "--steps", "5"], "they can race only if all get the data of the first."),
        (["SMALL", "--steps", "0"], "The budget of a race should be above 0, but is 0."),
        (["SMALL", "--seconds", "nan"], "The budget of a race should be above 0, but is nan."),
        (["SMALL", "--steps", "1.5"], "--steps should be a whole number, but is “1.5”."),
        (["SMALL", "--steps", "5", "--seed", "-1"], "--seed should be between 0 and 4,294,967,295, but is -1."),
    ],
)
def test_wrong_use_is_one_sentence(arguments: list[str], words: str, small_file: str, capsys: Output) -> None:
    assert main(["race", small_file, *(small_file if word == "SMALL" else word for word in arguments)]) == 2
    out, err = capsys.readouterr()
    assert not out
    assert err.count("\n") == 1
    assert err.strip().endswith(words)


def test_all_may_get_the_data_of_the_first(small_file: str, capsys: Output) -> None:
    *_, done = raced(capsys, small_file, "textbook", "--steps", "3", "--no-store", "--same-data")
    assert [line["steps"] for line in done["table"]] == [3, 3]
