"""The tab Map: places against numpy's SVD, the example of the panel on it, and samples that go to the panel."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from playground.engine.build import build
from playground.engine.data.in_memory import load
from playground.engine.data.spread_subset import spread
from playground.engine.evaluation.data_part import Part
from playground.engine.probes.neighbour_plane import neighbour_plane
from playground.gui.evaluation.map_methods import Method
from playground.gui.evaluation.map_page import MapPage
from playground.gui.evaluation.map_plot import class_look
from playground.gui.session.run_state import RunState
from playground.gui.start.program import Program
from playground.gui.style.theme import DARK, LIGHT
from playground.spec.layer import Stack
from playground.spec.layers.activation import ReLU
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from tests.gui.conftest import Answers
from tests.gui.evaluation.test_evaluation_pages import SMALL, WITHIN

DEEPER = SMALL.model_copy(
    update={"stack": Stack(layers=(Flatten(), Linear(out_features=12), ReLU(), Linear(out_features=10)))}
)


@pytest.fixture
def page(qtbot: QtBot, ready: Program) -> MapPage:
    """The tab of a network that has learned for 20 steps."""
    with qtbot.waitExposed(ready.window):
        ready.window.show()
    ready.document.load(DEEPER, None)
    ready.run.train()
    qtbot.waitUntil(lambda: ready.run.state is RunState.FINISHED, timeout=WITHIN)
    assert ready.results.evaluation is not None
    place = ready.results.evaluation.places["MapPage"]
    ready.results.pane.show_page(place)
    qtbot.waitUntil(lambda: place.page is not None, timeout=WITHIN)
    found = place.page
    assert isinstance(found, MapPage)
    qtbot.waitUntil(lambda: found.map is not None, timeout=WITHIN)
    return found


def test_the_places_are_the_principal_components_of_the_last_hidden_layer(
    qtbot: QtBot, ready: Program, page: MapPage, answers: Answers, tmp_path: Path
) -> None:
    weights = ready.run.weights
    assert weights is not None
    network = build(DEEPER)
    network.load_state_dict(weights.tensors)
    validation = load(DEEPER.data).validation
    numbers = spread(len(validation), 2000)  # from all over them
    inputs, targets = validation.batch(torch.from_numpy(numbers))
    hidden = network[:-1](inputs).detach().double().numpy()
    left, sizes, _ = np.linalg.svd(hidden - hidden.mean(0), full_matrices=False)
    expected = (left * sizes)[:, :2]
    assert page.map is not None
    plane = page.map.plane
    for axis in (0, 1):
        sign = np.sign(expected[:, axis] @ plane.places[:, axis])
        assert plane.places[:, axis] == pytest.approx(sign * expected[:, axis], abs=1e-3)
    assert plane.shares == pytest.approx(tuple(sizes[:2] ** 2 / (sizes**2).sum()), rel=1e-4)
    assert page.plot.title.whole.startswith("PCA of 2,000 images at step 20 · ")
    answers.path = tmp_path / "map.csv"
    page.save_csv()
    qtbot.waitUntil(answers.path.exists)
    rows = list(csv.DictReader(answers.path.read_text().splitlines()))
    assert [row["class"] for row in rows] == [str(label) for label in targets.tolist()]
    assert [int(row["sample"]) for row in rows] == numbers.tolist()
    assert [float(row["PCA component 2"]) for row in rows] == plane.places[:, 1].tolist()

    # Arrow keys go from sample to sample, and Enter puts one on the panel, which is then marked where it was.
    page.plot.setFocus()
    qtbot.keyClick(page.plot, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: len(page.side.shown) == 1, timeout=WITHIN)
    first, place_of = page.side.shown[0].index, numbers.tolist().index
    qtbot.keyClick(page.plot, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: page.side.shown[0].index != first, timeout=WITHIN)
    number = place_of(page.side.shown[0].index)
    order = np.argsort(plane.places[:, 0], kind="stable").tolist()
    assert order.index(number) == order.index(place_of(first)) + 1
    with qtbot.waitSignal(ready.run.test_sample) as put:
        qtbot.keyClick(page.plot, Qt.Key.Key_Return)
    assert np.array_equal(put.args[0].inputs, inputs[number].numpy())
    assert put.args[0].target == targets[number]
    qtbot.waitUntil(lambda: page.plot.example is not None, timeout=WITHIN)
    qtbot.waitUntil(lambda: page.plot.example == pytest.approx(plane.places[number], abs=1e-3), timeout=WITHIN)

    # Nothing is asked while the tab is hidden.
    assert ready.results.curves is not None
    ready.results.pane.show_page(ready.results.curves)
    assert not page._watch._client.has_question
    assert not page._watch._example_client.has_question


def test_a_map_is_forgotten_with_its_network(qtbot: QtBot, ready: Program, page: MapPage) -> None:
    ready.run.reset()
    qtbot.waitUntil(lambda: page.map is None, timeout=WITHIN)
    assert page._watch.map is None
    assert page.note.isVisible()
    assert page.plot.example is None


def test_another_part_of_the_data_makes_another_map(qtbot: QtBot, page: MapPage) -> None:
    page.header.parts.activated.emit(page.header.parts.findData(Part.TEST))
    qtbot.waitUntil(lambda: page.map is not None and page.map.result.part.part is Part.TEST, timeout=WITHIN)
    assert page.subject.whole.startswith("10,000 test images")


def test_t_sne_follows_pca_and_ends_when_the_tab_is_hidden(
    qtbot: QtBot, ready: Program, page: MapPage, answers: Answers, tmp_path: Path
) -> None:
    pytest.importorskip("openTSNE")
    page.header.parts.activated.emit(page.header.parts.findData(Part.TRAIN))
    qtbot.waitUntil(lambda: page.map is not None and page.map.result.part.part is Part.TRAIN, timeout=WITHIN)
    assert page.map is not None
    start, features = page.map.places, page.map.answer.features.values
    assert not page.perplexities.isVisible()
    page.methods.setCurrentIndex(page.methods.findData(Method.TSNE))
    page.methods.activated.emit(page.methods.currentIndex())
    assert page.plot.title.whole.startswith("t-SNE is being computed… · PCA of ")
    assert page.perplexities.isVisible()
    qtbot.waitUntil(lambda: page.map is not None and page.map.method is Method.TSNE, timeout=2 * WITHIN)
    expected = neighbour_plane(features, start, 30).places
    assert page.map.places == pytest.approx(expected, abs=1e-6)
    assert page.plot.title.whole.startswith(f"t-SNE, perplexity 30 · {len(features):,} images, step 20 · ")
    answers.path = tmp_path / "map.csv"
    page.save_csv()
    qtbot.waitUntil(answers.path.exists)
    rows = list(csv.DictReader(answers.path.read_text().splitlines()))
    assert [float(row["t-SNE 2"]) for row in rows] == page.map.places[:, 1].tolist()

    # Another perplexity begins anew; the process ends with the tab, and begins again when it is shown.
    page.perplexities.setCurrentIndex(0)
    page.perplexities.activated.emit(0)
    qtbot.waitUntil(lambda: page._watch.neighbours.is_busy, timeout=WITHIN)
    assert ready.results.curves is not None
    assert ready.results.evaluation is not None
    ready.results.pane.show_page(ready.results.curves)
    qtbot.waitUntil(lambda: not page._watch.neighbours.is_busy, timeout=WITHIN)
    assert page.map.neighbours is not None
    assert page.map.neighbours.perplexity == 30
    ready.results.pane.show_page(ready.results.evaluation.places["MapPage"])
    qtbot.waitUntil(lambda: page._watch.neighbours.is_busy, timeout=WITHIN)


def test_without_the_library_the_choice_says_how_to_install_it(
    qtbot: QtBot, page: MapPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "openTSNE", None)  # as if it were not there
    with qtbot.waitSignal(page.failed) as said:
        page.methods.setCurrentIndex(1)
        page.methods.activated.emit(1)
    assert str(said.args[0]).endswith("is not installed: pip install playground[map]")
    assert page.methods.currentText() == "PCA"
    assert page.plot.title.whole.startswith("PCA of ")


def test_classes_differ_in_colour_and_shape_together() -> None:
    for theme in (LIGHT, DARK):
        looks = [class_look(theme, label) for label in range(88)]
        assert len({(color.name(), shape) for color, shape in looks}) == 88
        assert len({shape for _, shape in looks[:10]}) == 10
        assert len({color.name() for color, _ in looks[:10]}) == 10
        assert class_look(theme, None)[0] == QColor(theme.accent)
