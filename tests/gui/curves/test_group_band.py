"""Mean and band of a group of stored runs: what is drawn, and how it is hidden."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from playground.engine.runs.run_record import RunError
from playground.engine.runs.store import RunStore
from playground.engine.training.snapshots import Figures
from playground.gui.curves.figure import Quantity, View, figure
from playground.gui.curves.ranges import Range, loss_range
from playground.gui.curves.stored_curve import Overlay, read_group
from playground.gui.style.run_colors import RUN_COLORS, OverlaidRun
from tests.gui.curves.runs import epoch, experiment, step

WITHIN = 20.0


def stored(store: RunStore, losses: list[float], group: str = "seeds") -> None:
    run = store.begin(experiment(), group=group)
    run.append([step(1, loss=1.0)])
    for number, loss in enumerate(losses, 1):
        run.append([epoch(number, validation_loss=loss)._replace(validation_score=1 - loss)])
    run.finish(Figures(len(losses), 10 * len(losses), 1.0))
    assert store.flush(WITHIN)


def test_mean_and_edges_are_those_of_the_runs(tmp_path: Path) -> None:
    store = RunStore(tmp_path / "runs")
    stored(store, [0.5, 0.25])
    stored(store, [0.9], group="others")
    with pytest.raises(RunError, match="at least two"):
        read_group(store, "seeds")
    stored(store, [0.75, 0.75, 0.5])
    count, curve = read_group(store, "seeds")
    assert count == 2
    assert curve.x.values.tolist() == [1, 2, 3]
    assert curve.loss.values.tolist() == [0.625, 0.5, 0.5]
    assert curve.loss_edges is not None
    assert [edge.values.tolist() for edge in curve.loss_edges] == [[0.5, 0.25, 0.5], [0.75, 0.75, 0.5]]
    assert curve.score_edges is not None
    assert np.allclose(curve.score_edges.low.values, [0.25, 0.25, 0.5])
    assert loss_range(None, None, [curve]).high >= 0.75
    overlay = Overlay(OverlaidRun("seeds", "mean", RUN_COLORS[0]), curve)
    found = figure(Quantity.LOSS, None, None, View(Range(0, 4), Range(0, 1), 400), [overlay])
    [(color, low, high)] = found.bands
    assert color == RUN_COLORS[0]
    assert low.y.tolist() == [0.5, 0.25, 0.5]
    assert high.y.tolist() == [0.75, 0.75, 0.5]
    assert store.close(WITHIN)
