"""The File menu."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from playground.gui.session.files import Files
from playground.gui.session.run import Run
from playground.gui.style.action import add, allow, dress, leaves
from playground.gui.style.settings import Settings


class FileMenu(QMenu):
    """New, open, save, export, quit."""

    new_requested = Signal()
    reader_requested = Signal()

    def __init__(self, files: Files, run: Run, settings: Settings, window: QWidget) -> None:
        super().__init__(window)
        self._files, self._run, self._settings = files, run, settings
        self._curves: QMenu | None = None
        self.new = add(self, self.tr("&New from preset…"), "Ctrl+N")
        self.reader = add(self, self.tr("Open the trained &reader"), "Ctrl+Alt+R")
        self.addSeparator()
        self.open = add(self, self.tr("&Open…"), "Ctrl+O")
        self.open_folder = add(
            self, self.tr("Open &folder…"), "Ctrl+Alt+Shift+O", self.tr("Pictures or texts in folders, as data")
        )
        self.recent = self.addMenu(self.tr("Open re&cent"))
        self.predict = add(self, self.tr("&Predict for a file…"), "Ctrl+Alt+F")
        self.predict_folder = add(self, self.tr("Predict for a fo&lder…"), "Ctrl+Alt+Shift+F")
        self.drawings = add(self, self.tr("My &drawings…"), "Ctrl+Shift+M", self.tr("Collect drawings as data"))
        self.addSeparator()
        self.save = add(self, self.tr("&Save"), "Ctrl+S")
        self.save_as = add(self, self.tr("Save &as…"), "Ctrl+Shift+S")
        self.exports = self.addMenu(self.tr("&Export"))
        self.script = add(self.exports, self.tr("&PyTorch program…"), "Ctrl+E")
        self.network = add(self.exports, self.tr("&Trained network…"), "Ctrl+Shift+E")
        self.take = add(
            self.exports,
            self.tr("Ta&ke it with you…"),
            "Ctrl+Alt+E",
            self.tr("ONNX, a notebook, a model card…"),
        )
        self.serve = add(
            self, self.tr("Ser&ve…"), "Ctrl+Alt+H", self.tr("Let other programs ask the network over HTTP")
        )
        self.fitness = add(
            self,
            self.tr("F&it to deploy…"),
            "Ctrl+Alt+Shift+D",
            self.tr("Whether the trained network is fit to deploy, why not, and what mends it"),
        )
        self.prune = add(
            self.exports,
            self.tr("Pr&une…"),
            "Ctrl+Alt+Shift+U",
            self.tr("Make the trained network smaller, and see what that costs"),
        )
        self.addSeparator()
        self.quit = add(self, self.tr("&Quit"), "Ctrl+Q; Ctrl+W")
        self.new.triggered.connect(self.new_requested)
        self.reader.triggered.connect(self.reader_requested)
        self.open.triggered.connect(files.choose)
        self.open_folder.triggered.connect(files.choose_folder)
        self.save.triggered.connect(files.save)
        self.save_as.triggered.connect(files.save_as)
        self.script.triggered.connect(files.export_script)
        self.network.triggered.connect(files.export_network)
        self.quit.triggered.connect(window.close)
        run.snapshots.connect(self._allow_curves)
        settings.recent_changed.connect(self._fill)
        self.aboutToShow.connect(self._fill)
        for signal in (run.state_changed, run.cleared, run.began):
            signal.connect(self._enable)
        self._fill()
        self._enable()

    def add_curves(self, export: QMenu) -> None:
        """Add the export of curves, once there are curves."""
        for action, keys in zip(
            leaves(export),
            ("Ctrl+Alt+P", "Ctrl+Alt+V", "Ctrl+Alt+C", "Ctrl+Alt+B", "Ctrl+Shift+C", "Ctrl+Alt+T"),
            strict=True,
        ):
            dress(action, keys)
            allow(action, False, self.tr("There are no curves yet: train first."))
        self.exports.addSeparator()
        self.exports.addMenu(export)
        self._curves = export

    @Slot()
    def _allow_curves(self) -> None:
        if self._curves is not None:
            for action in leaves(self._curves):
                allow(action, True, "")

    @Slot()
    def _fill(self) -> None:
        """List the recent files that still exist."""
        self.recent.clear()
        paths = self._settings.recent()
        for number, path in enumerate(paths, 1):
            name = path.name.replace("&", "&&")
            action = add(self.recent, f"&{number}  {name}", f"Ctrl+Alt+{number}", str(path))
            action.setData(path)
            action.triggered.connect(self._open_recent)
        self.recent.setToolTipsVisible(True)
        self.recent.addSeparator()
        forget = add(self.recent, self.tr("Clear this list"), "Ctrl+Alt+0")
        forget.triggered.connect(self._settings.clear_recent)
        self.recent.setEnabled(bool(paths))

    @Slot()
    def _open_recent(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        path: Path = action.data()
        self._files.open(path)

    @Slot()
    def _enable(self) -> None:
        allow(self.network, self._run.has_network, self.tr("There is no network yet: train one, or open one."))
