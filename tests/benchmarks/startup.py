"""How long a start takes: until the window is painted, until it is filled, and until it can train.

    python -m tests.benchmarks.startup [--repeat 5]

Every start is a new process that does what `playground` does, with settings of its own in an empty folder; modules are
compiled before, as an installation does it. Beside each, another process imports torch and nothing else. Without
`QT_QPA_PLATFORM` the window is drawn on the display there is. The targets are 0.3 s to the painted window, and half a
second more than torch's own import until it can train.

What the columns say: *window*, bars and panes are painted, empty; *usable*, the stack, the menus, the palette and the
forms are there; *whole*, nothing is missing but torch; *trains*, nothing is.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import playground
from tests.benchmarks.figure import Figure

TARGET = 0.3  # seconds to the painted window
BEYOND_TORCH = 0.5  # seconds that may pass until it can train, besides those that torch's import takes
WATCHED = Path(__file__).with_name("watched_start.py")
IMPORT = "import time; began = time.perf_counter(); import torch; print(time.perf_counter() - began)"
MOMENTS = ("window", "usable", "whole", "trains")
COLUMNS = (*MOMENTS, "torch alone", "beyond it")


def main() -> int:
    """Start it several times and print what each took; return 1 if a target was missed."""
    parser = argparse.ArgumentParser(description="How long a start takes.")
    parser.add_argument("--repeat", type=int, default=5, metavar="N")
    middle = starts(parser.parse_args().repeat)
    reached = middle["window"] <= TARGET, middle["beyond it"] <= BEYOND_TORCH
    first, second = ("reached" if good else "missed" for good in reached)
    print(f"window after {TARGET} s: {first}; trains {BEYOND_TORCH} s after torch's own import: {second}")
    return int(not all(reached))


def figures(quick: bool) -> Iterator[Figure]:
    """The moments of a start; medians."""
    middle = starts(3 if quick else 9)
    yield Figure(work="a start: window painted", value=middle["window"], unit="s", bar=TARGET)
    yield Figure(work="a start: usable, all but drawing, curves and training", value=middle["usable"], unit="s")
    yield Figure(work="a start: whole, all but training", value=middle["whole"], unit="s")
    note = f"after {middle['trains']:.2f} s, where importing torch alone takes {middle['torch alone']:.2f} s"
    work = "a start: can train, seconds beyond importing torch"
    yield Figure(work=work, value=middle["beyond it"], unit="s", bar=BEYOND_TORCH, note=note)


def starts(count: int) -> dict[str, float]:
    """Start it so often, print every start, and return the medians."""
    compileall.compile_dir(Path(playground.__file__).parent, quiet=2)
    print(f"{'start':>6}", *(f"{name:>11}" for name in COLUMNS))
    rows = []
    for number in range(1, count + 1):
        row = _start()
        row["torch alone"] = float(_output(["-c", IMPORT], {}))
        row["beyond it"] = row["trains"] - row["torch alone"]
        rows.append(row)
        _print(str(number), row)
    middle = {name: median(row[name] for row in rows) for name in COLUMNS}
    _print("median", middle)
    return middle


def _print(label: str, row: dict[str, float]) -> None:
    print(f"{label:>6}", *(f"{seconds:>9.2f} s" for seconds in row.values()), flush=True)


def _start() -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        homes = {f"XDG_{name}_HOME": folder for name in ("CONFIG", "STATE", "DATA")}
        found = json.loads(_output([str(WATCHED)], {**homes, "PLAYGROUND_STARTED": repr(time.monotonic())}))
    return {name: found[name] for name in MOMENTS}


def _output(arguments: list[str], variables: dict[str, str]) -> str:
    environment = {**os.environ, "PYTHONPATH": str(Path(playground.__file__).parent.parent), **variables}
    command = [sys.executable, *arguments]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True, timeout=120)
    return done.stdout.splitlines()[-1]


if __name__ == "__main__":
    sys.exit(main())
