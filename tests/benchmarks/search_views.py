"""How long the window of a search takes to show one more trial beside a thousand.

    python -m tests.benchmarks search_views

A search with two goals and the ranges of the convolutional space, whose trials are made up. *Update* is for one trial
that has ended: table, front, best so far, slices, importances and words; *painted* has the whole window painted anew
after it. *A curve that grows* has the learning curves of all trials in sight, and one more epoch of a running trial.
*Chosen* is a click on a point, until table, plots and words show it. All times are those that the window's
thread computes, without what other programs take from it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from statistics import median
from time import thread_time

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from playground.engine.search.event_lines import Importances, event_in, line_of, trial_event
from playground.engine.search.outcome import FAILED, RUNNING, TRAINED, TrialRow
from playground.gui.search.window import SearchWindow
from playground.gui.session.search_process import SearchProcess
from playground.spec.files.presets import preset
from playground.spec.search.domain import grid
from playground.spec.search.presets import CONVOLUTIONAL, preset_space
from tests.benchmarks.figure import Figure

TRIALS, ROUNDS, EPOCHS = 1000, 30, 20
BAR = 100.0  # milliseconds: what people take for immediate


def made_up(window: SearchWindow, count: int) -> list[TrialRow]:
    """Trials of the window's plan."""
    plan, chance = window.choices.plan, random.Random(0)
    domains = plan.space.domains(plan.experiment)
    found = []
    for number in range(count):
        params = {key: chance.choice(grid(domain, 50)) for key, domain in domains.items()}
        size = round(10.0 ** chance.uniform(3.0, 5.0))
        score = min(0.995, 0.8 + 0.04 * chance.random() + 0.00001 * size**0.85)
        done = chance.random() < 0.95
        figures = {"score": score, "loss": 1.0 - score, "parameters": size, "flops": 9 * size, "latency": None}
        values = (score, float(size)) if done else ()
        state, reason = (TRAINED, "") if done else (FAILED, "The loss is not finite.")
        runs, first = (f"run-{number}",), number == 0
        row = TrialRow(number, state, values, params, figures if done else {}, reason, 9.0, EPOCHS, runs, first)
        curve = tuple((epoch, score - 0.3 * chance.random() / epoch) for epoch in range(1, EPOCHS + 1))
        found.append(row._replace(curve=curve))
    return found


def tell(window: SearchWindow, rows: list[TrialRow]) -> None:
    """Let the process tell these trials."""
    for row in rows:
        window.take(event_in(line_of(trial_event(row)).encode()))


def figures(quick: bool) -> Iterator[Figure]:
    """A window with so many trials."""
    app = QApplication.instance() or QApplication([])
    count, rounds = (200, 5) if quick else (TRIALS, ROUNDS)
    process = SearchProcess()
    window = SearchWindow(preset_space(CONVOLUTIONAL, preset("fast-cnn").experiment), process)
    window.choices.goals.setCurrentIndex(2)  # score, parameters
    window.start_button.click()
    window.show()
    plan = window.plan
    assert plan is not None
    assert len(plan.goals) == 2
    rows = made_up(window, count + 2 * rounds + 1)
    window.take(Importances(shares={item.key: 1 / len(plan.space.ranges) for item in plan.space.ranges}, trials=count))
    began = thread_time()
    tell(window, rows[:count])
    window.update_now()
    window.grab()
    yield Figure(work=f"{count:,} trials shown at once", value=thread_time() - began, unit="s")
    for order in ("latest on top", "sorted by score"):
        if order == "sorted by score":
            window.table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
        updates, paints = [], []
        for row in rows[count : count + rounds]:
            tell(window, [row])
            began = thread_time()
            window.update_now()
            updates.append(thread_time() - began)
            app.processEvents()
            window.grab()
            paints.append(thread_time() - began)
        del rows[count : count + rounds]
        yield _milliseconds(f"update, {order}", updates, BAR)
        yield _milliseconds(f"update and painted, {order}", paints, None)
    window.views.show_view(window.views.curves)
    grown = []
    for length in range(1, EPOCHS + 1):
        running = rows[-1]._replace(state=RUNNING, values=(), figures={}, curve=rows[-1].curve[:length])
        tell(window, [running])
        began = thread_time()
        window.update_now()
        grown.append(thread_time() - began)
        app.processEvents()
    yield _milliseconds("a curve that grows", grown, BAR)
    chosen = []
    for point in window.front.points[:: len(window.front.points) // rounds]:
        began = thread_time()
        window.front.clicked.emit(point.trial)
        app.processEvents()
        chosen.append(thread_time() - began)
    yield _milliseconds("chosen by a click", chosen, BAR)
    window.close()
    process.deleteLater()


def _milliseconds(work: str, seconds: list[float], bar: float | None) -> Figure:
    note = f"longest {1000 * max(seconds):.0f} ms"
    return Figure(work=work, value=1000 * median(seconds), unit="ms", bar=bar, note=note)


if __name__ == "__main__":
    for figure in figures(quick=False):
        print(f"{figure.work}: {figure.value:.3g} {figure.unit} {figure.note} {figure.verdict}", flush=True)
