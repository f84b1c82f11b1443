"""The tab Why shows the training examples that are like the present one, for every kind of data."""

from __future__ import annotations

import numpy as np
import torch
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from playground.engine.build import build
from playground.engine.data.in_memory import load
from playground.engine.data.sources.table import row_of
from playground.gui.panels.table.panel import TablePanel
from playground.gui.start.program import Program
from playground.spec.attribution_methods import SIMILAR
from playground.spec.data.changed_examples import ChangedExample, ChangedExamples
from playground.spec.datasets.table import Table
from playground.spec.edits import Set
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.activation import Tanh
from playground.spec.layers.dense import Linear
from playground.spec.messages import message
from playground.spec.recipe.recipe import Recipe
from tests.gui.explanation.conftest import WITHIN, Asked

HIDDEN = (Linear(out_features=6), Tanh(), Linear(out_features=3))
IRIS = Experiment(name="I", data=Table(), stack=Stack(layers=HIDDEN), recipe=Recipe(device="cpu"))


def test_the_nearest_rows_of_a_table_are_shown_and_go_to_the_panel(qtbot: QtBot, ready: Program, asked: Asked) -> None:
    page = asked(IRIS, "")
    assert ready.task is not None
    panel = ready.task.panel
    assert isinstance(panel, TablePanel)
    values = row_of(IRIS.data, 17, "train")[0]  # type: ignore[arg-type]
    panel.shown.show_row(values, "")
    page.choose(SIMILAR)
    qtbot.waitUntil(lambda: page.similar.answer is not None, timeout=WITHIN)
    answer = page.similar.answer
    assert answer is not None
    hidden = build(IRIS)[:2]
    inputs = load(IRIS.data).train.cut(0, 1000)[0]
    with torch.no_grad():
        distances = torch.cdist(hidden(inputs[17:18]).double(), hidden(inputs).double())[0].numpy()
    assert np.allclose([one.distance for one in answer.found], np.sort(distances)[:5], atol=1e-5)
    assert answer.found[0].distance == 0
    assert "among 120 training rows" in page.similar.title.text()
    assert "not been trained yet" in page.similar.title.text()
    items = [page.similar.gallery.item(number).text() for number in range(5)]
    (itself,) = [item for item in items[:2] if "sample 17" in item]
    assert "this one itself" in itself
    column = IRIS.data.inputs[0]  # type: ignore[attr-defined]
    assert f"{column.name} {values[0]:.4g}" in itself
    third = answer.found[2].example.index
    page.similar.gallery.itemClicked.emit(page.similar.gallery.item(2))
    qtbot.waitUntil(lambda: panel.shown.row == row_of(IRIS.data, third, "train")[0], timeout=WITHIN)  # type: ignore[arg-type]


def test_the_labels_of_changed_examples_are_shown(qtbot: QtBot, ready: Program, asked: Asked) -> None:
    """They may be changed after the training: the samples are those that the network learned from."""
    page = asked(IRIS, "")
    assert ready.task is not None
    panel = ready.task.panel
    assert isinstance(panel, TablePanel)
    data = ready.document.experiment.data
    assert isinstance(data, Table)
    values = row_of(data, 17, "train")[0]
    panel.shown.show_row(values, "")
    page.choose(SIMILAR)
    qtbot.waitUntil(lambda: page.similar.answer is not None, timeout=WITHIN)
    assert page.similar.answer is not None
    (itself,) = [one.example for one in page.similar.answer.found if one.example.index == 17]
    origin = itself.origin
    assert origin is not None
    before = data.class_names.index(origin.class_name)
    other = data.class_names[(before + 1) % 3]
    change = ChangedExample(number=origin.number, digest=origin.digest, class_name=other)
    ready.document.do(Set(("data", "changes"), ChangedExamples(items=(change,)), message("Label")))

    def labels() -> list[int]:
        found = page.similar.answer
        return [] if found is None else [int(one.example.target) for one in found.found if one.example.index == 17]

    qtbot.waitUntil(lambda: labels() == [(before + 1) % 3], timeout=WITHIN)


def test_methods_for_pictures_are_not_offered_for_a_table(qtbot: QtBot, asked: Asked) -> None:
    page = asked(IRIS, "grad_cam")
    qtbot.waitUntil(lambda: page.header.methods.count() > 0, timeout=WITHIN)
    labels = [page.header.methods.itemText(number) for number in range(page.header.methods.count())]
    assert "Similar examples" in labels
    assert "Grad-CAM" not in labels
    assert page.header.methods.findData(SIMILAR, Qt.ItemDataRole.UserRole) >= 0
