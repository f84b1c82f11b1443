"""Options that decide how a table is read and divided; names and values come from the declarations."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from playground.cli.wrong_use import WrongUse
from playground.spec.files.storage import shown
from playground.spec.messages import Message, message, tr_noop

if TYPE_CHECKING:
    from playground.spec.component import Component, FieldInfo
    from playground.spec.data.dataset import Dataset
    from playground.spec.data.labelled_summary import LabelledFiles
    from playground.spec.data.source_choice import Inspected
    from playground.spec.data.table_reading import ReadingChoice

_FLAGS = {"yes": True, "no": False}
_TAB = "\\t"  # as it is typed


def takes_reading(command: argparse.ArgumentParser) -> None:
    """Declare `--read` and `--column`."""
    words = (
        r"how a table is read: separator=\t, decimal=, encoding=cp1252 header=0 comment=# missing=own groups=NAME "
        "test_file=PATH …"
    )
    command.add_argument("--read", action="append", default=[], metavar="NAME=VALUE", help=words)
    words = (
        "how a column is read: “price:used=no”, “day:kind=date”, “day:order=dmy”, “price:scaling=robust”, "
        "“review:kind=text” to classify its texts; what follows "
        "the last “=” is the value, what lies between it and the last “:” before it is KEY, and NAME may hold both"
    )
    command.add_argument("--column", action="append", default=[], metavar="NAME:KEY=VALUE", help=words)


def reading_choice(read: Sequence[str], columns: Sequence[str], sheet: str | None) -> ReadingChoice | None:
    """The decisions of `--read`, `--column` and `--sheet`; None if there are none.

    Raises:
        WrongUse: there is no such name, or the value is not possible.
    """
    if not read and not columns and sheet is None:
        return None
    from playground.spec.data.table_reading import ColumnChoice, ReadingChoice

    names = [name for name in ReadingChoice.model_fields if name != "columns"]
    values: dict[str, Any] = {} if sheet is None else {"sheet": sheet}
    for given in read:
        name, equals, text = given.partition("=")
        _ensure_known("--read", given, name if equals else "", names)
        text = str(Path(text).absolute()) if name == "test_file" and text else text
        values[name] = _value(ReadingChoice, name, text, f"--read {given}")
    choice = ReadingChoice(**values)
    keys = [name for name in ColumnChoice.model_fields if name != "name"]
    for given in columns:
        left, _, text = given.rpartition("=")
        name, colon, key = left.rpartition(":")
        _ensure_known("--column", given, key if colon and name else "", keys)
        choice = choice.with_column(name, **{key: _value(ColumnChoice, key, text, f"--column {given}")})
    return choice


def named_text(choice: ReadingChoice | None, text: str | None = None) -> tuple[ReadingChoice | None, str | None]:
    """The column of texts that `--text` names, or that is of that kind in `choice`, and the rest of the choice.

    Raises:
        WrongUse: several are named.
    """
    if choice is None:
        return None, text
    names = {item.name for item in choice.columns if item.kind == "text"} | ({text} if text is not None else set())
    if len(names) > 1:
        listed = ", ".join(sorted(map(shown, names)))
        raise WrongUse(message("Only one column can be the text, but there are several: {names}.", names=listed))
    rest = tuple(item for item in choice.columns if item.kind != "text")
    return choice.with_(columns=rest), next(iter(names), None)


def ensure_text(source: LabelledFiles, text: str | None) -> None:
    """Refuse a column of texts that a file does not have; raises WrongUse."""
    names = [item.name for item in source.texts]
    if text is not None and text not in names:
        words = tr_noop("{file} has no texts “{text}”. It has: {columns}.")
        raise WrongUse(message(words, file=source.name, text=shown(text), columns=", ".join(names)))


def ensure_columns(choice: ReadingChoice | None, found: Inspected) -> None:
    """Refuse choices for columns that the file does not have, or for a table that is none; raises WrongUse."""
    if choice is None or not (choice.columns or choice.test_file):
        return
    from playground.spec.data.table_summary import TableFile

    source = found.source
    if not isinstance(source, TableFile) and choice.test_file:
        raise WrongUse(message("--read test_file names a second table, but the file is not read as a table."))
    if not isinstance(source, TableFile):
        raise WrongUse(message("--column decides on a column of a table, but the file is not read as a table."))
    names = [column.name for column in source.columns]
    for item in choice.columns:
        if item.name not in names:
            words = tr_noop("--column: there is no column “{name}”. There are: {names}.")
            raise WrongUse(message(words, name=shown(item.name), names=", ".join(names)))


def giveaways(found: Inspected, data: Dataset) -> tuple[Message, ...]:
    """Remarks on columns that give the target of a table away."""
    from playground.engine.data.sources.table import InspectedTable
    from playground.engine.data.table_overview import overview
    from playground.spec.datasets.table import Table

    if not (isinstance(found, InspectedTable) and isinstance(data, Table)):
        return ()
    return overview(found, data).giveaways


def with_settings(data: Dataset, given: Sequence[str]) -> Dataset:
    """The data set with the fields of `--data` set.

    Raises:
        WrongUse: there is no such field, the value is not possible, or the data cannot be used with it.
    """
    from playground.spec.component import fields_of

    fields = {field.name: field for field in fields_of(type(data))}
    for item in given:
        name, equals, text = item.partition("=")
        _ensure_known("--data", item, name if equals else "", list(fields))
        before, data = data, _with_setting(data, fields[name], text, f"--data {item}")
        objection = next(data.objections(), None)
        if objection is not None and next(before.objections(), None) is None:
            words = tr_noop("--data {setting} is not possible with these data: {what} Expected: {expected}.{way}")
            found = {"what": objection.what, "expected": objection.expected, "way": _way_to_name(data)}
            raise WrongUse(message(words, setting=shown(item), **found))
    return data


def _way_to_name(data: Dataset) -> Message:
    """The option that names what the split of a table lacks; empty where it lacks nothing."""
    from playground.spec.datasets.table import Table

    if not isinstance(data, Table):
        return message("")
    if data.split_by == "file" and data.tested is None:
        return message(" Name it with --read test_file=PATH.")
    if data.split_by in ("groups", "named") and data.source.grouping is None:
        return message(" Name it with --read groups=NAME.")
    return message("")


def _with_setting(data: Dataset, field: FieldInfo, text: str, given: str) -> Dataset:
    from pydantic import ValidationError

    from playground.spec.number_text import setting_text

    among = tuple(getattr(data, field.among)) if field.among else ()
    possible = [*among, *(str(option) for option, _ in field.options), *(_FLAGS if field.kind == "flag" else ())]
    if possible and text not in possible:
        raise _impossible(given, text, ", ".join(possible))
    bounds = "" if field.minimum is None else f"{setting_text(field.minimum)} … {setting_text(field.maximum or 0)}"
    try:
        values: dict[str, Callable[[str], Any]] = {"integer": int, "real": float, "flag": _FLAGS.get}
        return data.with_(**{field.name: values.get(field.kind, str)(text)})
    except (ValidationError, ValueError) as error:
        raise _impossible(given, text, bounds or field.kind) from error


def _value(owner: type[Component], name: str, text: str, given: str) -> Any:
    """A field's value from its text, as its declaration says."""
    from pydantic import ValidationError

    from playground.spec.data.table_reading import SEPARATORS
    from playground.spec.data.text_encoding import ENCODINGS

    parts = get_args(owner.model_fields[name].annotation) or (owner.model_fields[name].annotation,)
    options = [value for part in parts if get_origin(part) is Literal for value in get_args(part)]
    signs = {label.partition(" ")[0]: sign for sign, label in SEPARATORS.items()}  # “blanks” is easier to type
    value: Any = text
    if bool in parts:
        options, value = list(_FLAGS), _FLAGS.get(text)
    elif int in parts:
        value = int(text) if text.isascii() and text.isdigit() else text
    elif text == _TAB:
        value = "\t"
    elif name == "separator":
        value = signs.get(text, text)
    listed = {"separator": [*signs], "encoding": [*ENCODINGS]}
    possible: Message | str = ", ".join(options or listed.get(name, [])) or message("a shorter text")
    try:
        if options and text not in options:
            raise _impossible(given, text, possible)
        owner(**{name: value})
    except ValidationError as error:
        if int in parts:
            limits = [limit for item in error.errors() for limit in (item.get("ctx") or {}).values()]
            possible = message("a whole number, at most {most}", most=limits[0]) if limits else message("a number")
        raise _impossible(given, text, possible) from error
    return value


def _impossible(given: str, text: str, possible: Message | str) -> WrongUse:
    words = tr_noop("{option}: “{value}” is not possible here. Possible: {possible}.")
    return WrongUse(message(words, option=shown(given), value=shown(text), possible=possible))


def _ensure_known(option: str, given: str, name: str, names: Sequence[str]) -> None:
    if name not in names:
        words = tr_noop("{option} {given} names nothing that can be decided. Possible: {names}.")
        raise WrongUse(message(words, option=option, given=shown(given), names=", ".join(names)))
