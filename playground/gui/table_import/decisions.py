"""Effects of each decision in the import view: pure edits of a draft."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from playground.gui.table_import.reader import Draft
from playground.spec.data.table_reading import ReadingChoice
from playground.spec.datasets.table import Table


def with_role(draft: Draft, name: str, role: str | None) -> Draft:
    """The same with a column as input, target or left out; None leaves it to the program."""
    data, choice = draft.data, draft.choice
    was_target = data.target_column.name == name
    if role == "target":
        usable = data.source.column(name) is not None
        chosen = choice.with_column(name, used=None if usable and choice.column(name).used is not False else True)
        return replace(draft, choice=chosen, data=data.with_(target=name))
    if was_target:  # another one takes its place
        others = [other for other in data.columns if other != name]
        data = data.with_(target=others[-1] if others else name, asks="auto")
    used = {"input": True, "left out": False, None: None}[role]
    return replace(draft, choice=choice.with_column(name, used=used), data=data)


def with_part(draft: Draft, name: str, part: str, value: Any) -> Draft:
    """The same with another decision on a column: its role, or a field of `ColumnChoice`."""
    if part == "role":
        return with_role(draft, name, value)
    return replace(draft, choice=draft.choice.with_column(name, **{part: value}))


def with_groups(draft: Draft, name: str) -> Draft:
    """The same with rows grouped by a column, which then divides them; empty for none."""
    data: Table = draft.data
    if name and data.split_by not in ("groups", "named"):
        data = data.with_(split_by="groups")
    elif not name and data.split_by in ("groups", "named"):
        data = data.with_(split_by="stratified")
    return replace(draft, choice=draft.choice.with_(groups=name), data=data)


def with_test_file(draft: Draft, path: str) -> Draft:
    """The same with the rows of another file for the test; empty for none."""
    data = draft.data
    if path:
        data = data.with_(split_by="file")
    elif data.split_by == "file":
        data = data.with_(split_by="stratified")
    return replace(draft, choice=draft.choice.with_(test_file=path), data=data)


def with_setting(draft: Draft, name: str, value: Any) -> Draft:
    """The same with another value of one of the data set's settings."""
    changes = {name: value, "asks": "auto"} if name == "target" else {name: value}
    return replace(draft, data=draft.data.with_(**changes))


def with_choice(draft: Draft, choice: ReadingChoice, shown: str = "") -> Draft:
    """The same read otherwise; decisions on the table of one sheet are dropped with it.

    shown: the sheet that was read last.
    """
    if choice.sheet in (draft.choice.sheet, shown):
        return replace(draft, choice=choice)
    changed = with_test_file(with_groups(replace(draft, choice=choice), ""), "")
    kept = changed.choice.with_(header=None, missing=None, columns=())
    return replace(changed, choice=kept, data=changed.data.with_(asks="auto"))
