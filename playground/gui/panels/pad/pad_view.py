"""The base of the widgets with a pad: a heading, the pad, its commands, and a button for a test sample."""

from __future__ import annotations

from typing import Any, ClassVar

from numpy.typing import NDArray
from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLayout, QPushButton, QVBoxLayout, QWidget

from playground.engine.inference.pictures import FITTED, SIDE
from playground.gui.panels.inference_view import InferenceView, stacked
from playground.gui.panels.pad.pad import Pad
from playground.gui.panels.pad.paper import DIGIT, Paper
from playground.gui.panels.pad.preview import Preview
from playground.gui.panels.pad.raster import Grey
from playground.gui.panels.pad.strokes import Image
from playground.gui.panels.pad.tools import Tools
from playground.gui.panels.why_menu import WhyMenu
from playground.gui.session.background import Background
from playground.gui.style.labels import flat_button, set_text, text_label
from playground.spec.data.dataset import Dataset

_MARGIN = 5
_INSET = 7  # of all but flat buttons: the text of those is inset as much, and all text is to be aligned
_SPACING = 8
_WORD = 60  # pixels for a word of the heading, beside the buttons
_SMALL_PAD = 170  # pixels: a higher pad shrinks before the page below it does


class PadView(InferenceView):
    """A pad, and below it an area for the answer, or for the reason why there is none.

    The layout is constant while the user draws: a message replaces the answer.
    """

    test_requested = Signal()  # the user wants a sample of the test set on the pad
    classifies: ClassVar[bool] = False  # whether the answer is one class for the drawing, which can be explained

    def __init__(self, background: Background, parent: QWidget | None = None, paper: Paper = DIGIT) -> None:
        """`background` is the thread that reads pasted and dropped pictures; `paper` rasterizes the drawing."""
        super().__init__(parent)
        self.pad = Pad(background, self, paper)
        self.why = WhyMenu(self) if self.classifies else None
        self._title = text_label(self, self.tr("Draw a digit"), "heading")
        self._test = QPushButton(self.tr("A digit from the test set"), self)
        self.pad.changed.connect(self._pad_changed)
        self.pad.failed.connect(self.explain)
        self._test.clicked.connect(self.test_requested)

    @property
    def made_for(self) -> Dataset | None:
        return None  # the paper fits the pictures of all data of a panel

    def show_digit(self, picture: Grey, label: int | None = None) -> None:
        """Put a picture of a data set, (H, W) in [0, 1], onto the pad, with its label if it has one."""
        self.pad.show_image(Image(picture, label))

    def show_changed(self, picture: Grey) -> None:
        """Put a picture onto the pad that the network is to see as it is."""
        self.pad.show_image(Image(picture, as_seen=True))

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """The size with the smallest pad and the lowest pages."""
        low = super().minimumSizeHint()
        # Qt accounts for the spacing next to the final stretch only during layout, and then takes it from a row.
        return QSize(low.width(), low.height() - self._area.minimumHeight() + min(self._heights) + _SPACING)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """Distribute a limited height: first the pad shrinks, then the page below it, then both to their minimum."""
        super().resizeEvent(event)
        column = self.layout()
        low, high = self._heights
        assert column is not None
        others = column.minimumSize().height() - self._above.minimumSize().height() - self._area.minimumHeight()
        available = event.size().height() - others - self._under
        page = min(max(available - max(_SMALL_PAD, self._above.minimumSize().height() - self._under), low), high)
        self._area.setFixedHeight(page)
        available -= _SPACING if page < high else 0  # the same spacing as in `minimumSizeHint`
        self.pad.set_highest(max(available - page, self.pad.minimumHeight()))

    @Slot()
    def _pad_changed(self) -> None:
        self.touched.emit()
        self._failure = ""
        question = self._question()
        if question is None:
            self._forget()
        self._refresh()
        self.asked.emit(question)

    def _question(self) -> NDArray[Any] | None:
        """The question about the current drawing; None without ink."""
        return self.pad.picture()

    def _seen(self) -> Grey | None:
        """The network's input for the drawing, (side, side) in [0, 1]; None without ink."""
        return self.pad.picture()

    def _describe(self, side: int, tip: str) -> None:
        """Say how many pixels the network sees, and how it gets them from the drawing."""
        self._preview.describe(side, tip)
        set_text(self._seen_words, self.tr("{0} × {0}\nas seen").format(side))

    # Layout

    def _arrange(
        self, above: QLayout, *pages: QWidget, height: int, between: QLayout | None = None, under: int = 0
    ) -> None:
        """Lay out, from top to bottom: heading, `above`, `between`, the pages at `height`, and the button.

        `under` is the height in pixels of the widgets below the pad in `above`.
        """
        self._above, self._under = above, under
        self._area = stacked(*pages, note=self.note)
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
        self._title.setMinimumWidth(_WORD)
        header.addWidget(self._title, 1)
        if self.why is not None:
            header.addWidget(self.why.button(self))
        for action in (self.pad.commands.undo, self.pad.commands.clear):
            header.addWidget(flat_button(action, self))
        return header

    def _pad_row(self, *labels: QLabel, seen: bool = False) -> QHBoxLayout:
        """The pad with, on its right, the network's input if it differs from the drawing, labels, and the pens."""
        side = QVBoxLayout()
        side.setSpacing(4)
        if seen:
            self._preview = Preview(self.pad, self._seen, self)
            self._seen_words = text_label(self, "", "muted", smaller=1.5)
            words = self.tr("The network sees {0} × {0} pixels, with the ink {1} pixels large and centred.")
            self._describe(SIDE, words.format(SIDE, FITTED))
            side.addWidget(self._preview)
            side.addWidget(self._seen_words)
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
