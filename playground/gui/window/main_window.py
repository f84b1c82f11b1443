"""The main window: arranges the parts and passes on events; the parts decide.

All regions exist with their final size from the start, and each part replaces an empty widget when it is ready. So the
window can be shown before the parts' dependencies are imported.
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

from playground.gui.style.icons import SIZE as ICON
from playground.gui.style.icons import application_icon
from playground.gui.style.menu_titles import titles
from playground.gui.style.settings import Settings
from playground.gui.window.message_bar import MessageArea, most_height
from playground.spec.files.storage import shown
from playground.spec.messages import printable

if TYPE_CHECKING:
    from playground.gui.session.document import Document
    from playground.gui.session.dropped_files import DroppedFiles

SIZE = QSize(1440, 900)
SMALLEST = QSize(1024, 640)
_FRAME = QSize(8, 40)  # pixels for the desktop's frame and title bar, whose size is unknown before the window is shown
ACROSS = (196, 926, 318)  # widths of palette, middle and right column in a window of SIZE
DOWN = (566, 214)  # heights of stack and curves
RIGHT = (466, 314)  # heights of the task panel and the form
LEAST_DRAWING = 410  # least height of the panel of digits, the first one
LEAST_RIGHT = 288  # least width in which no text of a form is cut off
BAR_MARGIN = 7  # above and below the contents of the bars on top
ONE_BLOCK = 52  # least height of the stack that stays visible above a message
STATUS_MARGINS = (3, 4)  # above and below the text of the status line


class Region(Enum):
    """A region of the window; keyboard focus moves through the regions in this order."""

    TOP = auto()
    RECIPE = auto()
    PALETTE = auto()
    STACK = auto()
    CURVES = auto()
    DRAWING = auto()
    FORM = auto()
    STATUS = auto()


class MainWindow(QMainWindow):
    """Bars on top, palette left, stack over curves in the middle, task panel over form right, status line below."""

    painted = Signal()  # for the first time
    dropped = Signal(object)  # DroppedFiles: files or addresses were dropped on the window
    closing = Signal()  # the window may close and is about to
    results_enlarged = Signal(bool)  # the results were enlarged, or got their usual size back

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._document: Document | None = None
        self._settings = settings
        self._may_close = self._asking = self._painted = False
        self._usual: list[int] = []  # sizes of stack and results while the results are enlarged
        self._divided: set[str] = set()  # the splitters that the user has moved, now or in an earlier window
        self.setWindowIcon(application_icon())
        self.setMinimumSize(SMALLEST)
        self.across = _splitter(Qt.Orientation.Horizontal, self.tr("Columns"))
        self.down = _splitter(Qt.Orientation.Vertical, self.tr("Stack and curves"))
        self.right = _splitter(Qt.Orientation.Vertical, self.tr("Drawing and layer"))
        self._parts = {region: self._empty(region) for region in Region}
        for title in titles():
            self.menuBar().addAction(title)
        self._arrange()
        self._restore()
        self._show_title()

    def follow(self, document: Document) -> None:
        """Show that document's name from now on, and accept dropped files."""
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

    def part(self, region: Region) -> QWidget:
        """The widget in a region."""
        return self._parts[region]

    def put(self, region: Region, new: QWidget) -> None:
        """Put a widget into a region, and discard the previous one."""
        old, self._parts[region] = self._parts[region], new
        new.setMinimumHeight(max(new.minimumHeight(), _height(region)))  # nothing moves if it needs less
        parent = old.parentWidget()
        if isinstance(parent, QSplitter):
            sizes = parent.sizes()
            parent.replaceWidget(parent.indexOf(old), new)
            parent.setSizes(sizes)
        else:
            layout = self._stage if region is Region.STACK else self._column
            layout.replaceWidget(old, new)
        new.show()
        self.messages.raise_()
        old.deleteLater()

    def put_above_stack(self, note: QWidget) -> None:
        """Add a widget above the stack that is visible only at times."""
        self._stage.insertWidget(0, note)

    def _empty(self, region: Region) -> QWidget:
        """An empty widget with the size and colours of a part that is not there yet."""
        empty = QFrame(self)
        empty.setMinimumHeight(_height(region))
        if region is Region.TOP:
            empty.setObjectName("topBar")
        elif region is Region.STATUS:
            empty.setObjectName("statusLine")
            words = QLabel(self.tr("opening…"), empty)
            words.setProperty("look", "muted")
            words.setContentsMargins(12, STATUS_MARGINS[0], 12, STATUS_MARGINS[1])
        elif region is Region.STACK:
            empty.setProperty("look", "stage")
        elif region is Region.DRAWING:
            empty.setMinimumHeight(LEAST_DRAWING)
        return empty

    def _arrange(self) -> None:
        part = self._parts
        stage = QWidget(self.down)
        self._stage = QVBoxLayout(stage)
        self._stage.setContentsMargins(0, 0, 0, 0)
        self._stage.setSpacing(0)
        self._stage.addWidget(part[Region.STACK], 1)
        for splitter, parts in (
            (self.down, (stage, part[Region.CURVES])),
            (self.right, (part[Region.DRAWING], part[Region.FORM])),
        ):
            for widget in parts:
                splitter.addWidget(widget)
        for pane in (part[Region.PALETTE], self.down, self.right):
            self.across.addWidget(pane)
        self.across.setStretchFactor(1, 1)  # the side columns keep their widths when the window is resized
        for _, splitter, _ in self._splitters():
            splitter.splitterMoved.connect(self._note_divided)
        part[Region.PALETTE].setMinimumWidth(150)
        self.right.setMinimumWidth(LEAST_RIGHT)
        self.down.setMinimumWidth(480)
        central = QWidget(self)
        self._column = QVBoxLayout(central)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        for widget in (part[Region.TOP], _line(self), part[Region.RECIPE], _line(self)):
            self._column.addWidget(widget)
        self._column.addWidget(self.across, 1)
        for widget in (_line(self), part[Region.STATUS]):
            self._column.addWidget(widget)
        self.setCentralWidget(central)
        self.messages = MessageArea(central)
        self.messages.cover(stage)

    @Slot(bool)
    def enlarge_results(self, wanted: bool) -> None:
        """Give the results all the room that the stack can spare, or the size that they had before."""
        if wanted == bool(self._usual):
            return
        sizes = self.down.sizes()
        self._usual, wanted_sizes = (sizes, [0, sum(sizes)]) if wanted else ([], self._usual)
        self.down.setSizes(wanted_sizes)
        self.results_enlarged.emit(wanted)

    @Slot()
    def toggle_results(self) -> None:
        """Enlarge the results, or give them the size that they had before."""
        self.enlarge_results(not self._usual)

    @Slot()
    def reset_layout(self) -> None:
        """Restore the initial sizes."""
        self.enlarge_results(False)
        self._settings.forget_layout()
        self._divided.clear()
        self.showNormal()
        self.resize(self._first_size())
        self._divide()

    @Slot()
    def allow_close(self) -> None:
        """Close the window: everything that had to be saved is saved."""
        self._may_close = True
        if not self._asking:
            self.close()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  Qt's name
        if not self._may_close:
            self._asking = True  # an answer may come at once, and this event is then accepted
            self.closing.emit()
            self._asking = False
        if self._may_close:
            self._remember()
        event.setAccepted(self._may_close)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802  Qt's name
        if _arrival(event) is not None:  # also content that will be refused: the reason is shown
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802  Qt's name
        arrival = _arrival(event)
        if arrival is not None:
            event.acceptProposedAction()
            self.dropped.emit(arrival)

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
        name = printable(document.experiment.name).replace("[*]", "[*][*]")  # no bidi control characters
        file = document.file_name.replace("[*]", "[*][*]")
        if not file:
            title = self.tr("{0}[*] – Playground").format(name)
        elif Path(file).stem == name:
            title = self.tr("{0}[*] – Playground").format(file)
        else:
            title = self.tr("{0} ({1})[*] – Playground").format(name, file)
        self.setWindowTitle(title)
        self.setWindowModified(document.modified)
        self.setWindowFilePath(shown(document.path) if document.path else "")

    def _splitters(self) -> tuple[tuple[str, QSplitter, tuple[int, ...]], ...]:
        return ("across", self.across, ACROSS), ("down", self.down, DOWN), ("right", self.right, RIGHT)

    def _divide(self) -> None:
        for name, splitter, sizes in self._splitters():
            self._set_sizes(name, splitter, sizes)

    def _set_sizes(self, name: str, splitter: QSplitter, sizes: Sequence[int]) -> None:
        """Divide a splitter as if its size were the sum; the middle column takes the difference."""
        if name == "across":
            sides = sizes[0] + sizes[-1]
            sizes = (sizes[0], max(self.width() - sides - 2 * splitter.handleWidth(), 0), sizes[-1])
        splitter.setSizes(list(sizes))

    @Slot()
    def _note_divided(self) -> None:
        self._divided |= {name for name, splitter, _ in self._splitters() if splitter is self.sender()}
        if self._usual and self.sender() is self.down:
            self._usual = []  # the user chose another size
            self.results_enlarged.emit(False)

    def _first_size(self) -> QSize:
        """The initial size: with its frame no larger than the screen."""
        return SIZE.boundedTo(self.screen().availableSize() - _FRAME).expandedTo(SMALLEST)

    def _restore(self) -> None:
        geometry = self._settings.layout("window")
        if geometry is None or not self.restoreGeometry(geometry):
            self.resize(self._first_size())
        for name, splitter, default in self._splitters():
            kept = self._settings.sizes(name)
            if len(kept) == len(default):
                self._divided.add(name)
            self._set_sizes(name, splitter, kept if name in self._divided else default)

    def _remember(self) -> None:
        self._settings.set_layout("window", self.saveGeometry())
        for name, splitter, _ in self._splitters():
            if name in self._divided:
                sizes = self._usual if splitter is self.down else []
                self._settings.set_sizes(name, sizes or splitter.sizes())


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


def _height(region: Region) -> int:
    """The least height of a region: for a bar, its highest item and the margins; 0 if the part defines it."""
    if region is Region.TOP:
        pixmap = QPixmap(ICON, ICON)
        return QPushButton(QIcon(pixmap), "0").sizeHint().height() + 2 * BAR_MARGIN
    if region is Region.RECIPE:
        further = QToolButton()
        further.setText("⋯")
        further.setProperty("look", "flat")
        return max(further.sizeHint().height(), QComboBox().sizeHint().height()) + 2 * BAR_MARGIN
    if region is Region.STATUS:
        return QLabel("0").sizeHint().height() + sum(STATUS_MARGINS)
    if region is Region.STACK:
        return most_height() + ONE_BLOCK  # a message covers the stack alone, and not all of it
    return 0


def _arrival(event: QDropEvent) -> DroppedFiles | None:
    """The files or addresses that are being dragged, or None."""
    from playground.gui.session.dropped_files import dropped_files

    return dropped_files(event.mimeData())
