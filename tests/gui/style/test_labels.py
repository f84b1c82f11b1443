"""Tool tips show texts as they are, in lines that can be read."""

from __future__ import annotations

from PySide6.QtGui import Qt as Gui
from pytestqt.qtbot import QtBot

from playground.gui.style.labels import plain_tip


def test_a_short_tip_stays_as_it_is_and_a_long_line_is_broken(qtbot: QtBot) -> None:
    assert plain_tip("Short.\nAnd short.") == "Short.\nAnd short."
    assert "<p>" in plain_tip("A sentence that nobody wants to read across the whole of the screen. " * 2)


def test_what_looks_like_html_is_shown_letter_by_letter(qtbot: QtBot) -> None:
    tip = plain_tip("<b>bold</b>")
    assert Gui.mightBeRichText(tip)
    assert "&lt;b&gt;" in tip
