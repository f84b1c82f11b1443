"""The table of stored runs chooses which curves are shown below the present ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from playground.engine.runs.store import RunStore
from playground.engine.training.snapshots import Figures
from playground.gui.start.program import Program
from tests.gui.curves.runs import experiment, whole_run

WITHIN = 20.0  # seconds


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    made = RunStore(tmp_path / "runs")
    yield made
    assert made.close(WITHIN)


def test_chosen_runs_are_overlaid_and_hidden(qtbot: QtBot, program: Program, store: RunStore) -> None:
    curves, runs = program.results.curves, program.results.runs
    assert curves is not None
    assert runs is not None
    ids = []
    for name in ("one", "two"):
        run = store.begin(experiment(name))
        run.append(whole_run())
        run.finish(Figures())
        ids.append(run.run_id)
    assert store.flush(WITHIN)
    program.runs.opened.emit(store)
    program.results.pane.show_page(runs)
    qtbot.waitUntil(lambda: runs.model.rowCount() == 2)
    runs.model.show_curves(ids, on=True)
    qtbot.waitUntil(lambda: len(curves.overlays.shown) == 2)
    assert [overlay.run.run_id for overlay in curves.overlays.shown] == ids
    program.results.pane.show_page(curves)
    curves.plots.overlay_bar.chips[0].click()
    assert runs.model.shown == {ids[1]}
    assert [overlay.run.run_id for overlay in curves.overlays.shown] == ids[1:]
