"""The page with the inside of a layer: its input, weights and output, one number explained, and all of its maps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from playground.gui.panels.inside.calculation import Calculation
from playground.gui.panels.inside.map_grid import Item, MapGrid
from playground.gui.panels.inside.picture import Picture, Shown, in_rows
from playground.gui.panels.inside.question import InsideAnswer, within
from playground.gui.stack.block_output import BlockOutput, by_activity
from playground.gui.stack.output_layout import Place
from playground.gui.stack.output_painter import is_grey
from playground.gui.stack.output_scale import scale_of
from playground.gui.stack.output_words import range_words, value_words
from playground.gui.style.check_box import CheckBox
from playground.gui.style.labels import set_text, text_label
from playground.gui.style.translation import translated
from playground.spec.display import Display
from playground.spec.messages import Message, message, tr_noop

if TYPE_CHECKING:
    from playground.engine.probes.explanation import Window

_MARGIN, _GAP = 12, 8
_SIDES = 56, 360  # of the smallest and largest pictures
_SHARE = 0.45  # of the height, that pictures take at most: the calculation below them has to be seen
_LINES = 440  # width of the calculation at most


class InsideView(QScrollArea):
    """Shows answers; `pointed` says at which number of the layer a person points."""

    pointed = Signal(object)  # Place
    seen = Signal(bool)  # whether it can be seen
    enlarge_requested = Signal()
    scale_fixed = Signal(object)  # the Scale of each sheet of the layer, which is to stay; () for none

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._output: BlockOutput | None = None
        self._place = Place(0, 0, 0, 0)
        self._active_first = False
        self._order: tuple[int, ...] = ()  # the numbers of the maps as the grid shows them
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Inside the layer"))
        page = QWidget()
        self.title = text_label(page, "", "", size=self.font().pointSizeF() + 0.5)
        self.words = text_label(page, "", "")
        self.hint = text_label(page, "", "muted")
        for label in (self.words, self.hint):
            label.setWordWrap(True)
        self.given = Picture(self.tr("Input"), pointing=False)
        self.weights = Picture(self.tr("Weights"), pointing=False)
        self.output = Picture(self.tr("Output"), pointing=True)
        self.calculation = Calculation()
        self.calculation.setMaximumWidth(_LINES)
        self.enlarge = QPushButton(self.tr("Enlarge"), page)
        self.enlarge.setProperty("look", "flat")
        self.enlarge.setToolTip(self.tr("Show this page in a window of its own"))
        self.enlarge.clicked.connect(self.enlarge_requested)
        self.scale = CheckBox(page)
        self.scale.setToolTip(self.tr("Fixed, the same colour means the same number for every example"))
        self.scale.clicked.connect(self._fix_scale)
        self._grid_title = text_label(page, self.tr("All maps"), "muted")
        self.grid = MapGrid()
        self._captions: dict[Picture, QLabel] = {}
        self._arrange(page)
        self.setWidget(page)
        self.viewport().setAutoFillBackground(False)
        page.setAutoFillBackground(False)
        self.setFocusProxy(self.output)
        self.output.pointed.connect(self._point)
        self.output.turned.connect(self._turn)
        self.grid.chosen.connect(self._choose)
        self.grid.opened.connect(self.focus_output)
        self.show_message(self.tr("Select a layer to see how it makes its numbers."))

    def _arrange(self, page: QWidget) -> None:
        pictures = QHBoxLayout()
        pictures.setSpacing(_GAP)
        for picture, words in (
            (self.given, self.tr("input")),
            (self.weights, self.tr("weights")),
            (self.output, self.tr("output")),
        ):
            part = QVBoxLayout()
            part.setSpacing(1)
            caption = text_label(page, words, "muted", smaller=1.0)
            self._captions[picture] = caption
            part.addWidget(picture)
            part.addWidget(caption)
            part.addStretch(1)
            pictures.addLayout(part)
        pictures.addStretch(1)
        column = QVBoxLayout(page)
        column.setContentsMargins(_MARGIN, 4, _MARGIN, _MARGIN)
        column.setSpacing(6)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.enlarge)
        column.addLayout(head)
        column.addWidget(self.words)
        column.addLayout(pictures)
        column.addWidget(self.calculation)
        column.addWidget(self.hint)
        column.addWidget(self.scale)
        column.addWidget(self._grid_title)
        column.addWidget(self.grid)
        column.addStretch(1)

    @Slot()
    def focus_output(self) -> None:
        """Give the keyboard to the picture of the output."""
        self.output.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_message(self, text: str) -> None:
        """Show a sentence in place of an answer."""
        self._output = None
        set_text(self.hint, text)
        set_text(self.title, "")
        for part in (self.words, self.scale, self.calculation, self._grid_title, self.grid):
            part.hide()
        for picture, caption in self._captions.items():
            picture.hide()
            caption.hide()

    def show_answer(self, answer: InsideAnswer) -> None:
        """Show what was found inside a layer."""
        output, place = answer.output, answer.place
        if output is None or place is None:
            self.show_message(self.tr("The numbers of this block are not displayed as pictures."))
            return
        self._output, self._place = output, place
        name = translated(answer.layer.label) if answer.layer is not None else self.tr("Input of the network")
        set_text(self.title, name)
        set_text(self.words, value_words(output, place))
        self.output.setAccessibleName(self.tr("Output: {0}").format(self.words.text()))
        set_text(self.hint, self._hint(answer))
        self.words.show()
        self._show_pictures(answer, output, place)
        self.calculation.show_explained(answer.explained)
        self.calculation.setVisible(answer.explained is not None)
        self._show_grid(output, place)
        self.scale.setChecked(bool(answer.question.scales))
        self.scale.setText(range_words(output, place.sheet, fixed=self.scale.isChecked()))
        self.scale.setVisible(answer.layer is not None)

    @Slot(bool)
    def _fix_scale(self, fixed: bool) -> None:
        if self._output is not None:
            self.scale_fixed.emit(tuple(sheet.scale for sheet in self._output.sheets) if fixed else ())

    def set_active_first(self, chosen: bool) -> None:
        """Set whether maps come in the order of their mean absolute value, rather than in their own."""
        self._active_first = chosen
        if self._output is not None:
            self._show_grid(self._output, self._place)

    def _show_grid(self, output: BlockOutput, place: Place) -> None:
        items = list(_items(output))
        several = len(items) > 1
        self._grid_title.setVisible(several)
        self.grid.setVisible(several)
        self._order = tuple(range(len(items)))
        title = self.tr("All maps")
        if self._active_first and several and output.display in (Display.MAPS, Display.ATTENTION):
            self._order = by_activity(output.sheets[0].values)
            items = [items[number]._replace(name=f"{number + 1:,}") for number in self._order]
            title = self.tr("All maps, the most active first")
        set_text(self._grid_title, title)
        if items:
            self.grid.show_items(items, self._order.index(_number_of(output, place)))

    def _hint(self, answer: InsideAnswer) -> str:
        if answer.layer is None:
            return self.tr("This is what the network sees; nothing is computed here.")
        if answer.broken is not None:
            return translated(answer.broken)
        if answer.explained is None:
            words = self.tr("There is no explanation of single numbers for {0}; its output is shown above.")
            return words.format(translated(answer.layer.label))
        return self.tr(
            "Move the mouse over the output, or use the arrow keys (Page Down: the next map or unit): this number, "
            "with this network's numbers."
        )

    def _show_pictures(self, answer: InsideAnswer, output: BlockOutput, place: Place) -> None:
        explained, given = answer.explained, answer.given
        window = None if explained is None else explained.window
        shown = weights = None
        if given is not None and given.sheets and explained is not None:
            values = given.sheets[0].values
            channel = min(window.channel if window else place.number, len(values) - 1)
            frame = None if window is None else _framed(given, window)
            shown = _shown(given, Place(0, channel, 0, 0), frame, marked=False)
        if explained is not None and explained.weights is not None and given is not None:
            numbers = explained.weights
            rows = in_rows(numbers) if given.display is Display.UNITS else numbers[:, None]
            weights = Shown(rows, scale_of(numbers), numbers.size)
        for picture, content in ((self.given, shown), (self.weights, weights)):
            picture.show_numbers(content)
        self.output.show_numbers(_shown(output, place, None, marked=True))
        self.given.setVisible(shown is not None)
        self.weights.setVisible(weights is not None)
        self.output.show()
        for picture, caption in self._captions.items():
            caption.setVisible(not picture.isHidden())
        maps = output.display is Display.MAPS and len(output.sheets[0].values) > 1
        words = tr_noop("output, map {number:,}") if maps else tr_noop("output")
        set_text(self._captions[self.output], translated(message(words, number=place.number + 1)))
        several = window is not None and given is not None and len(given.sheets[0].values) > 1
        words = tr_noop("input, channel {number:,}") if several else tr_noop("input")
        set_text(self._captions[self.given], translated(message(words, number=window.channel + 1 if window else 1)))

        self._fit()

    def _fit(self) -> None:
        """Give all pictures beside each other the same room."""
        pictures = [picture for picture in self._captions if not picture.isHidden()]
        if pictures:
            across = (self.viewport().width() - 2 * _MARGIN - _GAP * (len(pictures) - 1)) // len(pictures) - 4
            side = min(across, max(_SIDES[0], round(_SHARE * self.viewport().height())), _SIDES[1])
            for picture in pictures:
                picture.set_side(max(24, side))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        super().resizeEvent(event)
        self._fit()

    @Slot(int, int)
    def _point(self, row: int, column: int) -> None:
        output, place = self._output, self._place
        if output is None:
            return
        if output.display is Display.UNITS:
            row, column = 0, row * in_rows(output.sheets[0].values.reshape(-1)).shape[1] + column
        self._go(place._replace(row=row, column=column))

    @Slot(int)
    def _turn(self, by: int) -> None:
        """To the next map, or the next unit where units are cells or rows."""
        output, place = self._output, self._place
        if output is None:
            return
        if output.display in (Display.UNITS, Display.SEQUENCE):
            across = output.display is Display.UNITS
            moved = place._replace(column=place.column + by) if across else place._replace(row=place.row + by)
            self._go(within(output, moved))
        else:
            self._choose(self._order.index(_number_of(output, place)) + by)

    @Slot(int)
    def _choose(self, at: int) -> None:
        """Show the map at a place of the grid."""
        if self._output is None or not 0 <= at < len(self._order):
            return
        number = self._order[at]
        places = [(sheet, item) for sheet, held in enumerate(self._output.sheets) for item in range(len(held.values))]
        if number < len(places) and self._output.display is not Display.UNITS:
            sheet, item = places[number]
            self._go(self._place._replace(sheet=sheet, number=item))

    def _go(self, place: Place) -> None:
        if place != self._place:
            self._place = place
            self.pointed.emit(place)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  Qt's name
        super().showEvent(event)
        self.seen.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802  Qt's name
        super().hideEvent(event)
        self.seen.emit(False)


def _shown(output: BlockOutput, place: Place, frame: tuple[int, int, int, int] | None, *, marked: bool) -> Shown:
    sheet = output.sheets[place.sheet]
    values, at = sheet.values[place.number], (place.row, place.column)
    if output.display is Display.UNITS:
        values = in_rows(values.reshape(-1))
        at = divmod(place.column, values.shape[1])
    size = sheet.values[place.number].size
    return Shown(values, sheet.scale, size, (*at, 1, 1) if marked else frame, grey=is_grey(output))


def _framed(given: BlockOutput, window: Window) -> tuple[int, int, int, int] | None:
    """The row, column, height and width of a window in the picture of the input; None if it is no rectangle."""
    match given.display:
        case Display.SEQUENCE:  # a channel is a step: its numbers are a column
            return window.left, window.channel, window.width, 1
        case Display.UNITS:
            columns = in_rows(given.sheets[0].values.reshape(-1)).shape[1]
            return (*divmod(window.channel + window.left, columns), 1, 1) if window.width == 1 else None
    return window.top, window.left, window.height, window.width


def _items(output: BlockOutput) -> Iterator[Item]:
    if output.display is Display.UNITS:
        return
    for sheet in output.sheets:
        for number, values in enumerate(sheet.values):
            yield Item(sheet.name, translated(_name(output, sheet.name, number)), values, sheet.scale)


def _name(output: BlockOutput, sheet: str, number: int) -> Message:
    count = len(output.sheets[0].values)
    if output.display is Display.GATES:
        return message(tr_noop("gate {gate}"), gate=sheet)
    if output.display is Display.ATTENTION:
        return message(tr_noop("head {number} of {count}"), number=number + 1, count=count)
    return message(tr_noop("map {number:,} of {count:,}"), number=number + 1, count=count)


def _number_of(output: BlockOutput, place: Place) -> int:
    """The number of a place's map in the grid."""
    return int(np.sum([len(sheet.values) for sheet in output.sheets[: place.sheet]], dtype=int)) + place.number
