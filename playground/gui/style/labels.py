"""Factories for labels and flat buttons of the panels."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QFont
from PySide6.QtGui import Qt as Gui
from PySide6.QtWidgets import QLabel, QSizePolicy, QToolButton, QWidget

from playground.gui.style.theme import set_look
from playground.gui.style.translation import translated
from playground.spec.messages import message

_LINE = 90  # characters


def text_label(parent: QWidget, text: str, look: str, *, size: float = 0.0, smaller: float = 0.0) -> QLabel:
    """A label with a look of the theme; bold at `size` points, or smaller by `smaller` points, if given."""
    made = QLabel(text, parent)
    made.setTextFormat(Qt.TextFormat.PlainText)
    font = QFont(made.font())
    font.setPointSizeF(size or font.pointSizeF() - smaller)
    font.setBold(bool(size) or font.bold())
    made.setFont(font)
    set_look(made, look)
    return made


def keep_line(label: QLabel) -> None:
    """Keep the height of one line in an empty label, so that nothing moves when its text changes."""
    text = label.text()
    label.setText("0")  # slightly higher than Qt makes an empty one
    label.setMinimumHeight(label.sizeHint().height())
    label.setText(text)


class Truth(QLabel):
    """A label for `show_truth`: on two lines it uses the width that the button next to it leaves, and moves nothing."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        set_look(self, "muted")

    def hasHeightForWidth(self) -> bool:  # noqa: N802  Qt's name
        """Always False: otherwise a `QLabel` with several lines requests their height with every text."""
        return False


def show_truth(label: QLabel, truth: str, *, wrong: bool) -> None:
    """Show the right answer for a sample, empty if unknown; text, a sign and a colour mark a wrong one.

    The tool tip shows all of it.
    """
    text = translated(message("✗ Wrong. {truth}", truth=truth)) if wrong else truth
    set_text(label, text if truth else "")
    label.setToolTip(plain_tip(label.text()))
    set_look(label, "error" if truth and wrong else "muted")


def flat_button(action: QAction, parent: QWidget) -> QToolButton:
    """A button without a frame for an action."""
    button = QToolButton(parent)
    button.setDefaultAction(action)
    set_look(button, "flat")
    return button


def plain_tip(text: str) -> str:
    """A tool tip that shows text literally, which Qt would interpret as HTML where it looks like that.

    Qt wraps lines only in HTML: a text with a line of more than `_LINE` characters is converted to HTML.
    """
    made_html = Gui.mightBeRichText(text) or any(len(line) > _LINE for line in text.splitlines())
    return Gui.convertFromPlainText(text, Gui.WhiteSpaceMode.WhiteSpaceNormal) if made_html else text


def set_text(label: QLabel, text: str) -> None:
    """Set a text if it differs, so that pen movements do not trigger a new layout."""
    if label.text() != text:
        label.setText(text)
