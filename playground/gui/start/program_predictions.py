"""Connects the predictions for files: the menu, files dropped on the panel, and what is done with the answers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from playground.gui.session.document import Document
from playground.gui.session.run import Run
from playground.gui.style.action import allow, untrained
from playground.gui.style.dialogs import Ask
from playground.gui.style.settings import Settings
from playground.gui.style.translation import translated
from playground.gui.window.main_window import MainWindow
from playground.gui.window.menus.file import FileMenu
from playground.spec.data.dataset import Samples
from playground.spec.datasets.labelled import LabelledTexts
from playground.spec.datasets.table import Table
from playground.spec.datasets.text import OwnText
from playground.spec.files.file_kind import PICTURE_SUFFIXES
from playground.spec.messages import message

if TYPE_CHECKING:
    from playground.gui.predictions.predicting import Predicting
    from playground.gui.session.background import Background


def _filters(kind: Samples) -> str:
    """The filters of a dialog that asks for a file with samples of a kind."""
    if kind in (Samples.DIGITS, Samples.PICTURES):
        suffixes = " ".join(f"*{suffix}" for suffix in PICTURE_SUFFIXES)
        return translated(message("Pictures ({suffixes});;All files (*)", suffixes=suffixes))
    choice = (OwnText if kind is Samples.LINES else LabelledTexts if kind is Samples.TEXTS else Table).source_choice
    assert choice is not None
    return translated(choice.filters)


class ProgramPredictions(QObject):
    """Asks the trained network about the files that are chosen in the menu or dropped on the panel."""

    learn_requested = Signal(object)  # Path: data to be trained on instead
    failed = Signal(object)  # Message: a table of answers was not written

    def __init__(
        self, document: Document, run: Run, settings: Settings, ask: Ask, window: MainWindow, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._document, self._run, self._settings, self._ask = document, run, settings, ask
        self._window = window
        self._predicting: Predicting | None = None  # imported with the first question
        self._menu: FileMenu | None = None

    def follow(self, menu: FileMenu) -> None:
        """Offer in a menu what the present network can be asked about."""
        self._menu = menu
        menu.predict.triggered.connect(self._choose_file)
        menu.predict_folder.triggered.connect(self._choose_folder)
        for signal in (self._run.weights_changed, self._document.changed):
            signal.connect(self._enable)
        self._enable()

    @property
    def threads(self) -> tuple[Background, ...]:
        """The thread in which answers are computed, if there is one."""
        return () if self._predicting is None else (self._predicting.background,)

    @Slot(object)
    def predict(self, paths: Sequence[Path]) -> None:
        """Show the answers of the present network for files and folders."""
        weights = self._run.weights
        if weights is None or not paths:
            return
        if self._predicting is None:
            from playground.gui.predictions.predicting import Predicting

            self._predicting = Predicting(self._settings, self._ask, self._window)
            self._predicting.learn_requested.connect(self.learn_requested)
            self._predicting.failed.connect(self.failed)
        self._predicting.predict(weights, paths)

    @Slot()
    def _enable(self) -> None:
        if self._menu is not None:
            kind = self._document.experiment.data.asked_with
            ready = self._run.can_be_asked and kind is not None
            reason = self.tr("Files hold nothing that a network of these data could be asked about.")
            folders = kind is not None and kind.in_folders
            allow(self._menu.predict, ready, reason if kind is None else untrained())
            reason = self.tr("A network of these data is asked about files, not folders.") if kind else reason
            allow(self._menu.predict_folder, ready and folders, untrained() if folders else reason)

    @Slot()
    def _choose_file(self) -> None:
        kind = self._document.experiment.data.asked_with
        if kind is not None:
            self._choose(_filters(kind))

    @Slot()
    def _choose_folder(self) -> None:
        self._choose("")

    def _choose(self, filters: str) -> None:
        path = self._ask.source_path(self.tr("Predict for"), self._settings.folder, filters)
        if path is not None:
            self._settings.folder = path if path.is_dir() else path.parent
            self.predict((path,))
