"""Light or dark appearance: follows the system or the user's choice, also while the program runs."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QApplication

from playground.gui.style.settings import Settings
from playground.gui.style.theme import DARK, LIGHT, Theme, palette_of, style_sheet


class Appearance(QObject):
    """Sets the application's palette and style sheet, and updates them when they have to change."""

    changed = Signal(object)  # Theme

    def __init__(self, application: QApplication, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._application = application
        self._settings = settings
        self._theme: Theme | None = None
        self._choice = settings.appearance
        self._hints = application.styleHints()
        self._hints.colorSchemeChanged.connect(self._follow)
        self._ask_system()
        self._follow()

    @property
    def choice(self) -> str:
        """`system`, `light` or `dark`."""
        return self._choice

    @property
    def theme(self) -> Theme:
        """The current theme."""
        assert self._theme is not None
        return self._theme

    def choose(self, choice: str) -> None:
        """Follow the system, or stay light or dark."""
        self._choice = self._settings.appearance = choice
        self._ask_system()
        self._follow()

    def _ask_system(self) -> None:
        """Set the platform's colour scheme as well, so that title bar and file dialogs match."""
        schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
        self._hints.setColorScheme(schemes.get(self._choice, Qt.ColorScheme.Unknown))

    @Slot()
    def _follow(self) -> None:
        if self._choice == "system":
            theme = DARK if self._hints.colorScheme() is Qt.ColorScheme.Dark else LIGHT
        else:
            theme = DARK if self._choice == "dark" else LIGHT
        if theme is not self._theme:
            self._theme = theme
            # Replacing a style sheet takes Qt four times as long as removing it and setting a new one: it then
            # evaluates the rules for every widget again and again while the other widgets still have the old one.
            self._application.setStyleSheet("")
            self._application.setPalette(palette_of(theme))
            self._application.setStyleSheet(style_sheet(theme))
            self.changed.emit(theme)
