"""The strip below the toolbar: the whole recipe in one row, generated from its declaration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QWidget

from playground.gui.forms.field_editor import Proposal, fixed_words
from playground.gui.forms.range_editing import RangeEditing
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
_PINNED = "device"  # at the right end
# The order in which cells get space, before all others; the learning rate is part of the optimizer's cell.
_FIRST_TO_STAY = ("optimizer", "loss", "data", "batch_size", "epochs", _PINNED)
_OF_EXPERIMENT = ("data", "seed")  # fields of the experiment itself: its data, and the seed of random numbers
_LEFTMOST = "data"
_MARGIN = 12
_SPACING = 12


class RecipeStrip(QWidget):
    """Fields from left to right in the order of their declaration; those that do not fit are behind "More"."""

    _locked_changed = Signal(str)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._previews: dict[str, Callable[[], QWidget | None]] = {}
        self._locked = ""
        self._range_editing = RangeEditing(document, self)
        self.setAccessibleName(self.tr("Recipe"))
        fields: dict[str, tuple[tuple[str, ...], FieldInfo]] = {
            field.name: (_RECIPE, field) for field in fields_of(Recipe)
        }
        fields.update({field.name: ((), field) for field in fields_of(Experiment) if field.name in _OF_EXPERIMENT})
        order = sorted(fields, key=lambda name: name != _LEFTMOST)
        self._cells = {name: self._cell(*fields[name]) for name in order}
        self.more = Opener()
        self.more.setToolTip(self.tr("The settings that do not fit here"))
        self.more.clicked.connect(self._open_more)
        self._arrange()
        document.changed.connect(self._refresh)
        self._refresh()

    def cell(self, name: str) -> Cell:
        """The cell of a field of the recipe."""
        return self._cells[name]

    def set_preview(self, name: str, make: Callable[[], QWidget | None]) -> None:
        """Show the widget that `make` returns, if any, next to the fields whenever the field `name` is opened."""
        self._previews[name] = make

    @Slot(bool)
    def set_running(self, running: bool) -> None:
        """Mark the fields that a current run does not adopt."""
        for cell in self._cells.values():
            cell.set_waiting(running and not cell.field.live)

    @Slot(bool)
    def set_training(self, training: bool) -> None:
        """During training disable the fields that the run does not adopt."""
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

    def _cell(self, component_path: tuple[str, ...], field: FieldInfo) -> Cell:
        cell: Cell
        if field.kind == "component":
            cell = PartCell(component_path, field, self._open)
        elif field.kind == "components":
            cell = PartsCell(component_path, field, self._open)
        else:
            cell = SimpleCell(component_path, field)
        cell.edited.connect(self._edited)
        cell.range_requested.connect(self._edit_range)
        return cell

    @Slot()
    def _refresh(self) -> None:
        wrong = {
            problem.field[1]: explained(problem)
            for problem in self._document.problems
            if problem.field and problem.part == "recipe"
        }
        ranges = self._range_editing.texts(())
        for name, cell in self._cells.items():
            cell.show_value(attrgetter(".".join((*cell.component_path, name)))(self._document.experiment))
            cell.set_wrong(wrong.get(name, ""))
            cell.show_ranges(ranges)
        self._fit()

    def _fit(self) -> None:
        """Hide cells that do not fit: those of `_FIRST_TO_STAY` get space first, then the others in order."""
        self.more.setText(self.tr("More •"))
        widths = {name: cell.sizeHint().width() + _SPACING for name, cell in self._cells.items()}
        space = self.width() - 2 * _MARGIN + _SPACING  # there is no spacing after the last cell
        if sum(widths.values()) > space:
            space -= self.more.sizeHint().width() + _SPACING
        hidden: list[Cell] = []
        for name in (*_FIRST_TO_STAY, *(name for name in widths if name not in _FIRST_TO_STAY)):
            if widths[name] <= space and (name in _FIRST_TO_STAY or not hidden):
                space -= widths[name]
            else:
                hidden.append(self._cells[name])
        for cell in self._cells.values():
            cell.setVisible(cell not in hidden)
        self.more.setVisible(bool(hidden))
        self.more.setText(self.tr("More •") if any(map(self._is_changed, hidden)) else self.tr("More"))

    def _is_changed(self, cell: Cell) -> bool:
        value = attrgetter(".".join((*cell.component_path, cell.field.name)))(self._document.experiment)
        return bool(value != cell.field.default)

    @Slot()
    def _open_more(self) -> None:
        hidden = [cell for cell in self._cells.values() if cell.isHidden()]
        paths = dict.fromkeys(cell.component_path for cell in hidden)
        parts = [Part(path, tuple(cell.field for cell in hidden if cell.component_path == path)) for path in paths]
        self._open(self.more, "", parts)

    def _open(self, anchor: QWidget, words: str, parts: Sequence[Part]) -> None:
        popover = Popover(self._document, words, parts, anchor)
        popover.edited.connect(self._edited)
        popover.range_requested.connect(self._edit_range)
        popover.lock(self._locked)
        self._locked_changed.connect(popover.lock)
        for part in parts:
            for name in (*part.component_path, *(field.name for field in part.fields)):
                if name in self._previews:
                    preview = self._previews[name]()
                    if preview is not None:
                        popover.add(preview)
        popover.pop_up()

    @Slot(str)
    def _edit_range(self, field: str) -> None:
        cell = self._cells[field.split(".")[1]]
        self._range_editing.open((), field, self.more if cell.isHidden() else cell)

    @Slot(object, object)
    def _edited(self, component_path: tuple[str, ...], proposal: Proposal) -> None:
        label = message("Set {field}", field=message(proposal.label))
        merge = ".".join((*component_path, *proposal.field_path)) if proposal.gradual else ""
        self._document.do(Set((*component_path, proposal.field_path[0]), proposal.value, label), merge)
