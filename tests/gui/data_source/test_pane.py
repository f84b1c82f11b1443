"""The pane of a source of data: what it says, offers and locks."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QListWidget
from pytestqt.qtbot import QtBot

from playground.gui.data_source.pane import DataSourcePane
from playground.gui.data_source.state import State
from playground.gui.session.run_state import RunState
from playground.gui.start.program import Program
from playground.spec.data.dataset import Dataset
from playground.spec.data.picture_folder_summary import PictureFolder
from playground.spec.data.skipped import Skipped, SkippedKind
from playground.spec.datasets.distillation import DistilledMNIST
from playground.spec.datasets.downloads import CIFAR10
from playground.spec.datasets.picture_folder import OwnPictures
from playground.spec.datasets.table import Table
from playground.spec.datasets.text import OwnText
from playground.spec.files.presets import preset
from playground.spec.messages import message

TRAINING = RunState.TRAINING


def test_the_pane_says_how_far_a_download_is(program: Program, qtbot: QtBot) -> None:
    pane = DataSourcePane(program.data_source)
    qtbot.addWidget(pane)
    pane._show(State(CIFAR10(), lacking=100, done=30_000_000, total=170_000_000, busy=True))
    assert pane.status.text() == "30.0 MB of 170.0 MB"
    assert not pane.cancel.isHidden()
    assert pane.fetch.isHidden()


@pytest.mark.parametrize("data", [Table(), OwnPictures(), OwnText(), DistilledMNIST(teacher="/somewhere/a")])
def test_while_it_trains_no_other_source_can_be_chosen(qtbot: QtBot, program: Program, data: Dataset) -> None:
    pane = DataSourcePane(program.data_source)
    qtbot.addWidget(pane)
    for training in (True, False):
        pane._show(State(data, training=training))
        for button in (pane.choose, pane.bundled):
            assert button.isEnabled() is not training
            assert ("Fixed while it trains" in button.toolTip()) is training


def test_the_pane_shows_the_balance_of_the_classes(program: Program, qtbot: QtBot) -> None:
    pane = DataSourcePane(program.data_source)
    qtbot.addWidget(pane)
    folder = PictureFolder(path="/own", classes=("cats", "dogs"), counts=(1200, 80))
    pane._show(State(OwnPictures(source=folder), remarks=(message("First."),)))
    assert pane.balance.text() == "cats 1,200 · dogs 80"
    first, second = pane.remarks.text().splitlines()
    assert first == "First."
    assert second.startswith("“cats” has 15 times the samples of “dogs”: a network that always says “cats” is right")
    assert "94 %" in second
    pane._show(State(OwnPictures(source=folder.with_(counts=(400, 80)))))
    assert pane.balance.text() == "cats 400 · dogs 80"
    assert pane.remarks.isHidden()
    many = folder.with_(classes=tuple(f"c{n}" for n in range(20)), counts=tuple(range(20, 40)))
    pane._show(State(OwnPictures(source=many)))
    assert pane.balance.text().startswith("c19 39 · c18 38")
    assert pane.balance.text().endswith("c8 28 · and 8 more classes")
    pane._show(State(OwnPictures()))
    assert pane.balance.isHidden()


def test_the_pane_says_that_pictures_are_read_from_disk(program: Program, qtbot: QtBot) -> None:
    pane = DataSourcePane(program.data_source)
    qtbot.addWidget(pane)
    folder = PictureFolder(path="/own", classes=("cats", "dogs"), counts=(40_000, 40_000))
    pane._show(State(OwnPictures(source=folder, side=128), remarks=(message("First."),)))
    first, second = pane.remarks.text().splitlines()
    assert first == "First."
    assert "they are read from disk while it trains" in second
    pane._show(State(OwnPictures(source=folder, side=64)))
    assert pane.remarks.isHidden()


def test_a_long_name_in_the_list_needs_no_scroll_bar(program: Program, qtbot: QtBot) -> None:
    pane = DataSourcePane(program.data_source)
    qtbot.addWidget(pane)
    pane.resize(320, 500)
    pane.show()
    name = "long_name_" * 20
    skips = ((SkippedKind.PICTURE, 1),)
    pane._show(State(OwnPictures(), skipped=(Skipped(name, message("it is not a picture")),), skips=skips))
    assert name in pane.list.item(0).toolTip()
    assert pane.list.horizontalScrollBarPolicy() is Qt.ScrollBarPolicy.ScrollBarAlwaysOff
    assert pane.list.resizeMode() is QListWidget.ResizeMode.Adjust


def test_the_pane_hears_that_a_run_goes_on(qtbot: QtBot, ready: Program) -> None:
    pane = DataSourcePane(ready.data_source)
    qtbot.addWidget(pane)
    ready.document.load(preset("iris").experiment, None)
    with qtbot.waitSignal(ready.run.state_changed, timeout=20_000, check_params_cb=lambda state: state is TRAINING):
        ready.run.train()
    assert not pane.choose.isEnabled()
    with qtbot.waitSignal(ready.run.state_changed, timeout=20_000, check_params_cb=lambda state: state is not TRAINING):
        ready.run.stop()
    assert pane.choose.isEnabled()


def test_the_second_of_two_clicks_does_not_cancel_what_the_first_began(qtbot: QtBot, program: Program) -> None:
    pane = DataSourcePane(program.data_source)
    qtbot.addWidget(pane)
    pane.show()
    data = CIFAR10()
    pane._show(State(data, lacking=1000))
    QApplication.processEvents()
    fetch, choices = pane.fetch.geometry(), pane.disk.y()
    pane._show(State(data, lacking=1000, busy=True, total=1000))
    QApplication.processEvents()
    assert pane.cancel.isVisible()
    assert not pane.cancel.geometry().intersects(fetch)
    assert pane.cancel.y() == choices
