"""What a text of 90 MB costs: seconds until it is inspected and until it can be trained on, and memory beside its size.

Each figure is from a new process; memory is the peak above what the imports take.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import psutil

from tests.benchmarks.figure import Figure

LETTERS = "abcdefghijklmnoprstuvwyzäöüßé"
SECONDS = 10.0  # that it may take at most
TIMES = 4.0  # its size that it may take in memory at most


def figures(quick: bool) -> Iterator[Figure]:
    """Inspecting and loading, for both tasks; `quick` takes a tenth of the text."""
    size = 9_000_000 if quick else 90_000_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "large.txt")
        for kind, extra in (("Latin", ""), ("with Chinese and emoji", "漢字😀")):
            write(path, size, extra)
            for task in ("inspect", "next", "restore"):
                command = [sys.executable, "-m", "tests.benchmarks.large_text", str(path), task]
                done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
                seconds, memory = map(float, done.stdout.split())
                work = f"{size / 1e6:.0f} MB, {kind}: {task}"
                yield Figure(work=work, value=seconds, unit="s", bar=SECONDS)
                yield Figure(work=f"{work}, memory", value=memory / size, unit="times its size", bar=TIMES)


def write(path: Path, size: int, extra: str) -> None:
    """Write a text of random words of at least that many bytes."""
    chosen = random.Random(0)
    words = ["".join(chosen.choices(LETTERS, k=chosen.randint(2, 10))) for _ in range(5000)]
    line = f"{extra} " + " ".join(chosen.choices(words, k=100_000)) + ".\nNow, he said: "
    data = line.encode()
    path.write_bytes(data * (size // len(data) + 1))


def main() -> None:
    """Inspect a text in this process, and load it if asked; print seconds and peak bytes above the imports."""
    parser = argparse.ArgumentParser()
    parser.add_argument("path")
    parser.add_argument("task", choices=("inspect", "next", "restore"))
    asked = parser.parse_args()
    from playground.engine.data.in_memory import load
    from playground.engine.data.sources import text
    from playground.spec.datasets.text import OwnText

    base, source = psutil.Process().memory_info().rss, None
    if asked.task != "inspect":
        source = text.inspect(asked.path).source
    begin = perf_counter()
    if source is None:
        text.inspect(asked.path)
    else:
        load(OwnText(source=source, asked=asked.task))
    print(perf_counter() - begin, _peak() - base)


def _peak() -> int:
    """The most bytes of memory that this process has had."""
    if sys.platform == "win32":
        return int(psutil.Process().memory_info().peak_wset)
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


if __name__ == "__main__":
    main()
