"""The gallery: one card a preset, chosen with the mouse or the keyboard."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from playground.gui.gallery.cards import CARD, Cards
from playground.gui.gallery.dialog import Gallery
from playground.gui.gallery.picture import slabs
from playground.spec.experiment import Experiment
from playground.spec.layer import Kind, Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.presets import presets


def test_the_model_is_sound(qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(Cards(presets()))


def test_every_preset_has_a_card_with_its_figures(qtbot: QtBot) -> None:
    cards = Cards(presets())
    assert cards.rowCount() == len(presets())
    textbook = next(cards.index(row).data(CARD) for row in range(cards.rowCount()) if presets()[row].id == "textbook")
    assert textbook.parameters == 101_770
    assert textbook.expected
    assert textbook.picture


def test_enter_begins_with_the_chosen_card(qtbot: QtBot) -> None:
    gallery = Gallery(presets())
    qtbot.addWidget(gallery)
    with qtbot.waitExposed(gallery):
        gallery.show()
    qtbot.keyClick(gallery.view, Qt.Key.Key_Right)
    with qtbot.waitSignal(gallery.chosen) as chosen:
        qtbot.keyClick(gallery.view, Qt.Key.Key_Return)
    assert chosen.args == [presets()[1]]
    assert gallery.isHidden()


def test_typing_finds_a_card(qtbot: QtBot) -> None:
    gallery = Gallery(presets())
    qtbot.addWidget(gallery)
    with qtbot.waitExposed(gallery):
        gallery.show()
    qtbot.keyClicks(gallery.search, "LENET-5")
    assert gallery.found.rowCount() == 1
    qtbot.keyClicks(gallery.search, "qqq")
    assert not gallery.begin.isEnabled()
    for _ in "qqq":
        qtbot.keyClick(gallery.search, Qt.Key.Key_Backspace)
    with qtbot.waitSignal(gallery.chosen) as chosen:
        qtbot.keyClick(gallery.search, Qt.Key.Key_Return)
    assert chosen.args[0].id == "lenet-5"


def test_a_double_click_begins_once(qtbot: QtBot) -> None:
    gallery = Gallery(presets())
    qtbot.addWidget(gallery)
    with qtbot.waitExposed(gallery):
        gallery.show()
    chosen: list[object] = []
    gallery.chosen.connect(chosen.append)
    place = gallery.view.visualRect(gallery.found.index(2, 0)).center()
    qtbot.mouseClick(gallery.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(gallery.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen == [presets()[2]]


def test_the_picture_has_a_slab_for_the_input_and_for_every_layer() -> None:
    stack = Stack(layers=(Flatten(), Linear(out_features=128), Linear(out_features=10)))
    parts = slabs(Experiment(stack=stack))
    assert [part.kind for part in parts] == [None, Kind.SHAPE, Kind.DENSE, Kind.DENSE]
    assert parts[2].height > parts[3].height
    assert all(0 < part.height <= 1 for part in parts)
