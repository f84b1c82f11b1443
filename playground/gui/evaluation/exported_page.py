"""The base of a tab of results: a sentence or figures, of what they are, controls, and export as CSV, PNG and SVG."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from playground.gui.session.background import Background
from playground.gui.style.dialogs import Ask
from playground.gui.style.elided_label import Elided
from playground.gui.style.theme import set_look
from playground.gui.style.widget_picture import png, svg
from playground.spec.files.storage import write_atomically


class ExportHeader(QWidget):
    """Export; stands beside the tabs."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.menu = QMenu(self)
        self.export = QToolButton(self)
        self.export.setText(self.tr("Export ▾"))
        self.export.setAccessibleName(self.tr("Export these figures"))
        self.export.setMenu(self.menu)
        self.export.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.export.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        set_look(self.export, "flat")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 8, 4)
        row.setSpacing(6)
        row.addStretch(1)
        row.addWidget(self.export)

    def add_choice(self, choice: QWidget) -> None:
        """Add a choice before the export."""
        row = self.layout()
        assert isinstance(row, QHBoxLayout)
        row.insertWidget(row.count() - 1, choice)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        return QSize(0, super().minimumSizeHint().height())


class ExportedPage(QWidget):
    """A tab of the results; `pages` is what is exported as a picture."""

    failed = Signal(object)  # Message: a file could not be written

    def __init__(self, name: str, saving: Background, ask: Ask, parent: QWidget) -> None:
        super().__init__(parent)
        self._name, self._saving, self._ask = name, saving, ask
        self.header = self.make_header()
        self.note = QLabel(self)
        self.note.setWordWrap(True)
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.note.setMargin(12)
        set_look(self.note, "muted")
        self.subject = Elided(self)  # of what the figures are
        set_look(self.subject, "muted")
        self._controls = QHBoxLayout()
        self._controls.setSpacing(6)
        self._controls.addWidget(self.subject, 1)
        self.pages = QStackedWidget(self)
        self.pages.addWidget(self.note)
        column = QVBoxLayout(self)
        column.setSpacing(4)
        column.setContentsMargins(12, 0, 8, 4)
        column.addLayout(self._controls)
        column.addWidget(self.pages, 1)
        self.setAccessibleName(name)
        self.setMinimumHeight(120)
        for text, slot in (
            (self.tr("Save as PNG…"), self.save_png),
            (self.tr("Save as SVG…"), self.save_svg),
            (self.tr("Save as CSV…"), self.save_csv),
        ):
            self.header.menu.addAction(text).triggered.connect(slot)

    # for subclasses

    def make_header(self) -> ExportHeader:
        """The widget beside the tabs."""
        return ExportHeader(self)

    def add_control(self, control: QWidget) -> None:
        """Add a control beside the subject."""
        self._controls.addWidget(control)

    @abstractmethod
    def table(self) -> str:
        """The figures of the page, as CSV."""

    def explain(self, words: str) -> None:
        """Show a sentence in place of figures."""
        self.note.setText(words)
        self.pages.setCurrentWidget(self.note)

    # files

    @Slot()
    def save_png(self) -> None:
        """Save the figures as a PNG image."""
        if path := self._path(self.tr("PNG pictures (*.png)"), ".png"):
            self._write(path, png(self.pages))

    @Slot()
    def save_svg(self) -> None:
        """Save the figures as an SVG drawing."""
        if path := self._path(self.tr("SVG drawings (*.svg)"), ".svg"):
            self._write(path, svg(self.pages, f"{self._name}: {self.subject.whole}"))

    @Slot()
    def save_csv(self) -> None:
        """Save the figures as a table."""
        if self.header.export.isEnabled() and (path := self._path(self.tr("CSV tables (*.csv)"), ".csv")):
            self._write(path, self.table().encode())

    def _path(self, filters: str, ending: str) -> Path | None:
        return self._ask.save_path(self.tr("Export figures"), Path(f"{self._name.lower()}{ending}"), filters)

    def _write(self, path: Path, data: bytes) -> None:
        job = self._saving.do(lambda: write_atomically(path, data))
        job.failed.connect(self.failed)
