"""Editors of single fields: what typing, keys and the wheel change, and what they refuse."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from playground.gui.forms.choices import Choices
from playground.gui.forms.component_form import ComponentForm
from playground.gui.forms.editors import FeatureEditor
from playground.gui.forms.field_editor import Proposal
from playground.gui.forms.number_field import NumberField
from playground.gui.forms.text_editors import NumbersEditor
from playground.gui.style.slider import Slider
from playground.spec.component import fields_of
from playground.spec.layers.dense import Linear
from playground.spec.recipe.losses import CrossEntropy
from playground.spec.recipe.recipe import Recipe
from tests.gui.forms.components import CHOOSABLE, column, proposals

KEY = Qt.Key
NO_BUTTON, NO_KEY = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier


def test_what_calls_itself_a_share_is_shown_in_per_cent() -> None:
    """Except where the field writes a number: p of dropout, momentum, decays, a threshold."""
    known = {"p", "dropout", "momentum", "threshold", "decay", "decay_rate", "weight_decay"}
    fields = [field for member in CHOOSABLE for field in fields_of(member) if field.kind == "real"]
    plain = [field.name for field in fields if field.help.startswith("Share") and not field.share]
    assert set(plain) == known
    assert {"validation_share", "test_share", "label_smoothing"} <= {field.name for field in fields if field.share}


def test_a_list_of_numbers_says_what_is_wrong_with_it_and_keeps_the_text(form: ComponentForm, qtbot: QtBot) -> None:
    form.show_values(CrossEntropy())
    found = proposals(form)
    editor = column(form).editor("class_weights")
    assert isinstance(editor, NumbersEditor)
    said: list[str] = []
    editor.refused.connect(said.append)
    for text, words in (
        ("1, x", "“x” is not a number"),
        ("1, 0", "0 is out of range"),
        ("1 " * 2000, "2,000 numbers are"),
    ):
        editor.line.clear()
        qtbot.keyClicks(editor.line, text)
        qtbot.keyClick(editor.line, KEY.Key_Return)
        assert words in said[-1]
        assert editor.line.text() == text
    assert found == []
    editor.line.clear()
    qtbot.keyClicks(editor.line, "1 2.5,3")
    qtbot.keyClick(editor.line, KEY.Key_Return)
    assert said[-1] == ""
    assert editor.line.text() == "1, 2.5, 3"
    assert found[-1].value == (1.0, 2.5, 3.0)


def test_typing_commits_with_enter(form: ComponentForm, qtbot: QtBot) -> None:
    form.show_values(Linear(out_features=128))
    found = proposals(form)
    number = column(form).editor("out_features").number
    number.setFocus()
    number.selectAll()
    qtbot.keyClicks(number, "64")
    assert found == []
    qtbot.keyClick(number, KEY.Key_Return)
    assert found == [Proposal(64, ("out_features",), "Units")]


def test_leaving_commits_and_escape_does_not(form: ComponentForm, qtbot: QtBot) -> None:
    form.show_values(Linear(out_features=128))
    found = proposals(form)
    number = column(form).editor("out_features").number
    number.setFocus()
    qtbot.waitUntil(number.hasFocus)
    qtbot.keyClicks(number, "9")
    qtbot.keyClick(number, KEY.Key_Escape)
    assert number.text() == "128"
    number.selectAll()
    qtbot.keyClicks(number, "77")
    column(form).editor("bias").setFocus()
    qtbot.waitUntil(lambda: not number.hasFocus())
    assert [proposal.value for proposal in found] == [77]


def test_steps_are_gradual(form: ComponentForm, qtbot: QtBot) -> None:
    form.show_values(Linear(out_features=128))
    found = proposals(form)
    number = column(form).editor("out_features").number
    qtbot.keyClick(number, KEY.Key_Up)
    qtbot.keyClick(number, KEY.Key_PageDown)
    assert [(proposal.value, proposal.gradual) for proposal in found] == [(129, True), (119, True)]


def test_refreshing_leaves_what_is_being_typed(form: ComponentForm, qtbot: QtBot) -> None:
    form.show_values(Linear(out_features=128))
    number = column(form).editor("out_features").number
    number.setFocus()
    qtbot.waitUntil(number.hasFocus)
    number.end(False)
    qtbot.keyClicks(number, "5")
    form.show_values(Linear(out_features=128, bias=False))
    assert number.text() == "1285"
    assert not column(form).editor("bias").switch.isChecked()


def test_where_0_is_off_a_check_box_says_so_and_the_number_stands_beside_it(form: ComponentForm, qtbot: QtBot) -> None:
    switched = {(member.__name__, field.name) for member in CHOOSABLE for field in fields_of(member) if field.on}
    assert {("Recipe", "clip_norm"), ("CrossEntropy", "label_smoothing"), ("Cosine", "warmup")} <= switched
    form.show_values(Recipe())
    found = proposals(form)
    editor = column(form).editor("clip_norm")
    assert isinstance(editor, FeatureEditor)
    assert (editor.switch.isChecked(), editor.number.isEnabled(), editor.number.text()) == (False, False, "1")
    qtbot.keyClick(editor.switch, KEY.Key_Space)
    assert found.pop().value == 1.0
    assert editor.number.isEnabled()
    qtbot.keyClick(editor.number, KEY.Key_Up)
    assert found[-1].value == 2.0
    assert found.pop().gradual
    qtbot.keyClick(editor.switch, KEY.Key_Space)
    assert found.pop().value == 0.0
    assert not editor.number.isEnabled()
    qtbot.keyClick(editor.switch, KEY.Key_Space)
    assert found.pop().value == 2.0  # as it was


def test_a_feature_that_is_stepped_or_typed_down_to_0_is_off_and_keeps_the_keyboard(
    form: ComponentForm, qtbot: QtBot
) -> None:
    form.show_values(Recipe(clip_norm=0.5))
    found = proposals(form)
    editor = column(form).editor("clip_norm")
    assert isinstance(editor, FeatureEditor)
    assert (editor.switch.isChecked(), editor.number.text()) == (True, "0.5")
    editor.number.setFocus()
    editor.number.selectAll()
    qtbot.keyClicks(editor.number, "0")
    qtbot.keyClick(editor.number, KEY.Key_Return)
    assert found.pop().value == 0.0
    assert editor.switch.hasFocus()
    assert (editor.switch.isChecked(), editor.number.isEnabled(), editor.number.text()) == (False, False, "0.5")
    form.show_values(Recipe())
    form.lock("Not now.")
    assert not editor.switch.isEnabled()
    form.show_values(Recipe(clip_norm=3.0))
    assert [stop.isEnabled() for stop in editor.stops] == [False, False]
    assert [stop.toolTip() for stop in editor.stops] == ["Not now.", "Not now."]
    form.lock("")
    assert [stop.isEnabled() for stop in editor.stops] == [True, True]


@pytest.mark.parametrize(
    "made", [lambda: NumberField(fields_of(Linear)[-1]), lambda: Choices([(1, "a"), (2, "b")]), Slider]
)
def test_a_wheel_changes_nothing_that_has_not_the_keyboard(made: Callable[[], QWidget], qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    row = QHBoxLayout(window)
    other, widget = QLineEdit(), made()
    row.addWidget(other)
    row.addWidget(widget)
    with qtbot.waitExposed(window):
        window.show()
    other.setFocus()
    place = QPointF(widget.rect().center())
    turned = QWheelEvent(
        place,
        widget.mapToGlobal(place),
        QPoint(),
        QPoint(0, 120),
        NO_BUTTON,
        NO_KEY,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QCoreApplication.sendEvent(widget, turned)
    assert not turned.isAccepted()
    assert not widget.hasFocus()
    widget.setFocus()
    QCoreApplication.sendEvent(widget, turned)
    assert turned.isAccepted()
