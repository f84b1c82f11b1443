"""The tab Why explains answers for rows: bars and curves of the row that the sliders show."""

from __future__ import annotations

import numpy as np
from pytestqt.qtbot import QtBot

from playground.engine.build import build
from playground.engine.data.in_memory import load
from playground.engine.inference.table_answers import answers
from playground.engine.probes import column_attributions
from playground.gui.explanation.row_inference import RowAnswer
from playground.gui.explanation.row_view import RowView
from playground.gui.panels.table.panel import TablePanel
from playground.gui.start.program import Program
from playground.spec.attribution_methods import CURVES, ExampleKind, method_named
from playground.spec.datasets.table import Table
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.activation import Tanh
from playground.spec.layers.dense import Linear
from playground.spec.recipe.losses import MSE
from playground.spec.recipe.recipe import Recipe
from tests.gui.explanation.conftest import WITHIN, Asked

IRIS = Experiment(
    name="I",
    data=Table(),
    stack=Stack(layers=(Linear(out_features=6), Tanh(), Linear(out_features=3))),
    recipe=Recipe(device="cpu"),
)
LENGTH = IRIS.model_copy(
    update={
        "data": Table(target="petal length"),
        "stack": Stack(layers=(Linear(out_features=6), Tanh(), Linear(out_features=1))),
        "recipe": Recipe(loss=MSE(), device="cpu"),
    }
)
OCCLUSION = method_named("occlusion", ExampleKind.ROW)
INTEGRATED = method_named("integrated", ExampleKind.ROW)


def shown(qtbot: QtBot, view: RowView, function: str, row: list[float] | None = None) -> RowAnswer:
    """The explanation with that method, of that row if one is given, once it is shown."""

    def there() -> bool:
        answer = view.answer
        if answer is None or answer.question.method.function != function:
            return False
        return row is None or np.allclose(answer.row, row)

    qtbot.waitUntil(there, timeout=WITHIN)
    assert view.answer is not None
    return view.answer


def test_the_bars_and_curves_are_of_the_row_that_the_sliders_show(qtbot: QtBot, ready: Program, asked: Asked) -> None:
    page = asked(IRIS, "")
    assert ready.task is not None
    panel = ready.task.panel
    assert isinstance(panel, TablePanel)
    row = [5.0, 3.5, 1.5, 0.2]
    panel.shown.show_row(tuple(row), "")
    page.choose(OCCLUSION)
    answer = shown(qtbot, page.rows, "occlusion", row)
    scaling = load(IRIS.data).scaling
    assert scaling is not None
    network = build(IRIS)
    expected = column_attributions.occlusion(network, IRIS, scaling, np.array(row), answer.answer)
    assert [bar.amount for bar in page.rows.bars.bars] == expected.values.tolist()
    assert page.rows.bars.bars[0].name == "sepal length = 5"
    assert "not been trained yet" in page.rows.figures.text()

    page.choose(CURVES)
    answer = shown(qtbot, page.rows, "answer_curve", row)
    now = answers(network, IRIS, scaling, np.array([row]))[0]
    assert answer.probabilities == tuple(now.tolist())
    assert page.rows.curves.plots[3].widget.accessibleDescription() == "petal width = 0.2"
    column = IRIS.data.inputs[3]  # type: ignore[attr-defined]
    assert (answer.curves[3].places[0], answer.curves[3].places[-1]) == (column.low, column.high)

    other = (answer.answer + 1) % 3
    page.header.targets.setCurrentIndex(other + 1)
    page.header.targets.activated.emit(other + 1)
    name = IRIS.data.class_names[other]
    qtbot.waitUntil(lambda: page.rows.title.text() == f"Why not {name}?", timeout=WITHIN)


def test_a_number_is_explained_in_its_unit(qtbot: QtBot, asked: Asked) -> None:
    page = asked(LENGTH, "")
    page.choose(INTEGRATED)
    answer = shown(qtbot, page.rows, "integrated")
    scaling = load(LENGTH.data).scaling
    assert scaling is not None
    number = answers(build(LENGTH), LENGTH, scaling, answer.row[None])[0, 0]
    assert page.rows.title.text() == f"Why petal length = {number:.4g}?"
    assert "of the difference" in page.rows.figures.text()
    assert page.header.targets.isHidden()
    page.choose(CURVES)
    assert len(shown(qtbot, page.rows, "answer_curve").curves) == len(answer.columns)
