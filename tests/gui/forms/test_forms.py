"""Forms over every component there is, none of them named: shown without proposing, edited by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from playground.gui.forms.choices import Choices
from playground.gui.forms.component_editors import PartEditor, PartsEditor
from playground.gui.forms.component_form import ComponentForm
from playground.gui.forms.editors import AmongEditor, ChoiceEditor, FeatureEditor, FlagEditor, NumberEditor
from playground.gui.forms.field_column import FieldColumn
from playground.gui.forms.field_editor import FieldEditor, Proposal
from playground.gui.forms.number_field import NumberField
from playground.gui.forms.text_editors import NumbersEditor, ParagraphEditor, TextEditor
from playground.gui.style.slider import Slider
from playground.spec.component import Component, FieldInfo, fields_of
from playground.spec.experiment import Experiment
from playground.spec.layers.activation import LeakyReLU, ReLU, Softmax
from playground.spec.layers.dense import Linear
from playground.spec.layers.regularization import Dropout
from playground.spec.recipe.losses import CrossEntropy
from playground.spec.recipe.recipe import EarlyStopping, NoStopping, Recipe

KEY = Qt.Key
NO_BUTTON, NO_KEY = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier


def families(component: type[Component], seen: set[type[Component]]) -> Iterator[type[Component]]:
    """All classes that can be reached from the fields of `component`, itself included."""
    if component in seen:
        return
    seen.add(component)
    yield component
    for info in component.model_fields.values():
        for family in _components(info.annotation):
            for member in (*family.members(), family):
                yield from families(member, seen)


def _components(annotation: object) -> Iterator[type[Component]]:
    if isinstance(annotation, type) and issubclass(annotation, Component):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from _components(argument)


CHOOSABLE = [member for member in families(Experiment, set()) if hasattr(member, "id") or member is Recipe]


def test_what_calls_itself_a_share_is_shown_in_per_cent() -> None:
    """But for what is known by a number of its own: p of dropout, momentum, weight decay, a threshold."""
    known = {"p", "dropout", "momentum", "threshold", "decay_rate", "weight_decay"}
    fields = [field for member in CHOOSABLE for field in fields_of(member) if field.kind == "real"]
    plain = [field.name for field in fields if field.help.startswith("Share") and not field.share]
    assert set(plain) == known
    assert {"validation_share", "test_share", "label_smoothing"} <= {field.name for field in fields if field.share}


def proposals(form: ComponentForm | FieldEditor) -> list[Proposal]:
    """Collects what a person proposes from now on."""
    found: list[Proposal] = []
    form.edited.connect(found.append)
    return found


@pytest.fixture
def form(qtbot: QtBot) -> ComponentForm:
    made = ComponentForm()
    qtbot.addWidget(made)
    made.show()
    return made


def column(form: ComponentForm) -> FieldColumn:
    assert form.column is not None
    return form.column


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
        found.clear()
        editor = column(form).editor(field.name)
        _touch(editor, qtbot, KEY.Key_Down)
        if not found:  # it stands at its end
            _touch(editor, qtbot, KEY.Key_Up)
        changed = component.with_(**{found[-1].place[0]: found[-1].value})
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
    assert field.only_with is not None
    other, value = field.only_with
    options = next(item.options for item in fields_of(member) if item.name == other)
    for chosen, _ in (*options, *reversed(options)):
        form.show_values(member(**{other: chosen}))
        assert column(form).editor(field.name).isHidden() == (chosen != value)


def test_a_list_of_numbers_says_what_is_wrong_with_it_and_keeps_the_text(form: ComponentForm, qtbot: QtBot) -> None:
    form.show_values(CrossEntropy())
    found = proposals(form)
    editor = column(form).editor("class_weights")
    assert isinstance(editor, NumbersEditor)
    said: list[str] = []
    editor.refused.connect(said.append)
    for text, words in (
        ("1, x", "“x” is no number"),
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


def test_what_was_typed_is_not_for_the_layer_that_is_shown_next(form: ComponentForm) -> None:
    form.show_values(Linear(out_features=128))
    found, before = proposals(form), column(form)
    form.show_values(Dropout())
    before.edited.emit(Proposal(5, ("out_features",), "Units"))  # its editor ends the typing as it goes
    assert found == []


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
    assert found[-1].place == ("activation", "negative_slope")
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
    assert found[-1].place == ("0", name)
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


def test_what_is_locked_looks_so_and_says_why(form: ComponentForm) -> None:
    form.show_values(Recipe())
    form.lock("Not now.")
    for field in fields_of(Recipe):
        proxy = column(form).editor(field.name).focusProxy()
        assert proxy is not None
        chosen = field.kind == "component"  # another member is never live, its fields may be
        assert proxy.isEnabled() is (field.live and not chosen)
        assert (proxy.toolTip() == "Not now.") is (not field.live or chosen)
    (rate,) = (item for item in form.findChildren(NumberField) if item.accessibleName() == "Learning rate")
    assert rate.isEnabled()
    form.lock("")
    assert all(column(form).editor(field.name).focusProxy().isEnabled() for field in fields_of(Recipe))


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
