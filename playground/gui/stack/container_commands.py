"""The actions on containers: wrap and unwrap layers, collapse and expand, add and remove branches."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from playground.gui.session.document import Document
from playground.gui.stack.block_list import BlockList
from playground.gui.stack.model import StackModel
from playground.gui.stack.selection_commands import SelectionCommands
from playground.gui.style.action import allow, nothing_selected
from playground.gui.style.translation import translated
from playground.spec.container import Container
from playground.spec.edits import LayerPath, outermost
from playground.spec.layer import Stack
from playground.spec.messages import message


class ContainerCommands(SelectionCommands):
    """The container actions of one stack view."""

    def __init__(self, document: Document, model: StackModel, view: BlockList) -> None:
        super().__init__(document, model, view)
        self.wrap = self._action(self.tr("&Wrap in…"), "Ctrl+G", self._show_choice)
        self.unwrap = self._action(self.tr("U&nwrap"), "Ctrl+Shift+G", self._unwrap)
        self.collapse = self._action(self.tr("Collap&se, or leave a container"), "Left", self._collapse)
        self.expand = self._action(self.tr("&Expand, or enter a container"), "Right", self._expand)
        self.add_branch = self._action(self.tr("Add a branc&h"), "Ctrl+Shift+B", self._add)
        self.remove_branch = self._action(self.tr("Remo&ve the branch"), "Ctrl+Shift+Del", self._remove)
        view.selectionModel().currentChanged.connect(self.update)
        view.selectionModel().selectionChanged.connect(self.update)
        model.dataChanged.connect(self.update)
        self.update()

    @property
    def actions(self) -> tuple[QAction, ...]:
        """All actions in the order of the menus."""
        return self.wrap, self.unwrap, self.collapse, self.expand, self.add_branch, self.remove_branch

    def wrap_in(self, member: type[Container]) -> None:
        """Wrap the selected layers, and the layers between them, in a new container."""
        path = self._editing.wrap(self._paths(), member())
        if path is None:
            self._view.refused.emit(self._editing.reason)
            return
        self._view.select_path(path)

    def choice(self) -> QMenu:
        """A menu of the containers in which the selection can be wrapped; deleted when it is closed."""
        menu = QMenu(self._view)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for member in Container.members():
            action = menu.addAction(translated(member.label))
            action.setToolTip(translated(member.help))
            action.setData(member)
        menu.triggered.connect(self._chosen)
        menu.setActiveAction(menu.actions()[0])
        return menu

    def _current(self) -> tuple[LayerPath, Container | None]:
        """The current path, `DATA` if there is none, and the container there, if any."""
        path = self._view.current_path() or ()
        return path, self._container(path)

    def _container(self, path: LayerPath) -> Container | None:
        """The container at a visible path; while rows are inserted and removed, the document may already differ."""
        row = self._model.row_of(path)
        layer = self._model.layer(row) if row > 0 else None
        return layer if isinstance(layer, Container) else None

    def _containers(self) -> tuple[LayerPath, ...]:
        """The paths of the selected containers, or else of the one around the selection."""
        paths = self._paths()
        found = tuple(path for path in paths if self._container(path))
        around = {path[:-2] for path in paths or (self._current()[0],) if len(path) > 1}
        return found or (tuple(around) if len(around) == 1 else ())

    def _branching(self) -> tuple[LayerPath, Container, int] | None:
        """The innermost container at the current block that supports several branches, and the index of the branch."""
        path, branch = self._current()[0], -1  # the last branch, if the container itself is the current block
        while path:
            container = self._container(path)
            if container is not None and container.most_branches > 1:
                return path, container, branch
            path, branch = path[:-2], path[-2] if len(path) > 1 else -1
        return None

    @Slot()
    def _show_choice(self) -> None:
        index = self._view.currentIndex()
        below = self._view.visualRect(index).bottomLeft()
        self.choice().popup(self._view.viewport().mapToGlobal(below))

    @Slot(QAction)
    def _chosen(self, action: QAction) -> None:
        self.wrap_in(action.data())

    @Slot()
    def _unwrap(self) -> None:
        containers = self._containers()
        for path in reversed(outermost(containers)):  # last first, so that the remaining paths stay valid
            inner = self._editing.unwrap(path)
            if inner is None:
                self._view.refused.emit(self._editing.reason)
            else:
                self._view.select_paths(inner)

    @Slot()
    def _collapse(self) -> None:
        path, container = self._current()
        if container is None or not self._model.fold(path, folded=True):
            self._view.select_path(path[:-2])

    @Slot()
    def _expand(self) -> None:
        path, container = self._current()
        if container is not None and not self._model.fold(path, folded=False):
            self._view.select_path((*path, 0, 0))

    @Slot()
    def _add(self) -> None:
        found = self._branching()
        if found:
            path, container, _ = found
            words = message("Add a branch to {container}", container=message(container.label))
            self._editing.set_branches(path, (*container.branches, Stack()), words)
            self._view.select_path((*path, len(container.branches), 0))

    @Slot()
    def _remove(self) -> None:
        found = self._branching()
        if found:
            path, container, branch = found
            kept = list(container.branches)
            kept.pop(branch)
            words = message("Remove a branch of {container}", container=message(container.label))
            self._editing.set_branches(path, tuple(kept), words)
            self._view.select_path(path)

    @Slot()
    def update(self) -> None:
        """Enable the actions that are possible with this selection."""
        path, container = self._current()
        inside = len(path) > 1
        branching = self._branching()
        no_container = self.tr("Select a container first: Residual, Parallel, Repeat or the like.")
        no_branch = self.tr("Select a branch of a container first, or the container.")
        allow(self.wrap, bool(self._paths()), nothing_selected())
        allow(self.unwrap, bool(self._containers()), no_container)
        allow(self.collapse, inside or container is not None, no_container)
        allow(self.expand, container is not None, no_container)
        more = branching is not None and len(branching[1].branches) < branching[1].most_branches
        fewer = branching is not None and len(branching[1].branches) > branching[1].fewest_branches
        allow(self.add_branch, more, self.tr("It has all the branches that it can have.") if branching else no_branch)
        allow(self.remove_branch, fewer, self.tr("It needs the branches that it has.") if branching else no_branch)
