"""The experiment's name on top of the window: looks like a title, and can be edited."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Slot
from PySide6.QtGui import (
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QLineEdit,
    QSizePolicy,
    QStyle,
    QStyleOptionFrame,
    QWidget,
)

from playground.gui.session.document import Document
from playground.gui.style.labels import plain_tip
from playground.spec.edits import Set
from playground.spec.messages import message

_TEXT_MARGIN = 2  # pixels of Qt's horizontal margin in a line edit


class NameEdit(QLineEdit):
    """The experiment's name as an editable title. Without focus, its end may be elided."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.setProperty("look", "title")
        self.setAccessibleName(self.tr("Name of the experiment"))
        self.setMaxLength(120)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.editingFinished.connect(self._commit)
        self.textChanged.connect(self._fit)
        document.changed.connect(self._show)
        self._show()

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        return QSize(QFontMetrics(self.font()).horizontalAdvance(self.text() + "0") + 14, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        return QSize(min(120, self.sizeHint().width()), super().minimumSizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        if event.key() == Qt.Key.Key_Escape:
            self._show()
            self.clearFocus()
        else:
            super().keyPressEvent(event)

    @property
    def shown(self) -> str:
        """The painted text."""
        if self.hasFocus():
            return self.text()
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self._text_rect().width())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        shown = self.shown
        if shown == self.text():
            super().paintEvent(event)
            return
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        painter = QPainter(self)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelLineEdit, option, painter, self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self._text_rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        super().resizeEvent(event)
        self._explain()

    def _text_rect(self) -> QRect:
        """The rectangle of the text."""
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        contents = self.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, self)
        return contents.adjusted(_TEXT_MARGIN, 0, -_TEXT_MARGIN, 0)

    def _explain(self) -> None:
        whole = "" if self.shown == self.text() else self.text()
        words = self.tr("The experiment's name. Click to change it.")
        self.setToolTip(plain_tip("\n\n".join(filter(None, (whole, words)))))

    @Slot()
    def _fit(self) -> None:
        self.updateGeometry()
        self._explain()

    @Slot()
    def _show(self) -> None:
        name = self._document.experiment.name
        if self.text() != name:
            self.setText(name)
            self.setCursorPosition(0)

    @Slot()
    def _commit(self) -> None:
        name = self.text().strip()
        if name:
            self._document.do(Set(("name",), name, message("Rename")))
        self._show()
        self.setCursorPosition(0)
