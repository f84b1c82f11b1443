"""Labels and flat buttons as the panels have them, made in one line."""

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
    """A label with a look of the theme; bold at `size` points where one is given, or `smaller` by so many."""
    made = QLabel(text, parent)
    made.setTextFormat(Qt.TextFormat.PlainText)
    font = QFont(made.font())
    font.setPointSizeF(size or font.pointSizeF() - smaller)
    font.setBold(bool(size) or font.bold())
    made.setFont(font)
    set_look(made, look)
    return made


def keep_line(label: QLabel) -> None:
    """Let a label of one line be as high when it is empty, so that nothing moves when it says something."""
    text = label.text()
    label.setText("0")  # a pixel or so higher than Qt makes an empty one
    label.setMinimumHeight(label.sizeHint().height())
    label.setText(text)


class Truth(QLabel):
    """A label for `show_truth`: in two lines it takes the room that the button beside it leaves, and moves nothing."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        set_look(self, "muted")

    def hasHeightForWidth(self) -> bool:  # noqa: N802  Qt's name
        """Never: a `QLabel` with more than one line asks for their height with every text."""
        return False


def show_truth(label: QLabel, truth: str, *, wrong: bool) -> None:
    """Show the right answer for a sample, empty where it is unknown; words, a sign and a colour mark a wrong one.

    The tool tip has all of it.
    """
    said = translated(message("✗ Wrong. {truth}", truth=truth)) if wrong else truth
    set_text(label, said if truth else "")
    label.setToolTip(plain_tip(label.text()))
    set_look(label, "error" if truth and wrong else "muted")


def flat_button(action: QAction, parent: QWidget) -> QToolButton:
    """A button without a frame for an action."""
    button = QToolButton(parent)
    button.setDefaultAction(action)
    set_look(button, "flat")
    return button


def plain_tip(text: str) -> str:
    """A tool tip that shows a text letter by letter, which Qt would else take for HTML where it looks like that.

    Qt breaks the lines of HTML alone: a text with a line of more than `_LINE` characters is made HTML.
    """
    made_html = Gui.mightBeRichText(text) or any(len(line) > _LINE for line in text.splitlines())
    return Gui.convertFromPlainText(text, Gui.WhiteSpaceMode.WhiteSpaceNormal) if made_html else text


def set_text(label: QLabel, text: str) -> None:
    """Set a text if it is another one, so that nothing is laid out anew at every movement of the pen."""
    if label.text() != text:
        label.setText(text)
