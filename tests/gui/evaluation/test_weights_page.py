"""The tab Weights: values under the cursor, histograms and ratios over time, and idleness while it is hidden."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pyqtgraph as pg
import pytest
import torch
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from playground.engine.build import build
from playground.engine.probes.layer_weights import histogram_of
from playground.engine.training.snapshots import Probed
from playground.gui.evaluation.ridge_plot import coarse, symmetric_log
from playground.gui.evaluation.weight_plots import Series, activations, apart, gradients, update_ratios
from playground.gui.evaluation.weights_page import WeightsPage
from playground.gui.evaluation.weights_watch import MOST
from playground.gui.session import probe_history
from playground.gui.session.run_state import RunState
from playground.gui.start.program import Program
from playground.spec.edits import Insert
from playground.spec.layers.dense import Linear
from playground.spec.number_text import amount_text
from tests.gui.conftest import Answers
from tests.gui.evaluation.test_evaluation_pages import SMALL, WITHIN


def weights_page(qtbot: QtBot, program: Program) -> WeightsPage:
    assert program.results.evaluation is not None
    place = program.results.evaluation.places["WeightsPage"]
    program.results.pane.show_page(place)
    qtbot.waitUntil(lambda: place.page is not None, timeout=WITHIN)
    page = place.page
    assert isinstance(page, WeightsPage)
    return page


def test_the_weights_are_those_of_the_run_before_and_after(
    qtbot: QtBot, ready: Program, answers: Answers, tmp_path: Path
) -> None:
    with qtbot.waitExposed(ready.window):
        ready.window.show()
    ready.document.load(SMALL, None)
    page = weights_page(qtbot, ready)
    qtbot.waitUntil(lambda: page.seen is not None, timeout=WITHIN)
    assert page.subject.whole == "1.weight · 10 × 784 · step 0"
    initial = build(SMALL).state_dict()["1.weight"].numpy()

    def shown() -> np.ndarray:
        assert page.seen is not None
        assert page.seen.tensor is not None
        return page.seen.tensor.values[:28, :28]

    assert np.array_equal(shown(), initial[0].reshape(28, 28))

    # Keys move a cursor over the numbers.
    page.picture.setFocus()
    qtbot.keyClick(page.picture, Qt.Key.Key_Down)
    qtbot.keyClick(page.picture, Qt.Key.Key_Right)
    qtbot.keyClick(page.picture, Qt.Key.Key_Right)
    assert page.picture.value == f"1.weight [0, 30] = {amount_text(float(initial[0, 30]))}"

    with qtbot.waitSignal(ready.run.snapshots):
        ready.run.train()
    qtbot.waitUntil(lambda: ready.run.state is RunState.FINISHED, timeout=WITHIN)
    qtbot.waitUntil(lambda: page.seen is not None and page.seen.step == 20, timeout=WITHIN)
    weights = ready.run.weights
    assert weights is not None
    assert np.array_equal(shown(), weights.tensors["1.weight"][0].numpy().reshape(28, 28))
    moments = page._watch.moments
    assert [moment.step for moment in moments] == sorted({moment.step for moment in moments})
    assert moments[0].step == 0
    edges = moments[0].histograms["1.weight"].edges
    counted = np.histogram(initial.astype(np.float64), edges)[0]
    assert np.abs(moments[0].histograms["1.weight"].counts - counted).max() <= 1

    # The steps that training looked at, though the tab could have been opened later.
    probes = page._watch.probes.probes
    assert [probe.step for probe in probes] == [1, 2, 4, 8, 16]
    assert update_ratios(probes)[0].values == [probe.layers[1].update_ratio for probe in probes]
    answers.path = tmp_path / "weights.csv"
    page.save_csv()
    qtbot.waitUntil(answers.path.exists)
    rows = list(csv.DictReader(answers.path.read_text().splitlines()))
    ratios = [row for row in rows if row["figure"] == "update / weight"]
    assert [float(row["count or value"]) for row in ratios] == update_ratios(probes)[0].values
    first = [int(row["count or value"]) for row in rows if row["of"] == "1.weight" and row["step"] == "0"]
    assert first == moments[0].histograms["1.weight"].counts.tolist()

    # Another layer and another stack; nothing is asked while the tab is hidden.
    page.as_matrix.setChecked(True)
    qtbot.waitUntil(lambda: page.seen.tensor.values.shape == (10, 784), timeout=WITHIN)  # type: ignore[union-attr]
    ready.document.do(Insert((1,), (Linear(out_features=7),)))
    qtbot.waitUntil(lambda: page.seen.step == 0 and page.tensors.count() == 4, timeout=WITHIN)  # type: ignore[union-attr]
    assert [moment.step for moment in page._watch.moments] == [0]
    ready.stack.select_path((2,))
    qtbot.waitUntil(lambda: page.subject.whole.startswith("2.weight · 10 × 7"), timeout=WITHIN)
    assert ready.results.curves is not None
    ready.results.pane.show_page(ready.results.curves)
    assert not page._watch._client.has_question


def test_every_figure_has_a_line_for_each_layer(qtbot: QtBot, ready: Program) -> None:
    found: list[Probed] = []
    with qtbot.waitExposed(ready.window):
        ready.window.show()
    ready.document.load(SMALL, None)
    ready.run.snapshots.connect(lambda some: found.extend(item for item in some if isinstance(item, Probed)))
    ready.run.train()
    qtbot.waitUntil(lambda: ready.run.state is RunState.FINISHED, timeout=WITHIN)
    page = weights_page(qtbot, ready)  # opened after training
    qtbot.waitUntil(lambda: page.layer is not None, timeout=WITHIN)
    assert page._watch.probes.probes == found
    assert [item.number for item in gradients(found)] == [2]
    assert gradients(found)[0].values == [probe.layers[1].gradient for probe in found]
    assert [item.number for item in activations(found)] == [1, 2]
    assert activations(found)[0].values == [probe.layers[0].mean for probe in found]
    assert activations(found)[0].spread == [probe.layers[0].std for probe in found]
    for number in range(page.figure.count()):
        page.figure.setCurrentIndex(number)
        lines = [item for item in page.steps.widget.listDataItems() if isinstance(item, pg.PlotDataItem)]
        assert len(lines) == (2 if number == 2 else 1)

    # Histograms of the steps that were looked at, by numpy in the coordinates of the plot.
    def ridges() -> list[pg.PlotCurveItem]:
        items = page.ridges.widget.getPlotItem().items
        return [item for item in items if isinstance(item, pg.PlotCurveItem)]

    for number, name in ((1, "gradients"), (2, "outputs")):
        page.numbers.setCurrentIndex(number)
        assert len(ridges()) == len(found) == 5
        word = "Gradients" if number == 1 else "Activations"
        assert page.ridges.title.whole == f"{word} of 2 Linear, steps 1 to 16"
        histogram = getattr(found[-1].layers[1], name)
        threshold = min(getattr(probe.layers[1], name).reach for probe in found) * 10**-3.75
        edges = [np.sign(edge) * (0.25 + np.log10(abs(edge) / threshold)) for edge in histogram.edges]
        assert symmetric_log(np.array(histogram.edges), threshold) == pytest.approx(edges)
        heights = np.array(histogram.counts) / np.diff(edges)
        drawn = ridges()[-1].getData()[1][2:-2]
        assert drawn / drawn.sum() == pytest.approx(heights / heights.sum())
    rows = list(csv.DictReader(page.table().splitlines()))
    counts = [
        int(row["count or value"]) for row in rows if row["figure"] == "activation histogram" if row["step"] == "16"
    ]
    assert counts == [*found[-1].layers[0].outputs.counts, *found[-1].layers[1].outputs.counts]  # type: ignore[union-attr]
    page.choose_layer((0,))  # has no weights
    assert page.ridges.title.whole == "Activations of 1 Flatten, steps 1 to 16"
    page.numbers.setCurrentIndex(1)
    assert page.ridges.title.whole == "This layer has no weights"
    assert ridges() == []


def test_a_histogram_of_few_numbers_is_drawn_with_few_bins() -> None:
    for count, bins in ((20, 10), (300, 12), (3000, 20), (100_000, 60)):
        values = torch.randn(count, generator=torch.Generator().manual_seed(count))
        found = coarse(histogram_of(values))
        reach = float(values.abs().max())
        expected = np.histogram(values.double().numpy(), bins, (-reach, reach), density=True)[0]
        assert found == pytest.approx(expected, abs=2 / count * bins / reach)
        assert len(found) == bins


def test_a_stack_without_weights_and_one_with_a_problem_are_explained(qtbot: QtBot, ready: Program) -> None:
    with qtbot.waitExposed(ready.window):
        ready.window.show()
    ready.document.load(SMALL, None)
    page = weights_page(qtbot, ready)
    qtbot.waitUntil(lambda: page.layer is not None, timeout=WITHIN)
    ready.document.load(SMALL.model_copy(update={"stack": SMALL.stack.model_copy(update={"layers": ()})}), None)
    qtbot.waitUntil(lambda: page.note.isVisible(), timeout=WITHIN)
    assert "problem" in page.note.text()
    assert not page.header.export.isEnabled()


def test_the_history_of_a_long_run_is_thinned(qtbot: QtBot, ready: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ready.results.evaluation is not None
    kept = ready.results.evaluation.probes
    monkeypatch.setattr(probe_history, "MOST", 8)
    for step in range(1, 40):
        kept._add((Probed(step, (), 0.0, 0.0, None, ()),))
    steps = [probe.step for probe in kept.probes]
    assert len(steps) <= 8
    assert steps == sorted(steps)
    assert (steps[0], steps[-1]) == (1, 39)
    assert MOST >= 8


def test_numbers_of_layers_do_not_cover_each_other() -> None:
    series = [Series(((at,),), at + 1, [1, 2], [1e-4, value]) for at, value in enumerate((1e-2, 9e-3, 1e-3, 1.1e-3))]
    assert apart(series, ((1,),), 52, log=True) == {2, 3}  # 13 pixels are half a power of ten
    assert apart(series, None, 52, log=True) == {1, 3}
    assert apart(series, None, 5200, log=True) == {1, 2, 3, 4}
    assert apart(series, None, 52, log=False) == {1, 3}
    assert apart([Series(((0,),), 1, [], [])], None, 52, log=True) == set()
