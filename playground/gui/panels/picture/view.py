"""The widget for pictures: the picture, its predicted class, and a bar per class."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QPushButton, QWidget

from playground.engine.inference.pictures import fitted
from playground.gui.panels.digits.inference import ClassProbabilities
from playground.gui.panels.pad.incoming_picture import naming, png_of, rest_of, source_of
from playground.gui.panels.picture.enlarged_picture import EnlargedPicture
from playground.gui.panels.picture.inference import Pixels
from playground.gui.panels.sample_view import SampleView
from playground.gui.panels.why_menu import WhyMenu
from playground.gui.session.background import Background, Job
from playground.gui.style.theme import set_look
from playground.gui.style.translation import translated
from playground.spec.data.dataset import Dataset
from playground.spec.files.file_kind import PICTURE_SUFFIXES
from playground.spec.messages import Message, message


class PictureView(SampleView):
    """Shows a picture of the user or of the test set; its question is `Pixels` or None."""

    taken = Signal(object)  # about pasted data: a Message that a part was ignored, or None

    def __init__(self, background: Background, parent: QWidget | None = None) -> None:
        """`background` is the thread that reads dropped, pasted and chosen pictures."""
        super().__init__(parent)
        self._background = background
        self._data: Dataset | None = None
        self._picture: Pixels | None = None
        self._source: Path | bytes | None = None
        self._label: int | None = None
        self._reading: ClassProbabilities | None = None
        self._job: Job | None = None
        self.view = EnlargedPicture(self)
        self.sample.setText(self.tr("One from the test set"))
        self.paste_button = QPushButton(self.tr("Paste"), self)
        set_look(self.paste_button, "flat")
        self.why = WhyMenu(self)
        self._arrange(self.tr("Show a picture"), self.view, title_buttons=(self.why.button(self), self.paste_button))
        self.view.offered.connect(self.take)
        self.view.clicked.connect(self.choose)
        self.paste_button.clicked.connect(self.paste)

    @property
    def made_for(self) -> Dataset | None:
        return self._data

    # Input from outside

    def show_data(self, data: Dataset) -> None:
        """Show the classes of this data set; a picture of the user is fitted to the data again."""
        before, self._data = self._data, data
        self.bars.set_labels(tuple(map(translated, data.class_names)))
        self._make_room(classes=True)
        if before is not None and before.signature == data.signature and before.class_names == data.class_names:
            return
        self._picture = self._reading = self._label = None
        self._ignore_incoming()
        self.asked.emit(None)
        if self._source is not None:
            self._read(self._source)
        self._refresh()

    def show_sample(self, picture: Pixels, label: int) -> None:
        """Show a picture of the data set with its label."""
        self._source = None
        self._put(picture, label)

    @Slot(object)
    def show_answer(self, answer: object) -> None:
        """Show an answer; it is outdated if there is no picture any more."""
        if self._picture is None:
            return
        self._reading = answer if isinstance(answer, ClassProbabilities) else None
        self._note_failure(answer)
        self._refresh()

    # Incoming pictures

    @Slot(object)
    def take(self, source: object) -> None:
        """Read a picture, given as a path or an image."""
        self._read(png_of(source, quality=100) if isinstance(source, QImage) else source)  # type: ignore[arg-type]

    @Slot()
    def paste(self) -> None:
        """Read the clipboard's picture."""
        mime = QGuiApplication.clipboard().mimeData()
        source = None if mime is None else source_of(mime)
        if source is None:
            self.explain(message("There is no picture on the clipboard."))
        else:
            assert mime is not None
            self.taken.emit(rest_of(mime, source))
            self.take(source)

    @Slot()
    def choose(self) -> None:
        """Open a file dialog for a picture, without blocking."""
        pictures = self.tr("Pictures ({0})").format(" ".join(f"*{suffix}" for suffix in PICTURE_SUFFIXES))
        dialog = QFileDialog(self, self.tr("Open a picture"), "", pictures)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._chosen)
        dialog.open()

    @Slot(str)
    def _chosen(self, path: str) -> None:
        self.take(Path(path))

    def _read(self, source: Path | bytes) -> None:
        data = self._data
        if data is None:
            return
        self._ignore_incoming()
        self._source = source
        self._job = self._background.do(lambda: _read_in(source, data))
        self._job.done.connect(self._arrived)
        self._job.failed.connect(self._not_arrived)

    def _ignore_incoming(self) -> None:
        """Ignore the picture that is being read, if any."""
        if self._job is not None:
            self._job.done.disconnect(self._arrived)
            self._job.failed.disconnect(self._not_arrived)
            self._job = None

    @Slot(object)
    def _arrived(self, picture: Pixels) -> None:
        self._job = None
        self._put(picture, None)

    @Slot(object)
    def _not_arrived(self, message: Message) -> None:
        self._job = None
        self.explain(message)

    def _put(self, picture: Pixels, label: int | None) -> None:
        self._picture, self._label, self._reading, self._failure = picture, label, None, ""
        self.touched.emit()
        self._refresh()
        self.asked.emit(picture)

    # Implementation

    def _forget(self) -> None:
        self._reading = None

    def _refresh(self) -> None:
        data, reading, label = self._data, self._reading, self._label
        if data is None:
            return
        names = tuple(map(translated, data.class_names))
        if reading is not None and len(reading.probabilities) != len(names):
            reading = None  # from the network before the data changed
        self.view.show_picture(self._picture)
        truth = self.tr("It is: {0}").format(names[label]) if label is not None and label < len(names) else ""
        wrong = bool(truth) and reading is not None and reading.digit != label
        predicted = names[reading.digit] if reading else ""
        self._show(predicted, reading.probabilities if reading else (), truth, wrong=wrong)

    def _hint(self) -> str:
        if self._trained or self._picture is not None:
            return ""
        return self.tr("This network has not been trained yet: its answers are random. Press <b>Train</b> (Ctrl+R).")


def _read_in(source: Path | bytes, data: Dataset) -> Pixels:
    """Read the picture in the format of the data; an error names the file."""
    with naming(source):
        return fitted(source, data)
