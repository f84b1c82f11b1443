"""No words of a form are cut: every combo box has room for the longest of its entries, every button for its text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QStyle,
    QStyleOptionComboBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from playground.gui.forms.component_editors import editor_for
from playground.gui.forms.field_column import FieldColumn
from playground.gui.recipe.cells import PartCell
from playground.gui.recipe.popover import Popover
from playground.gui.recipe.strip import RecipeStrip
from playground.gui.session.document import Document
from playground.gui.style.appearance import Appearance
from playground.gui.style.settings import Settings
from playground.gui.window.main_window import LEAST_RIGHT
from playground.spec.component import Component, fields_of
from playground.spec.data.dataset import Dataset
from playground.spec.edits import Set
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer
from playground.spec.messages import message
from playground.spec.recipe.losses import DiceCrossEntropy

PANEL = LEAST_RIGHT - 38  # pixels; of fields in the narrowest right column, less its margins and a scroll bar
INDENT = 12


def all_components(component: type[Component], found: list[type[Component]]) -> list[type[Component]]:
    """Everything that a form can be made for, with what can be chosen in it."""
    if component not in found:
        found.append(component)
        for family in (field.family for field in fields_of(component) if field.family is not None):
            for member in family.members():
                all_components(member, found)
    return found


COMPONENTS = [found for member in (Experiment, *Layer.members()) for found in all_components(member, [])]


def cut(parent: QWidget) -> Iterator[str]:
    """The words for which there is too little room."""
    for widget in parent.findChildren(QWidget):
        if not widget.isVisible():
            continue
        if isinstance(widget, QComboBox):
            option = QStyleOptionComboBox()
            widget.initStyleOption(option)
            part = QStyle.SubControl.SC_ComboBoxEditField
            box = widget.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, widget)
            texts = [widget.itemText(number) for number in range(widget.count())]
            yield from (text for text in texts if widget.fontMetrics().horizontalAdvance(text) > box.width() - 1)
        elif isinstance(widget, QCheckBox | QToolButton) and widget.text() not in ("×", "⋯"):
            if widget.width() < widget.sizeHint().width():
                yield widget.text()
        elif isinstance(widget, QLabel):
            words = widget.text().split() if widget.wordWrap() else [widget.text()]
            yield from (word for word in words if widget.fontMetrics().horizontalAdvance(word) > widget.width())
        holder = widget.parentWidget()
        if not holder.rect().contains(widget.geometry()) and holder is not parent:
            yield f"{type(widget).__name__} {widget.accessibleName()} beyond {type(holder).__name__}"


@pytest.fixture
def styled(qapp: QApplication, settings: Settings) -> Iterator[None]:
    before = qapp.palette(), qapp.styleSheet()
    appearance = Appearance(qapp, settings)
    yield
    appearance.deleteLater()
    qapp.setPalette(before[0])
    qapp.setStyleSheet(before[1])


@pytest.mark.usefixtures("styled")
@pytest.mark.parametrize("component", dict.fromkeys(COMPONENTS), ids=lambda it: it.__name__)
def test_no_words_are_cut(qtbot: QtBot, component: type[Component]) -> None:
    form = QWidget()
    qtbot.addWidget(form)
    column = FieldColumn([field for field in fields_of(component) if field.name not in ("stack", "recipe")], editor_for)
    column.show_values(component())
    column.setFixedWidth(PANEL if issubclass(component, Layer | Dataset | Experiment) else PANEL - INDENT)
    rows = QVBoxLayout(form)
    rows.addWidget(column)
    rows.addStretch(1)
    form.resize(400, 1200)
    form.show()
    QApplication.processEvents()
    assert list(cut(form)) == []


@pytest.mark.usefixtures("styled")
def test_no_words_are_cut_in_the_popovers_of_the_recipe(qtbot: QtBot) -> None:
    document = Document(Experiment())
    strip = RecipeStrip(document)
    qtbot.addWidget(strip)
    strip.resize(320, 40)
    strip.show()
    document.do(Set(("recipe", "loss"), DiceCrossEntropy(), message("x")))
    strip.more.click()
    (popover,) = (it for it in strip.findChildren(Popover) if it.isVisible())
    QApplication.processEvents()
    assert list(cut(popover)) == []
    popover.close()


@pytest.mark.usefixtures("styled")
def test_no_words_are_cut_in_the_strip(qtbot: QtBot) -> None:
    document = Document(Experiment())
    strip = RecipeStrip(document)
    qtbot.addWidget(strip)
    strip.resize(4000, 40)
    strip.show()
    cells = [cell for cell in strip.findChildren(PartCell) if cell.parent() is strip]
    for cell in cells:
        family = cell.field.family
        assert family is not None
        for member in family.members():
            document.do(Set((*cell.component_path, cell.field.name), member(), message("x")))
            others = {other.label for other in family.members()} - {member.label}  # it is as wide as what is chosen
            qtbot.waitUntil(lambda: set(cut(cell)) <= others)  # noqa: B023
