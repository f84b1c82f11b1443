"""Whether the window survives a random user: exceptions, the longest stall of its event loop, and growth of memory.

    python -m tests.benchmarks.monkey [--seconds 600] [--seed 1] [--only click,drag]

Before, every preset is shown, trained for a moment and exported, and every data set chosen: the data, panels, modules
and texts that are read once and kept would else be taken for growth. Then, twenty times, the run is dropped, the first
preset is shown in a window of one size, garbage is collected, malloc gives back what it keeps of freed memory, and the
memory is looked at: what is compared is what is held. Without `QT_QPA_PLATFORM` no window is shown. Exceptions and
stalls are printed with what was done before, and how long the inference thread computes at a stretch. `--only` names
the kinds of action, to find the one that something comes from.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.benchmarks.event_loop import rest, wait  # before Qt: it says where the settings are kept
from tests.benchmarks.figure import Figure

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QSettings  # isort: skip

from playground.gui.session.run_state import RunState
from playground.gui.start.app import application_of
from playground.gui.start.exception_hook import ExceptionHook
from playground.gui.start.program import Program
from playground.gui.start.window_shell import WindowShell
from playground.gui.style.settings import Settings
from playground.spec.data.dataset import Dataset
from playground.spec.edits import Set
from playground.spec.export.script import script
from playground.spec.files.presets import FIRST, preset, presets
from playground.spec.messages import message
from tests.benchmarks.endurance import Left, at_rest, least
from tests.desktop import Answers, NoDesktop
from tests.monkey import Monkey
from tests.odd_files import make_files
from tests.watching import Complaints, HeavyImports, Slices, SliceTimes, Stall, Stalls

LONGEST = 2.0  # seconds that the event loop may stand still
LOOKS = 20  # at the memory
SIZE = 1280, 720  # of the window at a look: what it is painted in takes 8 MB at 1920 × 1080


class Survival(NamedTuple):
    """What happened in a run of the monkey."""

    actions: int
    complaints: list[str]
    stalls: list[Stall]
    worst: float  # seconds
    gained: float  # bytes at rest: the least of the last fifth of the looks less that of the second
    slices: list[SliceTimes]  # of the inference thread


def measure(seconds: float, seed: int, only: Sequence[str] = ()) -> Survival:
    """Let the monkey use a whole program for so long; `only` names the kinds of action, all where it is empty."""
    folder = tempfile.TemporaryDirectory()
    home = Path(folder.name)
    (home / "out").mkdir()
    os.chdir(home)
    application, desktop = application_of(sys.argv[:1]), NoDesktop()
    unexpected = ExceptionHook()
    unexpected.install()
    files = make_files(home / "files")
    answers = Answers(Random(seed), files, home / "out")
    shell = WindowShell(application, Settings(QSettings()), unexpected, lambda: home / "runs")
    program = Program(shell, home, answers)
    wait(program.run.state_changed, lambda: program.start(None), lambda: program.run.state is RunState.IDLE)
    monkey, stalls, slices = Monkey(program, seed, files, only), Stalls(LONGEST), Slices()
    complaints = Complaints(lambda: monkey.last)
    logging.getLogger("playground").addHandler(complaints)
    imports = HeavyImports()
    imports.start()
    stalls.start()
    slices.start()
    try:
        _fill_caches(program)
        looks = list(_use(program, monkey, seconds, stalls, complaints))
    finally:
        stalls.stop()
        slices.stop()
        imports.stop()
        monkey.close()
        program.window.allow_close()
        program.close()
        unexpected.remove()
        desktop.close()
    fifth = max(1, len(looks) // 5)
    gained = least(looks[-fifth:]).beyond(least(looks[fifth : 2 * fifth])).memory
    actions = sum(monkey.done.values())
    return Survival(actions, list(complaints.found.values()), stalls.found, stalls.worst, gained, slices.found)


def _fill_caches(program: Program) -> None:
    """Use once everything that is read or made when it is first needed, and kept."""
    document, run = program.document, program.run
    for each in presets():
        document.load(each.experiment, None)
        rest(0.2)
        if run.can_train:
            run.train()
            rest(1.0)
        run.reset()
        script(each.experiment)
    for kind in sorted(Dataset.members(), key=lambda kind: kind.id):
        document.do(Set(("data",), kind(), message("Set data")))
        rest(0.2)


def _use(program: Program, monkey: Monkey, seconds: float, stalls: Stalls, complaints: Complaints) -> Iterator[Left]:
    """Act until the time is over; what is held at rest, from time to time."""
    began, looked = time.monotonic(), 0
    while (gone := time.monotonic() - began) < seconds:
        monkey.act()
        rest(0.01)
        if gone >= seconds * looked / LOOKS:
            looked += 1
            program.window.resize(*SIZE)
            program.document.load(preset(FIRST).experiment, None)
            left = at_rest(program, lambda signal, act, until: wait(signal, act, until or (lambda: True)))
            held = f"{left.memory / 1e6:.0f} MB, {left.threads} threads, {left.files} files"
            told = f"{held}  worst {stalls.worst:.2f} s  {len(complaints.found)} complaints"
            print(f"{gone:5.0f} s  {monkey.done.total()} actions  {told}", flush=True)
            yield left


def figures(quick: bool) -> Iterator[Figure]:
    """Exceptions, the longest stall and the growth of memory of ten minutes."""
    seconds = 60.0 if quick else 600.0
    found = measure(seconds, seed=1)
    note = f"{found.actions:,} actions in {seconds:.0f} s"
    yield Figure(work="monkey: exceptions and complaints of Qt", value=len(found.complaints), bar=0.0, note=note)
    yield Figure(work="monkey: longest stall", value=found.worst, unit="s", bar=LONGEST)
    yield Figure(work="monkey: memory gained at rest", value=found.gained / 1e6, unit="MB", bar=20.0)


def main() -> int:
    """Print what happened; 1 where there was an exception or a stall."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=lambda names: names.split(","), default=[])
    asked = parser.parse_args()
    found = measure(asked.seconds, asked.seed, asked.only)
    for complaint in found.complaints:
        print(f"\n{complaint}")
    for stall in found.stalls:
        print(f"\nA stall of {stall.seconds:.1f} s:\n{stall.where}")
    print("\nProcessor time of the slices of background answers, in ms: number, median, 99th percentile, longest")
    for each in found.slices:
        print(f"{each.slices:7} {each.median:7.1f} {each.ninety_nine:7.1f} {each.longest:7.1f}  {each.function}")
    print(f"{found.actions:,} actions, {len(found.complaints)} complaints, {len(found.stalls)} stalls, ", end="")
    print(f"the longest of {found.worst:.2f} s, {found.gained / 1e6:+.1f} MB at rest")
    return int(bool(found.complaints or found.stalls))


if __name__ == "__main__":
    sys.exit(main())
