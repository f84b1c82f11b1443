"""Training without a screen: what is printed, what is written, and how it ends when it is told to."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from safetensors.torch import load_file, save_file

from playground.cli.main import main
from playground.engine.data.in_memory import Data, load
from playground.engine.weights import load as load_network
from playground.spec.data.dataset import Dataset
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import write_experiment
from playground.spec.files.presets import preset
from playground.spec.recipe.losses import MSE
from playground.spec.recipe.optimizers import SGD, Adam
from playground.standard_streams import END_SIGNALS

Output = pytest.CaptureFixture[str]


def events(text: str) -> list[dict[str, Any]]:
    """The objects of JSON lines."""
    return [json.loads(line) for line in text.splitlines()]


def digit_file(folder: Path, index: int) -> Path:
    """A picture of a digit of the test set."""
    path = folder / f"{index}.png"
    Image.fromarray(load(preset("textbook").experiment.data).test.inputs[index, 0].numpy()).save(path)
    return path


def test_json_tells_every_epoch_and_the_end(small_file: str, capsys: Output) -> None:
    assert main(["train", small_file, "--json"]) == 0
    out, err = capsys.readouterr()
    *epochs, done = events(out)
    assert not err
    assert [(event["event"], event["epoch"]) for event in epochs] == [("epoch", 1), ("epoch", 2)]
    figures = {"seconds", "train_loss", "train_score", "validation_loss", "validation_score"}
    assert all(isinstance(event[name], float) for event in epochs for name in figures)
    assert done["event"] == "done"
    assert done["parameters"] == 7850
    assert 0 < done["test_score"] < 1
    assert {"test_loss", "seconds"} <= done.keys()


def test_nothing_is_told_of_a_validation_that_there_is_not(small: Experiment, tmp_path: Path, capsys: Output) -> None:
    path = tmp_path / "all.playground"
    write_experiment(small.with_(data=small.data.with_(validation_share=0.0)), path)
    assert main(["train", str(path), "--json", "--epochs", "1"]) == 0
    assert not [name for name in events(capsys.readouterr().out)[0] if name.startswith("validation")]


def test_same_seed_gives_the_same_figures_and_another_does_not(small_file: str, capsys: Output) -> None:
    figures = []
    for seed in ("5", "5", "6"):
        assert main(["train", small_file, "--json", "--epochs", "1", "--seed", seed]) == 0
        figures.append(events(capsys.readouterr().out)[-1]["test_loss"])
    assert figures[0] == figures[1] != figures[2]


def test_lines_for_a_person_hold_no_control_codes_where_nothing_moves(
    small_file: str, tmp_path: Path, capsys: Output
) -> None:
    out = tmp_path / "network.safetensors"
    assert main(["train", small_file, "--out", str(out)]) == 0
    text = capsys.readouterr().out
    assert "\x1b" not in text
    assert "epoch 2/2" in text
    assert "test accuracy" in text
    assert text.splitlines()[-1] == f"Saved as {out}"


def test_trained_network_can_be_checked_and_read_with(small_file: str, tmp_path: Path, capsys: Output) -> None:
    network = tmp_path / "network.safetensors"
    assert main(["train", small_file, "--json", "--out", str(network)]) == 0
    accuracy = events(capsys.readouterr().out)[-1]["test_score"]
    assert load_network(network).figures.test_score == accuracy
    assert main(["check", str(network)]) == 0
    pictures = [digit_file(tmp_path, index) for index in range(3)]
    capsys.readouterr()
    assert main(["read", str(network), *map(str, pictures)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == list(map(str, pictures))
    assert all(line.count("%") == 10 for line in lines)


def test_picture_that_is_none_fails_and_the_others_are_read(small_file: str, tmp_path: Path, capsys: Output) -> None:
    network, wrong, right = tmp_path / "network.safetensors", tmp_path / "wrong.png", digit_file(tmp_path, 0)
    wrong.write_bytes(b"no picture")
    assert main(["train", small_file, "--epochs", "1", "--out", str(network)]) == 0
    capsys.readouterr()
    assert main(["read", str(network), str(wrong), str(right)]) == 1
    out, err = capsys.readouterr()
    assert out.startswith(f"{right}: ")
    assert len(err.splitlines()) == 1


def test_what_the_doctor_finds_is_told_once(small: Experiment, tmp_path: Path, capsys: Output) -> None:
    path = tmp_path / "high.playground"
    write_experiment(small.with_(recipe=small.recipe.with_(optimizer=Adam(lr=1.0))), path)
    assert main(["train", str(path), "--json", "--no-store"]) == 0
    (found,) = [event for event in events(capsys.readouterr().out) if event["event"] == "finding"]
    assert (found["id"], found["step"]) == ("learning_rate_too_high", 16)
    assert found["fix"].startswith("Set the learning rate to 0.0")
    assert main(["train", str(path), "--no-store"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines.count(f"Doctor: {found['sentence']} Remedy: {found['fix']}.") == 1


def test_divergence_fails_and_keeps_the_last_good_weights(small: Experiment, tmp_path: Path, capsys: Output) -> None:
    path, out = tmp_path / "wild.playground", tmp_path / "wild.safetensors"
    recipe = small.recipe.with_(optimizer=SGD(lr=10.0), loss=MSE())
    write_experiment(small.with_(recipe=recipe), path)
    code = main(["train", str(path), "--json", "--out", str(out)])
    text, err = capsys.readouterr()
    assert code == 1
    end = events(text)[-1]
    assert (end["event"], end["advised_field"]) == ("diverged", "recipe.optimizer.lr")
    assert str(end["advised_value"]) in err
    assert "learning rate" in err
    assert end["message"] not in [event.get("sentence") for event in events(text)]
    assert out.exists()


class Interrupting(io.StringIO):
    """An output that is answered with a signal as soon as something arrives."""

    def __init__(self, number: signal.Signals) -> None:
        super().__init__()
        self._number: signal.Signals | None = number

    def write(self, text: str) -> int:
        """Keep the text; the first time, raise the signal."""
        number, self._number = self._number, None
        if number is not None:
            signal.raise_signal(number)
        return super().write(text)


@pytest.mark.parametrize("number", END_SIGNALS)
def test_interruption_tests_and_writes_what_was_trained(
    number: signal.Signals, small_file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    out, told = tmp_path / "network.safetensors", Interrupting(number)
    handlers = [signal.getsignal(item) for item in END_SIGNALS]
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", told)
        assert main(["train", small_file, "--epochs", "10000", "--json", "--out", str(out)]) == 0
    first, *_, last = events(told.getvalue())
    assert (first["event"], last["event"]) == ("epoch", "done")
    assert load_network(out).figures.test_score == last["test_score"]
    assert not capsys.readouterr().err
    assert handlers == [signal.getsignal(item) for item in END_SIGNALS]


@pytest.mark.parametrize("number", END_SIGNALS)
def test_interruption_gives_up_the_loading_of_data(
    number: signal.Signals, small: Experiment, small_file: str, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    loaded = []

    def interrupted(_data: Dataset) -> Data:
        signal.raise_signal(number)
        loaded.append(load(small.data))  # which takes long for other data
        return loaded[0]

    monkeypatch.setattr("playground.engine.data.in_memory.load", interrupted)
    assert main(["train", small_file]) == 1
    assert not loaded
    assert capsys.readouterr().err == "Stopped before anything was trained.\n"


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_interrupted_process_ends_without_a_trace(small_file: str) -> None:
    command = [sys.executable, "-m", "playground", "train", small_file, "--epochs", "10000", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        rest, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert not err
    assert events(rest)[-1]["event"] == "done"


def test_a_preset_that_comes_trained_reads(tmp_path: Path, capsys: Output) -> None:
    assert main(["read", "reader", str(digit_file(tmp_path, 0))]) == 0
    assert ": 7  0: " in capsys.readouterr().out


def test_weights_alone_read_where_their_experiment_is_named(tmp_path: Path, capsys: Output) -> None:
    reader = preset("reader")
    assert reader.trained is not None
    network, picture = tmp_path / "weights.safetensors", str(digit_file(tmp_path, 0))
    tensors = load_file(reader.trained)
    save_file(tensors, network)
    assert main(["read", str(network), "--experiment", "reader", picture]) == 0
    assert ": 7  0: " in capsys.readouterr().out
    assert main(["read", str(network), picture]) == 1
    assert "--experiment" in capsys.readouterr().err
    assert main(["read", str(network), "--experiment", "textbook", picture]) == 1
    found = ", ".join(map(str, tensors["1.weight"].shape))
    assert f"The tensor “1.weight” should be F32 [128, 784], but is F32 [{found}]." in capsys.readouterr().err
