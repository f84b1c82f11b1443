"""What the store of runs costs: to list a thousand runs, and to store one while it is trained.

    python -m tests.benchmarks.run_store [--runs 1000] [--steps 200000]

*Listed* is a store that is opened and asked for its rows, with an index that is up to date, and without one.
*Handed on* is what a step costs whoever trains; *written* is processor time of the store's thread for it. No torch.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playground.engine.runs import index
from playground.engine.runs.curves import snapshot_line
from playground.engine.runs.run_folder import RunFolder
from playground.engine.runs.run_record import RunRecord
from playground.engine.runs.store import RunStore
from playground.engine.training.snapshots import Figures, Step, Terms
from playground.spec.experiment import Experiment
from tests.benchmarks.figure import Figure

TARGET = 0.3  # seconds for 1,000 rows
WITHIN = 600.0  # seconds


def figures(quick: bool) -> Iterator[Figure]:
    """List runs and store one."""
    yield from measured(100 if quick else 1000, 10_000 if quick else 200_000)


def measured(runs: int, steps: int) -> Iterator[Figure]:
    """The figures of that many runs, and of one run with that many steps."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder, runs)
        yield Figure(work=f"{runs:,} runs listed, no index", value=listed(folder, runs), unit="s")
        best = min(listed(folder, runs) for _ in range(5))
        yield Figure(work=f"{runs:,} runs listed", value=best, unit="s", bar=TARGET)
        size = (folder / index.NAME).stat().st_size
        yield Figure(work="its index", value=size / 1e6, unit="MB")
        yield from stored(folder, steps)


def make(folder: Path, runs: int) -> None:
    """Runs of ten epochs, with ten small checkpoints each."""
    began = datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(runs):
        created = began + timedelta(minutes=number)
        run_id = f"{created:%Y%m%d-%H%M%S}-{number:08x}"
        run = RunFolder(folder / run_id)
        ended = {"ended": created + timedelta(seconds=20), "figures": Figures(10, 8600, 20.0, test_score=0.9)}
        fields = {"run_id": run_id, "name": f"run {number}", "created": created, "seed": number, "data": "mnist"}
        run.create(RunRecord.model_validate({**fields, **ended}), Experiment())
        run.unlock()
        for epoch in range(1, 11):
            (run.path / f"checkpoint-{860 * epoch}-{epoch}-{0:016x}.safetensors").write_bytes(b"weights")


def listed(folder: Path, runs: int) -> float:
    """Seconds to open the store and list its runs."""
    began = time.perf_counter()
    store = RunStore(folder)
    rows = store.runs()
    took = time.perf_counter() - began
    store.close(WITHIN)
    if len(rows) != runs:
        raise AssertionError(f"{len(rows)} of {runs} runs are listed")
    return took


def stored(folder: Path, steps: int) -> Iterator[Figure]:
    """What it costs to store the steps of a run, handed on one by one."""
    store = RunStore(folder)
    run = store.begin(Experiment())
    store.flush(WITHIN)
    reported = [Step(i, i / 860, 0.1 + 1 / i, Terms(), 0.5, 1e-3, 64, (32.0,)) for i in range(1, steps + 1)]
    began = time.thread_time()
    for step in reported:
        run.append((step,))
    handed = time.thread_time() - began
    store.flush(WITHIN)
    size = (folder / run.run_id / "curves.jsonl").stat().st_size
    store.close(WITHIN)
    began = time.thread_time()
    for at in range(0, steps, 1000):
        snapshot_line(reported[at : at + 1000])
    written = time.thread_time() - began
    began = time.perf_counter()
    run.curves()
    read = time.perf_counter() - began
    for work, value, unit in (
        ("a step handed on", handed / steps * 1e6, "µs"),
        ("a step written", written / steps * 1e6, "µs"),
        ("a step on disk", size / steps, "bytes"),
        (f"{steps:,} steps read", read, "s"),
    ):
        yield Figure(work=work, value=value, unit=unit)


def main() -> int:
    """Print what was found; return 1 if the target was missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--steps", type=int, default=200_000)
    asked = parser.parse_args()
    missed = False
    for figure in measured(asked.runs, asked.steps):
        print(f"{figure.work:32}{figure.value:10.3f} {figure.unit:6}{figure.verdict}")
        missed |= figure.verdict == "missed"
    return int(missed)


if __name__ == "__main__":
    raise SystemExit(main())
