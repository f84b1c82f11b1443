"""The actions on selected layers, with their shortcuts, for the menus, the keyboard and the context menu."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from playground.gui.session.document import Document
from playground.gui.stack.block_list import BlockList
from playground.gui.stack.clipboard import Clipping, ClippingError, clipping_in, copies, text_of
from playground.gui.stack.container_commands import ContainerCommands
from playground.gui.stack.editing import named, run
from playground.gui.stack.items import behind
from playground.gui.stack.model import StackModel
from playground.gui.stack.search_commands import SearchCommands
from playground.gui.stack.selection_commands import SelectionCommands
from playground.gui.style.action import allow, nothing_selected
from playground.gui.style.translation import translated
from playground.spec.check.problem import Fix, Problem
from playground.spec.container import Container
from playground.spec.edits import LayerPath
from playground.spec.layer import Layer, Trainable
from playground.spec.messages import Message, tr_noop


class StackCommands(SelectionCommands):
    """The actions of one stack view; each applies to its selection."""

    def __init__(self, document: Document, model: StackModel, view: BlockList) -> None:
        super().__init__(document, model, view)
        keys = QKeySequence.StandardKey
        self.cut = self._action(self.tr("Cu&t"), keys.Cut, self._cut)
        self.copy = self._action(self.tr("&Copy"), keys.Copy, self._copy)
        self.paste = self._action(self.tr("&Paste"), keys.Paste, self._paste)
        self.duplicate = self._action(self.tr("Dup&licate"), "Ctrl+D", self._duplicate)
        self.delete = self._action(self.tr("&Delete"), "Del", self._delete)
        self.delete.setShortcuts([QKeySequence("Del"), QKeySequence("Backspace")])
        self.toggle = self._action(self.tr("Disa&ble"), "Ctrl+B", self._toggle)
        self.freeze = self._action(self.tr("Free&ze"), "Ctrl+Shift+L", self._freeze)
        self.move_up = self._action(self.tr("Move &up"), "Alt+Up", self._up)
        self.move_down = self._action(self.tr("Move d&own"), "Alt+Down", self._down)
        self.select_all = self._action(self.tr("Select &all"), keys.SelectAll, self._select_all)
        self.containers = ContainerCommands(document, model, view)
        self.searching = SearchCommands(document, model, view)
        self.fix_problem = self._action(self.tr("F&ix the problem"), "Ctrl+.", self._fix_first)
        self.fix_problem.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        view.selectionModel().selectionChanged.connect(self._update)
        document.changed.connect(self._update)
        self._update()

    @property
    def groups(self) -> tuple[tuple[QAction, ...], ...]:
        """All actions, in the groups in which menus show them."""
        return (
            (self.cut, self.copy, self.paste, self.duplicate, self.delete),
            (self.toggle, self.freeze, self.move_up, self.move_down, self.select_all),
            self.containers.actions,
            (self.searching.menu.menuAction(),),
            (self.fix_problem,),
        )

    def menu(self, parent: QWidget) -> QMenu:
        """A menu of all fixes for the current block and of all actions; deleted when it is closed."""
        menu = QMenu(parent)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        here = [problem for problem in self._document.problems if problem.layer == self._view.current_path()]
        for problem in here:
            for fix in problem.fixes:
                menu.addAction(translated(fix.label)).triggered.connect(partial(self.apply_fix, problem, fix))
        menu.addSeparator()
        for group in self.groups:
            menu.addActions(group)
            menu.addSeparator()
        return menu

    def insert(self, layers: Sequence[Layer]) -> None:
        """Insert layers after the selection and select them, or the insertion point in a new container.

        A single layer that does not fit there is inserted at the nearest point where it fits, if there is one.

        A container that is inserted while several layers are selected is wrapped around them.
        """
        (first, *others) = layers
        fresh = isinstance(first, Container) and not others and not any(branch.layers for branch in first.branches)
        if isinstance(first, Container) and fresh and len(self._paths()) > 1:
            self.containers.wrap_in(type(first))
            return
        at = self._view.insertion_point()
        misfit = not others and at.refusal(first) is not None
        path = self._editing.insert((at.nearest(first) if misfit else None) or at.path, layers)
        self._select(path, len(layers))
        if fresh and path is not None:
            self._view.select_path((*path, 0, 0))

    def apply_fix(self, problem: Problem, fix: Fix | None = None) -> None:
        """Apply a problem's first fix, or the given one; the view selects the layers that change."""
        fix = fix or problem.fix
        if fix is not None:
            self._document.mend(fix)

    def _layers(self) -> tuple[Layer, ...]:
        return self._model.clipping(self._view.selected_rows()).layers

    def _select(self, first: LayerPath | None, count: int) -> None:
        if first is None:
            self._view.refused.emit(self._editing.reason)
        else:
            self._view.select_paths(run(first, count))

    @Slot()
    def _cut(self) -> None:
        self._copy()
        self._remove(named(tr_noop("Cut {layers}"), self._layers()))

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(text_of(self._model.clipping(self._view.selected_rows())))

    @Slot()
    def _paste(self) -> None:
        try:
            clipping = clipping_in(QGuiApplication.clipboard().text())
        except ClippingError as error:
            self._view.refused.emit(translated(error.message))
            return
        self._insert_copies(clipping, tr_noop("Paste {layers}"))

    @Slot()
    def _duplicate(self) -> None:
        self._insert_copies(self._model.clipping(self._view.selected_rows()), tr_noop("Duplicate {layers}"))

    def _insert_copies(self, clipping: Clipping, template: str) -> None:
        """Insert copies of layers, with what a search may change in them, after the selection, and select them."""
        layers, to = copies(clipping.layers), self._view.insertion_path()
        first = self._editing.insert(to, layers, named(template, layers), clipping.ranges)
        self._select(first, len(layers))

    @Slot()
    def _delete(self) -> None:
        self._remove()

    def _remove(self, label: Message | None = None) -> None:
        """Remove the selected layers, and select the row that takes their position."""
        paths = self._paths()
        row = min(self._model.row_of(path) for path in paths)
        if self._editing.remove(paths, label):
            self._view.select_rows(min(row, self._model.rowCount() - 1), 1)

    @Slot()
    def _toggle(self) -> None:
        self._editing.set_enabled(self._paths(), not any(layer.enabled for layer in self._layers()))

    @Slot()
    def _freeze(self) -> None:
        self._editing.set_frozen(self._paths(), any(_can_freeze(layer) for layer in self._layers()))

    @Slot()
    def _up(self) -> None:
        self._move(by=-1)

    @Slot()
    def _down(self) -> None:
        self._move(by=1)

    def _move(self, by: int) -> None:
        """Move the selected layers together by one position among their siblings, or out of their container."""
        paths = self._paths()
        edge = paths[0] if by < 0 else paths[-1]
        neighbour = (*edge[:-1], edge[-1] + by)
        row = self._model.row_of(neighbour)
        if row > 0 and self._model.layer(row) is not None:
            to = neighbour if by < 0 else behind(neighbour)
        elif len(edge) > 1:
            to = edge[:-2] if by < 0 else behind(edge[:-2])
        else:
            return
        self._select(self._editing.move(paths, to), len(paths))

    @Slot()
    def _select_all(self) -> None:
        self._view.select_rows(1, self._model.rowCount() - 1)

    @Slot()
    def _fix_first(self) -> None:
        """Apply a fix to a problem of the current block, or else to the first problem that has a fix."""
        current = self._view.current_path()
        fixable = [problem for problem in self._document.problems if problem.fix is not None]
        here = [problem for problem in fixable if problem.layer == current]
        if here or fixable:
            self.apply_fix((here or fixable)[0])

    @Slot()
    def _update(self) -> None:
        """Enable the actions that are possible with this selection."""
        layers = self._layers()
        for action in (self.cut, self.copy, self.duplicate, self.delete, self.toggle, self.move_up, self.move_down):
            allow(action, bool(layers), nothing_selected())
        on = any(layer.enabled for layer in layers) or not layers
        self.toggle.setText(self.tr("Disa&ble") if on else self.tr("Ena&ble"))
        can_freeze = any(map(_can_freeze, layers))
        able = any(isinstance(layer, Trainable) for layer in layers)
        allow(self.freeze, able, self.tr("The selected layers have no weights.") if layers else nothing_selected())
        self.freeze.setText(self.tr("Free&ze") if can_freeze or not able else self.tr("Unfree&ze"))
        allow(self.select_all, self._model.rowCount() > 1, self.tr("There is no layer."))
        fixable = any(problem.fix is not None for problem in self._document.problems)
        reason = self.tr("No problem here can be mended by a button.") if self._document.problems else ""
        allow(self.fix_problem, fixable, reason or self.tr("There is no problem."))


def _can_freeze(layer: Layer) -> bool:
    """Whether it is a layer with weights that are not frozen."""
    return isinstance(layer, Trainable) and not layer.frozen
