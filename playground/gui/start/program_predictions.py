"""Connects the predictions for files: the menu, files dropped on the panel, and what is done with the answers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from playground.gui.session.run import Run
from playground.gui.session.document import Document
from playground.gui.style.dialogs import Ask
from playground.gui.style.settings import Settings
from playground.gui.window.main_window import MainWindow
from playground.gui.window.menus.file import FileMenu
from playground.spec.data.dataset import Samples
from playground.spec.experiment import Experiment
from playground.spec.messages import message, tr_noop

_TABLES = tr_noop("Tables (*.csv *.tsv *.txt);;All files (*)")
_PICTURES = tr_noop("Pictures (*.png *.jpg *.jpeg *.bmp *.gif *.webp);;All files (*)")
_FILTERS = {
    Samples.DIGITS: _PICTURES,
    Samples.LINES: tr_noop("Texts (*.txt *.md);;All files (*)"),
    Samples.PICTURES: _PICTURES,
    Samples.POINTS: _TABLES,
    Samples.ROWS: _TABLES,
}
