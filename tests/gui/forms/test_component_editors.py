"""Editors of fields that hold components: one is chosen, several are added, moved and removed."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from pytestqt.qtbot import QtBot

from playground.gui.forms.component_editors import PartEditor, PartsEditor
from playground.gui.forms.component_form import ComponentForm
from playground.gui.forms.field_column import FieldColumn
from playground.gui.forms.field_editor import explanation
from playground.gui.forms.number_field import NumberField
from playground.spec.component import fields_of
from playground.spec.layers.activation import LeakyReLU, ReLU
from playground.spec.layers.dense import Linear
from playground.spec.recipe.augmentations import Blur, Rotate, Shift
from playground.spec.recipe.optimizers import SGD, Adam
from playground.spec.recipe.recipe import Recipe
from tests.gui.forms.components import column, proposals

KEY = Qt.Key


def test_choosing_a_member_and_its_nested_fields(form: ComponentForm, qtbot: QtBot) -> None:
    layer = Linear()
    form.show_values(layer)
    found = proposals(form)
    editor = column(form).editor("activation")
    assert isinstance(editor, PartEditor)
    editor.choices.setCurrentText("LeakyReLU")
    editor.choices.activated.emit(editor.choices.currentIndex())
    assert found[-1].value == LeakyReLU()
    form.show_values(layer.with_(activation=LeakyReLU()))
    assert editor.below is not None
    (nested,) = (found for found in editor.below.findChildren(FieldColumn) if not found.isHidden())
    qtbot.keyClick(nested.editor("negative_slope").number, KEY.Key_Up)
    assert found[-1].field_path == ("activation", "negative_slope")
    assert found[-1].value == LeakyReLU(negative_slope=0.02)
    assert found[-1].label == "Negative slope"


def test_optional_offers_none(form: ComponentForm) -> None:
    form.show_values(Linear(activation=ReLU()))
    found = proposals(form)
    editor = column(form).editor("activation")
    editor.choices.activated.emit(0)
    assert editor.choices.itemText(0) == "None"
    assert found[-1].value is None


def test_a_list_is_added_to_moved_edited_and_emptied(qtbot: QtBot) -> None:
    (field,) = (field for field in fields_of(Recipe) if field.kind == "components")
    editor = PartsEditor(field)
    qtbot.addWidget(editor)
    assert editor.below is not None
    qtbot.addWidget(editor.below)
    found = proposals(editor)
    actions = editor.add_button.menu().actions()
    editor.show_value(())
    actions[0].trigger()
    editor.show_value(found[-1].value)
    actions[1].trigger()
    both = found[-1].value
    assert [type(item).label for item in both] == [action.text() for action in actions[:2]]
    editor.show_value(both)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # what was shown before is not heard any more
    buttons = {button.accessibleName(): button for button in editor.below.findChildren(type(editor.add_button))}
    buttons[f"Move {both[1].label} up"].click()
    assert found[-1].value == (both[1], both[0])
    inner = editor.below.findChild(FieldColumn)
    assert inner is not None
    name = fields_of(type(both[0]))[0].name
    qtbot.keyClick(inner.editor(name).number, KEY.Key_Up)
    assert found[-1].field_path == ("0", name)
    assert found[-1].value[1] == both[1]
    buttons[f"Remove {both[0].label}"].click()
    assert found[-1].value == (both[1],)


def test_a_full_list_takes_no_more(qtbot: QtBot) -> None:
    (field,) = (field for field in fields_of(Recipe) if field.kind == "components")
    assert field.family is not None
    assert field.maximum is not None
    editor = PartsEditor(field)
    qtbot.addWidget(editor)
    editor.show_value(tuple(field.family.members()[0]() for _ in range(int(field.maximum))))
    assert not editor.add_button.isEnabled()


def test_choosing_what_is_chosen_leaves_its_settings(form: ComponentForm) -> None:
    form.show_values(Recipe(optimizer=SGD(lr=0.5)))
    found = proposals(form)
    editor = column(form).editor("optimizer")
    editor.choices.activated.emit(editor.choices.currentIndex())
    assert found == []


def test_what_is_nested_is_locked_too_also_where_it_comes_later(form: ComponentForm) -> None:
    def numbers() -> dict[str, bool]:
        inner = column(form).editor("optimizer").below
        assert inner is not None
        return {found.accessibleName(): found.isEnabled() for found in inner.findChildren(NumberField)}

    form.show_values(Recipe(optimizer=SGD()))
    form.lock("Not now.")
    form.show_values(Recipe(optimizer=Adam()))
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert numbers() == {field.label: field.live for field in fields_of(Adam) if field.kind in ("real", "integer")}
    form.lock("")
    assert set(numbers().values()) == {True}
    form.lock("Not now.")
    assert set(numbers().values()) == {False, True}


def test_a_list_moves_only_where_there_is_room_and_nowhere_while_it_is_locked(qtbot: QtBot) -> None:
    (field,) = (field for field in fields_of(Recipe) if field.kind == "components")
    editor = PartsEditor(field)
    qtbot.addWidget(editor)
    assert editor.below is not None
    qtbot.addWidget(editor.below)
    found = proposals(editor)

    def enabled() -> list[str]:
        assert editor.below is not None
        buttons = editor.below.findChildren(type(editor.add_button))
        return [button.accessibleName() for button in buttons if button.isEnabled() and button.accessibleName()]

    three = (Rotate(), Shift(), Blur())
    editor.show_value(three[:2])
    editor.lock("Not now.")
    assert enabled() == []
    editor.show_value(three)  # by undoing
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert enabled() == []
    assert not editor.add_button.isEnabled()
    assert editor.add_button.toolTip() == "Not now."
    assert not any(number.isEnabled() for number in editor.below.findChildren(NumberField))
    editor.lock("")
    assert editor.add_button.isEnabled()
    assert editor.add_button.toolTip() == explanation(field)
    first, second, last = (each.label for each in three)
    assert enabled() == [
        f"Move {first} down", f"Remove {first}",
        f"Move {second} up", f"Move {second} down", f"Remove {second}",
        f"Move {last} up", f"Remove {last}",
    ]  # fmt: skip
    for button in editor.below.findChildren(type(editor.add_button)):
        if button.accessibleName() == f"Move {first} down":
            button.click()
    assert found[-1].value == (three[1], three[0], three[2])
    editor.show_value((Rotate(degrees=33.0), *three[1:]))
    assert "33" in [number.text() for number in editor.below.findChildren(NumberField)]
    editor.show_value(tuple(Rotate() for _ in range(int(field.maximum or 0) - 1)))
    assert editor.add_button.isEnabled()
