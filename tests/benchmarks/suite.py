"""Finds the benchmarks there are and runs each in a process of its own, so that neither threads nor imports leak.

A benchmark is a module of this folder with a function `figures(quick)` that yields a `Figure` for each thing it
found; `quick` asks for fewer rounds, to see whether it works. What it prints is for a person to follow. A package
that is not installed, or a `Figure` with `missing`, makes a row that says why; a failure does too.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import psutil

from tests.benchmarks.figure import Figure, figure_of, lacks, line_of

HERE = Path(__file__).parent
TOP = HERE.parent.parent
CORES = os.cpu_count() or 1
LONGEST = 3600.0  # seconds that one benchmark may take


def benchmarks(folder: Path = HERE) -> dict[str, str]:
    """Name and first sentence of every benchmark; none is imported, since some set up a screen when they are."""
    found = {}
    for path in sorted(folder.glob("*.py")):
        tree = ast.parse(path.read_bytes())
        if any(isinstance(item, ast.FunctionDef) and item.name == "figures" for item in tree.body):
            found[path.stem] = (ast.get_docstring(tree) or "").split("\n\n")[0].replace("\n", " ")
    return found


class Sitting(NamedTuple):
    """What one benchmark found, and how quiet the machine was."""

    figures: list[Figure]
    others: float  # share of the machine's cores that other programs used meanwhile


def measure(name: str, *, quick: bool, package: str = "tests.benchmarks", top: Path = TOP) -> Sitting:
    """The figures of one benchmark, from a new process; those it had found before it failed are kept."""
    before = _Processor.now()
    with tempfile.TemporaryDirectory() as folder:
        into = Path(folder, "figures")
        into.touch()
        command = [sys.executable, "-m", "tests.benchmarks.suite", f"{package}.{name}", str(into)]
        try:
            done = subprocess.run([*command, "--quick"] if quick else command, cwd=top, timeout=LONGEST, check=False)
            failure = f"it failed with exit code {done.returncode}" if done.returncode else ""
        except subprocess.TimeoutExpired:
            failure = f"it took longer than {LONGEST:.0f} s"
        found = [figure_of(line) for line in into.read_text("utf-8").splitlines()]
    figures = [*found, Figure(work=name, missing=failure)] if failure else found
    return Sitting(figures, _Processor.now().others_since(before))


class _Processor(NamedTuple):
    """Seconds on the clock, of work on all cores, and of that our own, processes that ended included."""

    clock: float
    busy: float
    own: float

    @classmethod
    def now(cls) -> _Processor:
        times, own = psutil.cpu_times(), os.times()
        waiting = times.idle + getattr(times, "iowait", 0.0)
        counted_twice = getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0)
        return cls(perf_counter(), sum(times) - waiting - counted_twice, sum(own[:4]))

    def others_since(self, before: _Processor) -> float:
        """The share of all cores that was neither idle nor ours."""
        there = (self.clock - before.clock) * CORES
        return max(0.0, (self.busy - before.busy) - (self.own - before.own)) / there


def main() -> None:
    """What the new process does."""
    parser = argparse.ArgumentParser(description="Measures one benchmark and writes its figures to a file.")
    parser.add_argument("module")
    parser.add_argument("into", type=Path)
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args()
    with asked.into.open("w", encoding="utf-8", buffering=1) as file:
        try:
            for figure in importlib.import_module(asked.module).figures(asked.quick):
                print(line_of(figure), file=file)
        except ModuleNotFoundError as error:
            work = asked.module.rpartition(".")[2]
            print(line_of(Figure(work=work, missing=lacks(error))), file=file)


if __name__ == "__main__":
    main()
