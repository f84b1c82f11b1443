"""The About dialog: a description of the program, and the versions needed for a bug report."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from playground.gui.style.icons import application_icon
from playground.version import __version__

PACKAGES = ("torch", "torchvision", "numpy", "PySide6-Essentials", "pyqtgraph", "pydantic", "safetensors")


def versions() -> str:
    """Versions of the program, Python, the system and the libraries, one line each."""
    lines = [f"Playground {__version__}", f"Python {platform.python_version()}", platform.platform()]
    for name in PACKAGES:
        try:
            lines.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            lines.append(f"{name} –")
    return "\n".join(lines)


class About(QDialog):
    """Shows the versions; one button copies them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About Playground"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        picture = QLabel(self)
        picture.setPixmap(application_icon().pixmap(64, 64))
        words = QLabel(
            self.tr("Stack layers, train them, watch them learn,\nand draw into what they have learned."), self
        )
        self.versions = QLabel(versions(), self)
        self.versions.setProperty("look", "muted")
        self.versions.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        copy = buttons.addButton(self.tr("Copy versions"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(self._copy)
        buttons.rejected.connect(self.close)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(12)
        for widget in (picture, words, self.versions, buttons):
            column.addWidget(widget)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.versions.text())
