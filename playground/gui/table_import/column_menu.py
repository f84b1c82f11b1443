"""The menu of one column: its role, kind, order of dates and scaling."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from playground.gui.style.translation import translated
from playground.gui.table_import.header import KIND, ROLE
from playground.gui.table_import.words import AUTOMATIC, Options, capitalised
from playground.spec.data.column_kinds import CHOSEN_KINDS, ROLES, ColumnRole
from playground.spec.data.dates import DAY_ORDERS
from playground.spec.data.table_reading import SCALINGS, ColumnChoice
from playground.spec.messages import tr_noop

if TYPE_CHECKING:
    from playground.engine.data.table_overview import ColumnOverview

_TITLES = {
    ROLE: tr_noop("Role"),
    KIND: tr_noop("Kind"),
    "order": tr_noop("Order of dates"),
    "scaling": tr_noop("Scaling"),
}


def column_menu(
    item: ColumnOverview, choice: ColumnChoice, part: str, decide: Callable[[str, Any], None], parent: QWidget
) -> QMenu:
    """The menu of a column, or of a part of it: `ROLE` or `KIND`.

    `decide` is called with the part and what was chosen, None for automatic.
    """
    menu = QMenu(parent)
    used: dict[bool | None, ColumnRole | None] = {True: "input", False: "left out", None: None}
    if part in ("", ROLE):
        dates = item.column.kind == "date"  # cannot be predicted
        roles = [(value, word) for value, word in ROLES.items() if value != "target" or not dates]
        _add(menu, ROLE, roles, "target" if item.role == "target" else used[choice.used], decide)
    if part in ("", KIND):
        no_text = item.column.kind in ("number", "date")
        kinds = [(kind, word) for kind, word in CHOSEN_KINDS.items() if kind != "text" or not no_text]
        _add(menu, KIND, kinds, choice.kind, decide)
        if item.column.kind == "date":
            _add(menu, "order", tuple(DAY_ORDERS.items()), choice.order, decide)
        if item.column.kind == "number" and item.role == "input":
            _add(menu, "scaling", tuple(SCALINGS.items()), choice.scaling, decide)
    return menu


def _add(menu: QMenu, part: str, options: Options, chosen: Any, decide: Callable[[str, Any], None]) -> None:
    if not menu.isEmpty():
        menu.addSeparator()
    menu.addAction(translated(_TITLES[part])).setEnabled(False)  # the style sheet hides the titles of sections
    group = QActionGroup(menu)
    for value, label in ((None, AUTOMATIC), *options):
        action = QAction(capitalised(label), group)
        action.setCheckable(True)
        action.setChecked(value == chosen)
        action.setData((part, value))
        menu.addAction(action)

    def picked(action: QAction) -> None:
        decide(*action.data())

    group.triggered.connect(picked)
