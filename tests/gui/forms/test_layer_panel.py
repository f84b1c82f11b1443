"""The panel edits what is selected, each edit one named step, and says what to do where nothing is."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from playground.gui.forms.activation_curve import ActivationCurve, curve_of
from playground.gui.forms.branch_count import Branches
from playground.gui.forms.layer_panel import LayerPanel
from playground.gui.session.document import Document
from playground.gui.stack.block import DATA
from playground.spec.edits import Insert, Remove, Replace
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.activation import ELU, ReLU, Softmax
from playground.spec.layers.containers import Parallel, Residual
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.messages import message

KEY = Qt.Key


@pytest.fixture
def document(qtbot: QtBot) -> Document:
    return Document(Experiment(stack=Stack(layers=(Flatten(), Linear(out_features=128), Linear(out_features=10)))))


@pytest.fixture
def panel(qtbot: QtBot, document: Document) -> LayerPanel:
    made = LayerPanel(document)
    qtbot.addWidget(made)
    made.resize(300, 500)
    made.show()
    return made


def words(panel: LayerPanel) -> str:
    return " ".join(label.text() for label in panel.findChildren(QLabel) if label.isVisible())


def test_spinning_is_one_named_step(panel: LayerPanel, document: Document, qtbot: QtBot) -> None:
    panel.show_layer((1,))
    assert panel.form.column is not None
    number = panel.form.column.editor("out_features").number
    for _ in range(5):
        qtbot.keyClick(number, KEY.Key_Up)
    assert document.experiment.stack.layers[1] == Linear(out_features=133)
    assert document.undo_stack.undoText() == "Change Units of Linear"
    document.undo_stack.undo()
    assert document.experiment.stack.layers[1] == Linear(out_features=128)
    assert number.text() == "128"
    assert not document.undo_stack.canUndo()


def test_two_fields_are_two_steps(panel: LayerPanel, document: Document, qtbot: QtBot) -> None:
    panel.show_layer((1,))
    assert panel.form.column is not None
    qtbot.keyClick(panel.form.column.editor("out_features").number, KEY.Key_Up)
    qtbot.keyClick(panel.form.column.editor("bias").switch, KEY.Key_Space)
    assert document.undo_stack.count() == 2


def test_figures_follow(panel: LayerPanel, document: Document, qtbot: QtBot) -> None:
    panel.show_layer((1,))
    assert "100,480" in words(panel)
    document.do(Remove(((0,),)))
    panel.show_layer((0,))
    assert "100,480 after the fix" in words(panel)


def test_nothing_several_and_gone(panel: LayerPanel, document: Document) -> None:
    assert "Select a layer" in words(panel)
    panel.show_selection(((0,), (1,)))
    assert "2 layers are selected" in words(panel)
    panel.show_layer((2,))
    document.do(Remove(((2,),)))
    assert "Units" not in words(panel)


def test_a_range_is_asked_for_nothing_once_nothing_is_selected(panel: LayerPanel, document: Document) -> None:
    panel.show_layer((1,))
    panel.show_layer(None)
    before = document.experiment
    panel.form.range_requested.emit("out_features")  # by a menu that outlived the selection
    assert document.experiment == before


def test_the_data_set(panel: LayerPanel, document: Document, qtbot: QtBot) -> None:
    panel.show_layer(DATA)
    assert "60,000" in words(panel)
    assert panel.form.column is not None
    number = panel.form.column.editor("train_limit").number
    number.selectAll()
    qtbot.keyClicks(number, "500")
    qtbot.keyClick(number, KEY.Key_Return)
    assert document.experiment.data.train_limit == 500
    assert document.undo_stack.undoText() == "Change Training images of MNIST"


def test_enter_in_the_stack_leads_to_the_first_editor(panel: LayerPanel, qtbot: QtBot) -> None:
    panel.show_layer((1,))
    panel.focus_form()
    assert panel.form.column is not None
    qtbot.waitUntil(panel.form.column.editor("out_features").number.hasFocus)


def test_the_curve_is_that_of_the_activation_a_layer_is_or_carries() -> None:
    assert curve_of(Softmax()) is None
    points = dict(curve_of(Linear(activation=ELU(alpha=2.0))) or ())
    assert points[-4.0] == pytest.approx(-1.963, abs=1e-3)
    assert points[4.0] == 4.0
    assert curve_of(ELU(alpha=2.0)) == tuple(points.items())
    assert curve_of(Flatten()) is None


def test_the_curve_stands_under_the_field_that_chooses_the_activation(panel: LayerPanel, document: Document) -> None:
    panel.show_layer((1,))
    column = panel.form.column
    assert column is not None
    curve = column.findChild(ActivationCurve)
    assert curve is not None
    assert curve.isHidden()
    document.do(Replace((1,), Linear(out_features=128, activation=ReLU()), message("x")))
    column.layout().activate()
    assert curve.isVisible()
    assert curve.y() > column.editor("activation").geometry().bottom()
    assert curve.geometry().bottom() < column.editor("init").y()
    document.do(Insert((2,), (ReLU(),)))
    panel.show_layer((2,))
    curve = panel.form.column.findChild(ActivationCurve)
    assert curve is not None
    assert not curve.isHidden()


def test_branches_come_and_go_in_the_form(panel: LayerPanel, document: Document, qtbot: QtBot) -> None:
    document.do(Insert((0,), (Parallel(), Residual())))
    panel.show_layer((0,))
    branches = panel.form.findChild(Branches)
    assert branches.isVisible()
    assert not branches.fewer.isEnabled()
    branches.more.click()
    assert document.experiment.stack.layers[0] == Parallel(branches=(Stack(),) * 3)
    assert document.undo_stack.undoText() == "Change the number of branches of Parallel"
    branches.fewer.click()
    assert document.experiment.stack.layers[0] == Parallel()
    panel.show_layer((1,))
    assert not any(shown.isVisible() for shown in panel.form.findChildren(Branches))


def test_while_it_trains_the_number_of_branches_is_fixed_and_says_why(panel: LayerPanel, document: Document) -> None:
    document.do(Insert((0,), (Parallel(),)))
    panel.show_layer((0,))
    branches = panel.form.findChild(Branches)
    assert branches is not None
    panel.set_training(True)
    for button in (branches.fewer, branches.more):
        assert not button.isEnabled()
        assert "Fixed while it trains" in button.toolTip()
    panel.show_layer((1,))
    panel.show_layer((0,))  # the form is made anew
    assert not panel.form.findChildren(Branches)[-1].more.isEnabled()
    panel.set_training(False)
    assert panel.form.findChildren(Branches)[-1].more.isEnabled()
    assert panel.form.findChildren(Branches)[-1].more.toolTip() == "Add a branch"


def test_an_empty_branch_says_what_to_do(panel: LayerPanel, document: Document) -> None:
    document.do(Insert((0,), (Residual(),)))
    panel.show_layer((0, 0, 0))
    assert "Insert a layer with Ctrl+K" in words(panel)
