"""Frames of the curves by our painter and by pyqtgraph, by turns, in panes that show the same run."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from time import perf_counter, process_time
from typing import NamedTuple

import shiboken6
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication

from playground.engine.training.snapshots import Snapshot
from playground.gui.curves.panel import CurvesPanel
from playground.gui.start.app import application_of
from playground.gui.start.gc_in_main_thread import Collector
from playground.gui.style.theme import DARK, palette_of
from playground.spec.experiment import Experiment
from playground.spec.recipe.recipe import Recipe
from tests.benchmarks.contest import rotated
from tests.benchmarks.curves import FRESH, SIZE, epoch, mouse, settle, snapshots, step, wheel
from tests.benchmarks.library_plot import Painting, mounted, show_plots


class Frames(NamedTuple):
    """Milliseconds of each frame: on the clock, and of the processor."""

    clock: list[float]
    processor: list[float]


def frames_of(steps: int, count: int) -> dict[str, dict[str, Frames]]:
    """Milliseconds by what was done and by who painted; each frame of one is followed by the same one of the other."""
    application = application_of(sys.argv[:1])
    application.setPalette(palette_of(DARK))
    per_epoch = 1000 if steps >= 100_000 else 100
    run = snapshots(steps, per_epoch)
    panels = {painting: _panel(painting, run, per_epoch) for painting in Painting}
    settle()
    del run
    gc.freeze()  # as the program does once it has begun
    collector = Collector()
    collector.start()
    works = {painting: _works(panel, steps, per_epoch) for painting, panel in panels.items()}
    found: dict[str, dict[str, Frames]] = {}
    for what in next(iter(works.values())):
        found[what] = {painting.value: Frames([], []) for painting in panels}
        for number in range(count + 1):
            for painting in rotated(tuple(panels), number):
                began, busy = perf_counter(), process_time()
                works[painting][what](number)
                QApplication.processEvents()
                if number:
                    times = found[what][painting.value]
                    times.clock.append(1e3 * (perf_counter() - began))
                    times.processor.append(1e3 * (process_time() - busy))
    collector.close()
    for panel in panels.values():
        shiboken6.delete(panel)  # left to Python, the items of pyqtgraph are taken apart one by one, without end
    return found


def _panel(painting: Painting, run: list[Snapshot], per_epoch: int) -> CurvesPanel:
    """A pane that shows the run."""
    panel = CurvesPanel()
    show_plots(panel, mounted(panel, painting))
    panel.resize(*SIZE)
    panel.show()
    panel.begin(Experiment(recipe=Recipe(epochs=len(run) // per_epoch + 10)), per_epoch)
    for first in range(0, len(run), 10_000):
        panel.add(run[first : first + 10_000])
    panel._draw_all()
    return panel


def _works(panel: CurvesPanel, steps: int, per_epoch: int) -> dict[str, Callable[[int], None]]:
    """What is done to a pane in a frame."""
    ends = iter(range(steps // per_epoch, 10 * steps))
    fresh = iter(range(steps + 1, 10 * steps))
    taken = min(FRESH, steps // 100)
    plots = (panel.plots.loss_plot, panel.plots.score_plot)

    def append(_number: int) -> None:
        panel.add([step(next(fresh), per_epoch, 0.1, 0.97) for _ in range(taken)])
        panel._draw()

    def end_epoch(_number: int) -> None:
        panel.add([epoch(next(ends), next(fresh), 0.1)])
        panel._draw()

    def move_hair(number: int) -> None:
        mouse(plots[0], QPointF(80 + 3 * number % 300, 60))

    def zoom(number: int) -> None:
        wheel(plots[0], 120 if number % 40 < 20 else -120)
        panel._draw()

    def all_anew(_number: int) -> None:
        panel._draw_all()

    return {"appending": append, "epoch's end": end_epoch, "all anew": all_anew, "crosshair": move_hair, "zoom": zoom}
