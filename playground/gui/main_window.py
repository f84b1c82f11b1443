"""The window: puts the parts in their places and passes on what happens to it; the parts decide."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QPaintEvent
from PySide6.QtWidgets import QComboBox, QFrame, QMainWindow, QMenu, QSplitter, QVBoxLayout, QWidget

from playground.gui.document import Document
from playground.gui.files import EXPERIMENT, NETWORK
from playground.gui.icons import application_icon
from playground.gui.messagebar import MessageArea
from playground.gui.settings import Settings

SIZE = QSize(1440, 900)
SMALLEST = QSize(1100, 700)
ACROSS = (196, 926, 318)  # widths of palette, middle and right column in a window of SIZE
DOWN = (566, 214)  # heights of stack and curves
BAR_MARGIN = 7  # above and below the recipe's fields
RIGHT = (466, 314)  # heights of drawing and form


class MainWindow(QMainWindow):
    """Bars on top, palette left, stack over curves in the middle, drawing over form right, status below."""

    painted = Signal()  # for the first time
    dropped = Signal(object)  # Path: a file was let go over the window
    closing = Signal()  # the window may close and is about to

    def __init__(self, document: Document, settings: Settings) -> None:
        super().__init__()
        self._document, self._settings = document, settings
        self._may_close = self._asking = self._painted = False
        self.setWindowIcon(application_icon())
        self.setMinimumSize(SMALLEST)
        self.setAcceptDrops(True)
        self.messages = MessageArea(self)
        self._top = QVBoxLayout()
        self._bottom = QVBoxLayout()
        self.across = _splitter(Qt.Orientation.Horizontal, self.tr("Columns"))
        self.down = _splitter(Qt.Orientation.Vertical, self.tr("Stack and curves"))
        self.right = _splitter(Qt.Orientation.Vertical, self.tr("Drawing and layer"))
        self._arrange()
        document.changed.connect(self._show_title)
        document.renamed.connect(self._show_title)
        self._show_title()

    def _arrange(self) -> None:
        central = QWidget(self)
        column = QVBoxLayout(central)
        for layout in (self._top, self._bottom, column):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(0)
        column.addLayout(self._top)
        column.addWidget(self.messages)
        column.addWidget(self.across, 1)
        column.addLayout(self._bottom)
        self.setCentralWidget(central)

    def set_menus(self, menus: Sequence[QMenu]) -> None:
        """Fill the menu bar."""
        for menu in menus:
            self.menuBar().addMenu(menu)

    def set_bars(self, top: QWidget, recipe: QWidget, status: QWidget) -> None:
        """Put the bars above and below everything; the recipe's room is kept until it comes, see `replace_recipe`."""
        recipe.setMinimumHeight(QComboBox().sizeHint().height() + 2 * BAR_MARGIN)
        for widget in (top, _line(self), recipe, _line(self)):
            self._top.addWidget(widget)
        for widget in (_line(self), status):
            self._bottom.addWidget(widget)

    def replace_recipe(self, old: QWidget, new: QWidget) -> None:
        """Put the recipe in its place under the top bar."""
        self._top.replaceWidget(old, new)
        new.show()
        old.deleteLater()

    def set_panes(self, palette: QWidget, stack: QWidget, curves: QWidget, drawing: QWidget, form: QWidget) -> None:
        """Put the panes in their places; each may be replaced by `replace_pane` later."""
        self.down.addWidget(stack)
        self.down.addWidget(curves)
        self.right.addWidget(drawing)
        self.right.addWidget(form)
        for pane in (palette, self.down, self.right):
            self.across.addWidget(pane)
        for splitter, stretching in ((self.across, 1), (self.down, 0), (self.right, 1)):
            splitter.setStretchFactor(stretching, 1)
        palette.setMinimumWidth(150)
        self.right.setMinimumWidth(270)
        self.down.setMinimumWidth(480)
        self._restore()

    def replace_pane(self, old: QWidget, new: QWidget) -> None:
        """Put a pane in the place of another, which goes away."""
        splitter = old.parentWidget()
        assert isinstance(splitter, QSplitter)
        sizes = splitter.sizes()
        splitter.replaceWidget(splitter.indexOf(old), new)
        new.show()
        splitter.setSizes(sizes)
        old.deleteLater()

    @Slot()
    def reset_layout(self) -> None:
        """Go back to the sizes that the window came with."""
        self._settings.forget_layout()
        self.showNormal()
        self.resize(SIZE)
        self._divide()

    def allow_close(self) -> None:
        """Close: what had to be saved is saved."""
        self._may_close = True
        if not self._asking:
            self.close()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  Qt's name
        if not self._may_close:
            self._asking = True  # an answer may come at once, and this very event is then let through
            self.closing.emit()
            self._asking = False
        if self._may_close:
            self._remember()
        event.setAccepted(self._may_close)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802  Qt's name
        if _file(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802  Qt's name
        path = _file(event)
        if path is not None:
            event.acceptProposedAction()
            self.dropped.emit(path)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            self.painted.emit()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  Qt's name
        if event.type() == QEvent.Type.LanguageChange:
            self._show_title()
        super().changeEvent(event)

    @Slot()
    def _show_title(self) -> None:
        self.setWindowTitle(self.tr("{0}[*] – Playground").format(self._document.experiment.name))
        self.setWindowModified(self._document.modified)
        self.setWindowFilePath(str(self._document.path or ""))

    def _parts(self) -> tuple[tuple[str, QSplitter, tuple[int, ...]], ...]:
        return ("across", self.across, ACROSS), ("down", self.down, DOWN), ("right", self.right, RIGHT)

    def _divide(self) -> None:
        for _, splitter, sizes in self._parts():
            splitter.setSizes(sizes)

    def _restore(self) -> None:
        geometry = self._settings.layout("window")
        if geometry is None or not self.restoreGeometry(geometry):
            self.resize(SIZE.boundedTo(self.screen().availableSize()).expandedTo(SMALLEST))
        self._divide()
        for name, splitter, _ in self._parts():
            state = self._settings.layout(name)
            if state is not None:
                splitter.restoreState(state)

    def _remember(self) -> None:
        self._settings.set_layout("window", self.saveGeometry())
        for name, splitter, _ in self._parts():
            self._settings.set_layout(name, splitter.saveState())


def _splitter(orientation: Qt.Orientation, name: str) -> QSplitter:
    splitter = QSplitter(orientation)
    splitter.setHandleWidth(1)
    splitter.setChildrenCollapsible(False)
    splitter.setAccessibleName(name)
    return splitter


def _line(parent: QWidget) -> QFrame:
    line = QFrame(parent)
    line.setProperty("look", "line")
    return line


def _file(event: QDropEvent) -> Path | None:
    """The one experiment or network that is being dragged."""
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    fits = len(paths) == 1 and paths[0].suffix.lower() in (EXPERIMENT, NETWORK)
    return paths[0] if fits else None
