"""How long a table of 100,000 rows and 20 columns takes to be inspected: numbers, categories and dates."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from playground.engine.data.sources.table import inspect
from tests.benchmarks.figure import Figure

ROWS, NUMBERS = 100_000, 16


def figures(quick: bool) -> Iterator[Figure]:
    """The best of three inspections; `quick` takes a tenth of the rows, once."""
    count = ROWS // 10 if quick else ROWS
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "large.csv")
        write(path, count)
        seconds = min(_seconds(path) for _ in range(1 if quick else 3))
    yield Figure(work=f"inspect {count:,} rows × {NUMBERS + 4} columns", value=seconds, unit="s")


def write(path: Path, count: int) -> None:
    """Write a table of random rows, a few of which lack a number."""
    chosen = random.Random(0)
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join([*(f"n{at}" for at in range(NUMBERS)), "colour", "size", "day", "target"]) + "\n")
        for _ in range(count):
            cells = [f"{chosen.gauss(0, 1):.5f}" if chosen.random() > 0.001 else "" for _ in range(NUMBERS)]
            day = f"{chosen.randint(1, 28):02}.{chosen.randint(1, 12):02}.{chosen.randint(1990, 2023)}"
            cells += [chosen.choice(("red", "green")), chosen.choice("SML"), day, chosen.choice("ab")]
            file.write(",".join(cells) + "\n")


def _seconds(path: Path) -> float:
    begin = perf_counter()
    inspect(str(path))
    return perf_counter() - begin
