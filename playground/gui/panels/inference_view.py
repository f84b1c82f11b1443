"""What all widgets have in common that ask a network: what they were told of it, and what they say in its place."""

from __future__ import annotations

from abc import abstractmethod

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QLabel, QStackedWidget, QVBoxLayout, QWidget

from playground.gui.session.inference_thread import InferenceError
from playground.gui.style.labels import plain_tip
from playground.gui.style.theme import set_look
from playground.gui.style.translation import translated
from playground.spec.data.dataset import Dataset
from playground.spec.messages import Message

_NOTE_MARGINS = (12, 9, 12, 9)  # left, above, right, below what is said


class InferenceView(QWidget):
    """A widget that has questions, and shows answers; where there can be none, `said` tells why."""

    touched = Signal()  # before `asked`, and before any work is done for it
    asked = Signal(object)  # the question, an immutable value, or None for none

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._trained = self._loading = False
        self._message = ""  # why this network cannot be asked
        self._failure = ""  # what went wrong last
        self.said = ViewNotes(self)

    @property
    def made_for(self) -> Dataset | None:
        """The data that its question is made for; None where that suits all data of the panel."""
        return None

    # What others say

    @abstractmethod
    def show_answer(self, answer: object) -> None:
        """Show what the inference function returned; an `InferenceError` says why there is nothing. A slot."""

    def set_trained(self, trained: bool) -> None:
        """Say whether the network has learned anything; what one answers that has not is chance."""
        if trained != self._trained:
            self._trained = trained
            self._refresh()

    def set_loading(self, loading: bool) -> None:
        """Say whether PyTorch is still being loaded."""
        if loading != self._loading:
            self._loading = loading
            self._refresh()

    def set_message(self, text: Message | str | None) -> None:
        """Say why this network cannot be asked, or None if it can."""
        message = translated(text) if text else ""
        if message != self._message:
            self._message = message
            if message:
                self._forget()
            self._refresh()

    @Slot(object)
    def explain(self, message: Message) -> None:
        """Say what went wrong, until something else is asked."""
        self._failure = translated(message)
        self._refresh()

    # Within

    def _forget(self) -> None:
        """Show no longer what was answered: the network is no more."""

    @abstractmethod
    def _refresh(self) -> None:
        """Show what is known now."""

    def _hint(self) -> str:
        """What else is said, as rich text, where nothing is wrong; nothing where what is known is enough."""
        return ""

    def _note_failure(self, answer: object) -> None:
        """Keep why there is no answer; an answer takes back what went wrong before."""
        self._failure = translated(answer.message) if isinstance(answer, InferenceError) else ""

    def _say(self) -> bool:
        """Say what is to be said now; return whether it is anything."""
        wrong = self._failure or self._message or (self.tr("loading PyTorch…") if self._loading else "")
        said = wrong or self._hint()
        self.said.say(said, Qt.TextFormat.PlainText if wrong else Qt.TextFormat.RichText)
        return bool(said)


class ViewNotes(QLabel):
    """A sentence in the muted colour; its links can be reached with the keyboard, and follow the theme."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.LinksAccessibleByMouse | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )
        set_look(self, "muted")

    def say(self, text: str, form: Qt.TextFormat = Qt.TextFormat.PlainText) -> None:
        """Say it, if it is something else than before, so that nothing is laid out anew at each movement of a pen."""
        if text != self.text():
            self.setTextFormat(form)
            self.setText(text)
            self.setToolTip(plain_tip(text) if form is Qt.TextFormat.PlainText else "")  # its room may not be enough

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        """Colour links anew: a label keeps the colours with which its text was set."""
        if event.type() == QEvent.Type.PaletteChange:
            text = self.text()
            self.clear()
            self.setText(text)
        super().changeEvent(event)


def note_of(said: ViewNotes) -> QFrame:
    """A frame with a surface of its own for what is said."""
    frame = QFrame(said.parentWidget())
    set_look(frame, "note")
    inner = QVBoxLayout(frame)
    inner.setContentsMargins(*_NOTE_MARGINS)
    inner.addWidget(said)
    return frame


def stacked(*pages: QWidget, said: ViewNotes) -> QStackedWidget:
    """Pages for what is known in one place, and after them one for what is said instead."""
    area = QStackedWidget(said.parentWidget())
    for page in pages:
        area.addWidget(page)
    area.addWidget(topped(note_of(said), parent=area))
    return area


def footed(legend: QWidget, *, said: ViewNotes, parent: QWidget) -> QStackedWidget:
    """A legend, or in its place what is said instead: as high as two lines of that, whatever is shown."""
    area = stacked(topped(legend, parent=parent), said=said)
    area.setFixedHeight(2 * said.fontMetrics().lineSpacing() + _NOTE_MARGINS[1] + _NOTE_MARGINS[3])
    return area


def topped(*widgets: QWidget, parent: QWidget) -> QWidget:
    """Widgets below each other at the top of a page."""
    page = QWidget(parent)
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    for widget in widgets:
        column.addWidget(widget)
    column.addStretch(1)
    return page
