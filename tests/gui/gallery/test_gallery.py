"""The gallery: one card a preset, chosen with the mouse or the keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from playground.gui.gallery.cards import CARD, Cards
from playground.gui.gallery.dialog import Gallery
from playground.gui.gallery.network_picture import slabs
from playground.spec.datasets.mnist import MNIST
from playground.spec.experiment import Experiment
from playground.spec.files.presets import empty, presets
from playground.spec.layer import Kind, Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten


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


@pytest.fixture
def gallery(qtbot: QtBot) -> Gallery:
    """The gallery as the program opens it, shown."""
    made = Gallery((empty(), *presets()))
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
    return made


def found(gallery: Gallery) -> list[str]:
    """The presets whose cards are shown."""
    return [gallery.found.index(row, 0).data(CARD).preset.id for row in range(gallery.found.rowCount())]


def test_the_search_has_the_keyboard_and_its_arrow_keys_choose(gallery: Gallery, qtbot: QtBot) -> None:
    assert gallery.search.hasFocus()
    qtbot.keyClick(gallery.search, Qt.Key.Key_Right)
    qtbot.keyClick(gallery.search, Qt.Key.Key_Right)
    assert gallery.detail.title.text() == "Textbook"
    qtbot.keyClick(gallery.search, Qt.Key.Key_Down)
    assert gallery.view.currentIndex().row() > 2
    assert gallery.search.hasFocus()
    qtbot.keyClicks(gallery.search, "cnn")
    qtbot.keyClick(gallery.search, Qt.Key.Key_Left)  # within the text
    assert gallery.search.cursorPosition() == 2
    with qtbot.waitSignal(gallery.chosen) as chosen:
        qtbot.keyClick(gallery.search, Qt.Key.Key_Return)
    assert chosen.args[0].id == "fast-cnn"


def test_what_is_typed_among_the_cards_searches(gallery: Gallery, qtbot: QtBot) -> None:
    gallery.view.setFocus()
    qtbot.keyClicks(gallery.view, "v")
    assert gallery.search.hasFocus()
    assert gallery.search.text() == "v"


@pytest.mark.parametrize(
    ("words", "preset"),
    [
        ("lenet", "lenet-5"),
        ("gates are good", "rows-lstm"),
        ("segmentation", "segmentation"),
        ("regression", "hills"),
        ("learnedposition", "vision-transformer"),
        ("lstm  TEXT character", "shakespeare-lstm"),
        ("empty", "empty"),
    ],
)
def test_a_card_is_found_by_title_text_task_and_layer(gallery: Gallery, qtbot: QtBot, words: str, preset: str) -> None:
    qtbot.keyClicks(gallery.search, words)
    assert preset in found(gallery)
    assert len(found(gallery)) < 8


def test_where_nothing_matches_this_is_said_and_can_be_cleared(gallery: Gallery, qtbot: QtBot) -> None:
    qtbot.keyClicks(gallery.search, "xyz")
    assert gallery.nothing.isVisible()
    assert gallery.no_match_label.text().startswith("No preset matches “xyz”.")
    assert not gallery.begin.isEnabled()
    assert not gallery.detail.isVisible()
    gallery.search.setText("y" * 500)
    assert len(gallery.no_match_label.text()) < 200
    (clear,) = gallery.nothing.findChildren(QPushButton)
    clear.click()
    assert gallery.view.isVisible()
    assert gallery.detail.isVisible()
    assert gallery.begin.isEnabled()
    assert gallery.search.hasFocus()
    assert len(found(gallery)) == len(presets()) + 1


def test_the_whole_text_of_every_card_is_shown(gallery: Gallery, qtbot: QtBot) -> None:
    def whole() -> bool:
        labels = gallery.detail.about, gallery.detail.attempt
        return all(label.height() >= label.heightForWidth(label.width()) for label in labels)

    for row in range(gallery.found.rowCount()):
        gallery.view.setCurrentIndex(gallery.found.index(row, 0))
        shown = gallery.detail
        preset = gallery.found.index(row, 0).data(CARD).preset
        assert f"{shown.about.text()}\n\n{shown.attempt.text()}" == preset.about
        assert shown.attempt.text().startswith("Try:")
        assert preset.expected in shown.expected.text()
        qtbot.waitUntil(whole)


@pytest.mark.parametrize(("width", "columns"), [(768, 2), (983, 3), (1220, 4)])
def test_the_columns_share_the_room_and_every_card_can_be_reached(
    gallery: Gallery, qtbot: QtBot, width: int, columns: int
) -> None:
    gallery.resize(width, 588)  # as large as a screen of 1024 × 640 allows, or smaller
    view = gallery.view
    rows = range(gallery.found.rowCount())

    def places() -> list[QRect]:
        return [view.visualRect(gallery.found.index(row, 0)) for row in rows]

    qtbot.waitUntil(lambda: sum(place.top() == places()[0].top() for place in places()) == columns)
    assert places()[columns - 1].right() > view.viewport().width() - columns - 12
    assert gallery.found.index(0, 0).data(CARD).preset.id == "empty"  # where a newcomer looks first
    for row in rows:
        view.setCurrentIndex(gallery.found.index(row, 0))
        assert view.viewport().rect().contains(places()[row].adjusted(0, 6, 0, -6))
    detail = gallery.detail
    assert detail.horizontalScrollBar().maximum() == 0
    assert gallery.rect().contains(QRect(detail.mapTo(gallery, QPoint()), detail.size()))
    assert gallery.begin.isVisible()


def test_an_empty_stack_can_be_begun_with(gallery: Gallery, qtbot: QtBot) -> None:
    with qtbot.waitSignal(gallery.chosen) as chosen:
        qtbot.keyClick(gallery.search, Qt.Key.Key_Return)
    experiment = chosen.args[0].experiment
    assert experiment.stack == Stack()
    assert experiment.data == MNIST()


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


def test_a_card_of_that_name_is_chosen_before_one_that_mentions_it(qtbot: QtBot) -> None:
    gallery = Gallery(presets())
    qtbot.addWidget(gallery)
    qtbot.keyClicks(gallery.search, "vae")
    assert gallery.found.rowCount() > 1
    assert gallery.view.currentIndex().data(CARD).preset.id == "vae"
    gallery.search.setText("lstm")
    assert "lstm" in gallery.view.currentIndex().data(CARD).title.lower()
    gallery.search.setText("conv2d")  # in no name
    assert gallery.view.currentIndex().row() == 0
