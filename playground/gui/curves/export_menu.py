"""The menu that saves or copies the curves."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from playground.gui.curves.event_export import write_events
from playground.gui.curves.export import table
from playground.gui.curves.history import History
from playground.gui.session.background import Background
from playground.gui.style.dialogs import Dialogs
from playground.gui.style.widget_picture import SCALE, picture, png, svg
from playground.spec.files.storage import file_name, write_atomically
from playground.spec.messages import PlaygroundError


class AskPath(Protocol):
    """Asks the user for the path of a file or folder."""

    def save_path(self, title: str, suggestion: Path, filters: str) -> Path | None:
        """Return the path to write to, or None to cancel; `filters` has the format of `QFileDialog`."""

    def source_path(self, title: str, folder: Path, filters: str) -> Path | None:
        """Return a folder, or None to cancel; `filters` is empty."""


class Source(Protocol):
    """The source of an export."""

    @property
    def run(self) -> History | None:
        """The run whose table is exported."""

    def posed(self, scale: float) -> AbstractContextManager[QWidget]:
        """The plots, up to date, without crosshair, with lines for `scale` device pixels per pixel at 100 %."""


class ExportMenu(QMenu):
    """Six actions; files are written in the thread `saving` and copies computed in `background`, if given."""

    failed = Signal(object)  # Message

    def __init__(
        self,
        source: Source,
        ask: AskPath | None,
        background: Background | None,
        saving: Background | None,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("Export curves"))
        self._source, self._background, self._saving = source, background, saving
        self._ask: AskPath = ask or Dialogs(parent)
        for text, slot in (
            (self.tr("Save as PNG…"), self.save_png),
            (self.tr("Save as SVG…"), self.save_svg),
            (self.tr("Save as CSV…"), self.save_csv),
            (self.tr("Save for TensorBoard…"), self.save_events),
            ("", None),
            (self.tr("Copy picture"), self.copy_picture),
            (self.tr("Copy table"), self.copy_table),
        ):
            if slot is None:
                self.addSeparator()
            else:
                self.addAction(text).triggered.connect(slot)

    @Slot()
    def save_png(self) -> None:
        """Save the plots as a PNG image."""
        if path := self._path(self.tr("PNG pictures (*.png)"), ".png"):
            with self._source.posed(SCALE) as plots:
                data = png(plots)
            self._do(self._saving, lambda: write_atomically(path, data))

    @Slot()
    def save_svg(self) -> None:
        """Save the plots as an SVG drawing."""
        if path := self._path(self.tr("SVG drawings (*.svg)"), ".svg"):
            with self._source.posed(1) as plots:
                data = svg(plots, self._name())
            self._do(self._saving, lambda: write_atomically(path, data))

    @Slot()
    def save_csv(self) -> None:
        """Save all steps and epochs as a table."""
        run = self._source.run
        if run and (path := self._path(self.tr("CSV tables (*.csv)"), ".csv")):
            snapshot = run.copied()
            self._do(self._saving, lambda: write_atomically(path, table(snapshot).encode()))

    @Slot()
    def save_events(self) -> None:
        """Save the scalars of the run as an event file in a new folder."""
        run = self._source.run
        title = self.tr("Folder for TensorBoard")
        if run and run.experiment and (folder := self._ask.source_path(title, Path(), "")):
            snapshot = run.copied()
            self._do(self._saving, lambda: write_events(snapshot, folder))

    @Slot()
    def copy_picture(self) -> None:
        """Copy the plots to the clipboard as an image."""
        with self._source.posed(SCALE) as plots:
            QGuiApplication.clipboard().setImage(picture(plots))

    @Slot()
    def copy_table(self) -> None:
        """Copy the table to the clipboard as text."""
        if run := self._source.run:
            snapshot = run.copied()
            self._do(self._background, lambda: table(snapshot), self._copy_text)

    @Slot(object)
    def _copy_text(self, text: object) -> None:
        QGuiApplication.clipboard().setText(str(text))

    def _name(self) -> str:
        return self._source.run.name if self._source.run else ""

    def _path(self, filters: str, ending: str) -> Path | None:
        stem = file_name(self._name(), self.tr("curves"))
        return self._ask.save_path(self.tr("Export curves"), Path(f"{stem}{ending}"), filters)

    def _do(
        self, thread: Background | None, work: Callable[[], object], then: Callable[[object], None] | None = None
    ) -> None:
        if thread is not None:
            job = thread.do(work)
            job.failed.connect(self.failed)
            if then is not None:
                job.done.connect(then)
            return
        try:
            result = work()
        except PlaygroundError as error:
            self.failed.emit(error.message)
        else:
            if then is not None:
                then(result)
