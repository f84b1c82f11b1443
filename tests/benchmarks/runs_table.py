"""How long the table of stored runs takes to show a thousand runs, and to sort and compare them.

    python -m tests.benchmarks.runs_table [--runs 1000]

*Opened* is from making the panel, with an index that is up to date, until all rows are painted. *Differences* is until
all runs have been compared with a selected one; it happens in the background.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from playground.engine.runs.store import RunStore
from playground.gui.runs.columns import Column
from playground.gui.runs.panel import RunsPanel
from playground.gui.session.background import Background
from tests.benchmarks.figure import Figure
from tests.benchmarks.run_store import TARGET, WITHIN, make

_PAUSE = 0.001  # seconds between two turns of the event loop, in which the background thread runs


def figures(quick: bool) -> Iterator[Figure]:
    """Show a store of many runs."""
    yield from measured(100 if quick else 1000)


def measured(runs: int) -> Iterator[Figure]:
    """The figures of a store with that many runs."""
    app = QApplication.instance() or QApplication([])
    with tempfile.TemporaryDirectory() as name:
        make(Path(name), runs)
        store, background = RunStore(Path(name)), Background()
        store.runs()
        store.flush(WITHIN)
        took, panels = [], []  # kept: the background thread may not be the one that deletes them
        for _ in range(5):
            began = time.perf_counter()
            panel = RunsPanel(store, background)
            panels.append(panel)
            panel.resize(900, 300)
            panel.show()
            _until(app, lambda shown=panel: shown.table.sorted.rowCount() == runs)
            panel.grab()
            took.append(time.perf_counter() - began)
        yield Figure(work=f"{runs:,} runs opened", value=min(took), unit="s", bar=TARGET)
        began = time.perf_counter()
        panel.table.sortByColumn(Column.NAME, Qt.SortOrder.AscendingOrder)
        yield Figure(work="sorted", value=time.perf_counter() - began, unit="s")
        began = time.perf_counter()
        panel.table.select_row(3)
        _until(app, lambda: all(panel.model.key(row, Column.DIFFERENCES) is not None for row in (0, runs - 1)))
        yield Figure(work="differences", value=time.perf_counter() - began, unit="s")
        background.close()
        store.close(WITHIN)


def _until(app: object, done: Callable[[], bool]) -> None:
    assert isinstance(app, QApplication)
    while not done():
        app.processEvents()
        time.sleep(_PAUSE)


def main() -> int:
    """Print what was found; return 1 if the target was missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1000)
    missed = False
    for figure in measured(parser.parse_args().runs):
        print(f"{figure.work:32}{figure.value:10.3f} {figure.unit:6}{figure.verdict}")
        missed |= figure.verdict == "missed"
    return int(missed)


if __name__ == "__main__":
    raise SystemExit(main())
