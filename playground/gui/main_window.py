"""The window: puts the parts in their places and passes on what happens to it; the parts decide.

It is whole before there is anything in it: bars, lines and panes stand where they will stay, and each part takes the
place of an empty one when it comes. So it can be shown before what the parts need is imported.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QIcon, QPaintEvent, QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QLabel,
    QMainWindow,
    QMenu,
    QPushButton,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from playground.gui.icons import SIZE as ICON
from playground.gui.icons import application_icon
from playground.gui.menus.titles import titles
from playground.gui.messagebar import MessageArea
from playground.gui.settings import Settings

if TYPE_CHECKING:
    from playground.gui.document import Document

SIZE = QSize(1440, 900)
SMALLEST = QSize(1100, 700)
ACROSS = (196, 926, 318)  # widths of palette, middle and right column in a window of SIZE
DOWN = (566, 214)  # heights of stack and curves
RIGHT = (466, 314)  # heights of drawing and form
BAR_MARGIN = 7  # above and below what stands in the bars on top
STATUS_MARGINS = (3, 4)  # above and below the words of the status line


class Place(Enum):
    """Where a part of the window stands; in this order the focus goes through them."""

    TOP = auto()
    RECIPE = auto()
    PALETTE = auto()
    STACK = auto()
    CURVES = auto()
    DRAWING = auto()
    FORM = auto()
    STATUS = auto()


class MainWindow(QMainWindow):
    """Bars on top, palette left, stack over curves in the middle, drawing over form right, status below."""

    painted = Signal()  # for the first time
    dropped = Signal(object)  # Path: a file was let go over the window
    closing = Signal()  # the window may close and is about to

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._document: Document | None = None
        self._settings = settings
        self._may_close = self._asking = self._painted = False
        self.setWindowIcon(application_icon())
        self.setMinimumSize(SMALLEST)
        self.messages = MessageArea(self)
        self.across = _splitter(Qt.Orientation.Horizontal, self.tr("Columns"))
        self.down = _splitter(Qt.Orientation.Vertical, self.tr("Stack and curves"))
        self.right = _splitter(Qt.Orientation.Vertical, self.tr("Drawing and layer"))
        self._parts = {place: self._empty(place) for place in Place}
        for title in titles():
            self.menuBar().addAction(title)
        self._arrange()
        self._restore()
        self._show_title()

    def follow(self, document: Document) -> None:
        """Show from now on what that document is called, and take files that are dropped."""
        self._document = document
        document.changed.connect(self._show_title)
        document.renamed.connect(self._show_title)
        self._show_title()
        self.setAcceptDrops(True)

    def set_menus(self, menus: Sequence[QMenu]) -> None:
        """Fill the menu bar."""
        self.menuBar().clear()
        for menu, title in zip(menus, titles(), strict=True):
            menu.setTitle(title)
            self.menuBar().addMenu(menu)

    def part(self, place: Place) -> QWidget:
        """What stands in a place."""
        return self._parts[place]

    def put(self, place: Place, new: QWidget) -> None:
        """Put a part in its place; the one that stood there goes away."""
        old, self._parts[place] = self._parts[place], new
        new.setMinimumHeight(max(new.minimumHeight(), _height(place)))  # so that nothing moves where it needs less
        parent = old.parentWidget()
        if isinstance(parent, QSplitter):
            sizes = parent.sizes()
            parent.replaceWidget(parent.indexOf(old), new)
            parent.setSizes(sizes)
        else:
            self._column.replaceWidget(old, new)
        new.show()
        old.deleteLater()

    def _empty(self, place: Place) -> QWidget:
        """What keeps the room of a part until it comes, and has its colours."""
        empty = QFrame(self)
        empty.setMinimumHeight(_height(place))
        if place is Place.TOP:
            empty.setObjectName("topBar")
        elif place is Place.STATUS:
            empty.setObjectName("statusLine")
            words = QLabel(self.tr("opening…"), empty)
            words.setProperty("look", "muted")
            words.setContentsMargins(12, STATUS_MARGINS[0], 12, STATUS_MARGINS[1])
        elif place is Place.STACK:
            empty.setProperty("look", "stage")
        return empty

    def _arrange(self) -> None:
        part = self._parts
        for splitter, places in (
            (self.down, (Place.STACK, Place.CURVES)),
            (self.right, (Place.DRAWING, Place.FORM)),
        ):
            for place in places:
                splitter.addWidget(part[place])
        for pane in (part[Place.PALETTE], self.down, self.right):
            self.across.addWidget(pane)
        for splitter, stretching in ((self.across, 1), (self.down, 0), (self.right, 1)):
            splitter.setStretchFactor(stretching, 1)
        part[Place.PALETTE].setMinimumWidth(150)
        self.right.setMinimumWidth(270)
        self.down.setMinimumWidth(480)
        central = QWidget(self)
        self._column = QVBoxLayout(central)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        for widget in (part[Place.TOP], _line(self), part[Place.RECIPE], _line(self), self.messages):
            self._column.addWidget(widget)
        self._column.addWidget(self.across, 1)
        for widget in (_line(self), part[Place.STATUS]):
            self._column.addWidget(widget)
        self.setCentralWidget(central)

    @Slot()
    def reset_layout(self) -> None:
        """Go back to the sizes that the window came with."""
        self._settings.forget_layout()
        self.showNormal()
        self.resize(SIZE)
        self._divide()

    @Slot()
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
        document = self._document
        if document is None:
            self.setWindowTitle("Playground")
            return
        self.setWindowTitle(self.tr("{0}[*] – Playground").format(document.experiment.name.replace("[*]", "[*][*]")))
        self.setWindowModified(document.modified)
        self.setWindowFilePath(str(document.path or ""))

    def _splitters(self) -> tuple[tuple[str, QSplitter, tuple[int, ...]], ...]:
        return ("across", self.across, ACROSS), ("down", self.down, DOWN), ("right", self.right, RIGHT)

    def _divide(self) -> None:
        for _, splitter, sizes in self._splitters():
            splitter.setSizes(sizes)

    def _restore(self) -> None:
        geometry = self._settings.layout("window")
        if geometry is None or not self.restoreGeometry(geometry):
            self.resize(SIZE.boundedTo(self.screen().availableSize()).expandedTo(SMALLEST))
        self._divide()
        for name, splitter, _ in self._splitters():
            state = self._settings.layout(name)
            if state is not None:
                splitter.restoreState(state)

    def _remember(self) -> None:
        self._settings.set_layout("window", self.saveGeometry())
        for name, splitter, _ in self._splitters():
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


def _height(place: Place) -> int:
    """The room that a bar needs above and below what is highest in it; 0 where a part fills what there is."""
    if place is Place.TOP:
        pixmap = QPixmap(ICON, ICON)
        return QPushButton(QIcon(pixmap), "0").sizeHint().height() + 2 * BAR_MARGIN
    if place is Place.RECIPE:
        further = QToolButton()
        further.setText("⋯")
        further.setProperty("look", "flat")
        return max(further.sizeHint().height(), QComboBox().sizeHint().height()) + 2 * BAR_MARGIN
    if place is Place.STATUS:
        return QLabel("0").sizeHint().height() + sum(STATUS_MARGINS)
    return 0


def _file(event: QDropEvent) -> Path | None:
    """The one experiment or network, table or folder that is being dragged."""
    from playground.gui.files import EXPERIMENT, NETWORK
    from playground.gui.supply.supply import is_source

    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    fits = len(paths) == 1 and (paths[0].suffix.lower() in (EXPERIMENT, NETWORK) or is_source(paths[0]))
    return paths[0] if fits else None
