"""Why a text was refused is said without moving a field, and not over the field that has the keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from playground.gui.forms.component_form import ComponentForm
from playground.gui.forms.number_field import NumberField
from playground.gui.forms.refusal import Refusal
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear


@pytest.fixture
def form(qtbot: QtBot) -> ComponentForm:
    area = QScrollArea()
    qtbot.addWidget(area)
    made = ComponentForm()
    made.show_values(Conv2d())
    area.setWidget(made)
    area.setWidgetResizable(True)
    area.resize(320, 600)
    with qtbot.waitExposed(area):
        area.show()
    area.activateWindow()
    made.area = area
    return made


def line(form: ComponentForm, name: str) -> NumberField:
    assert form.column is not None
    return form.column.editor(name).focusProxy()


def refusal(form: ComponentForm) -> Refusal:
    assert form.column is not None
    return form.column.refusal


def places(form: ComponentForm) -> list[QRect]:
    """Where everything is once the layout has settled."""
    found: list[QRect] = []
    for _ in range(10):
        QApplication.processEvents()
        labels = [it for it in form.findChildren(QWidget) if it.isVisible() and not isinstance(it, Refusal)]
        before, found = found, [QRect(it.mapTo(form, QPoint()), it.size()) for it in labels]
        if found == before:
            break
    return found


def test_it_is_said_and_nothing_moves(form: ComponentForm, qtbot: QtBot) -> None:
    before = places(form)
    field = line(form, "kernel_size")
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "abc")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    said = refusal(form)
    assert said.isVisible()
    assert "abc" in said.text()
    assert field.toolTip() == said.text()
    assert places(form) == before
    assert not said.geometry().intersects(QRect(field.mapTo(form, QPoint()), field.size()))
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert not said.isVisible()
    assert field.toolTip() != said.text()
    assert places(form) == before


def test_the_field_to_which_the_keyboard_goes_is_not_covered(form: ComponentForm, qtbot: QtBot) -> None:
    field, above, below = (line(form, name) for name in ("kernel_size", "out_channels", "stride"))
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "abc")
    below.setFocus()
    assert refusal(form).isVisible()
    above.setFocus()
    assert not refusal(form).isVisible()
    field.setFocus()
    assert refusal(form).isVisible()


def test_it_goes_with_the_form(form: ComponentForm, qtbot: QtBot) -> None:
    field = line(form, "kernel_size")
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "abc")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    form.show_values(Linear())
    assert not [label for label in form.area.findChildren(QLabel) if isinstance(label, Refusal) and label.isVisible()]


def test_it_goes_with_its_fields_and_their_tool_tip_is_what_it_was(form: ComponentForm, qtbot: QtBot) -> None:
    field = line(form, "kernel_size")
    tip, said = field.toolTip(), refusal(form)
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "abc")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert form.column is not None
    form.column.stops[-1].setFocus()
    assert said.isVisible()
    assert field.toolTip() != tip
    form.column.hide()
    assert not said.isVisible()
    assert field.toolTip() == tip
