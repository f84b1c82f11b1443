"""One line of the page: a mark, what was measured, its reason, and buttons for what mends it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from playground.engine.fitness.item import Item, Status
from playground.engine.fitness.markdown import MARKS
from playground.engine.fitness.remedy import Remedy, as_fix
from playground.gui.style.labels import text_label
from playground.gui.style.theme import set_look, theme_of
from playground.gui.style.translation import translated
from playground.spec.messages import Message, message, tr_noop

_MARK, _NAME, _LEAST = 20, 150, 300  # pixels of the columns, the last one at least
_WORDS = {
    Status.GREEN: tr_noop("met"),
    Status.RED: tr_noop("not met"),
    Status.MEASURED: tr_noop("no bar"),
    Status.NOT_APPLICABLE: tr_noop("does not apply"),
}


class _Wrapped(QLabel):
    """Text that takes the lines that it needs at its width: a `QLabel` asks for those of a narrow one."""

    def __init__(self, text: str, look: str, parent: QWidget) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        set_look(self, look)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        return QSize(_LEAST, self.fontMetrics().lineSpacing())


class FitnessLine(QFrame):
    """Shows one item."""

    requested = Signal(object)  # Remedy

    def __init__(self, item: Item, parent: QWidget) -> None:
        super().__init__(parent)
        self.item = item
        self.buttons: list[QPushButton] = []
        counts = item.status in (Status.GREEN, Status.RED)
        self.mark = text_label(self, MARKS[item.status], "", size=self.font().pointSizeF() + 4)
        self.name = text_label(self, translated(message(item.label)), "heading")
        self.status = text_label(self, translated(message(_WORDS[item.status])), "muted", smaller=1)
        self.reason = self._wrapped(item.reason, "" if counts else "muted")
        self.setAccessibleName(f"{self.name.text()}, {self.status.text()}: {self.reason.text()}")
        names = QWidget(self)
        names.setFixedWidth(_NAME)
        self.mark.setFixedWidth(_MARK)
        self.mark.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
        self.name.setWordWrap(True)
        title = QVBoxLayout(names)
        title.setContentsMargins(0, 0, 0, 0)
        title.setSpacing(0)
        title.addWidget(self.name)
        title.addWidget(self.status)
        body = QVBoxLayout()
        body.setSpacing(6)
        body.addWidget(self.reason)
        if item.fix is not None and item.fix != as_fix(item.remedies):
            body.addWidget(self._wrapped(message("Fix: {fix}", fix=item.fix), ""))
        if item.remedies:
            body.addLayout(self._row(item.remedies))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 8, 0, 8)
        row.setSpacing(12)
        row.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(names, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(body, 1)
        self._color()

    def set_possible(self, possible: bool) -> None:
        """Whether its buttons can be pressed."""
        for button in self.buttons:
            button.setEnabled(possible)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._color()

    def _color(self) -> None:
        theme = theme_of(self)
        color = {Status.GREEN: theme.go, Status.RED: theme.error}.get(self.item.status, theme.muted)
        self.mark.setStyleSheet(f"color: {color}")

    def _wrapped(self, words: Message, look: str) -> QLabel:
        return _Wrapped(translated(words).replace(" %", "\N{NO-BREAK SPACE}%"), look, self)

    def _row(self, remedies: tuple[Remedy, ...]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        for remedy in remedies:
            button = QPushButton(translated(remedy.label).replace("&", "&&"), self)
            button.setAutoDefault(False)
            button.clicked.connect(self._press)
            self.buttons.append(button)
            row.addWidget(button)
        row.addStretch(1)
        return row

    @Slot()
    def _press(self) -> None:
        button = self.sender()
        assert isinstance(button, QPushButton)
        self.requested.emit(self.item.remedies[self.buttons.index(button)])
