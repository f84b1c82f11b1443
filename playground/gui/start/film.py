"""Films the moments of a run: shows one after another, and saves pictures of the window."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from playground.gui.session.background import Background
from playground.gui.session.time_machine import Moment, TimeMachine
from playground.gui.style.dialogs import Ask
from playground.spec.files.storage import FileError, write_atomically
from playground.spec.messages import message, tr_noop

if TYPE_CHECKING:
    from PIL import Image

SETTLED = 500  # milliseconds that the views get to show a moment
FRAME = 500  # milliseconds of a frame in an animation
_COLORS = 256  # of a frame of an animation


class Film(QObject):
    """One film at a time; it is encoded and written in the thread `saving`, which gets each picture at once."""

    saved = Signal(object)  # Message
    failed = Signal(object)  # Message

    def __init__(self, machine: TimeMachine, widget: QWidget, saving: Background, ask: Ask, parent: QObject) -> None:
        """`widget` is filmed; `ask` chooses the path."""
        super().__init__(parent)
        self._machine, self._widget, self._saving, self._ask = machine, widget, saving, ask
        self._left: list[Moment | None] = []
        self._pictures: list[Image.Image] = []
        self._path = Path()
        self._waiting = QTimer(self)
        self._waiting.setSingleShot(True)
        self._waiting.setInterval(SETTLED)
        self._waiting.timeout.connect(self._take)
        machine.shown_changed.connect(self._settle)
        machine.moments_changed.connect(self._check)
        machine.failed.connect(self._stop)

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
        if self._left:
            self.failed.emit(message("A film is being saved already: wait for its end."))
            return
        if not self._machine.moments:
            return
        self._path, self._pictures = path, []
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
        elif self._left:
            self._interrupt()

    @Slot()
    def _check(self) -> None:
        """Notice that the run is gone, or has become another one."""
        if any(moment is not None and moment not in self._machine.moments for moment in self._left):
            self._interrupt()

    def _interrupt(self) -> None:
        self._stop()
        self.failed.emit(message("The film was not saved: another moment, or another run, was shown meanwhile."))

    @Slot()
    def _stop(self) -> None:
        """Give up; why a moment cannot be shown is reported elsewhere."""
        self._waiting.stop()
        self._left, self._pictures = [], []

    @Slot()
    def _take(self) -> None:
        if not self._left:
            return
        image, animated = self._widget.grab().toImage(), self._path.suffix.lower() == ".gif"
        pictures, path = self._pictures, self._path
        del self._left[0]
        job = self._saving.do(lambda: pictures.append(_picture(image, animated=animated)))
        job.failed.connect(self.failed)
        if self._left:
            self._next()
            return
        last = self._saving.do(lambda: _write(path, pictures))
        last.done.connect(self._tell)
        last.failed.connect(self.failed)

    @Slot(object)
    def _tell(self, count: int) -> None:
        if not self._left:  # otherwise they are those of the next film
            self._pictures = []
        self.saved.emit(message("The film was saved: {n:,} pictures", n=count))


def _picture(frame: QImage, *, animated: bool) -> Image.Image:
    """A frame as a picture; for an animation with few colours."""
    from PIL import Image

    picture = Image.fromarray(_pixels(frame))
    return picture.quantize(_COLORS, dither=Image.Dither.NONE) if animated else picture


def _write(path: Path, pictures: Sequence[Image.Image]) -> int:
    """Write an animation, or numbered pictures, and return the number of frames.

    Raises:
        FileError: it cannot be written, or a picture of that name exists: nobody was asked about it.
    """
    count = len(pictures)
    if path.suffix.lower() == ".gif":
        data = BytesIO()
        times = [FRAME] * (count - 1) + [4 * FRAME]
        pictures[0].save(data, "GIF", save_all=True, append_images=pictures[1:], duration=times, loop=0)
        write_atomically(path, data.getvalue())
        return count
    paths = [path.with_name(f"{path.stem}-{number:0{len(str(count))}}{path.suffix}") for number in range(1, count + 1)]
    for item in paths:
        if item.exists():
            words = tr_noop("The film was not saved: “{file}” exists already. Choose another name.")
            raise FileError(message(words, file=item.name))
    for item, picture in zip(paths, pictures, strict=True):
        data = BytesIO()
        picture.save(data, "PNG")
        write_atomically(item, data.getvalue())
    return count


def _pixels(frame: QImage) -> npt.NDArray[np.uint8]:
    """The pixels (H, W, 3)."""
    converted = frame.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(converted.constBits(), np.uint8).reshape(converted.height(), converted.bytesPerLine())
    return rows[:, : 3 * converted.width()].reshape(converted.height(), converted.width(), 3).copy()
