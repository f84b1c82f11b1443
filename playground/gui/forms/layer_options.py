"""The layers between which a search chooses in one place: a list, and the form of the one that is selected."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QMenu, QToolButton, QVBoxLayout, QWidget

from playground.gui.forms.component_form import ComponentForm
from playground.gui.forms.field_editor import Proposal
from playground.gui.forms.range_editors import RangeEditor
from playground.gui.session.document import Document
from playground.gui.stack.clipboard import ClippingError, clipping_in
from playground.gui.style.labels import plain_tip
from playground.gui.style.translation import translated
from playground.spec.edits import Replace, layer_at
from playground.spec.layer import Layer, Section
from playground.spec.messages import joined, message, plural
from playground.spec.search.ranges import MOST_OPTIONS, LayerChoice
from playground.spec.search.structure import Structure, structure_at

_LINES = 4  # of the list
_PAD = 8  # pixels that a line is higher than its text


class LayerOptions(RangeEditor):
    """Edits a choice of layers. The layer on the stack is one of them and stays; its form edits the stack."""

    def __init__(self, document: Document, item: LayerChoice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._item = document, item
        self.list = QListWidget(self)
        self.list.setAccessibleName(self.tr("Layers to choose from"))
        self.list.setFixedHeight(_LINES * (self.list.fontMetrics().height() + _PAD) + 2)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)  # long ones are elided
        self.add = self._button(self.tr("Add"), self.tr("Add a layer to choose from"))
        self.add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.add.setMenu(self._menu())
        self.copy = self._button(self.tr("Copy"), self.tr("Add a copy of the selected layer, to change its settings"))
        self.paste = self._button(self.tr("Paste"), self.tr("Add the blocks that were copied"))
        self.remove = self._button(self.tr("Remove"), self.tr("Remove the selected layer from the choice"))
        self.form = ComponentForm(self, ranges=False)
        self.form.show_help(shown=False)
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        for button in (self.add, self.copy, self.paste, self.remove):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.list)
        column.addLayout(buttons)
        column.addWidget(self.form)
        self.list.currentRowChanged.connect(self._show)
        self.copy.clicked.connect(self._copy)
        self.paste.clicked.connect(self._paste)
        self.remove.clicked.connect(self._remove)
        self.form.edited.connect(self._edited)
        self._fill(0)

    @property
    def _present(self) -> int:
        """The index of the layer on the stack; -1 if it is none of them."""
        layer = layer_at(self._document.experiment.stack, self._item.path)
        return self._item.options.index(layer) if layer in self._item.options else -1

    def _button(self, words: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(words)
        button.setToolTip(tip)
        return button

    def _menu(self) -> QMenu:
        """All layers, in the sections of the palette."""
        menu = QMenu(self.add)
        for section in Section:
            members = sorted((m for m in Layer.members() if m.section is section), key=lambda member: member.sort_order)
            inner = menu.addMenu(translated(section)) if members else menu
            inner.setToolTipsVisible(True)
            for member in members:
                action = inner.addAction(translated(member.label))
                action.setToolTip(translated(member.help))
                action.setData(member)
        menu.triggered.connect(self._add)
        return menu

    def _fill(self, row: int) -> None:
        """List the layers, and select one."""
        present = self._present
        self.list.blockSignals(True)
        self.list.clear()
        for number, layer in enumerate(self._item.options):
            text = self._text(layer, here=number == present)
            item = QListWidgetItem(text, self.list)
            item.setToolTip(plain_tip(text))
            item.setSizeHint(QSize(0, self.list.fontMetrics().height() + _PAD))
        self.list.setCurrentRow(row)
        self.list.blockSignals(False)
        self._show(row)

    def _text(self, layer: Layer, *, here: bool) -> str:
        words = [message(layer.label), *layer.summary()]
        count = sum(len(branch.layers) for branch in getattr(layer, "branches", ()))
        words += [plural("{count:,} layers", "1 layer", count)] if count else []
        text = translated(joined(words))
        return self.tr("On the stack: {0}").format(text) if here else text

    @Slot(int)
    def _show(self, row: int) -> None:
        """Show the form of a layer."""
        self.remove.setEnabled(row != self._present)
        if 0 <= row < len(self._item.options):
            self.form.show_values(self._item.options[row])

    def _take(self, options: Sequence[Layer], row: int) -> None:
        """Make these the choice; one layer alone is none."""
        self._item = self._item.with_(options=tuple(options))
        self.changed.emit(self._item if len(options) > 1 else None)
        self._fill(row)

    def _append(self, layers: Sequence[Layer]) -> None:
        options = self._item.options
        if len(options) + len(layers) > MOST_OPTIONS:
            self.refused.emit(self.tr("A search chooses between at most {0} layers.").format(MOST_OPTIONS))
            return
        self.refused.emit("")
        self._take((*options, *layers), len(options))

    @Slot(QAction)
    def _add(self, action: QAction) -> None:
        """Add a new layer, as wide as the one on the stack."""
        made: Layer = action.data()()
        if self._document.experiment.data.task.language:
            made = made.as_causal()
        layer = layer_at(self._document.experiment.stack, self._item.path)
        if made.units_field and layer.units_field:
            made = type(made).possible(**{**made.values(), made.units_field: getattr(layer, layer.units_field)}) or made
        self._append((made,))

    @Slot()
    def _copy(self) -> None:
        self._append((self._item.options[self.list.currentRow()],))

    @Slot()
    def _paste(self) -> None:
        try:
            layers = clipping_in(QGuiApplication.clipboard().text()).layers
        except ClippingError as error:
            self.refused.emit(translated(error.message))
            return
        self._append(layers)

    @Slot()
    def _remove(self) -> None:
        row = self.list.currentRow()
        options = self._item.options
        self.refused.emit("")
        self._take((*options[:row], *options[row + 1 :]), min(row, len(options) - 2))

    @Slot(object)
    def _edited(self, proposal: Proposal) -> None:
        """Change a setting of the selected layer; of the layer on the stack there."""
        row, options = self.list.currentRow(), self._item.options
        changed = options[row].with_(**{proposal.field_path[0]: proposal.value})
        if row != self._present:
            self._take((*options[:row], changed, *options[row + 1 :]), row)
            return
        label = message(
            "Change {field} of {component}", field=message(proposal.label), component=message(changed.label)
        )
        merge = f"{self._item.path}/{'.'.join(proposal.field_path)}" if proposal.gradual else ""
        self._document.do(Replace(self._item.path, changed, label), merge)
        found = structure_at(self._document.experiment, Structure.ONE_OF, self._item.path)
        kept = self._item.with_(options=(*options[:row], changed, *options[row + 1 :]))
        self._item = found if isinstance(found, LayerChoice) else kept
        self._fill(row)
