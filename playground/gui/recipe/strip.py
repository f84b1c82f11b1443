"""The strip under the toolbar: the whole recipe in one line, generated from its declaration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QWidget

from playground.gui.forms.field_editor import Proposal, fixed_words
from playground.gui.recipe.cells import Cell, Opener, PartCell, PartsCell, SimpleCell
from playground.gui.recipe.popover import Part, Popover
from playground.gui.session.document import Document
from playground.gui.style.translation import explained
from playground.spec.component import FieldInfo, fields_of
from playground.spec.edits import Set
from playground.spec.experiment import Experiment
from playground.spec.messages import message
from playground.spec.recipe.recipe import Recipe

_RECIPE = ("recipe",)
_PINNED = "device"  # stands at the right end
# Which find room before all others, the first before the next; the learning rate is part of the optimizer's cell.
_FIRST_TO_STAY = ("optimizer", "loss", "data", "batch_size", "epochs", _PINNED)
_OF_EXPERIMENT = ("data", "seed")  # fields of the experiment itself: what it is trained on, and where chance begins
_FIRST = "data"
_MARGIN = 12
_SPACING = 12


class RecipeStrip(QWidget):
    """Fields from left to right in the order of their declaration; those that find no room are behind "More"."""

    _locked_changed = Signal(str)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._previews: dict[str, Callable[[], QWidget | None]] = {}
        self._locked = ""
        self.setAccessibleName(self.tr("Recipe"))
        fields: dict[str, tuple[tuple[str, ...], FieldInfo]] = {
            field.name: (_RECIPE, field) for field in fields_of(Recipe)
        }
        fields.update({field.name: ((), field) for field in fields_of(Experiment) if field.name in _OF_EXPERIMENT})
        order = sorted(fields, key=lambda name: name != _FIRST)
        self._cells = {name: self._cell(*fields[name]) for name in order}
        self.more = Opener()
        self.more.setToolTip(self.tr("The settings that find no room here"))
        self.more.clicked.connect(self._open_more)
        self._arrange()
        document.changed.connect(self._refresh)
        self._refresh()

    def cell(self, name: str) -> Cell:
        """The cell of a field of the recipe."""
        return self._cells[name]

    def set_preview(self, name: str, make: Callable[[], QWidget | None]) -> None:
        """Put what `make` returns, if anything, beside the fields each time what the field `name` holds is opened."""
        self._previews[name] = make

    @Slot(bool)
    def set_running(self, running: bool) -> None:
        """Mark what a run that goes on does not take over."""
        for cell in self._cells.values():
            cell.set_waiting(running and not cell.field.live)

    @Slot(bool)
    def set_training(self, training: bool) -> None:
        """While it trains let nothing be changed but what the run takes over."""
        self._locked = fixed_words() if training else ""
        for cell in self._cells.values():
            cell.set_locked(self._locked)
        self._locked_changed.emit(self._locked)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        return QSize(320, super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(320, super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        self._fit()

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(_MARGIN, 7, _MARGIN, 7)
        row.setSpacing(_SPACING)
        row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        for name, cell in self._cells.items():
            if name != _PINNED:
                row.addWidget(cell)
        row.addWidget(self.more)
        row.addStretch(1)
        row.addWidget(self._cells[_PINNED])

    def _cell(self, place: tuple[str, ...], field: FieldInfo) -> Cell:
        cell: Cell
        if field.kind == "component":
            cell = PartCell(place, field, self._open)
        elif field.kind == "components":
            cell = PartsCell(place, field, self._open)
        else:
            cell = SimpleCell(place, field)
        cell.edited.connect(self._edited)
        return cell

    @Slot()
    def _refresh(self) -> None:
        wrong = {
            problem.field[1]: explained(problem)
            for problem in self._document.problems
            if problem.field and problem.part == "recipe"
        }
        for name, cell in self._cells.items():
            cell.show_value(attrgetter(".".join((*cell.place, name)))(self._document.experiment))
            cell.set_wrong(wrong.get(name, ""))
        self._fit()

    def _fit(self) -> None:
        """Hide the cells that find no room: those of `_FIRST_TO_STAY` take theirs first, then the others in order."""
        self.more.setText(self.tr("More •"))
        widths = {name: cell.sizeHint().width() + _SPACING for name, cell in self._cells.items()}
        room = self.width() - 2 * _MARGIN + _SPACING  # there is none behind the last
        if sum(widths.values()) > room:
            room -= self.more.sizeHint().width() + _SPACING
        hidden: list[Cell] = []
        for name in (*_FIRST_TO_STAY, *(name for name in widths if name not in _FIRST_TO_STAY)):
            if widths[name] <= room and (name in _FIRST_TO_STAY or not hidden):
                room -= widths[name]
            else:
                hidden.append(self._cells[name])
        for cell in self._cells.values():
            cell.setVisible(cell not in hidden)
        self.more.setVisible(bool(hidden))
        self.more.setText(self.tr("More •") if any(map(self._is_changed, hidden)) else self.tr("More"))

    def _is_changed(self, cell: Cell) -> bool:
        value = attrgetter(".".join((*cell.place, cell.field.name)))(self._document.experiment)
        return bool(value != cell.field.default)

    @Slot()
    def _open_more(self) -> None:
        hidden = [cell for cell in self._cells.values() if cell.isHidden()]
        places = dict.fromkeys(cell.place for cell in hidden)
        parts = [Part(place, tuple(cell.field for cell in hidden if cell.place == place)) for place in places]
        self._open(self.more, "", parts)

    def _open(self, anchor: QWidget, words: str, parts: Sequence[Part]) -> None:
        popover = Popover(self._document, words, parts, anchor)
        popover.edited.connect(self._edited)
        popover.lock(self._locked)
        self._locked_changed.connect(popover.lock)
        for part in parts:
            for name in (*part.place, *(field.name for field in part.fields)):
                if name in self._previews:
                    preview = self._previews[name]()
                    if preview is not None:
                        popover.add(preview)
        popover.pop_up()

    @Slot(object, object)
    def _edited(self, place: tuple[str, ...], proposal: Proposal) -> None:
        label = message("Set {field}", field=message(proposal.label))
        merge = ".".join((*place, *proposal.place)) if proposal.gradual else ""
        self._document.do(Set((*place, proposal.place[0]), proposal.value, label), merge)
