"""The widget of a network that restores capitals and punctuation: a text to type, and its restoration."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from playground.gui.panels.inference_view import InferenceView, footed
from playground.gui.panels.punctuation.inference import Restored
from playground.gui.panels.writing.page import Page
from playground.gui.session.inference_thread import InferenceError
from playground.gui.style.text_entry import BoundedTextEdit
from playground.gui.style.theme import set_look
from playground.spec.data.dataset import Dataset

LONGEST = 2000  # maximum number of characters that are restored
_MARGIN, _INSET = 5, 7
_SURE = 0.98  # more probable characters are not tinted


class PunctuationView(InferenceView):
    """Asks at every change of the text, None if it is empty; shows the answer with uncertain characters tinted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Restored | None = None
        self._asked = ""
        self.text = BoundedTextEdit(self)
        self.page = Page(self.tr("Restored text"), self)
        self._legend = QLabel(self.tr("shaded: where it is uncertain"), self)
        self._area = footed(self._legend, note=self.note, parent=self)
        self._copy = QToolButton(self)
        self._set_up()
        self._arrange()
        self.text.textChanged.connect(self._changed)
        self._copy.clicked.connect(self.copy)
        self._refresh()

    def _set_up(self) -> None:
        self.text.setAccessibleName(self.tr("Text without capitals and punctuation"))
        self.text.setPlaceholderText(self.tr("type or paste a text; capitals and punctuation are removed first"))
        self.text.setTabChangesFocus(True)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._copy.setText(self.tr("Copy"))
        self._copy.setToolTip(self.tr("Copy the restored text"))
        set_look(self._copy, "flat")
        set_look(self._legend, "muted")
        self._legend.setWordWrap(True)
        font = self._legend.font()
        font.setPointSizeF(font.pointSizeF() - 1.5)
        self._legend.setFont(font)

    def _arrange(self) -> None:
        header = QHBoxLayout()
        header.setContentsMargins(_INSET, 0, 0, 0)
        heading = QLabel(self.tr("Restore"), self)
        set_look(heading, "heading")
        header.addWidget(heading)
        header.addStretch(1)
        header.addWidget(self._copy)
        body = QVBoxLayout()
        body.setContentsMargins(_INSET, 0, _INSET, 0)
        body.setSpacing(6)
        body.addWidget(self.text, 2)
        body.addWidget(self.page, 3)
        body.addWidget(self._area)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, 8, _MARGIN, 8)
        column.setSpacing(8)
        column.addLayout(header)
        column.addLayout(body, 1)

    @property
    def made_for(self) -> Dataset | None:
        return None  # characters, which are encoded for the network that gets them

    # Input from outside

    def set_text(self, text: str) -> None:
        """Replace the text."""
        self.text.setPlainText(text)

    @Slot()
    def copy(self) -> None:
        """Copy the restored text to the clipboard."""
        QGuiApplication.clipboard().setText(self.page.toPlainText())

    @Slot(object)
    def show_answer(self, answer: object) -> None:
        """Show a `Restored`; an `InferenceError` says why there is none."""
        if isinstance(answer, InferenceError):
            self._note_failure(answer)
        elif isinstance(answer, Restored) and answer.question == self._question() and not self._message:
            self._failure = ""
            if self._shown is None or answer.pieces != self._shown.pieces:
                doubts = [(after, max(0.0, (_SURE - probability) / _SURE)) for _, after, probability in answer.pieces]
                self.page.show_parts(doubts)
            self._shown = answer
        self._refresh()

    # Implementation

    def _question(self) -> str:
        return self.text.toPlainText()[:LONGEST]

    @Slot()
    def _changed(self) -> None:
        question = self._question()
        if question == self._asked:
            return  # the uncommitted text of an input method is shown, but is not part of the text
        self._asked = question
        self.touched.emit()
        self._failure = ""
        if not question.strip():
            self._forget()
        self._refresh()
        self.asked.emit(question if question.strip() else None)

    def _forget(self) -> None:
        self._shown = None
        self.page.show_parts(())

    def _refresh(self) -> None:
        self._area.setCurrentIndex(1 if self._show_note() else 0)

    def _hint(self) -> str:
        if len(self.text.toPlainText()) > LONGEST:
            return self.tr("The first {0:,} characters are restored.").format(LONGEST)
        if not self._trained:
            return self.tr(
                "Not trained yet: its restoration is random. Press <b>Train</b> (Ctrl+R) and watch it learn."
            )
        return ""
