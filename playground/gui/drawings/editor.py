"""The left half of the window: a pad, the label of the drawing on it, and the button that stores it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QObject, QStringListModel, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from playground.engine.data.collection import LONGEST_LABEL, has_ink
from playground.gui.drawings.kept_drawings import KeptDrawings
from playground.gui.panels.pad.pad import Pad
from playground.gui.panels.pad.paper import DRAWN
from playground.gui.panels.pad.strokes import Drawing
from playground.gui.panels.pad.tools import Tools
from playground.gui.session.background import Background
from playground.gui.style.buttons import Yielding
from playground.gui.style.labels import flat_button, text_label

_PAD = 224  # pixels


class Editor(QWidget):
    """Stores the drawing on its pad with the label that was typed, and clears the pad for the next one."""

    def __init__(self, kept: KeptDrawings, background: Background, parent: QWidget) -> None:
        """`background` is the thread that reads pasted and dropped pictures."""
        super().__init__(parent)
        self._kept = kept
        self.pad = Pad(background, self, DRAWN)
        self.pad.setAccessibleDescription(
            self.tr("Draw a sign with mouse, finger or pen, or paste a picture; then type its label and store it.")
        )
        self.pad.setMinimumWidth(_PAD)
        self.label = QLineEdit(self)
        self.label.setMaxLength(4 * LONGEST_LABEL)  # a longer one than fits is refused with a sentence
        self.label.setPlaceholderText(self.tr("7, A, tree …"))
        self._known = QStringListModel(self)
        completer = QCompleter(self._known, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchStartsWith)
        self.label.setCompleter(completer)
        popup = completer.popup()
        assert popup is not None  # Qt makes it when it is asked for
        self._offered = popup  # the list of known labels
        self._offered.installEventFilter(self)
        self.store = Yielding(self.tr("&Store"), self)
        self.store.setDefault(True)
        self.store.clicked.connect(self._store)
        self.store.left.connect(self._focus_label)
        self.pad.changed.connect(self._follow)
        self.pad.failed.connect(kept.failed)
        kept.changed.connect(self._follow)
        self._arrange()
        self._follow()

    def put(self, drawing: Drawing, label: str) -> None:
        """Put a drawing from elsewhere onto the pad, and ask for its label."""
        self.pad.show_drawing(drawing)
        if label:
            self.label.setText(label)
        self._focus_label()

    def _arrange(self) -> None:
        header = QHBoxLayout()
        header.setSpacing(2)
        header.addWidget(text_label(self, self.tr("Draw a sign"), "heading"), 1)
        for action in (self.pad.commands.undo, self.pad.commands.clear):
            header.addWidget(flat_button(action, self))
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.pad, 1)
        row.addWidget(Tools(self.pad.commands, self), 0, Qt.AlignmentFlag.AlignBottom)
        words = QLabel(self.tr("&Label"), self)
        words.setBuddy(self.label)
        entry = QHBoxLayout()
        entry.setSpacing(8)
        entry.addWidget(words)
        entry.addWidget(self.label, 1)
        entry.addWidget(self.store)
        hint = text_label(self, self.tr("Enter stores the drawing and clears the pad."), "muted", smaller=1.0)
        hint.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(header)
        column.addLayout(row)
        column.addLayout(entry)
        column.addWidget(hint)
        column.addStretch(1)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """Enter stores also while known labels are offered; Qt would only close their list."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return super().eventFilter(watched, event)
        if self._offered.currentIndex().isValid():
            self.label.setText(str(self._offered.currentIndex().data()))
        self._offered.hide()
        self._store()
        return True

    @Slot()
    def _store(self) -> None:
        picture = self.pad.picture()
        if picture is None:
            return
        if self._kept.add(self.label.text(), (picture * 255).round().astype(np.uint8)):
            self.pad.clear()
            self.label.selectAll()
        else:
            self._focus_label()

    @Slot()
    def _focus_label(self) -> None:
        self.label.setFocus(Qt.FocusReason.OtherFocusReason)
        self.label.selectAll()

    @Slot()
    def _follow(self) -> None:
        known = list(self._kept.by_label)
        if known != self._known.stringList():
            self._known.setStringList(known)
        picture = self.pad.picture()
        self.store.set_pressable(picture is not None and has_ink((picture * 255).astype(np.uint8)))
