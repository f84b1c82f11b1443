"""Full, closed and endless files and signals: one sentence and the right exit code, in processes of their own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from playground.cli.main import main
from playground.log import NAME, log_folder

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="files and signals of Linux")

Output = pytest.CaptureFixture[str]
PLAYGROUND = [sys.executable, "-m", "playground"]


@pytest.mark.parametrize("arguments", [["presets"], ["--version"], ["train", "--help"], ["code", "iris"], ["download"]])
def test_a_full_disk_behind_the_output_is_said(arguments: list[str]) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run([*PLAYGROUND, *arguments], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "The output could not be written: the disk is full.\n")


def test_a_full_disk_behind_the_lines_of_a_run_is_said(small_file: str) -> None:
    command = [*PLAYGROUND, "train", small_file, "--epochs", "1", "--json"]
    with open("/dev/full", "w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "The output could not be written: the disk is full.\n")


def test_closed_streams_keep_nobody_from_working(small_file: str, tmp_path: Path) -> None:
    out = tmp_path / "network.safetensors"
    command = [*PLAYGROUND, "train", small_file, "--epochs", "1", "--out", str(out)]
    shell = ["sh", "-c", '"$@" <&- >&- 2>&-', "sh", *command]
    assert subprocess.run(shell, check=False).returncode == 0
    assert out.exists()


def test_nobody_who_reads_any_more_is_no_trace() -> None:
    shell = f"set -o pipefail; '{sys.executable}' -m playground code iris | head -c 1"
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, check=False)
    assert not done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_run_that_is_told_to_end_is_tested(number: signal.Signals, small_file: str) -> None:
    command = [*PLAYGROUND, "train", small_file, "--epochs", "10000", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(number)
        rest, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (0, "")
    assert '"event": "done"' in rest.splitlines()[-1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_other_commands_end_with_a_sentence(number: signal.Signals, writing: str) -> None:
    command = [*PLAYGROUND, "write", writing, "--prompt", "ROMEO:", "--length", "1000000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.read(8)
        process.send_signal(number)
        _, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (1, "Stopped.\n")


def test_nohup_keeps_a_hangup_away(small_file: str) -> None:
    command = ["sh", "-c", 'trap "" HUP; exec "$@"', "sh", *PLAYGROUND, "train", small_file, "--epochs", "4", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGHUP)
        rest, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (0, "")
    assert '"epochs": 4' in rest.splitlines()[-1]


@pytest.mark.parametrize("arguments", [[], ["train", "iris"], ["check", "small.playground"]])
def test_a_folder_that_is_gone_is_said(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith("The folder that Playground was started in does not exist any more.")


def test_a_log_that_finds_no_room_is_not_told(capsys: Output) -> None:
    log_folder().mkdir(parents=True, exist_ok=True)
    (log_folder() / NAME).unlink(missing_ok=True)
    (log_folder() / NAME).symlink_to("/dev/full")
    assert main(["presets"]) == 0
    assert not capsys.readouterr().err


@pytest.fixture
def writing(tmp_path: Path) -> str:
    """A network that writes."""
    from tests.cli.test_write import saved

    return saved(tmp_path, "next")


@pytest.fixture
def odd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of things that are no files, each with every ending; it is where the process is."""
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")
        for ending in ("playground", "safetensors", "png", "csv", "txt"):
            os.mkfifo(f"pipe.{ending}")
            os.mkdir(f"folder.{ending}")
            os.symlink("/dev/zero", f"zero.{ending}")
            os.symlink("/proc/kmsg", f"messages.{ending}")
            os.symlink("socket", f"socket.{ending}")
            os.symlink(f"loop.{ending}", f"loop.{ending}")
        yield tmp_path


NAMES = ("pipe", "folder", "zero", "messages", "socket", "loop", 5000 * "x")


@pytest.mark.parametrize("name", NAMES, ids=[name[:8] for name in NAMES])
@pytest.mark.parametrize(
    "words",
    [
        "{}.playground",
        "check {}.playground",
        "code {}.safetensors",
        "train {}.playground",
        "train iris --epochs 1 --out {}.safetensors",
        "read reader {}.png",
        "predict reader {}.png",
        "predict reader {}",
        "read {}.safetensors x.png",
        "write {}.safetensors",
        "download fashion-mnist --from {}.png",
        "inspect {}.csv",
        "inspect {}.txt --units words",
        "serve digits={}.safetensors",
        "serve {}.safetensors,reader:0.1",
        "serve {}.safetensors,reader",
    ],
)
@pytest.mark.timeout(60)
def test_what_is_no_file_is_refused_in_one_sentence(words: str, name: str, odd: Path, capsys: Output) -> None:
    arguments = words.format(name).split()
    if len(arguments) == 1 and name not in ("loop", 5000 * "x"):
        pytest.skip("that opens a window")
    assert main(arguments) in (1, 2)
    out, err = capsys.readouterr()
    assert not out
    assert len(err.splitlines()) == 1, err
    assert len(err) < 1000
    assert "Errno" not in err
    assert "should not" not in err


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_file_that_may_not_be_read_is_refused(small_file: str, capsys: Output) -> None:
    Path(small_file).chmod(0)
    assert main(["check", small_file]) == 1
    assert "you may not read it" in capsys.readouterr().err
