"""The rows above and below the table of runs."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QToolButton, QWidget

from playground.engine.runs.store import Usage
from playground.gui.runs.commands import RunCommands
from playground.gui.style.elided_label import Elided
from playground.gui.style.labels import flat_button, plain_tip
from playground.gui.style.translation import translated
from playground.spec.messages import message, plural
from playground.spec.number_text import bytes_text


class RunsHeader(QWidget):
    """Search, the most frequent commands, and a menu with all."""

    def __init__(self, commands: RunCommands, menu: QMenu, parent: QWidget) -> None:
        super().__init__(parent)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Search runs… (Ctrl+F)"))
        self.search.setAccessibleName(self.tr("Search runs"))
        self.search.setClearButtonEnabled(True)
        self.more = QToolButton(self)
        self.more.setText(self.tr("More ▾"))
        self.more.setAccessibleName(self.tr("More commands for runs"))
        self.more.setMenu(menu)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setProperty("look", "flat")
        self.more.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(2)
        row.addWidget(self.search, 1)
        row.addSpacing(4)
        self.buttons = (
            self._button(commands.open, self.tr("Open")),
            self._button(commands.compare, self.tr("Compare")),
        )
        for button in self.buttons:
            row.addWidget(button)
        row.addWidget(self.more)

    def set_listed(self, listed: bool) -> None:
        """Enable the search if there is a run; the menu has settings, too."""
        self.search.setEnabled(listed)

    def _button(self, action: QAction, label: str) -> QToolButton:
        action.setIconText(label)  # the short text of tool buttons
        button = flat_button(action, self)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        return QSize(0, super().minimumSizeHint().height())


class RunsFooter(QWidget):
    """How many runs there are, what they take of the disk, and where they are."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.usage = Elided(self)
        self.usage.setProperty("look", "muted")
        self.open_folder = QAction(self.tr("Open Folder"), self)
        self.button = flat_button(self.open_folder, self)
        self.button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 8, 0)
        row.addWidget(self.usage, 1)
        row.addWidget(self.button)

    def show_usage(self, usage: Usage, found: int | None) -> None:
        """Show the disk usage; `found` is the number of runs that the search found, or None without a search."""
        sizes = {"size": bytes_text(usage.size), "budget": bytes_text(usage.budget)}
        runs = plural("{count:,} runs", "1 run", usage.runs)
        text = message("{runs}, {size} of {budget}", runs=runs, **sizes)
        if found is not None:
            text = message("{found:,} found of {usage}", found=found, usage=text)
        self.usage.setText(translated(text))

    def show_folder(self, folder: Path | None) -> None:
        """Set the folder of the store; None if there is none."""
        self.open_folder.setEnabled(folder is not None)
        self.open_folder.setToolTip(plain_tip(str(folder or "")))
