"""The pad's traffic with other programs: pictures come in from clipboard and files, what the network sees goes out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from playground.gui.panels.pad.incoming_picture import png_of, read_in, rest_of, source_of
from playground.gui.panels.pad.raster import Grey, image_of
from playground.gui.panels.pad.strokes import Image
from playground.gui.session.background import Background, Job
from playground.spec.files.storage import write_atomically
from playground.spec.messages import PlaygroundError, message


class Exchange(QObject):
    """Takes pictures in and gives out the `picture` that the network sees, of `side` × `side` pixels."""

    taken = Signal(object)  # of what is pasted or dropped: a Message that the rest was not taken, or None
    arrived = Signal(object)  # Image that was taken in
    failed = Signal(object)  # a Message: why a picture could not be taken in or written

    def __init__(self, picture: Callable[[], Grey | None], side: int, background: Background, parent: QWidget) -> None:
        super().__init__(parent)
        self._picture, self._side, self._background, self._parent = picture, side, background, parent
        self._incoming: Job | None = None  # a picture being read

    @Slot()
    def paste(self) -> None:
        """Take in the clipboard's picture, or say that it holds none."""
        if not self.take_in(QGuiApplication.clipboard().mimeData()):
            missing = message("There is no picture on the clipboard. Copy one, or a picture file, and paste again.")
            self.failed.emit(missing)

    def take_in(self, mime: QMimeData | None) -> bool:
        """Begin to read the picture offered; return whether one is."""
        source = None if mime is None else source_of(mime)  # an empty clipboard has none
        if source is None:
            return False
        assert mime is not None
        self.forget()
        self.taken.emit(rest_of(mime, source))
        self._incoming = self._background.do(lambda: read_in(source))
        self._incoming.done.connect(self._arrived)
        self._incoming.failed.connect(self._not_arrived)
        return True

    def forget(self) -> None:
        """Do not wait any longer for a picture that is being read."""
        if self._incoming is not None:
            self._incoming.done.disconnect(self._arrived)
            self._incoming.failed.disconnect(self._not_arrived)
            self._incoming = None

    @Slot()
    def copy(self) -> None:
        """Put what the network sees onto the clipboard."""
        image = self._image()
        if image is not None:
            QGuiApplication.clipboard().setImage(image)

    @Slot()
    def ask_where_to_save(self) -> None:
        """Ask for a file for what the network sees, without waiting for the answer."""
        if self._image() is None:
            return
        dialog = QFileDialog(
            self._parent, self.tr("Save the {0} × {0}").format(self._side), "", self.tr("PNG pictures (*.png)")
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("png")
        dialog.selectFile(self.tr("digit.png"))
        dialog.fileSelected.connect(self.save)
        dialog.open()

    @Slot(str)
    def save(self, path: str) -> None:
        """Write what the network sees as a PNG file."""
        image = self._image()
        if image is None:
            return
        try:
            write_atomically(Path(path), png_of(image))
        except PlaygroundError as error:
            self.failed.emit(error.message)

    def _image(self) -> QImage | None:
        picture = self._picture()
        return None if picture is None else image_of(picture)

    @Slot(object)
    def _arrived(self, grey: Grey) -> None:
        self.forget()
        self.arrived.emit(Image(grey))

    @Slot(object)
    def _not_arrived(self, message: object) -> None:
        self.forget()
        self.failed.emit(message)
