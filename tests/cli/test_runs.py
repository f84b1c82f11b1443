"""`playground runs`: what it lists, shows and compares, what it writes, and how runs are named."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from playground.cli.main import main
from playground.cli.run_store import run_named
from playground.cli.wrong_use import WrongUse
from playground.engine.runs.store import RunStore
from playground.engine.runs.store_settings import default_folder
from playground.engine.weights import load
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import read_experiment
from tests.cli.stored import WITHIN, Output, done, rows

IDS = ("20260101-000000-00000001", "20260101-000000-00000002", "20260202-000000-00000003")


def told(capsys: Output, *arguments: str) -> list[str]:
    """The lines that `runs` prints."""
    capsys.readouterr()
    assert main(["runs", *arguments]) == 0
    out, err = capsys.readouterr()
    assert not err
    return out.splitlines()


@pytest.mark.parametrize(
    ("word", "found"), [("last", IDS[2]), (IDS[0], IDS[0]), ("202602", IDS[2]), (IDS[0][:-1] + "2", IDS[1])]
)
def test_a_run_is_named_by_a_word(word: str, found: str) -> None:
    assert run_named(word, IDS) == found


@pytest.mark.parametrize(("word", "said"), [("202601", "2 runs"), ("2027", "no run"), ("", "no run"), ("..", "no run")])
def test_a_word_that_names_no_run_or_several(word: str, said: str) -> None:
    with pytest.raises(WrongUse, match=said):
        run_named(word, IDS)


def test_there_is_no_last_of_no_runs() -> None:
    with pytest.raises(WrongUse, match="no run “last”"):
        run_named("last", ())


def test_no_runs_are_none(capsys: Output) -> None:
    assert told(capsys) == ["No run is stored yet."]
    assert told(capsys, "--json") == []


def test_runs_are_listed(small_file: str, capsys: Output) -> None:
    ends = [done(capsys, small_file, "--epochs", epochs) for epochs in ("1", "2")]
    ids = [row.run_id for row in rows()]
    store = RunStore(default_folder())
    store.open(ids[1]).set_star(True)
    store.open(ids[1]).set_name("Longer")
    assert store.close(WITHIN)
    header, *lines = told(capsys)
    assert header.split() == ["id", "name", "data", "epochs", "score", "loss", "on", "time", "date"]
    assert [line.split()[:4] for line in lines] == [[ids[0], "Small", "mnist", "1"], [ids[1], "Longer", "mnist", "2"]]
    assert [line.split()[7] for line in lines] == ["test", "test"]
    assert [line.endswith("★") for line in lines] == [False, True]
    objects = [json.loads(line) for line in told(capsys, "--json")]
    assert [item["run_id"] for item in objects] == ids
    assert [item["loss"] for item in objects] == [end["test_loss"] for end in ends]


def test_a_damaged_run_is_listed_and_named(small_file: str, capsys: Output) -> None:
    done(capsys, small_file, "--epochs", "1")
    (row,) = rows()
    (default_folder() / row.run_id / "run.json").write_text("nothing")
    assert told(capsys)[1].split() == [row.run_id, "damaged"]
    assert main(["runs", "show", "last"]) == 1
    assert f"Run {row.run_id}: Its record is damaged" in capsys.readouterr().err


def test_a_run_is_shown_as_it_was_trained_at_last(small_file: str, capsys: Output) -> None:
    done(capsys, small_file, "--epochs", "1")
    end = done(capsys, "last", "--continue", "--epochs", "3")
    lines = dict(line.split(maxsplit=1) for line in told(capsys, "show", "last") if len(line.split()) > 1)
    assert lines["Run"] == rows()[0].run_id
    assert lines["Epochs"] == "3"
    assert lines["Layer"] == "2           Linear · 10 units"
    (text,) = told(capsys, "show", "last", "--json")
    shown = json.loads(text)
    assert shown["figures"]["test_loss"] == end["test_loss"]
    assert shown["experiment"]["recipe"]["epochs"] == 3
    assert shown["checkpoints"]


def test_two_runs_are_compared(small_file: str, capsys: Output) -> None:
    done(capsys, small_file, "--epochs", "1")
    done(capsys, small_file, "--epochs", "2", "--seed", "5")
    first, second = (row.run_id for row in rows())
    header, *lines = told(capsys, "diff", first, "last")
    assert header.split() == [first, second]
    assert [line.split() for line in lines[-2:]] == [["Epochs", "1", "2"], ["Seed", "0", "5"]]
    assert ["Steps", "20", "40"] in [line.split() for line in lines]
    assert told(capsys, "diff", "last", "last")[-1] == "Both runs have the same settings."


def test_a_run_is_exported(small: Experiment, small_file: str, tmp_path: Path, capsys: Output) -> None:
    trained = tmp_path / "trained.safetensors"
    end = done(capsys, small_file, "--out", str(trained))
    network, experiment, curves = (tmp_path / f"e.{kind}" for kind in ("safetensors", "playground", "csv"))
    for path in (network, experiment, curves):
        assert told(capsys, "export", "last", "--out", str(path)) == [f"Saved as {path}"]
    assert network.read_bytes() == trained.read_bytes()
    assert load(network).figures.test_loss == end["test_loss"]
    assert read_experiment(experiment) == small
    with open(curves, encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["event"] for line in lines].count("epoch") == 2
    assert len(lines) == end["step"] + 2
    for path in (network, experiment, curves):
        assert str(tmp_path).encode() not in path.read_bytes()


@pytest.mark.parametrize("name", ["run.txt", "run", "missing/run.csv", "missing/run.safetensors"])
def test_what_cannot_be_exported_says_why(name: str, small_file: str, tmp_path: Path, capsys: Output) -> None:
    done(capsys, small_file, "--epochs", "1")
    assert main(["runs", "export", "last", "--out", str(tmp_path / name)]) in (1, 2)
    out, err = capsys.readouterr()
    assert not out
    assert name.split("/")[-1] in err


def test_deleted_runs_come_back(small_file: str, capsys: Output) -> None:
    for epochs in ("1", "2"):
        done(capsys, small_file, "--epochs", epochs)
    before = rows()
    first, second = (row.run_id for row in before)
    assert len(told(capsys, "delete", first[:-1], "last")) == 2
    assert rows() == []
    assert main(["runs", "show", first]) == 2
    told(capsys, "restore", "last")
    assert [row.run_id for row in rows()] == [second]
    told(capsys, "restore", first)
    assert rows() == before


def test_deleted_runs_are_listed_with_their_dates(small_file: str, capsys: Output) -> None:
    assert told(capsys, "list", "--deleted") == ["No deleted run is kept."]
    end = done(capsys, small_file, "--epochs", "1")
    (row,) = rows()
    assert told(capsys, "list") == told(capsys)
    told(capsys, "delete", "last")
    assert told(capsys, "list") == ["No run is stored yet."]
    header, line, _ = told(capsys, "list", "--deleted")
    assert header.split("  ")[0] == "id"
    assert line.startswith(row.run_id)
    (found,) = (json.loads(item) for item in told(capsys, "list", "--deleted", "--json"))
    assert (found["run_id"], found["loss"]) == (row.run_id, end["test_loss"])
    deleted, kept = (datetime.fromisoformat(found[name]) for name in ("deleted", "kept_until"))
    assert abs(datetime.now(UTC) - deleted) < timedelta(minutes=5)
    assert kept - deleted == timedelta(days=7)


def test_a_run_that_goes_on_is_not_deleted(small_file: str, capsys: Output) -> None:
    done(capsys, small_file, "--epochs", "1")
    (row,) = rows()
    store = RunStore(default_folder())
    store.resume(row.run_id, row.step)
    assert store.flush(WITHIN)
    assert main(["runs", "delete", "last"]) == 1
    assert "in use" in capsys.readouterr().err
    assert store.close(WITHIN)
    assert [row.run_id for row in rows()] == [row.run_id]


@pytest.mark.parametrize("command", [[], ["show", "last"], ["diff", "last", "last"], ["delete", "last"]])
def test_torch_is_not_imported_for_it(command: list[str], small_file: str, capsys: Output) -> None:
    done(capsys, small_file, "--epochs", "1")
    program = "import sys; from playground.cli.main import main; code = main(sys.argv[1:]); assert 'torch' not in sys.modules; sys.exit(code)"  # noqa: E501
    subprocess.run([sys.executable, "-c", program, "runs", *command], check=True, capture_output=True)
