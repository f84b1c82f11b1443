"""In a language whose words are longer by half none is cut at 1280 × 720, or else the tool tip has it whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QWidget
from pytestqt.qtbot import QtBot

from playground.gui.start.program import Program
from tests.gui.everywhere import STEPS, Painted, painting

UNSAID = re.compile(r"\{[^{}]*\}|\[\*\]|&|…|\([^()]*\)$")  # values, marks, mnemonics

TAG = re.compile(r"</?[a-z][^<>]*>")
# Where words of that length are still cut.
KNOWN = (
    "QLabel in QFrame: 'Try:",
    "QLabel in SimpleCell:",
    "QPushButton in SegmentationView:",
    "QToolButton in WritingView:",
)
LETTERS = re.compile(r"[^\W\d_]{2}")


class Longer(QTranslator):
    """English that begins again at the end of each text."""

    def isEmpty(self) -> bool:  # noqa: N802  Qt's name
        return False

    def translate(self, context: str, text: str, disambiguation: str | None = None, n: int = -1) -> str:
        words = UNSAID.sub("", text).strip()
        return f"{text} {words[: (len(words) - 1) // 2]}".strip(" ") if len(words) > 2 else text


@pytest.fixture
def longer(qapp: QApplication) -> Iterator[None]:
    translator = Longer()
    qapp.installTranslator(translator)
    yield
    qapp.removeTranslator(translator)


def cut(root: QWidget) -> Iterator[str]:
    """The widgets in which words are cut off, and that do not say them whole in their tool tip."""
    for widget in (root, *root.findChildren(QWidget)):
        if widget.isVisible() and _is_cut(widget):
            yield f"{type(widget).__name__} in {type(widget.parent()).__name__}: {_text(widget)!r}"


def _text(widget: QWidget) -> str:
    if isinstance(widget, QComboBox):
        return widget.currentText()
    text = widget.text() if isinstance(widget, QLabel | QAbstractButton) else ""
    return text if LETTERS.search(text) else ""  # signs do not become longer


def _is_cut(widget: QWidget) -> bool:
    text = _text(widget)
    if not text:
        return False
    if isinstance(widget, QLabel):
        if widget.toolTip() and (text.endswith("…") or text in unescape(TAG.sub("", widget.toolTip()))):
            return False
        room = widget.contentsRect()
        if widget.wordWrap():
            return widget.heightForWidth(widget.width()) > widget.height()
        return (
            text.endswith("…")
            or max(map(widget.fontMetrics().horizontalAdvance, text.replace("&", "").splitlines())) > room.width() + 1
        )
    if isinstance(widget, QComboBox):
        return widget.fontMetrics().horizontalAdvance(text) + 8 > widget.width()
    return widget.minimumSizeHint().width() > widget.width()


def overflowing(item: Painted) -> bool:
    """Whether painted words are larger than their room."""
    if item.room is None or item.needed is None or not item.text:
        return False
    elided = item.text.endswith("…")  # where there is room for a part, on purpose: all the rest is painted whole
    return not elided and not item.room.adjusted(-1, -1, 1, 1).contains(item.needed) and bool(LETTERS.search(item.text))


@pytest.mark.usefixtures("longer")
@pytest.mark.parametrize("step", [step for step in STEPS if step != "menus"])
def test_no_word_is_cut(
    qtbot: QtBot, make_program: Callable[[], Program], step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = make_program()
    program.window.resize(1280, 720)
    with qtbot.waitExposed(program.window):
        program.window.show()
    program.fill()
    found: set[str] = set()
    with painting(monkeypatch) as painted:
        for shown in STEPS[step](program):
            found |= {*cut(shown), *(f"painted: {item.text!r}" for item in painted if overflowing(item))}
            painted.clear()
    found = {item for item in found if not item.startswith(KNOWN)}
    assert not found, "\n".join(sorted(found))
