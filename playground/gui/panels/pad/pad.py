"""The pad: converts the input of a mouse, a finger or a pen into a drawing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.gui.panels.pad import raster
from playground.gui.panels.pad.canvas import Canvas, square_of
from playground.gui.panels.pad.commands import PadCommands
from playground.gui.panels.pad.exchange import Exchange
from playground.gui.panels.pad.incoming_picture import source_of
from playground.gui.panels.pad.paper import DIGIT, Paper
from playground.gui.panels.pad.pointer import Pointer
from playground.gui.panels.pad.strokes import ERASER, MEDIUM, Drawing, Image, Point, Stroke
from playground.gui.session.background import Background

_BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
    Qt.FocusReason.OtherFocusReason,
)
_REMEMBERED = 200  # maximum number of drawings in the undo history
_REMEMBERED_BYTES = 8_000_000  # of pictures in it: one that is pasted or dropped takes up to 640 kB
_UNLIMITED = (1 << 24) - 1  # pixels: Qt's QWIDGETSIZE_MAX


class Pad(QWidget):
    """A black square to draw on in white; independent of any network, it emits `changed` and offers `picture()`."""

    changed = Signal()  # the drawing was replaced or extended
    failed = Signal(object)  # a Message: why a picture could not be imported or written

    def __init__(self, background: Background, parent: QWidget | None = None, paper: Paper = DIGIT) -> None:
        """`background` is the thread that reads pasted and dropped pictures; `paper` rasterizes the drawing."""
        super().__init__(parent)
        self.paper = paper
        self._empty_drawing = self._drawing = Drawing()
        self._history: list[Drawing] = []
        self._stroke: Stroke | None = None  # the current stroke
        self._picture: raster.Grey | None = None
        self._stale = False  # whether the picture is older than the drawing
        self._pen = MEDIUM
        self._erasing = False
        self.reached_by_keyboard = False
        self._canvas = Canvas(self)
        self._pointer = Pointer(self)
        self._max_height = _UNLIMITED  # maximum height in pixels
        self._set_up()
        self.exchange = Exchange(self.picture, paper.side, background, self)
        self.commands = PadCommands(paper.side, self)
        self._connect()
        self._refresh()

    def _connect(self) -> None:
        pointer, exchange, commands = self._pointer, self.exchange, self.commands
        pointer.down.connect(self.pen_down)
        pointer.moved.connect(self.pen_moved)
        pointer.up.connect(self.pen_up)
        pointer.lost.connect(self.pen_lost)
        exchange.arrived.connect(self.show_image)
        exchange.failed.connect(self.failed)
        commands.undo.triggered.connect(self.undo)
        commands.clear.triggered.connect(self.clear)
        commands.paste.triggered.connect(exchange.paste)
        commands.copy.triggered.connect(exchange.copy)
        commands.save.triggered.connect(exchange.ask_where_to_save)
        commands.pen_chosen.connect(self.use_pen)
        commands.eraser_chosen.connect(self.use_eraser)

    def _set_up(self) -> None:
        self.setAccessibleName(self.tr("Drawing pad"))
        self.setAccessibleDescription(
            self.tr("Draw a digit with mouse, finger or pen, or paste a picture; the network reads it at once.")
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setAcceptDrops(True)
        self.setMinimumSize(120, 120)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setCursor(Qt.CursorShape.CrossCursor)

    # State

    def picture(self) -> raster.Grey | None:
        """The network's input, float32, 0–1, or None without ink; read-only."""
        if self._stale:
            self._picture, self._stale = self.paper.picture(self.drawing), False
        return self._picture

    @property
    def drawing(self) -> Drawing:
        """The current drawing, including the current stroke."""
        return self._drawing if self._stroke is None else self._drawing.plus(self._stroke)

    @property
    def ground(self) -> Image | None:
        """The picture below an empty drawing."""
        return self._empty_drawing.image

    @property
    def pen(self) -> float:
        """The width of the pen, as a share of the pad's side."""
        return self._pen

    @property
    def erasing(self) -> bool:
        """Whether the next stroke erases."""
        return self._erasing

    @property
    def cleared(self) -> bool:
        """Whether clearing would have no effect."""
        return self._stroke is None and self._drawing is self._empty_drawing

    @property
    def can_undo(self) -> bool:
        """Whether there is an earlier drawing to return to."""
        return bool(self._history) or self._stroke is not None

    def square(self) -> QRect:
        """The part of the widget to draw on: the largest square, in the upper left corner."""
        return square_of(self)

    # Strokes reported by the pointer

    @Slot(object, bool)
    def pen_down(self, point: Point, erase: bool) -> None:
        """Begin a stroke."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        erase = erase or self._erasing
        self._stroke = Stroke((point,), self.paper.pens * (ERASER if erase else self._pen), erase)
        self._canvas.begin(self._stroke)
        self._drawn()

    @Slot(object)
    def pen_moved(self, point: Point) -> None:
        """Extend the current stroke to a point."""
        if self._stroke is None:
            return
        extended = self._stroke.to(point)
        if extended is not self._stroke:
            self._stroke = extended
            self._canvas.follow(extended)
            self._drawn()

    @Slot()
    def pen_up(self) -> None:
        """Finish the current stroke, which can now be undone."""
        if self._stroke is not None:
            self._remember()
            self._canvas.end()
            self._drawing, self._stroke = self._drawing.plus(self._stroke), None
            self._refresh()

    @Slot()
    def pen_lost(self) -> None:
        """Discard the current stroke."""
        if self._stroke is not None:
            self._show(self._drawing)

    # Slots of the actions

    @Slot()
    def undo(self) -> None:
        """Restore the drawing before the last stroke, picture or clearing, or discard the current stroke."""
        if self._stroke is None and self._history:
            self._show(self._history.pop())
        else:
            self.pen_lost()

    @Slot()
    def clear(self) -> None:
        """Empty the pad; this can be undone."""
        self.pen_up()
        if not self.cleared:
            self._remember()
            self._show(self._empty_drawing)

    @Slot(float)
    def use_pen(self, width: float) -> None:
        """Draw with a pen of that width, a share of the pad's side."""
        self._pen, self._erasing = width, False
        self.setCursor(Qt.CursorShape.CrossCursor)

    @Slot()
    def use_eraser(self) -> None:
        """Erase with the next strokes."""
        self._erasing = True
        self.setCursor(self._canvas.ring(self.paper.pens * ERASER))

    @Slot(object)
    def show_image(self, image: Image) -> None:
        """Replace the drawing by a picture; this can be undone."""
        self.show_drawing(Drawing(image))

    def show_drawing(self, drawing: Drawing) -> None:
        """Replace the drawing by another one; this can be undone."""
        self.pen_up()
        self.exchange.forget()
        self._remember()
        self._show(drawing)

    def set_ground(self, image: Image) -> None:
        """Set the picture below all drawings, to which clearing returns; discard the drawing and its history."""
        self.pen_up()
        self.exchange.forget()
        self._history = []
        self._empty_drawing = Drawing(image)
        self._show(self._empty_drawing)

    # Implementation

    def _remember(self) -> None:
        self._history = _latest([*self._history, self._drawing])

    def _show(self, drawing: Drawing) -> None:
        self._drawing, self._stroke = drawing, None
        self._canvas.redraw()
        self._drawn()

    def _drawn(self) -> None:
        self._stale = True
        self._refresh()
        self.changed.emit()

    def _refresh(self) -> None:
        self.commands.refresh(can_undo=self.can_undo, can_clear=not self.cleared, can_copy=not self.drawing.empty)

    def _command(self, event: QKeyEvent) -> Callable[[], None] | None:
        """The command of a key, if it is one of the pad's shortcuts."""
        if event.matches(QKeySequence.StandardKey.Copy):
            return self.exchange.copy
        if event.matches(QKeySequence.StandardKey.Paste):
            return self.exchange.paste
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return None
        return {
            Qt.Key.Key_E: self.commands.toggle_erase,
            Qt.Key.Key_BracketLeft: self.commands.narrower,
            Qt.Key.Key_BracketRight: self.commands.wider,
        }.get(Qt.Key(event.key()))

    # Qt's events

    def event(self, event: QEvent) -> bool:
        """Handle touch and pen before Qt converts them to mouse events, and keys before the window's shortcuts."""
        if self._pointer.took(event):
            return True
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._command(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """E toggles the eraser, [ and ] change the pen, and the standard keys copy and paste."""
        command = self._command(event)
        if command is None:
            super().keyPressEvent(event)
        else:
            command()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802  Qt's name
        """Show a menu of all actions."""
        self.commands.menu().popup(event.globalPos())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802  Qt's name
        """Accept pictures and files that may be pictures; leave the rest to the window."""
        if source_of(event.mimeData(), several=False) is None:
            event.ignore()
        else:
            event.acceptProposedAction()
            self._canvas.invite(True)

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:  # noqa: N802  Qt's name
        """Remove the drop frame."""
        self._canvas.invite(False)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802  Qt's name
        """Import the dropped picture."""
        self._canvas.invite(False)
        if self.exchange.take_in(event.mimeData()):
            event.acceptProposedAction()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802  Qt's name
        """Show a focus frame if the focus came from the keyboard; it is unnecessary after a click."""
        self.reached_by_keyboard = event.reason() in _BY_KEYBOARD
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802  Qt's name
        """Remove the focus frame."""
        self.reached_by_keyboard = False
        super().focusOutEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Paint the pad."""
        self._canvas.paint(self._drawing, framed=self.reached_by_keyboard)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """Update the eraser's cursor to the new size of its line."""
        super().resizeEvent(event)
        if self._erasing:
            self.use_eraser()

    def hasHeightForWidth(self) -> bool:  # noqa: N802  Qt's name
        """The pad is square."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802  Qt's name
        """The width, up to the maximum height."""
        return min(width, self._max_height)

    def set_highest(self, height: int) -> None:
        """Limit the height: the other widgets in the column need the rest."""
        if height != self._max_height:
            self._max_height = height
            self.updateGeometry()

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """A size that is comfortable for writing."""
        return QSize(220, 220)


def _latest(drawings: Sequence[Drawing]) -> list[Drawing]:
    """The latest drawings, as many as are remembered; several strokes on one picture hold it together."""
    kept: list[Drawing] = []
    pictures: dict[int, int] = {}  # bytes, by identity
    for drawing in reversed(drawings[-_REMEMBERED:]):
        if drawing.image is not None:
            pictures[id(drawing.image)] = drawing.image.grey.nbytes
        if sum(pictures.values()) > _REMEMBERED_BYTES:
            break
        kept.append(drawing)
    return kept[::-1]
