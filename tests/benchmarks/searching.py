"""Runs a search of the program for a benchmark, and prints its trials as they end."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from playground.engine.search.goals import figure_text
from playground.engine.search.outcome import FAILED, PRUNED, TRAINED, TrialRow
from playground.engine.search.plan import Plan
from playground.engine.search.search import Progress, Search, SearchBudget, TrialEnded
from tests.benchmarks.__main__ import processor

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Searched(NamedTuple):
    """What a search left."""

    rows: list[TrialRow]
    seconds: float  # from the first worker that was ready to the end

    @property
    def summary(self) -> str:
        """How much was tried."""
        ended = [sum(row.state == state for row in self.rows) for state in (TRAINED, PRUNED, FAILED)]
        epochs = sum(row.epochs for row in self.rows)
        counts = "{} trained, {} ended early, {} failed".format(*ended)
        return f"{sum(ended)} trials ({counts}) and {epochs} epochs in {self.seconds / 60:.1f} minutes"


def machine() -> str:
    """The processor, and how many of its cores this process may use."""
    return f"{processor()}, {CORES} cores"


def searched(plan: Plan, minutes: float, folder: Path, *, workers: int = CORES, name: str = "search") -> Searched:
    """Search for so long, with one thread for each worker; a search in `folder` that was cut off goes on.

    No trial sees the test set: workers empty it before they train.
    """
    folder.mkdir(parents=True, exist_ok=True)
    budget = SearchBudget(seconds=60.0 * minutes)
    url = f"sqlite:///{(folder / 'searches.sqlite').absolute().as_posix()}"
    search = Search(plan, budget, url=url, name=name, runs=None, workers=workers, threads=1)
    seconds = 0.0
    for event in search:
        if isinstance(event, Progress):
            seconds = event.seconds
        elif isinstance(event, TrialEnded):
            print(line(event.row, plan.goals), flush=True)
    return Searched(search.rows(), seconds)


def line(row: TrialRow, goals: Sequence[str]) -> str:
    """A trial in a line."""
    found = ", ".join(figure_text(goal, value) for goal, value in zip(goals, row.values, strict=bool(row.values)))
    return f"trial {row.number}: {row.state} {found or row.reason} ({row.seconds or 0:.0f} s)"
