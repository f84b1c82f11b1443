"""The base of all widgets that query a network: the state they share, and the message shown instead of an answer."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QLabel, QStackedWidget, QVBoxLayout, QWidget

from playground.gui.session.inference_thread import InferenceError
from playground.gui.style.labels import plain_tip
from playground.gui.style.theme import set_look
from playground.gui.style.translation import translated
from playground.spec.data.dataset import Dataset
from playground.spec.experiment import Experiment
from playground.spec.messages import Message
from playground.spec.number_text import PROBABILITY, percent_text, setting_text

_NOTE_MARGINS = (12, 9, 12, 9)  # left, top, right, bottom of the message


class InferenceView(QWidget):
    """A widget that asks questions and shows answers; if there is no answer, the label `note` gives the reason."""

    touched = Signal()  # emitted before `asked`, before any work is done for the question
    asked = Signal(object)  # the question, an immutable value, or None if there is none

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._trained = self._loading = False
        self._message = ""  # why this network cannot be queried
        self._failure = ""  # the latest error
        self._refusing: Experiment | None = None  # which says what is too unsure to be an answer
        self.note = ViewNotes(self)

    @property
    @abstractmethod
    def made_for(self) -> Dataset | None:
        """The data that the question is made for; None if it suits all data of the panel."""

    # Input from outside

    @abstractmethod
    def show_answer(self, answer: object) -> None:
        """Show the result of the inference function; an `InferenceError` says why there is none. A slot."""

    def set_trained(self, trained: bool) -> None:
        """Set whether the network is trained; the answers of an untrained network are chance."""
        if trained != self._trained:
            self._trained = trained
            self._refresh()

    def set_refusing(self, experiment: Experiment) -> None:
        """Set the experiment whose `refuses` decides which answers are not given."""
        before, self._refusing = self._refusing, experiment
        if before is None or before.refuse_below != experiment.refuse_below:
            self._refresh()

    def set_loading(self, loading: bool) -> None:
        """Set whether PyTorch is still being loaded."""
        if loading != self._loading:
            self._loading = loading
            self._refresh()

    def set_message(self, text: Message | str | None) -> None:
        """Set the reason why this network cannot be queried, or None if it can."""
        message = translated(text) if text else ""
        if message != self._message:
            self._message = message
            if message:
                self._forget()
            self._refresh()

    @Slot(object)
    def explain(self, message: Message) -> None:
        """Show an error until the next question."""
        self._failure = translated(message)
        self._refresh()

    # For subclasses

    def _refuses(self, probabilities: Sequence[float]) -> bool:
        """Whether the trained network is not sure enough of its answer to give one."""
        experiment, best = self._refusing, max(probabilities, default=None)
        return self._trained and experiment is not None and best is not None and experiment.refuses(best)

    def _refusal_tip(self, probabilities: Sequence[float], names: Sequence[str]) -> str:
        """The tool tip of “not sure”: the most probable class, and how sure the network would have to be."""
        if not self._refuses(probabilities) or self._refusing is None:
            return ""
        best = max(probabilities)
        words = self.tr("Most probable is {0}, with {1}. This network refuses to answer below a confidence of {2}.")
        name, least = names[list(probabilities).index(best)], setting_text(self._refusing.refuse_below)
        return plain_tip(words.format(name, percent_text(best, PROBABILITY), least))

    def _forget(self) -> None:
        """Discard the answer: its network no longer exists."""

    @abstractmethod
    def _refresh(self) -> None:
        """Update the widget to the current state."""

    def _hint(self) -> str:
        """A hint as rich text, shown if there is no error; empty if none is needed."""
        return ""

    def _note_failure(self, answer: object) -> None:
        """Remember the reason if `answer` is an error; otherwise clear the last error."""
        self._failure = translated(answer.message) if isinstance(answer, InferenceError) else ""

    def _show_note(self) -> bool:
        """Show the current message, if any, and return whether there is one."""
        wrong = self._failure or self._message or (self.tr("loading PyTorch…") if self._loading else "")
        text = wrong or self._hint()
        self.note.show_text(text, Qt.TextFormat.PlainText if wrong else Qt.TextFormat.RichText)
        return bool(text)


class ViewNotes(QLabel):
    """A sentence in the muted colour whose links work with the keyboard and follow the theme."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.LinksAccessibleByMouse | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )
        set_look(self, "muted")

    def show_text(self, text: str, form: Qt.TextFormat = Qt.TextFormat.PlainText) -> None:
        """Show a text; if it is unchanged do nothing, so that the movement of a pen triggers no new layout."""
        if text != self.text():
            self.setTextFormat(form)
            self.setText(text)
            self.setToolTip(plain_tip(text) if form is Qt.TextFormat.PlainText else "")  # the text may not fit

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        """Update the colour of links: a label keeps the colours with which its text was set."""
        if event.type() == QEvent.Type.PaletteChange:
            text = self.text()
            self.clear()
            self.setText(text)
        super().changeEvent(event)


def note_of(note: ViewNotes) -> QFrame:
    """A frame with its own background around a message."""
    frame = QFrame(note.parentWidget())
    set_look(frame, "note")
    inner = QVBoxLayout(frame)
    inner.setContentsMargins(*_NOTE_MARGINS)
    inner.addWidget(note)
    return frame


def stacked(*pages: QWidget, note: ViewNotes) -> QStackedWidget:
    """A stack of pages, with the message as the last page."""
    area = QStackedWidget(note.parentWidget())
    for page in pages:
        area.addWidget(page)
    area.addWidget(topped(note_of(note), parent=area))
    return area


def footed(legend: QWidget, *, note: ViewNotes, parent: QWidget) -> QStackedWidget:
    """A legend, or the message instead; the height is always two lines of the message."""
    area = stacked(topped(legend, parent=parent), note=note)
    area.setFixedHeight(2 * note.fontMetrics().lineSpacing() + _NOTE_MARGINS[1] + _NOTE_MARGINS[3])
    return area


def topped(*widgets: QWidget, parent: QWidget) -> QWidget:
    """A page with the widgets one below another, aligned to the top."""
    page = QWidget(parent)
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    for widget in widgets:
        column.addWidget(widget)
    column.addStretch(1)
    return page
