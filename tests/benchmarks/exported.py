"""The exported program of every preset, run to its end, beside the preset's own runs: the test scores must agree.

    python -m tests.benchmarks exported
    python -m tests.benchmarks.exported [PRESET …]

The program runs once, in a process of its own, in a folder that holds the data as a newcomer would put it there. The
preset is trained with several seeds. The bar is three standard deviations of the difference: of the seeds, as the
runs of the preset show them, and of the size of the test set. For a score in [0, 1] of which each of n samples is a
share, the variance of the mean is p (1 − p) / n at most; both are tested with the same samples, which makes the
difference smaller, if anything.
"""

from __future__ import annotations

import argparse
import math
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean, stdev
from time import perf_counter
from typing import NamedTuple

from playground.engine.data.dataset_cache import lacking
from playground.engine.data.in_memory import load
from playground.engine.training.snapshots import Finished
from playground.engine.training.trainer import Trainer
from playground.spec.export.script import script
from playground.spec.files.presets import Preset, presets
from playground.spec.files.resources import resource
from tests.benchmarks.figure import Figure

QUICK = ("xor", "spiral", "iris", "hills")
SEEDS = 5
LONG = 30.0  # seconds of a run, from which on fewer seeds are enough
FEW_SEEDS = 2
SMALLEST = 0.002  # standard deviation of a score between seeds, where runs too few to tell agree more closely
LIMIT = 1800.0  # seconds that a program may take
_TEST = re.compile(r"^test: loss (?P<loss>\S+), .*?(?P<score>[-+]?\d+(\.\d+)?)%", re.MULTILINE)


class Agreement(NamedTuple):
    """The score of a program beside those of the preset, all as shares."""

    program: float
    seconds: float  # of the program
    scores: list[float]
    samples: int  # in the test set

    @property
    def deviations(self) -> float:
        """How many standard deviations lie between the program and the mean of the preset's runs."""
        mean = fmean(self.scores)
        seeds = max(stdev(self.scores), SMALLEST)
        share = min(max(mean, 0.0), 1.0)
        variance = seeds**2 * (1 + 1 / len(self.scores)) + share * (1 - share) / self.samples
        return abs(self.program - mean) / math.sqrt(variance)

    def __str__(self) -> str:
        own = ", ".join(f"{score:.2%}" for score in self.scores)
        return f"program {self.program:.2%} in {self.seconds:.0f} s; preset {own}"


def compare(entry: Preset) -> Agreement:
    """Run the program of a preset once, and the preset with several seeds.

    Raises:
        RuntimeError: the program failed, or printed no score.
    """
    data = load(entry.experiment.data)
    began = perf_counter()
    program = _run_program(entry)
    seconds = perf_counter() - began
    scores: list[float] = []
    while len(scores) < (SEEDS if seconds < LONG else FEW_SEEDS):
        *_, last = Trainer(entry.experiment.with_(seed=100 + len(scores)), data)
        if not isinstance(last, Finished):
            raise RuntimeError(f"{entry.id}: the preset itself ended with {last!r}")
        scores.append(last.test_score)
    return Agreement(program, seconds, scores, entry.experiment.data.test_count)


def _run_program(entry: Preset) -> float:
    """The test score that the program prints, as a share."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "program.py").write_text(script(entry.experiment), "utf-8")
        _put_data(folder, entry)
        command = [sys.executable, "program.py"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=LIMIT, check=False)
    found = _TEST.search(done.stdout)
    if done.returncode or found is None:
        raise RuntimeError(f"{entry.id}: exit code {done.returncode}\n{done.stdout[-500:]}\n{done.stderr[-1500:]}")
    return float(found["score"]) / 100


def _put_data(folder: Path, entry: Preset) -> None:
    """Bundled files beside the program, where it looks for them; nothing is downloaded."""
    raw = folder / "data" / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for place, target in (("mnist", raw), ("texts", folder), ("iris", folder)):
        for file in resource(place).iterdir():
            if file.suffix != ".md":
                (target / file.name).symlink_to(file)


def figures(quick: bool) -> Iterator[Figure]:
    """One for each preset whose data is here: standard deviations between program and preset."""
    yield from _figures([entry for entry in presets() if not quick or entry.id in QUICK])


def _figures(entries: Sequence[Preset]) -> Iterator[Figure]:
    for entry in entries:
        work = f"program of {entry.id}"
        if lacking(type(entry.experiment.data)):
            print(f"{entry.id}: its data is not on this machine", flush=True)
            continue
        try:
            found = compare(entry)
        except RuntimeError as error:
            print(error, flush=True)
            yield Figure(work=work, missing=str(error).splitlines()[0])
            continue
        print(f"{entry.id}: {found}: {found.deviations:.1f} standard deviations", flush=True)
        yield Figure(work=work, value=found.deviations, unit="σ", bar=3.0, note=str(found))


def main() -> int:
    """Print how far each program is from its preset; 1 where one is too far or failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("presets", nargs="*", metavar="PRESET", help="all where none is named")
    asked = parser.parse_args().presets
    found = list(_figures([entry for entry in presets() if not asked or entry.id in asked]))
    return int(any(figure.verdict != "reached" for figure in found))


if __name__ == "__main__":
    sys.exit(main())
