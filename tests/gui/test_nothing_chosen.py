"""Nothing fails where nothing is chosen yet or there is next to nothing: every task, every action, every preview."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from playground.gui.forms.component_editors import PartsEditor
from playground.gui.gallery.cards import CARD
from playground.gui.gallery.dialog import Gallery
from playground.gui.recipe.cells import PartCell, PartsCell
from playground.gui.recipe.popover import Popover
from playground.gui.recipe.preview import AugmentationPreview
from playground.gui.recipe.rate import RatePreview, rates_of
from playground.gui.session.document import Document
from playground.gui.session.run import Run
from playground.gui.stack.block import DATA
from playground.gui.start.program import Program
from playground.gui.style.action import leaves
from playground.gui.style.translation import explained, translated
from playground.spec.check.problems import check
from playground.spec.component import fields_of
from playground.spec.data.dataset import Dataset
from playground.spec.data.labelled_summary import LabelledFiles
from playground.spec.data.picture_folder_summary import PictureFolder
from playground.spec.data.table_summary import Column, TableFile
from playground.spec.data.text_summary import TextFile
from playground.spec.datasets.labelled import LabelledTexts
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.picture_folder import OwnPictures
from playground.spec.datasets.table import Table
from playground.spec.datasets.text import OwnText
from playground.spec.experiment import Experiment
from playground.spec.files.presets import empty, presets
from playground.spec.layer import Layer, Stack
from playground.spec.recipe.augmentations import Augmentation
from playground.spec.recipe.recipe import Recipe
from playground.spec.recipe.schedules import Schedule

_ONE_ROW = TableFile(path="/nowhere/one.csv", rows=1, columns=(Column(name="a", high=1.0), Column(name="b", high=1.0)))
_ONE_CLASS = Column(name="kind", kind="category", categories=("a",), counts=(9,))

UNKNOWN = [OwnText(), OwnPictures(), LabelledTexts(), Table(source=TableFile())]
SCANTY = [
    Table(source=_ONE_ROW, target="b"),
    Table(source=TableFile(path="/nowhere/a.csv", rows=9, columns=(Column(name="x"), _ONE_CLASS)), target="kind"),
    Table(source=TableFile(path="/nowhere/a.csv", rows=9, columns=(Column(name="x"),)), target="x"),
    Table(source=TableFile(path="/nowhere/a.csv", rows=0, columns=(Column(name="x"), Column(name="y"))), target="y"),
    OwnPictures(source=PictureFolder(path="/nowhere", classes=("one",), counts=(2,))),
    LabelledTexts(source=LabelledFiles(path="/nowhere/a.csv")),
    OwnText(source=TextFile(path="/nowhere/empty.txt")),
    OwnText(source=TextFile(path="/nowhere/a.txt", count=1, alphabet="a", kept=1, letters="a")),
    MNIST(train_limit=1),
    MNIST(train_limit=1, validation_share=0.5),
]
DATA_SETS = [*(member() for member in Dataset.members()), *UNKNOWN, *SCANTY]
_LEFT_OUT = {"Quit", "Open log folder"}  # ends it, asks the desktop


def name(data: Dataset) -> str:
    return f"{type(data).__name__} {data.train_count}"


@pytest.mark.parametrize("data", UNKNOWN, ids=name)
def test_before_the_data_are_known_only_their_choice_is_asked_for(data: Dataset) -> None:
    (problem,) = check(Experiment(data=data))
    assert problem.field == ("data", "source")
    assert problem.fixes == ()


@pytest.mark.parametrize("data", DATA_SETS, ids=name)
def test_every_action_and_preview_answers(program: Program, qtbot: QtBot, data: Dataset) -> None:
    experiment = Experiment(data=data, stack=Stack(), recipe=Recipe(epochs=1))
    program.document.load(experiment, None)
    poke_panes(program)
    for action in list(actions(program)):
        if action.isEnabled() and action.text().replace("&", "").rstrip("….") not in _LEFT_OUT:
            action.trigger()
            close_what_opened(program)
            if program.document.experiment != experiment:
                program.document.load(experiment, None)
    poke_panel(program)


def test_every_card_of_the_gallery_can_be_begun_with(program: Program, qtbot: QtBot) -> None:
    asked = [*(entry.id for entry in presets()), empty().id]
    for number in range(len(asked)):
        program.file_menu.new.trigger()
        gallery = program.window.findChild(Gallery)
        assert gallery is not None
        gallery.view.setCurrentIndex(gallery.found.index(number, 0))
        shown = gallery.view.currentIndex().data(CARD).preset
        with qtbot.waitSignal(gallery.destroyed):
            gallery.begin.click()
        asked.remove(shown.id)
        assert program.document.experiment == shown.experiment
        assert not program.document.modified
        gc.collect()
    assert asked == []


@pytest.mark.parametrize("data", [*UNKNOWN, MNIST(train_limit=1)], ids=name)
def test_every_schedule_has_a_preview(qtbot: QtBot, data: Dataset) -> None:
    document = Document(Experiment(data=data))
    preview = RatePreview(document)
    qtbot.addWidget(preview)
    for schedule in Schedule.members():
        document.load(Experiment(data=data, recipe=Recipe(schedule=schedule(), epochs=1)), None)
        assert bool(rates_of(document.experiment).rates) is (data.train_count > 0)


@pytest.mark.parametrize("data", DATA_SETS, ids=name)
def test_the_preview_of_what_the_check_refuses_says_why(qtbot: QtBot, data: Dataset) -> None:
    document = Document(Experiment(data=data))
    run = Run(document)
    preview = AugmentationPreview(document, run)
    qtbot.addWidget(preview)
    for member in Augmentation.members():
        document.load(Experiment(data=data, recipe=Recipe(augmentations=(member(), member()))), None)
        places = [("recipe", "augmentations")] + [("data", item.field) for item in data.objections()]
        refused = [explained(problem) for problem in document.problems if problem.field in places]
        assert (preview.sheet.words in refused) is bool(refused)
    run.close()


def actions(program: Program) -> Iterator[QAction]:
    for top in program.window.menuBar().actions():
        yield from leaves(top.menu())


def poke_panes(program: Program) -> None:
    """Open all that the strip can open, select each block, and insert a layer of every kind."""
    assert program.recipe is not None
    for field in (*fields_of(Recipe), *fields_of(Experiment)):
        try:
            cell = program.recipe.cell(field.name)
        except KeyError:  # the strip does not show it
            continue
        if isinstance(cell, PartsCell):
            cell.button.click()
        elif isinstance(cell, PartCell) and not cell.more_button.isHidden():
            cell.more_button.click()
        close_what_opened(program)
    program.recipe.more.click()
    close_what_opened(program)
    for path in (DATA, *(row.path for row in program.document.rows)):
        program.stack.select_path(path)
    for member in Layer.members()[::10]:
        program.stack.insert(member())
        program.document.undo_stack.undo()


def poke_panel(program: Program) -> None:
    """Press every button of the panel that shows what the network does, and choose all that can be chosen."""
    assert program.task is not None
    widget: QWidget = program.task.panel.widget
    for button in widget.findChildren(QAbstractButton):
        if not shiboken6.isValid(button) or not button.isEnabled():  # another one may have replaced it
            continue
        menu = button.menu() if isinstance(button, QToolButton) else None
        for action in [] if menu is None else leaves(menu):  # a click would wait until the menu is closed
            if action.isEnabled():
                action.trigger()
                close_what_opened(program)
        if menu is None:
            button.click()
            close_what_opened(program)
    for choice in widget.findChildren(QComboBox):
        for index in range(choice.count()):
            choice.setCurrentIndex(index)
            choice.activated.emit(index)


def close_what_opened(program: Program) -> None:
    """Close dialogs and popovers, as a person does."""
    for widget in QApplication.topLevelWidgets():
        if widget is not program.window and widget.isVisible():
            for editor in widget.findChildren(PartsEditor) if isinstance(widget, Popover) else ():
                assert editor.add_button.menu().actions()
            widget.close()


@pytest.mark.parametrize("data", UNKNOWN, ids=lambda data: data.id)
def test_nothing_is_counted_where_nothing_is_chosen(program: Program, data: Dataset) -> None:
    program.document.load(Experiment(data=data), None)
    program.stack.select_path(DATA)
    block = program.stack.stack.block(0)
    assert (block.settings, block.shape) == ("not chosen yet", "?")
    program.window.resize(1600, 800)
    QApplication.processEvents()
    assert program.top.summary.text() == f"{translated(data.title)} · not chosen yet"
    assert program.form is not None
    assert [label.text() for label in program.form.findChildren(QLabel)].count("?") == 4
