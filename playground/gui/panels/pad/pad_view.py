"""What the widgets with a pad have in common: a heading, the pad, its commands, and a sample of the test set."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLayout, QPushButton, QVBoxLayout, QWidget

from playground.gui.panels.inference_view import InferenceView, stacked
from playground.gui.panels.pad.pad import Pad
from playground.gui.panels.pad.paper import DIGIT, Paper
from playground.gui.panels.pad.preview import Preview
from playground.gui.panels.pad.raster import Grey
from playground.gui.panels.pad.strokes import Image
from playground.gui.panels.pad.tools import Tools
from playground.gui.session.background import Background
from playground.gui.style.labels import flat_button, text_label

_MARGIN = 5
_INSET = 7  # of what is no flat button: their text begins so far from their edge, and all text is to be aligned
_SPACING = 8
_SMALL_PAD = 170  # pixels: a pad that is higher gives room before the page below it does


class PadView(InferenceView):
    """A pad, and below it an area for what is known, or for a sentence why nothing is.

    Nothing changes its size while a person draws: what is said takes the place of what is not known.
    """

    test_requested = Signal()  # a sample of the test set is to be put onto the pad

    def __init__(self, background: Background, parent: QWidget | None = None, paper: Paper = DIGIT) -> None:
        """`background` reads the pictures that are pasted or dropped; `paper` says what a drawing becomes."""
        super().__init__(parent)
        self.pad = Pad(background, self, paper)
        self._title = text_label(self, self.tr("Draw a digit"), "heading")
        self._test = QPushButton(self.tr("A digit from the test set"), self)
        self.pad.changed.connect(self._pad_changed)
        self.pad.failed.connect(self.explain)
        self._test.clicked.connect(self.test_requested)

    def show_digit(self, picture: Grey, label: int | None = None) -> None:
        """Put a picture of a data set, (H, W) in [0, 1], onto the pad, and say which class it is, if it has one."""
        self.pad.show_image(Image(picture, label))

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """With a small pad, and pages as low as can be."""
        least = super().minimumSizeHint()
        # Of a spacing beside the stretch at the end Qt knows only when it lays out, and then takes it from a row.
        return QSize(least.width(), least.height() - self._area.minimumHeight() + min(self._heights) + _SPACING)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """Where room is short the pad becomes smaller first, then the page below it, then both as small as can be."""
        super().resizeEvent(event)
        column = self.layout()
        least, most = self._heights
        assert column is not None
        others = column.minimumSize().height() - self._above.minimumSize().height() - self._area.minimumHeight()
        room = event.size().height() - others - self._under
        page = min(max(room - max(_SMALL_PAD, self._above.minimumSize().height() - self._under), least), most)
        self._area.setFixedHeight(page)
        room -= _SPACING if page < most else 0  # see above
        self.pad.set_highest(max(room - page, self.pad.minimumHeight()))

    @Slot()
    def _pad_changed(self) -> None:
        self.touched.emit()
        self._failure = ""
        picture = self.pad.picture()
        if picture is None:
            self._forget()
        self._refresh()
        self.asked.emit(picture)

    # How it is arranged

    def _arrange(
        self, above: QLayout, *pages: QWidget, height: int, between: QLayout | None = None, under: int = 0
    ) -> None:
        """From top to bottom: heading, `above`, `between`, one of the pages at that height, and the button.

        under: pixels of what stands under the pad in `above`.
        """
        self._above, self._under = above, under
        self._area = stacked(*pages, said=self.said)
        self._area.setFixedHeight(height)
        self._heights = max(page.minimumSizeHint().height() for page in pages), height
        self._area.setContentsMargins(_INSET, 0, _INSET, 0)
        self._foot = QHBoxLayout()
        self._foot.addWidget(self._test)
        self._foot.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, 8, _MARGIN, 8)
        column.setSpacing(_SPACING)
        column.addLayout(self._header())
        for layout in (above, between):
            if layout is not None:
                layout.setContentsMargins(_INSET, 0, _INSET, 0)
                column.addLayout(layout)
        column.addWidget(self._area)
        self._foot.setContentsMargins(_INSET, 0, _INSET, 0)
        column.addLayout(self._foot)
        column.addStretch(1)

    def _header(self) -> QHBoxLayout:
        header = QHBoxLayout()
        header.setContentsMargins(_INSET, 0, 0, 0)
        header.setSpacing(2)
        self._title.setWordWrap(True)
        header.addWidget(self._title, 1)
        for action in (self.pad.commands.undo, self.pad.commands.clear):
            header.addWidget(flat_button(action, self))
        return header

    def _pad_row(self, *labels: QLabel, seen: bool = False) -> QHBoxLayout:
        """The pad, beside it what the network sees of it where that is another picture, labels, and the pens."""
        side = QVBoxLayout()
        side.setSpacing(4)
        if seen:
            side.addWidget(Preview(self.pad, self))
            side.addWidget(text_label(self, self.tr("28 × 28\nas seen"), "muted", smaller=1.5))
        side.addStretch(1)
        for label in labels:
            side.addWidget(label)
        if labels:
            side.addStretch(1)
        side.addWidget(Tools(self.pad.commands, self))
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.pad, 1)
        row.addLayout(side)
        return row
