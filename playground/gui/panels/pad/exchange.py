"""Exchanges pictures with other programs: imports from clipboard and files, exports of the network's input."""

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
    """Imports pictures, and exports the network's input `picture` of `side` × `side` pixels."""

    taken = Signal(object)  # about pasted or dropped data: a Message that a part was ignored, or None
    arrived = Signal(object)  # an imported Image
    failed = Signal(object)  # a Message: why a picture could not be imported or written

    def __init__(self, picture: Callable[[], Grey | None], side: int, background: Background, parent: QWidget) -> None:
        super().__init__(parent)
        self._picture, self._side, self._background, self._parent = picture, side, background, parent
        self._incoming: Job | None = None  # the picture being read

    @Slot()
    def paste(self) -> None:
        """Import the clipboard's picture, or report that there is none."""
        if not self.take_in(QGuiApplication.clipboard().mimeData()):
            missing = message("There is no picture on the clipboard. Copy one, or a picture file, and paste again.")
            self.failed.emit(missing)

    def take_in(self, mime: QMimeData | None) -> bool:
        """Start to read the offered picture; return whether there is one."""
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
        """Ignore the picture that is being read, if any."""
        if self._incoming is not None:
            self._incoming.done.disconnect(self._arrived)
            self._incoming.failed.disconnect(self._not_arrived)
            self._incoming = None

    @Slot()
    def copy(self) -> None:
        """Copy the network's input to the clipboard."""
        image = self._image()
        if image is not None:
            QGuiApplication.clipboard().setImage(image)

    @Slot()
    def ask_where_to_save(self) -> None:
        """Open a dialog for the file to save the network's input to, without blocking."""
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
        """Write the network's input as a PNG file."""
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
