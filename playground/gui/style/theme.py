"""Colours, light and dark, and the palette and style sheet made from them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:  # the window is painted before the layers are imported
    from playground.spec.layer import Kind


@dataclass(frozen=True, slots=True)
class Theme:
    """All colours of one appearance, as `#rrggbb`."""

    dark: bool
    window: str  # behind the blocks
    panel: str  # bars and side panels
    block: str  # a block in the stack
    field: str  # buttons and editors
    hover: str
    border: str
    text: str
    muted: str  # secondary text
    faint: str  # placeholders, disabled
    accent: str  # selection, validation curve, prediction
    on_accent: str
    go: str  # the Train button
    on_go: str
    warn: str
    warn_surface: str
    error: str
    train_curve: str
    previous_curve: str
    grid: str

    def kind(self, kind: Kind) -> QColor:
        """The colour of a kind of layer (after Okabe and Ito, distinguishable with any colour vision)."""
        return QColor(_KINDS[kind][0 if self.dark else 1])

    def color(self, name: str) -> QColor:
        """The colour of that name."""
        return QColor(getattr(self, name))


def mixed(color: QColor, other: QColor, share: float) -> QColor:
    """An opaque colour: `color` mixed with a share of `other`, 0–1, in each of red, green and blue."""
    pairs = ((color.red(), other.red()), (color.green(), other.green()), (color.blue(), other.blue()))
    return QColor(*(round(a + (b - a) * share) for a, b in pairs))


_KINDS = {  # by the value of `Kind`
    "shape": ("#8f98a8", "#8790a3"),
    "dense": ("#b78cf7", "#9b6bf7"),
    "convolution": ("#4cb8ff", "#2a9de0"),
    "pooling": ("#56d3a3", "#22b184"),
    "activation": ("#7ed38a", "#4bab66"),
    "normalization": ("#a3b8d3", "#7b99bf"),
    "regularization": ("#e9c84d", "#dba50f"),
    "sequence": ("#f0883e", "#d55e00"),
    "attention": ("#e28fc0", "#c2659f"),
    "container": ("#c2a27e", "#8f7048"),
}

DARK = Theme(
    dark=True,
    window="#13151a",
    panel="#1a1d24",
    block="#1c2028",
    field="#262a34",
    hover="#303541",
    border="#2c313c",
    text="#e9ebf0",
    muted="#98a0af",
    faint="#646c7a",
    accent="#4cb8ff",
    on_accent="#08131c",
    go="#1f8f5f",
    on_go="#ffffff",
    warn="#f0a830",
    warn_surface="#33291a",
    error="#ff7a70",
    train_curve="#858d9c",
    previous_curve="#d9952b",
    grid="#2a2f39",
)

LIGHT = Theme(
    dark=False,
    window="#f3f4f7",
    panel="#ffffff",
    block="#ffffff",
    field="#eef0f4",
    hover="#e2e5ec",
    border="#dde1e8",
    text="#1a1d24",
    muted="#646c7a",
    faint="#a2a9b5",
    accent="#0072b2",
    on_accent="#ffffff",
    go="#1f8f5f",
    on_go="#ffffff",
    warn="#a85800",
    warn_surface="#fff2e2",
    error="#c0281c",
    train_curve="#9aa1ad",
    previous_curve="#c9851c",
    grid="#e4e7ec",
)


def theme_of(widget: QWidget) -> Theme:
    """The theme in which a widget is shown; painters call it at every paint, so that they follow changes."""
    shown: QWidget | None = widget
    while shown is not None:
        color = shown.palette().color(QPalette.ColorRole.Window)
        if color.alpha():  # a background made transparent by the style sheet has no information
            return DARK if color.lightness() < 128 else LIGHT
        shown = shown.parentWidget()
    return DARK if QGuiApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128 else LIGHT


def set_look(widget: QWidget, look: str) -> None:
    """Set a widget's look in the style sheet, also after it has been shown."""
    if widget.property("look") != look:
        widget.setProperty("look", look)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def palette_of(theme: Theme) -> QPalette:
    """The palette with which Fusion draws in a theme."""
    role = QPalette.ColorRole
    palette = QPalette()
    for color_role, name in (
        (role.Window, "panel"),
        (role.WindowText, "text"),
        (role.Base, "field"),
        (role.AlternateBase, "block"),
        (role.Text, "text"),
        (role.PlaceholderText, "faint"),
        (role.Button, "field"),
        (role.ButtonText, "text"),
        (role.Highlight, "accent"),
        (role.HighlightedText, "on_accent"),
        (role.ToolTipBase, "field"),
        (role.ToolTipText, "text"),
        (role.Link, "accent"),
        (role.Mid, "border"),
        (role.Accent, "accent"),
    ):
        palette.setColor(color_role, theme.color(name))
    for color_role in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, color_role, theme.color("faint"))
    return palette


def style_sheet(theme: Theme) -> str:
    """The application's style sheet in a theme."""
    text = _SHEET
    for field in fields(theme):
        text = text.replace(f"@{field.name};", f"{getattr(theme, field.name)};")
    return text


# `@name;` stands for a colour of the theme. Widgets select a look with a property, `setProperty("look", "go")`.
_SHEET = """
QToolTip { background: @field; color: @text; border: 1px solid @border; padding: 4px; }
QMenuBar, QStatusBar { background: @panel; color: @muted; }
QMenuBar::item:selected { background: @hover; color: @text; }
QMenu { background: @panel; color: @text; border: 1px solid @border; padding: 4px; }
QMenu::item { padding: 5px 22px 5px 14px; border-radius: 4px; }
QMenu::item:selected { background: @hover; }
QMenu::item:disabled { color: @faint; }
QMenu::separator { height: 1px; background: @border; margin: 4px 8px; }
QDialogButtonBox, QMessageBox { dialogbuttonbox-buttons-have-icons: 0; }
QPushButton, QToolButton {
    background: @field; color: @text; border: 1px solid @border; border-radius: 6px; padding: 5px 12px;
}
QFileDialog QToolButton { padding: 2px; }
QPushButton:hover, QToolButton:hover { background: @hover; }
QPushButton:disabled, QToolButton:disabled { color: @faint; }
QPushButton:focus, QToolButton:focus { border-color: @accent; }
QPushButton[look="go"], QToolButton[look="go"] { background: @go; color: @on_go; border-color: @go; font-weight: 600; }
QPushButton[look="go"]:focus, QToolButton[look="go"]:focus { border-color: @accent; }
QPushButton[look="go"]:disabled, QToolButton[look="go"]:disabled {
    background: @field; color: @faint; border-color: @border;
}
QPushButton[look="alarm"] { background: transparent; border-color: transparent; color: @warn; padding: 5px 6px; }
QPushButton[look="alarm"]:hover { background: @warn_surface; }
QPushButton[look="alarm"]:focus { border-color: @warn; }
QPushButton::menu-indicator, QToolButton::menu-indicator { image: none; width: 0; }
QPushButton[look="flat"], QToolButton[look="flat"] {
    background: transparent; border-color: transparent; color: @muted; padding: 3px 6px;
}
QPushButton[look="flat"]:hover, QToolButton[look="flat"]:hover { color: @text; background: @hover; }
QPushButton[look="flat"]:focus, QToolButton[look="flat"]:focus { border-color: @accent; }
QPushButton[look="flat"]:checked, QToolButton[look="flat"]:checked { color: @accent; }
QPushButton[look="flat"]:disabled, QToolButton[look="flat"]:disabled { color: @faint; }
QLineEdit, QComboBox, QAbstractSpinBox, QPlainTextEdit, QTextEdit {
    background: @field; color: @text; border: 1px solid @border; border-radius: 6px; padding: 3px 8px;
    selection-background-color: @accent; selection-color: @on_accent;
}
QLineEdit:disabled, QComboBox:disabled, QAbstractSpinBox:disabled, QPlainTextEdit:disabled {
    background: transparent; color: @faint;
}
QAbstractSpinBox QLineEdit { background: transparent; border: none; padding: 0; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { width: 0; border: none; }
QCheckBox { color: @text; spacing: 6px; }
QCheckBox[look="warn"] { color: @warn; }
QCheckBox:disabled { color: @faint; }
QPlainTextEdit[look="page"] { background: @window; }
QLineEdit:focus, QComboBox:focus, QAbstractSpinBox:focus, QPlainTextEdit:focus { border-color: @accent; }
QLineEdit[look="title"] { background: transparent; border-color: transparent; font-weight: 600; padding: 3px 4px; }
QLineEdit[look="title"]:hover { background: @field; }
QLineEdit[look="title"]:focus { background: @field; border-color: @accent; }
QLineEdit[look="wrong"] { border-color: @error; }
QComboBox::drop-down, QDateTimeEdit::drop-down { border: none; width: 18px; }
QComboBox QAbstractItemView {
    background: @panel; border: 1px solid @border; selection-background-color: @hover; selection-color: @text;
}
QFrame#topBar, QFrame#statusLine { background: @panel; }
QLabel { background: transparent; }
QLabel[look="muted"] { color: @muted; }
QLabel[look="faint"] { color: @faint; }
QLabel[look="accent"] { color: @accent; }
QLabel[look="warn"] { color: @warn; }
QLabel[look="error"] { color: @error; }
QLabel[look="refusal"] {
    background: @field; color: @error; border: 1px solid @error; border-radius: 6px; padding: 3px 6px;
}
QLabel[look="heading"] { font-weight: 600; }
QProgressBar { background: @field; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { background: @go; border-radius: 3px; }
QSplitter::handle { background: @border; }
QFrame[look="line"] { background: @border; border: none; max-height: 1px; min-height: 1px; }
QFrame[look="upright"] { background: @border; border: none; max-width: 1px; min-width: 1px; }
QFrame[look="note"] { background: @field; border-radius: 6px; }
QFrame[look="message"] { background: @field; border: 1px solid @accent; border-radius: 6px; }
QFrame[look="warning"] { background: @warn_surface; border: 1px solid @warn; border-radius: 6px; }
QListView, QTreeView { background: @panel; border: none; outline: none; }
QTreeWidget::item { padding: 2px 0; }
QTreeView#labels::item { padding: 4px 2px; }
QTabBar::tab {
    background: transparent; color: @muted; border: none; border-bottom: 2px solid transparent;
    padding: 5px 8px 3px 8px;
}
QTabBar::tab:selected { color: @text; font-weight: 600; border-bottom-color: @accent; }
QTabBar::tab:hover { color: @text; }
QTabBar::tab:selected:focus { color: @accent; background: @hover; }
QTabBar QToolButton { padding: 0; border: none; border-radius: 4px; }
QTableView { background: @panel; border: none; outline: none; gridline-color: @border; }
QTableView QLineEdit { border-radius: 0; padding: 0 3px; }
QHeaderView { background: @panel; }
QHeaderView::section {
    background: @panel; color: @muted; border: none; border-bottom: 1px solid @border; padding: 6px 4px 3px 4px;
}
QHeaderView::section:vertical { border: none; padding: 0 6px; }
QHeaderView::up-arrow, QHeaderView::down-arrow { subcontrol-position: top center; width: 7px; height: 7px; }
QListView#stack, QFrame[look="stage"] { background: @window; border: none; }
QScrollArea { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar::handle:vertical { background: @border; border-radius: 4px; min-height: 24px; margin: 1px; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle:horizontal { background: @border; border-radius: 4px; min-width: 24px; margin: 1px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: transparent; border: none; }
"""
