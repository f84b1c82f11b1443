"""A note above the stack: a suggestion for the experiment that was opened, shown until it is closed."""

from __future__ import annotations

from hashlib import sha256

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from playground.gui.session.document import Document
from playground.gui.style.icons import icon
from playground.gui.style.settings import Settings
from playground.gui.style.theme import theme_of
from playground.gui.style.translation import translated
from playground.spec.experiment import Experiment
from playground.spec.files.preset_description import has_attempt, parts
from playground.spec.messages import Message


class Note(QWidget):
    """It appears only when another experiment is opened, so that nothing moves while the user works.

    It disappears when it is closed, which is remembered, or when it no longer applies to the experiment.
    """

    def __init__(self, document: Document, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._settings = document, settings
        self._about = ""  # the description that contains the suggestion
        self._source = _source(document.experiment)  # the data that it refers to
        note = QFrame(self)
        note.setProperty("look", "note")
        self.label = QLabel(note)
        self.label.setWordWrap(True)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.closer = QToolButton(note)
        self.closer.setProperty("look", "flat")
        self.closer.setToolTip(self.tr("Close; it does not come back with this experiment"))
        self.closer.setAccessibleName(self.tr("Close the note"))
        self.closer.clicked.connect(self._close)
        row = QHBoxLayout(note)
        row.setContentsMargins(12, 6, 6, 6)
        row.addWidget(self.label, 1)
        row.addWidget(self.closer, 0, Qt.AlignmentFlag.AlignTop)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 2)
        column.addWidget(note)
        document.changed.connect(self._follow)
        self._color()
        self.hide()

    @Slot()
    def show_attempt(self) -> None:
        """Show the experiment's suggestion, if it has one that was not closed before."""
        self._about = self._document.experiment.about
        self._source = _source(self._document.experiment)
        some = has_attempt(self._about)
        self.label.setText(parts(translated(self._about), attempt=some)[1])
        self._keep_height()
        self.setVisible(some and not self._settings.is_closed(self._key()))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        if event.type() == QEvent.Type.PaletteChange:
            self._color()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        super().resizeEvent(event)
        self._keep_height()

    def _keep_height(self) -> None:
        """Require the height of all lines, because a splitter ignores a label's height for its width."""
        self.setMinimumHeight(max(self._column.heightForWidth(self.width()), 0))  # -1 before it was shown

    def _color(self) -> None:
        theme = theme_of(self)
        self.closer.setIcon(icon("close", theme.muted, theme.faint))

    def _key(self) -> str:
        return sha256(self._about.encode(errors="replace")).hexdigest()[:16]

    @Slot()
    def _close(self) -> None:
        self._settings.note_closed(self._key())
        self.hide()

    @Slot(object)
    def _follow(self, experiment: Experiment) -> None:
        if experiment.about != self._about or _source(experiment) != self._source:
            self.hide()


def _source(experiment: Experiment) -> tuple[str, Message]:
    """Identifies the data whatever their settings, which the suggestion may be about."""
    return experiment.data.id, experiment.data.title
