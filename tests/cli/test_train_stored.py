"""Runs of `train`: stored, continued to the same bits, also after kill -9, and begun with weights of others."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from playground.cli.main import main
from playground.cli.run_store import opened
from playground.cli.training_start import from_weights
from playground.engine.runs.checkpoints import CheckpointRule
from playground.engine.runs.store import RunStore
from playground.engine.runs.store_settings import default_folder
from playground.engine.training.snapshots import Epoch, Step
from playground.engine.weights import load
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import write_experiment
from playground.spec.files.presets import preset
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.losses import MSE
from playground.spec.recipe.optimizers import SGD
from playground.spec.recipe.recipe import EarlyStopping
from playground.standard_streams import END_SIGNALS
from tests.cli.stored import WITHIN, Output, done, rows
from tests.cli.test_train import Interrupting, events

OFTEN_STORED = """
import sys
from playground.cli.main import main
from playground.engine.runs.checkpoints import CheckpointRule

CheckpointRule.LEAST = 0.0  # a checkpoint after every epoch, not one a second
CheckpointRule.SHARE = 1e9
sys.exit(main(sys.argv[1:]))
"""


def test_runs_are_stored_in_the_folder_of_the_test(own_folders: Path) -> None:
    assert default_folder() == own_folders / "runs"


def test_a_run_is_stored_as_it_was_told(small_file: str, tmp_path: Path, capsys: Output) -> None:
    out = tmp_path / "small.safetensors"
    end = done(capsys, small_file, "--out", str(out))
    (row,) = rows()
    assert (row.name, row.data, row.epochs, row.step) == ("Small", "mnist", 2, end["step"])
    assert (row.score, row.loss, row.seconds) == (end["test_score"], end["test_loss"], end["seconds"])
    assert row.ended is not None
    trained = load(out)
    assert trained.run == row.run_id
    assert trained.state is None


def test_no_store_leaves_no_trace(small_file: str, tmp_path: Path, capsys: Output) -> None:
    out = tmp_path / "small.safetensors"
    done(capsys, small_file, "--no-store", "--out", str(out))
    assert not default_folder().exists()
    assert load(out).run is None


@pytest.mark.parametrize("stored", [True, False])
def test_continuing_a_file_gives_the_bits_of_one_run(
    small_file: str, tmp_path: Path, capsys: Output, stored: bool
) -> None:
    """Its training state is in the store of runs, or else in the file."""
    a, b, whole = (tmp_path / f"{name}.safetensors" for name in ("a", "b", "whole"))
    options = [] if stored else ["--no-store", "--with-state"]
    expected = done(capsys, small_file, "--epochs", "4", "--no-store", "--out", str(whole))
    done(capsys, small_file, "--epochs", "2", "--out", str(a), *options)
    found = done(capsys, str(a), "--continue", "--epochs", "4", "--out", str(b), *options)
    assert (found["test_loss"], found["step"]) == (expected["test_loss"], expected["step"])
    assert found["numbers"] == [3, 4]
    assert [bits.numpy().tobytes() for bits in load(b).network.state_dict().values()] == [
        bits.numpy().tobytes() for bits in load(whole).network.state_dict().values()
    ]
    assert (load(b).state is None) == stored
    assert [(row.epochs, row.loss, row.parent) for row in rows()] == [(4, expected["test_loss"], None)] * stored


def test_a_file_whose_run_went_on_branches_off(small_file: str, tmp_path: Path, capsys: Output) -> None:
    out = tmp_path / "a.safetensors"
    done(capsys, small_file, "--epochs", "1", "--with-state", "--out", str(out))
    done(capsys, "last", "--continue", "--epochs", "2")
    done(capsys, str(out), "--continue", "--epochs", "3")
    first, second = rows()
    assert (first.epochs, first.parent) == (2, None)
    assert (second.epochs, second.parent) == (3, first.run_id)
    with opened() as store:
        curves = store.open(second.run_id).curves()
    assert [item.epoch for item in curves if isinstance(item, Epoch)] == [1, 2, 3]
    assert [item.step for item in curves if isinstance(item, Step)] == list(range(1, second.step + 1))


def test_a_file_with_a_state_of_an_unknown_run_goes_on(
    small_file: str, tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "a.safetensors"
    done(capsys, small_file, "--epochs", "1", "--with-state", "--out", str(out))
    (known,) = rows()
    monkeypatch.setenv("PLAYGROUND_RUNS", str(tmp_path / "elsewhere"))
    done(capsys, str(out), "--continue", "--epochs", "2")
    assert [(row.epochs, row.parent) for row in rows()] == [(2, known.run_id)]


def fails(capsys: Output, code: int, *arguments: str) -> str:
    """What is said where training with these arguments fails."""
    capsys.readouterr()
    assert main(["train", *arguments]) == code
    out, err = capsys.readouterr()
    assert not out
    assert "Traceback" not in err
    return err


def test_what_cannot_be_continued_says_why(small: Experiment, small_file: str, tmp_path: Path, capsys: Output) -> None:
    out = str(tmp_path / "a.safetensors")
    done(capsys, small_file, "--no-store", "--out", out)
    assert "“--with-state” writes a file that can" in fails(capsys, 1, out, "--continue", "--epochs", "3")
    assert "There is no run “last”" in fails(capsys, 2, "last", "--continue")
    done(capsys, small_file, "--with-state", "--out", out)
    assert "All 2 epochs are trained" in fails(capsys, 2, out, "--continue")
    assert "All 2 epochs are trained" in fails(capsys, 2, "last", "--continue")
    assert "“seed” was another" in fails(capsys, 1, out, "--continue", "--epochs", "3", "--seed", "5")
    assert "There is no run “textbook”" in fails(capsys, 2, "textbook", "--continue")
    assert "but" in fails(capsys, 2, small_file, "--continue")
    assert "--with-state needs --out" in fails(capsys, 2, small_file, "--with-state")
    assert [row.epochs for row in rows()] == [2]


@pytest.mark.parametrize("missing", [False, True])
def test_a_run_goes_on_from_the_last_checkpoint_that_is_whole(
    small_file: str, capsys: Output, missing: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CheckpointRule, "LEAST", 0.0)
    monkeypatch.setattr(CheckpointRule, "SHARE", 1e9)
    end = done(capsys, small_file)
    store = RunStore(default_folder())
    run = store.open(rows()[0].run_id)
    *_, first, last = run.checkpoints()
    path = run.folder.path / last.name
    path.unlink() if missing else path.write_bytes(path.read_bytes()[:-1])
    assert store.close(WITHIN)
    assert main(["train", "last", "--continue", "--json"]) == 0
    out, err = capsys.readouterr()
    assert f"step {last.step}" in err
    assert f"Training goes on from step {first.step:,}" in err
    lost, *_, again = map(json.loads, out.splitlines())
    assert lost == {"event": "lost", "run": run.run_id, "lost_step": last.step, "step": first.step}
    assert again["test_loss"] == end["test_loss"]


def test_weights_and_exports_come_from_the_last_checkpoint_that_is_whole(
    small_file: str, tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CheckpointRule, "LEAST", 0.0)
    monkeypatch.setattr(CheckpointRule, "SHARE", 1e9)
    done(capsys, small_file)
    (row,) = rows()
    with opened() as store:
        *_, first, last = store.open(row.run_id).checkpoints()
    path = default_folder() / row.run_id / last.name
    path.write_bytes(path.read_bytes()[:-1])
    out = tmp_path / "out.safetensors"
    for words in (["runs", "export", row.run_id, "--out", str(out)], ["train", small_file, "--from", row.run_id]):
        assert main(words) == 0
        err = capsys.readouterr().err
        assert f"The checkpoint of step {last.step}" in err
        assert f"The network of step {first.step:,} is used instead." in err
    assert load(out).figures.step == first.step


def test_a_run_that_early_stopping_ended_is_not_continued(small: Experiment, tmp_path: Path, capsys: Output) -> None:
    path = tmp_path / "early.playground"
    recipe = small.recipe.with_(optimizer=SGD(lr=2.0), epochs=50, stopping=EarlyStopping(patience=1))
    write_experiment(small.with_(recipe=recipe), path)
    assert done(capsys, str(path))["stopped_early"]
    assert "Early stopping has ended this run" in fails(capsys, 2, "last", "--continue")


def test_a_run_that_diverged_is_stored_and_not_continued(small: Experiment, tmp_path: Path, capsys: Output) -> None:
    path = tmp_path / "wild.playground"
    write_experiment(small.with_(recipe=small.recipe.with_(optimizer=SGD(lr=10.0), loss=MSE())), path)
    assert main(["train", str(path), "--json"]) == 1
    (row,) = rows()
    assert row.ended is not None
    assert "diverged" in fails(capsys, 1, "last", "--continue")


@pytest.mark.parametrize("number", END_SIGNALS)
def test_a_signal_ends_the_stored_run_in_order(
    number: signal.Signals, small_file: str, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", told := Interrupting(number))
        assert main(["train", small_file, "--epochs", "10000", "--json"]) == 0
    (row,) = rows()
    end = events(told.getvalue())[-1]
    assert row.ended is not None
    assert (row.step, row.loss) == (end["step"], end["test_loss"])
    assert done(capsys, "last", "--continue", "--epochs", str(row.epochs + 1))["epochs"] == row.epochs + 1


@pytest.mark.timeout(300)  # two processes start, beside other tests
def test_a_run_killed_at_any_moment_ends_with_the_bits_of_an_undisturbed_one(small_file: str, capsys: Output) -> None:
    epochs = "200"
    expected = done(capsys, small_file, "--epochs", epochs, "--no-store")
    for words in ([small_file, "--epochs", epochs], ["last", "--continue"]):
        command = [sys.executable, "-c", OFTEN_STORED, "train", *words, "--json"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            known = len(list(default_folder().glob("*/checkpoint-*")))
            while process.stdout.readline():
                if len(list(default_folder().glob("*/checkpoint-*"))) > known:
                    break
            process.kill()
        (row,) = rows()
        assert row.ended is None
        assert row.step < expected["step"]
    found = done(capsys, "last", "--continue")
    assert found["numbers"][0] > 1
    assert (found["test_loss"], found["step"]) == (expected["test_loss"], expected["step"])
    (row,) = rows()
    assert (row.ended is not None, row.loss, row.epochs) == (True, expected["test_loss"], int(epochs))
    assert not list(default_folder().rglob("*.part"))


def test_a_run_begins_with_the_weights_of_another(small_file: str, tmp_path: Path, capsys: Output) -> None:
    out = str(tmp_path / "a.safetensors")
    first = done(capsys, small_file, "--out", out)
    (parent,) = rows()
    for source in (out, "last", parent.run_id):
        done(capsys, small_file, "--from", source, "--epochs", "1")
        child = rows()[-1]
        assert child.parent == (parent.run_id if source != "last" else rows()[-2].run_id)
        assert child.loss is not None
        assert child.loss < first["test_loss"]
    assert [row.epochs for row in rows()] == [2, 1, 1, 1]


def test_a_preset_that_comes_trained_gives_its_weights() -> None:
    with opened() as store:
        found = from_weights("reader", "reader", {"epochs": 1}, store)
    path = preset("reader").trained
    assert path is not None
    assert found.network is not None
    expected = load(path).network.state_dict()
    assert all(tensor.equal(expected[name]) for name, tensor in found.network.state_dict().items())
    assert (found.parent, found.state, found.experiment.recipe.epochs) == (None, None, 1)


def test_weights_of_another_stack_are_refused_by_the_first_tensor(
    small: Experiment, small_file: str, tmp_path: Path, capsys: Output
) -> None:
    done(capsys, small_file, "--epochs", "1")
    other = tmp_path / "other.playground"
    layers = (Flatten(), Linear(out_features=16), Linear(out_features=10))
    write_experiment(small.with_(stack=Stack(layers=layers)), other)
    said = fails(capsys, 1, str(other), "--from", "last")
    assert "do not fit the stack of “Small”" in said
    assert "The tensor “1.weight” should be F32 [16, 784], but is F32 [10, 784]." in said
    assert "no run “nothing”" in fails(capsys, 2, small_file, "--from", "nothing")
    with pytest.raises(SystemExit) as end:
        main(["train", "last", "--continue", "--from", "last"])
    assert end.value.code == 2


def test_weights_that_fit_are_kept_with_adapt(
    small: Experiment, small_file: str, tmp_path: Path, capsys: Output
) -> None:
    out = tmp_path / "a.safetensors"
    done(capsys, small_file, "--epochs", "1", "--out", str(out))
    other, wide = tmp_path / "other.playground", tmp_path / "wide.safetensors"
    stack = Stack(layers=(*small.stack.layers[:-1], Linear(out_features=10), Linear(out_features=10)))
    write_experiment(small.with_(stack=stack, recipe=small.recipe.with_(optimizer=SGD(lr=1e-8), epochs=1)), other)
    assert main(["train", str(other), "--from", str(out), "--adapt", "--out", str(wide), "--json"]) == 0
    assert "Weights are kept in 1 of 2 layers. These begin at random: Linear." in capsys.readouterr().err
    assert torch.allclose(*(load(path).network[1].weight for path in (out, wide)), atol=1e-5)
    assert rows()[-1].parent == rows()[0].run_id
    assert "--adapt needs --from" in fails(capsys, 2, small_file, "--adapt")
    narrow = Stack(layers=(Flatten(), Linear(out_features=9), Linear(out_features=10)))
    write_experiment(small.with_(stack=narrow), other)
    assert "No layer of the trained network" in fails(capsys, 1, str(other), "--from", str(out), "--adapt")


def test_a_store_that_cannot_be_written_costs_one_line(
    small_file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PLAYGROUND_RUNS", str(tmp_path / "file" / "runs"))
    assert main(["train", small_file, "--json"]) == 0
    out, err = capsys.readouterr()
    assert events(out)[-1]["event"] == "done"
    assert len(err.splitlines()) == 1
    assert "could not be stored" in err


def test_a_run_that_goes_on_elsewhere_is_not_continued(small_file: str, capsys: Output) -> None:
    done(capsys, small_file, "--epochs", "1")
    (row,) = rows()
    store = RunStore(default_folder())
    store.resume(row.run_id, row.step)
    assert store.flush(WITHIN)
    assert "still running" in fails(capsys, 1, "last", "--continue", "--epochs", "2")
    assert store.close(WITHIN)
