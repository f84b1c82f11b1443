"""kill -9 at any moment costs at most the edits of the last moment; a signal that ends the window costs none."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from playground.gui.session.recovery import DELAY
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import read_experiment, write_experiment
from playground.spec.files.recovery_file import Recovery, abandoned, default_folder

KILLS = int(os.environ.get("PLAYGROUND_KILLS", "5"))
LONGEST = 3.0  # seconds of editing
SLACK = 1.5  # seconds that a busy machine may take to write
START = 60  # seconds


def command(path: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "tests.gui.session.killed", str(path), *more]


def recovered() -> list[Recovery]:
    """What the next window would offer; it is deleted."""
    found, refused = abandoned(default_folder())
    assert not refused
    for folder, _ in found:
        folder.remove()
    return [recovery for _, recovery in found]


def kill_after(path: Path, seconds: float) -> tuple[int, int]:
    """Let a window be edited and kill it; return the last edit that must not be lost, and the last one."""
    with subprocess.Popen(command(path), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(seconds)  # the moment is what is tested
        due = time.monotonic() - DELAY / 1000 - SLACK
        process.kill()
        said = [line.split() for line in (first + process.stdout.read()).split("\n")[:-1]]
    numbers = [(int(number), float(moment)) for number, moment in said]
    return max((number for number, moment in numbers if moment <= due), default=0), numbers[-1][0]


@pytest.mark.timeout(60 + 20 * KILLS)
def test_a_kill_costs_the_edits_of_a_moment(tmp_path: Path) -> None:
    chance = random.Random(0)
    path = tmp_path / "mine.playground"
    kept = 0
    for _ in range(KILLS):
        write_experiment(Experiment(name="0"), path)
        least, last = kill_after(path, LONGEST * chance.random())
        saved = int(read_experiment(path).name)
        offers = recovered()
        assert len(offers) <= 1
        assert all(offer.path == path for offer in offers)
        found = max([saved, *(int(offer.experiment.name) for offer in offers)])
        assert least <= found <= last + 1  # the last edit may not have been printed yet
        kept += bool(offers)
        assert not list(default_folder().glob("*"))
    assert kept > KILLS // 4


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_a_signal_costs_no_edit(tmp_path: Path, name: str) -> None:
    path = tmp_path / "mine.playground"
    write_experiment(Experiment(name="0"), path)
    done = subprocess.run(command(path, name), capture_output=True, text=True, timeout=START, check=False)
    assert done.returncode == 0, done.stderr
    (offer,) = recovered()
    assert offer.experiment.name == "1"
    assert offer.path == path
    assert read_experiment(path).name == "0"
