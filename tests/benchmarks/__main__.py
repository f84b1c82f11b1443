"""Measures what the program has to reach, beside its peers, and prints a table: `python -m tests.benchmarks`."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from rich.console import Console

from tests.benchmarks.figure import table_of
from tests.benchmarks.suite import Sitting, benchmarks, measure

PACKAGES = ("torch", "PySide6-Essentials", "numpy", "jax", "keras", "tensorflow", "scikit-learn")

WIDTH = 160  # of the table where there is no terminal


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is asked for; 1 where a benchmark failed, whether or not a bar was reached does not matter."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="what to measure; everything where nothing is named")
    parser.add_argument("--list", action="store_true", help="say what there is, and measure nothing")
    parser.add_argument("--quick", action="store_true", help="few rounds: to see that it works, not to quote")
    parser.add_argument("--json", type=Path, default=Path("benchmarks.json"), metavar="FILE", help="where to write")
    asked = parser.parse_args(arguments)
    known, console = benchmarks(), Console(width=None if sys.stdout.isatty() else WIDTH)
    unknown = [name for name in asked.names if name not in known]
    if unknown:
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(known)}")
    if asked.list:
        for name, sentence in known.items():
            print(f"{name:16} {sentence}")
        return 0
    found: dict[str, Sitting] = {}
    for name in asked.names or known:
        print(f"── {name}", flush=True)
        found[name] = measure(name, quick=asked.quick)
        print(f"other programs used {found[name].others:.0%} of the machine meanwhile", flush=True)
        asked.json.write_text(json.dumps(report(found, quick=asked.quick), indent=1) + "\n", "utf-8")
    console.print(table_of({name: sitting.figures for name, sitting in found.items()}))
    print(f"written to {asked.json}")
    return int(any(figure.missing.startswith("it ") for sitting in found.values() for figure in sitting.figures))


def report(found: Mapping[str, Sitting], *, quick: bool) -> dict[str, Any]:
    """Everything for the file: the figures, and on what they were measured."""
    return {
        "written": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "quick": quick,
        "machine": {"system": platform.platform(), "processor": processor(), "cores": os.cpu_count()},
        "versions": {"python": platform.python_version(), **{name: _version(name) for name in PACKAGES}},
        "others": {name: round(sitting.others, 3) for name, sitting in found.items()},
        "figures": [
            {"benchmark": name, **figure.record()} for name, sitting in found.items() for figure in sitting.figures
        ],
    }


def processor() -> str:
    """What the processor calls itself."""
    information = Path("/proc/cpuinfo")
    lines = information.read_text("utf-8").splitlines() if information.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor())


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


if __name__ == "__main__":
    sys.exit(main())
