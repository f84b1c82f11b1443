"""Films the moments of a run: shows one after another, and saves pictures of the window."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from playground.gui.session.background import Background
from playground.gui.session.time_machine import Moment, TimeMachine
from playground.gui.style.dialogs import Ask
from playground.spec.files.storage import write_atomically
from playground.spec.messages import message

SETTLED = 300  # milliseconds after which all views show a moment
FRAME = 500  # milliseconds of a frame in an animation
_COLORS = 256  # of a frame of an animation


class Film(QObject):
    """One film at a time; it is encoded and written in the thread `saving`."""

    saved = Signal(object)  # Message
    failed = Signal(object)  # Message

    def __init__(self, machine: TimeMachine, widget: QWidget, saving: Background, ask: Ask, parent: QObject) -> None:
        """`widget` is filmed; `ask` chooses the path."""
        super().__init__(parent)
        self._machine, self._widget, self._saving, self._ask = machine, widget, saving, ask
        self._left: list[Moment | None] = []
        self._frames: list[QImage] = []
        self._path = Path()
        self._waiting = QTimer(self)
        self._waiting.setSingleShot(True)
        self._waiting.setInterval(SETTLED)
        self._waiting.timeout.connect(self._take)
        machine.shown_changed.connect(self._settle)
        machine.failed.connect(self._give_up)

    @Slot(bool)
    def ask_where_to_save(self, pictures: bool) -> None:
        """Ask for a path, and film; `pictures`: as a series of PNG files instead of a GIF file."""
        title = self.tr("Save pictures of the run") if pictures else self.tr("Save the film of the run")
        filters = self.tr("PNG pictures (*.png)") if pictures else self.tr("GIF animations (*.gif)")
        path = self._ask.save_path(title, Path("film.png" if pictures else "film.gif"), filters)
        if path is not None:
            self.save(path)

    def save(self, path: Path) -> None:
        """Film all moments and then the latest network; the ending of the path decides about the format."""
        if self._left or not self._machine.moments:
            return
        self._path, self._frames = path, []
        self._left = [*self._machine.moments, None]
        self._next()

    def _next(self) -> None:
        moment = self._left[0]
        if moment == self._machine.shown:
            self._waiting.start()  # it is shown already
        else:
            self._machine.show(moment)

    @Slot()
    def _settle(self) -> None:
        if self._left and self._machine.shown == self._left[0]:
            self._waiting.start()

    @Slot()
    def _take(self) -> None:
        if not self._left:
            return
        self._frames.append(self._widget.grab().toImage())
        del self._left[0]
        if self._left:
            self._next()
            return
        path, frames, self._frames = self._path, self._frames, []
        job = self._saving.do(lambda: _write(path, frames))
        job.done.connect(lambda count: self.saved.emit(message("{n:,} pictures were saved", n=count)))
        job.failed.connect(self.failed)

    @Slot()
    def _give_up(self) -> None:
        """A moment cannot be shown, which is reported elsewhere."""
        self._left = []
        self._frames = []


def _write(path: Path, frames: Sequence[QImage]) -> int:
    """Write an animation, or numbered pictures, and return the number of frames."""
    from PIL import Image

    pictures = [Image.fromarray(_pixels(frame)) for frame in frames]
    if path.suffix.lower() == ".gif":
        reduced = [picture.quantize(_COLORS, dither=Image.Dither.NONE) for picture in pictures]
        data = BytesIO()
        times = [FRAME] * (len(reduced) - 1) + [4 * FRAME]
        reduced[0].save(data, "GIF", save_all=True, append_images=reduced[1:], duration=times, loop=0)
        write_atomically(path, data.getvalue())
        return len(frames)
    for number, picture in enumerate(pictures, 1):
        data = BytesIO()
        picture.save(data, "PNG")
        write_atomically(
            path.with_name(f"{path.stem}-{number:0{len(str(len(pictures)))}}{path.suffix}"), data.getvalue()
        )
    return len(frames)


def _pixels(frame: QImage) -> np.ndarray:
    """The pixels (H, W, 3), uint8."""
    converted = frame.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(converted.constBits(), np.uint8).reshape(converted.height(), converted.bytesPerLine())
    return rows[:, : 3 * converted.width()].reshape(converted.height(), converted.width(), 3).copy()
