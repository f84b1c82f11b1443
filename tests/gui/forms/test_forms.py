"""Forms over every component there is, none of them named: shown without proposing, edited by keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox
from pytestqt.qtbot import QtBot

from playground.gui.forms.component_editors import PartEditor
from playground.gui.forms.component_form import ComponentForm
from playground.gui.forms.editors import AmongEditor, ChoiceEditor, FeatureEditor, FlagEditor, NumberEditor
from playground.gui.forms.field_editor import FieldEditor, Proposal, explanation
from playground.gui.forms.number_field import NumberField
from playground.gui.forms.text_editors import NumbersEditor, ParagraphEditor, TextEditor
from playground.spec.component import Component, FieldInfo, fields_of
from playground.spec.layers.activation import Softmax
from playground.spec.layers.dense import Linear
from playground.spec.layers.regularization import Dropout
from playground.spec.recipe.recipe import EarlyStopping, NoStopping, Recipe
from tests.gui.forms.components import CHOOSABLE, column, label_of, proposals

KEY = Qt.Key


@pytest.mark.parametrize("member", CHOOSABLE, ids=lambda member: member.__name__)
def test_every_component_has_a_form(form: ComponentForm, member: type[Component]) -> None:
    found = proposals(form)
    form.show_values(member())
    assert found == []
    for field in fields_of(member):
        editor = column(form).editor(field.name)
        proxy = editor.focusProxy()
        assert proxy is not None
        assert proxy.accessibleName() == field.label
        assert field.help in proxy.toolTip() or field.kind == "component"


@pytest.mark.parametrize("member", CHOOSABLE, ids=lambda member: member.__name__)
def test_every_field_can_be_changed_by_keyboard(form: ComponentForm, member: type[Component], qtbot: QtBot) -> None:
    component = member()
    form.show_values(component)
    found = proposals(form)
    for field in fields_of(member):
        if field.kind == "components" or (field.kind == "component" and _only_choice(field)):
            continue
        if field.among and not getattr(component, field.among):  # nothing is there to choose from
            continue
        found.clear()
        editor = column(form).editor(field.name)
        _touch(editor, qtbot, KEY.Key_Down)
        if not found:  # it stands at its end
            _touch(editor, qtbot, KEY.Key_Up)
        changed = component.with_(**{found[-1].field_path[0]: found[-1].value})
        assert changed != component
        form.show_values(component)


CONDITIONAL = [
    pytest.param(member, field, id=f"{member.__name__}.{field.name}")
    for member in CHOOSABLE
    for field in fields_of(member)
    if field.only_with
]


@pytest.mark.parametrize(("member", "field"), CONDITIONAL)
def test_a_field_without_effect_is_not_shown(form: ComponentForm, member: type[Component], field: FieldInfo) -> None:
    other, *values = field.only_with
    options = next(item.options for item in fields_of(member) if item.name == other)
    for chosen, _ in (*options, *reversed(options)):
        form.show_values(member(**{other: chosen}))
        assert column(form).editor(field.name).isHidden() == (chosen not in values)
        assert label_of(form, field.name).isHidden() == (chosen not in values)


def _only_choice(field: FieldInfo) -> bool:
    assert field.family is not None
    return len(field.family.members()) + field.optional < 2


def _touch(editor: FieldEditor, qtbot: QtBot, key: Qt.Key) -> None:
    """Change a text by typing, and everything else with an arrow key."""
    proxy = editor.focusProxy()
    assert proxy is not None
    if isinstance(editor, TextEditor):
        qtbot.keyClicks(proxy, "x")
        qtbot.keyClick(proxy, KEY.Key_Return)
    elif isinstance(editor, NumbersEditor):
        qtbot.keyClicks(proxy, "1, 2.5")
        qtbot.keyClick(proxy, KEY.Key_Return)
    elif isinstance(editor, ParagraphEditor):
        qtbot.keyClicks(proxy, "x")
    else:
        assert isinstance(editor, NumberEditor | FeatureEditor | ChoiceEditor | FlagEditor | AmongEditor | PartEditor)
        qtbot.keyClick(proxy, key)


def test_what_cannot_be_is_said_under_the_field_and_proposed_by_nobody(form: ComponentForm, qtbot: QtBot) -> None:
    form.show_values(Linear())
    found = proposals(form)
    editor = column(form).editor("out_features")
    said: list[str] = []
    editor.refused.connect(said.append)
    editor.number.selectAll()
    qtbot.keyClicks(editor.number, "0")
    qtbot.keyClick(editor.number, KEY.Key_Return)
    assert said == ["0 is out of range. Expected a whole number from 1 to 1,000,000."]
    assert editor.number.is_wrong()
    assert editor.number.text() == "0"
    qtbot.keyClicks(editor.number, "1")
    assert said[-1] == ""
    assert found == []


def test_what_was_typed_is_not_for_the_layer_that_is_shown_next(form: ComponentForm) -> None:
    form.show_values(Linear(out_features=128))
    found, before = proposals(form), column(form)
    form.show_values(Dropout())
    before.edited.emit(Proposal(5, ("out_features",), "Units"))  # its editor ends the typing as it goes
    assert found == []


def test_figures_are_shown_and_hidden(form: ComponentForm) -> None:
    form.show_values(Softmax())
    form.show_figures((("Parameters", "0"), ("Output", "10")))
    form.show_figures((("Parameters", "5"),))
    form.grab()


@pytest.mark.parametrize("member", CHOOSABLE, ids=lambda member: member.__name__)
def test_what_is_on_or_off_is_a_check_box(form: ComponentForm, member: type[Component]) -> None:
    form.show_values(member())
    for field in fields_of(member):
        proxy = column(form).editor(field.name).focusProxy()
        either = field.kind == "flag" or field.switch is not None or field.on is not None
        assert isinstance(proxy, QCheckBox) is either
        if field.kind == "choice":
            assert {str(label).lower() for _, label in field.options} != {"on", "off"}


def test_a_feature_is_switched_on_with_its_fields_beneath(form: ComponentForm) -> None:
    form.show_values(Recipe())
    found = proposals(form)
    editor = column(form).editor("stopping")
    assert isinstance(editor, PartEditor)
    assert (editor.choices.text(), editor.choices.isChecked()) == ("Early stopping", False)
    editor.choices.click()
    assert found[-1].value == EarlyStopping()
    form.show_values(Recipe(stopping=EarlyStopping(patience=7)))
    assert editor.choices.isChecked()
    assert editor.below is not None
    assert [number.text() for number in editor.below.findChildren(NumberField)] == ["7"]
    editor.choices.click()
    assert found[-1].value == NoStopping()


def test_what_is_locked_looks_so_and_says_why(form: ComponentForm) -> None:
    form.show_values(Recipe())
    form.lock("Not now.")
    for field in fields_of(Recipe):
        proxy = column(form).editor(field.name).focusProxy()
        assert proxy is not None
        chosen = field.kind == "component"  # another member is never live, its fields may be
        assert proxy.isEnabled() is (field.live and not chosen)
        assert (proxy.toolTip() == "Not now.") is (not field.live or chosen)
        label = label_of(form, field.name)
        assert label.isEnabled() is proxy.isEnabled()
        assert label.toolTip() == ("Not now." if proxy.toolTip() == "Not now." else explanation(field))
    (rate,) = (item for item in form.findChildren(NumberField) if item.accessibleName() == "Learning rate")
    assert rate.isEnabled()
    form.lock("")
    assert all(column(form).editor(field.name).focusProxy().isEnabled() for field in fields_of(Recipe))
    for field in fields_of(Recipe):
        label = label_of(form, field.name)
        assert label.isEnabled()
        assert label.toolTip() == explanation(field)


def test_the_keyboard_goes_to_the_first_field_that_is_shown(form: ComponentForm, qtbot: QtBot) -> None:
    form.show_values(Recipe())
    first, second = (column(form).editor(field.name) for field in fields_of(Recipe)[:2])
    column(form).focus_first()
    assert first.stops[0].hasFocus()
    first.hide()
    column(form).focus_first()
    assert second.stops[0].hasFocus()
