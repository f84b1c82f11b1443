"""The panel on the right: the form of the selected block, and the edits made in it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from playground.gui.forms.activation_curve import ActivationCurve
from playground.gui.forms.branch_count import Branches
from playground.gui.forms.changed_examples import ChangedExamplesLine
from playground.gui.forms.component_form import ComponentForm
from playground.gui.forms.field_editor import Proposal, fixed_words
from playground.gui.forms.range_editing import RangeEditing
from playground.gui.session.document import Document
from playground.gui.stack.block import DATA, UNKNOWN
from playground.spec.check.shapes import LayerShape
from playground.spec.component import fields_of
from playground.spec.data.changed_examples import ChangedExamples
from playground.spec.data.dataset import Dataset
from playground.spec.edits import LayerPath, Replace, Set, layer_at
from playground.spec.layer import Layer, Stack, shape_text
from playground.spec.layers.activation import Activation
from playground.spec.messages import message
from playground.spec.number_text import flops_text
from playground.spec.search.ranges import SpaceError

_ROOM_FOR_HELP = 150  # minimum height in pixels for the help to be shown


class LayerPanel(QScrollArea):
    """Edits the selected layer, or the data set if its block is selected."""

    left = Signal()  # the focused field no longer exists

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._paths: tuple[LayerPath, ...] = ()
        self._locked = ""
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Selected layer"))
        self._hint = QLabel()
        self._hint.setWordWrap(True)
        self._hint.setProperty("look", "muted")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.form = ComponentForm()
        self.form.edited.connect(self._edited)
        self.form.range_requested.connect(self._edit_range)
        self._range_editing = RangeEditing(document, self)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.form)
        column.addStretch(1)
        self._pages = QStackedWidget()
        self._pages.setContentsMargins(12, 12, 12, 12)
        self._pages.addWidget(self._hint)
        self._pages.addWidget(page)
        self._page = page
        self.setWidget(self._pages)
        self.viewport().setAutoFillBackground(False)
        self._pages.setAutoFillBackground(False)
        document.changed.connect(self._refresh)
        self._refresh()

    @Slot(object)
    def show_selection(self, paths: Sequence[LayerPath]) -> None:
        """Show the form of a single path, `DATA` for the data set; show a hint for none or several."""
        self._paths = tuple(paths)
        self._refresh()

    @Slot(object)
    def show_layer(self, path: LayerPath | None) -> None:
        """Show the form of the layer at `path`, or a hint if None."""
        self.show_selection(() if path is None else (path,))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """Hide the help in favour of the fields if the height is small."""
        self.form.show_help(event.size().height() >= _ROOM_FOR_HELP)
        super().resizeEvent(event)

    @Slot(bool)
    def set_training(self, training: bool) -> None:
        """During training disable the fields that the run does not adopt."""
        self._locked = fixed_words() if training else ""
        self.form.lock(self._locked)
        self._show()

    def focus_form(self) -> None:
        """Move the focus to the first editor."""
        if self._pages.currentWidget() is self._page and self.form.column is not None:
            self.form.column.focus_first()

    @Slot()
    def _refresh(self) -> None:
        focused = QApplication.focusWidget()
        had_focus = focused is not None and self.form.isAncestorOf(focused)
        self._show()
        if had_focus and focused is not None and not focused.isVisible():  # Qt would focus an arbitrary widget
            self.left.emit()

    def _show(self) -> None:
        if len(self._paths) != 1:
            self._show_hint(
                self.tr("{0:,} layers are selected.").format(len(self._paths))
                if self._paths
                else self.tr("Select a layer to see what it does and to change its settings.")
            )
            return
        (path,) = self._paths
        if path == DATA:
            self._show_data()
            return
        row = next((row for row in self._document.rows if row.path == path), None)
        if row is None:  # an empty branch; or the layer was removed, and the selection will follow
            container = next((row for row in self._document.rows if row.path == path[:-2]), None)
            words = self.tr(
                "There are no layers here yet; the input is passed on. Insert a layer with Ctrl+K, or drag one here."
            )
            self._show_hint(words if container else "")
            return
        self.form.show_values(row.layer)
        if self.form.column is not None:
            self.form.column.show_ranges(self._range_editing.texts(path))
        self.form.show_figures(self._figures(row))
        self._show_curve(row.layer)
        self._show_branches(row.layer)
        self._pages.setCurrentWidget(self._page)

    def _show_branches(self, layer: Layer) -> None:
        """Show the number of branches below the fields of a container."""
        column = self.form.column
        assert column is not None
        branches = column.findChild(Branches)
        if branches is None:
            branches = Branches()
            branches.proposed.connect(self._branch)
            column.put_under(None, branches)
        branches.show_layer(layer)
        branches.lock(self._locked)

    @Slot(object)
    def _branch(self, branches: tuple[Stack, ...]) -> None:
        (path,) = self._paths
        layer = layer_at(self._document.experiment.stack, path)
        label = message("Change the number of branches of {component}", component=message(layer.label))
        self._document.do(Replace(path, layer.with_(branches=branches), label))

    def _show_hint(self, words: str) -> None:
        self._hint.setText(words)
        self._pages.setCurrentWidget(self._hint)

    def _show_data(self) -> None:
        data = self._document.experiment.data
        self.form.show_values(data)
        figures = (
            (self.tr("Trained on"), f"{data.train_count:,}"),
            (self.tr("Validation"), f"{data.validation_count:,}"),
            (self.tr("Test"), f"{data.test_count:,}"),
            (self.tr("Output"), shape_text(data.sample_shape)),
        )
        self.form.show_figures(figures if data.known else tuple((name, UNKNOWN) for name, _ in figures))
        self._show_changes(data)
        self._pages.setCurrentWidget(self._page)

    def _show_changes(self, data: Dataset) -> None:
        """Show how many examples are changed, below all fields."""
        column = self.form.column
        assert column is not None
        line = column.findChild(ChangedExamplesLine)
        if line is None:
            line = ChangedExamplesLine()
            line.taken_back.connect(self._take_changes_back)
            column.put_under(None, line)
        line.show_data(data, self._locked)

    @Slot()
    def _take_changes_back(self) -> None:
        words = message("Take back all changes of examples")
        self._document.do(Set(("data", "changes"), ChangedExamples(), words))

    def _show_curve(self, layer: Layer) -> None:
        """Show the curve below the field that chooses the activation, or below all fields of an activation layer."""
        column = self.form.column
        assert column is not None
        curve = column.findChild(ActivationCurve)
        if curve is None:
            curve = ActivationCurve()
            choosing = (field.name for field in fields_of(type(layer)) if field.family is Activation)
            column.put_under(next(choosing, None), curve)
        curve.show_layer(layer)

    def _figures(self, row: LayerShape) -> tuple[tuple[str, str], ...]:
        def known(count: int | None, text: str) -> str:
            if count is None:
                return UNKNOWN
            return self.tr("{0} after the fix").format(text) if row.mismatch else text

        units = self._document.experiment.data.units[1]
        cost = self.tr("Cost per sample") if units == 1 else self.tr("Cost per character")
        return (
            (self.tr("Output"), UNKNOWN if row.output is None else shape_text(row.output)),
            (self.tr("Parameters"), known(row.parameters, f"{row.parameters or 0:,}")),
            (cost, known(row.flops, flops_text((row.flops or 0) // units))),
        )

    @Slot(str)
    def _edit_range(self, field: str) -> None:
        if len(self._paths) != 1:
            return  # the menu of the field outlived the selection
        try:
            self._range_editing.open(self._paths[0], field)
        except SpaceError as error:
            self.form.refuse(field, error.message)

    @Slot(object)
    def _edited(self, proposal: Proposal) -> None:
        (path,) = self._paths
        name = proposal.field_path[0]
        merge = f"{path}/{'.'.join(proposal.field_path)}" if proposal.gradual else ""
        if path == DATA:
            label = message(
                "Change {field} of {component}",
                field=message(proposal.label),
                component=message(self._document.experiment.data.label),
            )
            self._document.do(Set(("data", name), proposal.value, label), merge)
            return
        layer = layer_at(self._document.experiment.stack, path)
        label = message("Change {field} of {component}", field=message(proposal.label), component=message(layer.label))
        self._document.do(Replace(path, layer.with_(**{name: proposal.value}), label), merge)
