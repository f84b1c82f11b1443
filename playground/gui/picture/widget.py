"""The widget for pictures: the picture, what the network takes it for, and a bar for each class."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from playground.engine.pictures import fitted
from playground.gui.asking import Unanswered
from playground.gui.background import Background, Job
from playground.gui.drawing.bars import Bars
from playground.gui.drawing.incoming import png_of, source_of
from playground.gui.drawing.reading import Reading
from playground.gui.picture.asking import Pixels
from playground.gui.picture.view import PictureView
from playground.gui.theme import set_look
from playground.gui.words import translated
from playground.spec.dataset import Dataset
from playground.spec.words import Message, say

_MARGIN = 12
_NAME_SIZE = 18.0  # points


class PictureWidget(QWidget):
    """Nothing here changes its size with the picture: a sentence takes the place of the bars."""

    touched = Signal()
    asked = Signal(object)  # Pixels, or None
    sample_requested = Signal()

    def __init__(self, background: Background, parent: QWidget | None = None) -> None:
        """`background` reads the pictures that are dropped, pasted or chosen."""
        super().__init__(parent)
        self._background = background
        self._data: Dataset | None = None
        self._picture: Pixels | None = None
        self._source: Path | bytes | None = None
        self._truth: int | None = None
        self._reading: Reading | None = None
        self._job: Job | None = None
        self._trained = self._loading = False
        self._message = self._failure = ""
        self.view = PictureView(self)
        self.bars = Bars(("",), self)
        self.name, self.said, self.below = QLabel(self), QLabel(self), QLabel(self)
        self.sample = QPushButton(self.tr("One from the test set"), self)
        self.paste_button = QPushButton(self.tr("Paste"), self)
        self._arrange()
        self.view.offered.connect(self.take)
        self.view.clicked.connect(self.choose)
        self.paste_button.clicked.connect(self.paste)
        self.sample.clicked.connect(self.sample_requested)

    def _arrange(self) -> None:
        title = QLabel(self.tr("Show a picture"), self)
        set_look(title, "heading")
        font = self.name.font()
        font.setPointSizeF(_NAME_SIZE)
        font.setBold(True)
        self.name.setFont(font)
        self.name.setMinimumHeight(self.name.fontMetrics().height())
        self.said.setWordWrap(True)
        for label in (self.said, self.below):
            set_look(label, "muted")
        note = QFrame(self)
        set_look(note, "note")
        inner = QVBoxLayout(note)
        inner.setContentsMargins(12, 9, 12, 9)
        inner.addWidget(self.said)
        page = QWidget(self)
        pages = QVBoxLayout(page)
        pages.setContentsMargins(0, 0, 0, 0)
        pages.addWidget(note)
        pages.addStretch(1)
        self._area = QStackedWidget(self)
        known = QWidget(self)
        rows = QVBoxLayout(known)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self.bars)
        rows.addStretch(1)
        self._area.addWidget(known)
        self._area.addWidget(page)
        head, foot = QHBoxLayout(), QHBoxLayout()
        for layout, widgets in ((head, (title, self.paste_button)), (foot, (self.sample, self.below))):
            layout.addWidget(widgets[0])
            layout.addStretch(1)
            layout.addWidget(widgets[1])
        set_look(self.paste_button, "flat")
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, 8, _MARGIN, 8)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.view, 1)
        column.addWidget(self.name)
        column.addWidget(self._area)
        column.addLayout(foot)

    # What others say

    def show_data(self, data: Dataset) -> None:
        """Tell apart what this data set does; a picture of a person is fitted to it anew."""
        before, self._data = self._data, data
        self.bars.set_labels(tuple(map(translated, data.class_names)))
        sentence = 3 * self.said.fontMetrics().lineSpacing() + 24
        self._area.setFixedHeight(max(self.bars.sizeHint().height(), sentence))
        if before is not None and before.sample_shape == data.sample_shape and type(before) is type(data):
            return
        self._picture = self._reading = self._truth = None
        if self._source is not None:
            self._read(self._source)
        self._show()

    def show_sample(self, picture: Pixels, truth: int) -> None:
        """Show a picture of the data set, and say what it is."""
        self._source = None
        self._put(picture, truth)

    @Slot(object)
    def show_answer(self, answer: object) -> None:
        """Show what was read."""
        self._reading = answer if isinstance(answer, Reading) and self._picture is not None else None
        self._failure = translated(answer.message) if isinstance(answer, Unanswered) else ""
        self._show()

    def set_trained(self, trained: bool) -> None:
        """Say whether the network has learned anything."""
        self._trained = trained
        self._show()

    def set_loading(self, loading: bool) -> None:
        """Say whether PyTorch is still being loaded."""
        self._loading = loading
        self._show()

    def set_message(self, text: Message | str | None) -> None:
        """Say why this network cannot be asked, or None if it can."""
        self._message = translated(text) if text else ""
        self._show()

    # Pictures coming in

    @Slot(object)
    def take(self, source: object) -> None:
        """Read a picture: a file's path, or an image."""
        self._read(png_of(source, quality=100) if isinstance(source, QImage) else source)  # type: ignore[arg-type]

    @Slot()
    def paste(self) -> None:
        """Take the clipboard's picture."""
        mime = QGuiApplication.clipboard().mimeData()
        source = None if mime is None else source_of(mime)
        if source is None:
            self._explain(say("There is no picture on the clipboard."))
        else:
            self.take(source)

    @Slot()
    def choose(self) -> None:
        """Ask for a picture, without waiting for the answer."""
        pictures = self.tr("Pictures (*.png *.jpg *.jpeg *.bmp *.gif *.webp)")
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
        self._forget()
        self._source = source
        self._job = self._background.do(lambda: fitted(source, data))
        self._job.done.connect(self._arrived)
        self._job.failed.connect(self._explain)

    def _forget(self) -> None:
        """Do not wait any longer for a picture that is being read."""
        if self._job is not None:
            self._job.done.disconnect(self._arrived)
            self._job.failed.disconnect(self._explain)
            self._job = None

    @Slot(object)
    def _arrived(self, picture: Pixels) -> None:
        self._job = None
        self._put(picture, None)

    @Slot(object)
    def _explain(self, message: Message) -> None:
        self._job = None
        self._failure = translated(message)
        self._show()

    def _put(self, picture: Pixels, truth: int | None) -> None:
        self._picture, self._truth, self._reading, self._failure = picture, truth, None, ""
        self.touched.emit()
        self._show()
        self.asked.emit(picture)

    def _show(self) -> None:
        """Show what is known now."""
        data, reading = self._data, self._reading
        if data is None:
            return
        names = tuple(map(translated, data.class_names))
        if reading is not None and len(reading.probabilities) != len(names):
            reading = None  # of the network that there was before the data changed
        self.view.show_picture(self._picture)
        self.bars.show_probabilities(reading.probabilities if reading else (), sure=self._trained)
        self.name.setText(names[reading.digit] if reading else "")
        set_look(self.name, "accent" if self._trained else "faint")
        known = self._truth is not None and self._truth < len(names)
        self.below.setText(self.tr("It is: {0}").format(names[self._truth or 0]) if known else "")
        said = self._sentence()
        self.said.setText(said)
        self._area.setCurrentIndex(1 if said else 0)

    def _sentence(self) -> str:
        """What is said in place of the bars; nothing where they can be shown."""
        if self._failure or self._message:
            return self._failure or self._message
        if self._loading:
            return self.tr("loading PyTorch…")
        if self._trained or self._picture is not None:
            return ""
        return self.tr("This network has not been trained yet: what it says is chance. Press Train (Ctrl+R).")
