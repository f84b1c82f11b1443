"""Words and numbers beside an explanation have room, also after longer ones come in a narrow window."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from playground.gui.explanation.scale_bar import ScaleBar
from playground.gui.explanation.scrolled import Scrolled
from playground.gui.explanation.why_view import WhyView
from playground.gui.stack.output_scale import Scale
from playground.gui.style.labels import set_text, text_label


def test_longer_words_get_more_room(qtbot: QtBot) -> None:
    outer = QWidget()
    qtbot.addWidget(outer)
    label = text_label(outer, "Why?", "heading")
    words = Scrolled(label, parent=outer)
    row = QHBoxLayout(outer)
    row.addWidget(QWidget(outer), 9)
    row.addWidget(words, 1)
    outer.resize(320, 120)
    with qtbot.waitExposed(outer):
        outer.show()
    set_text(label, "Why a much longer name?")
    qtbot.waitUntil(lambda: words.viewport().width() >= label.minimumSizeHint().width())


def test_the_numbers_of_a_scale_do_not_touch(qtbot: QtBot) -> None:
    outer = QWidget()
    qtbot.addWidget(outer)
    bar = ScaleBar(outer)
    for reach in (0.1301, 12345.6):
        bar.show_scale(Scale(reach, True))
        widths = [bar.fontMetrics().horizontalAdvance(number) for number in bar.numbers]
        assert bar.minimumSizeHint().width() > 2 * max(widths[0], widths[2]) + widths[1]


def test_the_question_and_the_scale_share_no_line(qtbot: QtBot) -> None:
    outer = QWidget()
    qtbot.addWidget(outer)
    view = WhyView(outer)
    set_text(view.title, "Why not a very long name of a class?")
    view.resize(view.minimumSizeHint().width(), 180)
    with qtbot.waitExposed(outer):
        outer.show()
    qtbot.waitUntil(lambda: view.scale.y() >= view.title.geometry().bottom())
    assert view.title.wordWrap()
