"""The dialog “Take it with you”: the formats of a trained network, what each is for, and what was verified."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from playground.engine.export.formats import FEWER_BITS, FORMATS, Format
from playground.gui.style.check_box import CheckBox
from playground.gui.style.labels import text_label
from playground.gui.style.theme import set_look
from playground.gui.style.translation import translated
from playground.spec.messages import Message, message

_WIDTH, _ROW = 580, 42  # pixels
_LEAST = 5  # rows of the list that are always shown
_AROUND = 220  # pixels of height beside the list, with three lines of what is said


class ExportDialog(QDialog):
    """A list of formats; not modal, for an export may take a minute."""

    chosen = Signal(object, bool)  # Format, and whether preprocessing and probabilities are part of it

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Take It with You"))
        self.formats = QListWidget(self)
        self.formats.setAccessibleName(self.tr("Format"))
        self.formats.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for item in (*FORMATS, *FEWER_BITS):
            self._add(item)
        self.formats.setMinimumHeight(_LEAST * _ROW)  # it leaves room for what is said, and scrolls then
        self.whole = CheckBox(self.tr("&Bytes, columns or characters in, probabilities out"), self)
        self.whole.setToolTip(self.tr("What comes before and after the network becomes a part of the file"))
        self.status = text_label(self, "", "muted")
        self.status.setWordWrap(True)
        self.status.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.export = self.buttons.addButton(self.tr("&Export…"), QDialogButtonBox.ButtonRole.ActionRole)
        self.buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        self.export.setDefault(True)
        self.export.clicked.connect(self._choose)
        self.formats.itemDoubleClicked.connect(self._choose)
        self.buttons.rejected.connect(self.reject)
        self.formats.currentItemChanged.connect(self._show)
        self._arrange()
        self.formats.setCurrentRow(0)
        self.formats.setFocus()

    def _add(self, item: Format) -> None:
        row = QListWidgetItem(self.formats)
        title, purpose = translated(message(item.title)), translated(message(item.purpose))
        row.setText(f"{title}  ({item.suffix})\n{purpose}")
        row.setSizeHint(QSize(0, _ROW))
        row.setData(Qt.ItemDataRole.UserRole, item)
        row.setToolTip(purpose)

    def _arrange(self) -> None:
        words = QLabel(self.tr("The trained network, as it is now, for use outside of this program:"), self)
        words.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(10)
        for part in (words, self.formats, self.whole, self.status, self.buttons):
            column.addWidget(part)
        column.setStretchFactor(self.formats, 1)
        self.setMinimumWidth(_WIDTH)
        self.resize(_WIDTH, _ROW * self.formats.count() + _AROUND)

    @property
    def format(self) -> Format:
        """The chosen format."""
        chosen: Format = self.formats.currentItem().data(Qt.ItemDataRole.UserRole)
        return chosen

    def show_work(self, words: str) -> None:
        """Say what is being done; nothing can be chosen meanwhile."""
        self._say(words, "muted", choosing=False)

    def show_done(self, words: str) -> None:
        """Say what was written and verified."""
        self._say(words, "muted", choosing=True)

    def show_problem(self, problem: Message) -> None:
        """Say why nothing was written."""
        self._say(translated(problem), "error", choosing=True)

    def _say(self, words: str, look: str, *, choosing: bool) -> None:
        set_look(self.status, look)
        self.status.setText(words)
        self.export.setEnabled(choosing)
        self.formats.setEnabled(choosing)
        self.whole.setEnabled(choosing and self.format.takes_whole)

    @Slot()
    def _show(self) -> None:
        self.whole.setEnabled(self.format.takes_whole)
        self.status.setText("")

    @Slot()
    def _choose(self) -> None:
        if self.export.isEnabled():
            self.chosen.emit(self.format, self.format.takes_whole and self.whole.isChecked())
