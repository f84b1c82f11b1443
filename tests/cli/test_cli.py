"""The commands that need no training: what they print, where, and with which exit code."""

from __future__ import annotations

import ast
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from playground import __version__
from playground.cli.main import main
from playground.log import NAME, log_folder
from playground.spec.check.shapes import totals, walk
from playground.spec.data.changed_examples import ChangedExample, ChangedExamples
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import write_experiment
from playground.spec.files.presets import preset, presets
from playground.spec.layer import Stack
from playground.spec.number_text import flops_text

Output = pytest.CaptureFixture[str]


def test_presets_begin_with_the_name_that_other_commands_take(capsys: Output) -> None:
    assert main(["presets"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [entry.id for entry in presets()]


@pytest.mark.parametrize("name", [entry.id for entry in presets()])
def test_every_preset_can_be_trained(name: str, capsys: Output) -> None:
    assert main(["check", name]) == 0
    assert "can be trained" in capsys.readouterr().out


def test_check_writes_small_figures_as_the_window_does(capsys: Output) -> None:
    assert main(["check", "iris"]) == 0
    assert re.search(r"\d parameters, \d+ FLOP a sample", capsys.readouterr().out)


def test_check_tells_the_cost_of_a_text_by_the_character_as_the_window_does(capsys: Output) -> None:
    assert main(["check", "shakespeare-lstm"]) == 0
    experiment = preset("shakespeare-lstm").experiment
    whole = totals(walk(experiment.stack, experiment.data.sample_shape)).flops
    assert f"{flops_text(whole // 256)} a character" in capsys.readouterr().out


def test_check_tells_how_many_examples_are_changed(tmp_path: Path, capsys: Output) -> None:
    items = (ChangedExample(number=3, digest="0" * 12), ChangedExample(number=4, digest="0" * 12, class_name="setosa"))
    iris = preset("iris").experiment
    changed = iris.with_(data=iris.data.with_(changes=ChangedExamples(items=items)))
    write_experiment(changed, tmp_path / "changed.playground")
    assert main(["check", str(tmp_path / "changed.playground")]) == 0
    assert "iris.csv: 1 label changed, 1 example left out\n" in capsys.readouterr().out


def test_check_tells_every_problem_and_its_mend(small: Experiment, tmp_path: Path, capsys: Output) -> None:
    path = tmp_path / "wrong.playground"
    write_experiment(small.with_(stack=Stack(layers=small.stack.layers[1:])), path)
    assert main(["check", str(path)]) == 1
    out = capsys.readouterr().out
    assert "layer 1, Linear" in out
    assert "Insert Flatten" in out


def test_training_what_cannot_be_trained_fails_with_the_reason(
    small: Experiment, tmp_path: Path, capsys: Output
) -> None:
    path = tmp_path / "empty.playground"
    write_experiment(small.with_(stack=Stack()), path)
    assert main(["train", str(path)]) == 1
    assert "The stack is empty" in capsys.readouterr().err


def test_code_is_a_program(small_file: str, capsys: Output) -> None:
    assert main(["code", small_file]) == 0
    ast.parse(capsys.readouterr().out)


def test_code_is_read_by_python_whatever_the_terminal_can_write(small: Experiment, tmp_path: Path) -> None:
    path = tmp_path / "small.playground"
    write_experiment(small.with_(name="床前明月光 é"), path)
    command = [sys.executable, "-m", "playground", "code", str(path)]
    done = subprocess.run(command, capture_output=True, check=True, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    ast.parse(done.stdout)
    assert "# 床前明月光 é".encode() in done.stdout


@pytest.mark.parametrize("sound", [True, False])
def test_no_name_steers_the_terminal(sound: bool, small: Experiment, tmp_path: Path, capsys: Output) -> None:
    path = tmp_path / "small.playground"
    name = "\x1b]0;title\x07\x1b[2J\x9b1m\u202e\r name"
    write_experiment(small.with_(name=name, **({} if sound else {"stack": Stack()})), path)
    for command in ("check", "train") if not sound else ("check",):
        main([command, str(path)])
        said = capsys.readouterr()
        assert (said.out + said.err).replace("\n", "").isprintable()
        assert sound is (" ]0;title  [2J 1m   name" in said.out)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["check", "textbok"], "textbok"),
        (["train", "textbook", "--epochs", "0"], "between 1 and 10,000, but is 0"),
        (["train", "textbook", "--seed", "-1"], "--seed should be between"),
        (["train", "textbook", "--device", "tpu"], "tpu"),
        (["train", "textbook", "--out", "network.bin"], "network.bin"),
        (["train", "textbook", "--out", "/nowhere/at/all.safetensors"], "/nowhere"),
        (["trian", "textbook"], "playground train"),
        (["spiral"], "“playground train spiral” trains it."),
        (["nothing.playground"], "nothing.playground"),
        (["open", "nothing.playground"], "nothing.playground"),
    ],
)
def test_wrong_use_is_told_in_one_sentence(arguments: list[str], word: str, capsys: Output) -> None:
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert not out
    assert word in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("arguments", [["train"], ["--colour"]])
def test_arguments_that_make_no_sense_are_wrong_use(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2


@pytest.mark.parametrize("value", ["many", "nan", "-inf", "1e400", "", 5000 * "9"])
@pytest.mark.parametrize(
    "option", ["train iris --epochs", "train iris --seed", "write reader --top-k", "write reader --length"]
)
def test_what_is_no_number_is_told_in_one_sentence(option: str, value: str, capsys: Output) -> None:
    assert main(f"{option}={value}".split(" ")) == 2
    err = capsys.readouterr().err
    assert err.startswith(f"{option.split()[-1]} should be a whole number, but is “{value[:20]}")
    assert len(err.splitlines()) == 1
    assert len(err) < 300


@pytest.mark.parametrize("name", [5000 * "x", "a\nb"])
@pytest.mark.parametrize("before", [["check"], ["write"], ["download"], ["train", "iris", "--device"], []])
def test_a_name_that_is_no_name_is_told_in_one_line(before: list[str], name: str, capsys: Output) -> None:
    assert main([*before, name]) == 2
    err = capsys.readouterr().err
    assert len(err.splitlines()) == 1
    assert len(err) < 1000


def test_damaged_file_fails_and_the_log_keeps_the_trace(tmp_path: Path, capsys: Output) -> None:
    path = tmp_path / "damaged.playground"
    path.write_bytes(b'{"format": "playground exp')
    assert main(["check", str(path)]) == 1
    err = capsys.readouterr().err
    assert len(err.splitlines()) == 1
    assert "Traceback" in (log_folder() / NAME).read_text("utf-8")


def test_unforeseen_failure_is_one_sentence_and_the_log_keeps_the_trace(
    monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setattr("playground.spec.files.presets.presets", lambda: 1 // 0)
    assert main(["presets"]) == 1
    err = capsys.readouterr().err
    assert "ZeroDivisionError" in err
    assert len(err.splitlines()) == 1
    assert "Traceback" in (log_folder() / NAME).read_text("utf-8")


def test_log_that_cannot_be_written_keeps_nobody_from_working(own_folders: Path, capsys: Output) -> None:
    own_folders.mkdir()
    (own_folders / "state").write_text("a file where the folder should be")
    assert main(["presets"]) == 0
    assert not capsys.readouterr().err


def test_no_display_is_told_in_two_lines(monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("there is always a display elsewhere")
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert main([]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert "playground train" in lines[1]


def test_reader_that_goes_away_is_no_error(capsys: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed(io.StringIO):
        def write(self, _text: str) -> int:
            raise BrokenPipeError

        def fileno(self) -> int:
            return spare.fileno()

    with open("/dev/null", "wb") as spare:
        monkeypatch.setattr(sys, "stdout", Closed())
        assert main(["presets"]) == 1
    assert not capsys.readouterr().err


def test_a_picture_that_cannot_be_read_is_named(tmp_path: Path, capsys: Output) -> None:
    reader = next(entry.trained for entry in presets() if entry.trained is not None)
    pictures = [tmp_path / "one.png", tmp_path / "two.png"]
    for path in pictures:
        path.write_bytes(b"no picture")
    assert main(["read", str(reader), *map(str, pictures)]) == 1
    errors = capsys.readouterr().err.splitlines()
    assert [line.partition(": ")[0] for line in errors] == [str(path) for path in pictures]


def test_wrong_use_of_a_command_shows_how_that_one_is_used(capsys: Output) -> None:
    with pytest.raises(SystemExit) as left:
        main(["train"])
    assert left.value.code == 2
    assert capsys.readouterr().err.startswith("usage: playground train ")


def test_command_is_a_module_too() -> None:
    command = [sys.executable, "-m", "playground", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == f"playground {__version__}"
