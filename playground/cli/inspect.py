"""`playground inspect`: how a file or a folder of data is read."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence, Set
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, get_args

from playground.cli.arguments import number
from playground.cli.data_choices import (
    ensure_columns,
    ensure_text,
    giveaways,
    named_text,
    reading_choice,
    takes_reading,
)
from playground.cli.wrong_use import WrongUse
from playground.spec.data.class_balance import imbalance
from playground.spec.data.skipped import MOST, SkippedKind, by_kind, counted
from playground.spec.data.unit_kind import UnitKind
from playground.spec.files.storage import shown
from playground.spec.json_text import json_text
from playground.spec.messages import PlaygroundError, message, printable, tr_noop
from playground.spec.number_text import BRIEF, percent_text
from playground.standard_streams import DONE, put

if TYPE_CHECKING:
    from playground.engine.data.opening import Opening
    from playground.engine.data.sources.picture_folder import InspectedPictures
    from playground.engine.data.sources.table import InspectedTable
    from playground.spec.data.skipped import Skipped
    from playground.spec.data.source_choice import Inspected
    from playground.spec.data.table_reading import ReadingChoice, TableReading
    from playground.spec.data.table_summary import Grouping
    from playground.spec.data.text_summary import TextChoice

Described = dict[str, Any]  # an object for JSON, with its kind
_NAMED = 8  # rows that are named for each reason
Reader = Callable[[Path, "ReadingChoice | None"], Described]


def takes_source(inspect: argparse.ArgumentParser) -> None:
    """Declare the arguments of `playground inspect`."""
    inspect.add_argument(
        "source",
        metavar="FILE",
        type=Path,
        help="a table (CSV, Excel, ODS, Parquet, JSON lines), a text, or a folder of pictures",
    )
    inspect.add_argument("--sheet", metavar="NAME", help="sheet of a spreadsheet, instead of its first one")
    takes_reading(inspect)
    inspect.add_argument("--units", metavar="U", help=f"what a text is read in: {', '.join(get_args(UnitKind))}")
    inspect.add_argument(
        "--vocabulary", type=number("--vocabulary", int), metavar="N", help="with --units: how many different ones"
    )
    inspect.add_argument("--json", action="store_true", help="print an object on one line")


def inspect(args: argparse.Namespace) -> int:
    """Print how a file is read; return the exit code.

    Raises:
        PlaygroundError: it cannot be read, or is of a kind that cannot be inspected.
    """
    choice, units = reading_choice(args.read, args.column, args.sheet), None
    if args.units is not None or args.vocabulary is not None:
        from playground.cli.text_units import units_choice

        units = units_choice(str(args.source), args.units, args.vocabulary)
    reader = _reader(args.source)
    texts = named_text(choice)[1] is not None and reader is _table
    if units is not None:
        described = _text(args.source, choice, units)
    else:
        described = (_texts if texts else reader)(args.source, choice)
    for line in [json_text(described)] if args.json else _lines(described):
        put(line)
    return DONE


def _reader(path: Path) -> Reader:
    """The function that describes files of this kind, by the data set that opens them."""
    import playground.spec.datasets  # noqa: F401  every data set registers itself
    from playground.spec.data.dataset import dataset_of

    data = dataset_of(path)
    found = _READERS.get(data.id) if data is not None else None
    if found is None:
        words = tr_noop(
            "“{file}” cannot be inspected: a table is expected here, as CSV, Excel, ODS, Parquet or JSON lines, a "
            "text, or a folder of pictures."
        )
        raise PlaygroundError(message(words, file=shown(path)))
    return found


def _table(path: Path, choice: ReadingChoice | None) -> Described:
    from playground.engine.data.opening import inspected_as
    from playground.spec.datasets.table import Table

    return _described(inspected_as(Table, path, int, choice), choice)


def _described(opening: Opening, choice: ReadingChoice | None) -> Described:
    from playground.spec.datasets.table import Table

    kind, opened = opening
    ensure_columns(choice, opened)
    if kind is not Table:
        return _described_texts(opened)
    found = cast("InspectedTable", opened)
    source, data = found.source, Table.of_source(found.source, Table())
    target = data.target_column
    columns = []
    for column, missing, why in zip(source.columns, found.missing, found.reasons, strict=True):
        role = "left out" if not column.usable else "target" if column is target else "input"
        described = {"name": column.name, "kind": column.kind, "role": role, "missing": missing}
        columns.append(described | ({"unit": column.notation.affix} if column.notation.affix else {}))
        columns[-1] |= {"reason": str(why)} if why is not None else {}
        if column.usable and column.kind == "number":
            columns[-1]["scaling"] = column.scaling
        elif column.usable and column.kind == "date":
            columns[-1] |= {"order": column.order, "parts": list(column.parts)}
    reading = source.reading
    remarks = (*found.remarks, *giveaways(found, data), *([data.notice] if data.notice else []))
    return {
        "kind": "table",
        "rows": source.rows,
        "format": reading.form,
        **_layout(reading),
        "header": reading.header > 0,
        "missing": reading.missing,
        "split": {
            "split_by": data.split_by,
            "train": data.available - data.validation_count,
            "validation": data.validation_count,
            "test": data.test_count,
        },
        **({"groups": _groups(source.grouping)} if source.grouping is not None else {}),
        "columns": columns,
        "left_out": _unread(found.skipped, {f"column “{column.name}”" for column in source.columns}),
        "left_out_counts": by_kind(found.skips),
        "remarks": [str(remark) for remark in remarks],
    }


def _unread(skipped: Sequence[Skipped], listed: Set[str]) -> list[Described]:
    """Rows, and what else of the file is not read; columns that are listed themselves have their reasons there."""
    return [
        {"item": item.where, "reason": str(item.why)}
        if item.row is None
        else {"row": item.row, "reason": str(item.why)}
        for item in skipped
        if item.where not in listed
    ]


def _groups(grouping: Grouping) -> Described:
    return {"column": grouping.column, "rows": dict(zip(grouping.names, grouping.counts, strict=True))}


def _layout(reading: TableReading) -> Described:
    if reading.form == "text":
        return {"separator": reading.separator, "decimal": reading.decimal, "encoding": reading.encoding}
    return {"sheet": reading.sheet} if reading.form == "sheet" else {}


def _text(path: Path, choice: ReadingChoice | None, units: TextChoice | None = None) -> Described:
    from playground.engine.data.opening import table_in_text
    from playground.engine.data.sources.text import described

    if choice is not None and choice.sheet is not None:
        raise WrongUse(message("--sheet names a sheet of a spreadsheet, but “{file}” is a text.", file=shown(path)))
    if choice is not None and (path.is_dir() or units is not None):
        raise WrongUse(message("--read and --column are for tables, but “{file}” is a text.", file=shown(path)))
    table = table_in_text(path, int, choice or units)
    return described(str(path), units) if table is None else _described(table, choice)


def _pictures(path: Path, choice: ReadingChoice | None) -> Described:
    from playground.engine.data.sources.picture_folder import inspect as inspected
    from playground.spec.datasets.picture_folder import OwnPictures

    if choice is not None:
        words = tr_noop("--sheet, --read and --column are for tables, but “{file}” is a folder of pictures.")
        raise WrongUse(message(words, file=shown(path)))
    found: InspectedPictures = inspected(str(path.absolute()))
    source, layout = found.source, found.source.layout
    table = {"table": layout.table.file, "columns": [layout.table.pictures, layout.table.labels]}
    remark = imbalance(source.class_names, source.counts)
    data = OwnPictures.of_source(source, OwnPictures())
    return {
        "kind": "pictures",
        "pictures": source.total,
        "classes": dict(zip(source.class_names, source.counts, strict=True)),
        "sizes": {"smallest": list(found.smallest), "largest": list(found.largest)},
        "prepared": {
            "side": data.side,
            "framing": data.framing,
            "colour": data.colour,
            "cut_off_at_most": round(data.cut_share(found.longest), 3),
            "words": str(data.treatment),
        },
        **(table if layout.table.file else {}),
        "left_out": [{"item": item.where, "reason": str(item.why)} for item in found.skipped],
        "left_out_counts": by_kind(found.skips),
        "remarks": [str(remark) for remark in (*found.remarks, *([remark] if remark else []))],
    }


def _texts(path: Path, choice: ReadingChoice | None) -> Described:
    from playground.engine.data.opening import inspected_as
    from playground.spec.datasets.labelled import LabelledTexts

    choice, text = named_text(choice)
    opened = inspected_as(LabelledTexts, path, int, choice).found
    ensure_columns(choice, opened)
    ensure_text(opened.source, text)
    return _described_texts(opened, text or "")


def _described_texts(found: Inspected, text: str = "") -> Described:
    from playground.spec.datasets.labelled import LabelledTexts

    data = LabelledTexts.of_source(found.source, LabelledTexts(text_column=text))
    label = data.asked_column
    return {
        "kind": "labelled texts",
        "texts": data.used,
        "classes": {name: count for name, count in zip(label.labels, label.counts, strict=True) if count > 1},
        "text": data.read_column.name,
        "label": label.name,
        "length": data.length,
        "encoding": data.source.reading.encoding,
        "left_out": [{"item": item.where, "reason": str(item.why)} for item in found.skipped],
        "left_out_counts": by_kind(found.skips),
        "remarks": [str(remark) for remark in found.remarks],
    }


_READERS: dict[str, Reader] = {  # by the id of a data set
    "table": _table,
    "text_file": _text,
    "labelled_texts": _texts,
    "picture_folder": _pictures,
}


def _lines(described: Described) -> list[str]:
    """The same for people."""
    lines, counts = _IN_WORDS[described["kind"]](described), described["left_out_counts"]
    if sum(counts.values()) > MOST:
        every = counted(tuple((SkippedKind[kind.upper()], count) for kind, count in counts.items()))
        lines.append(f"left out in all: {every}, of which the first {MOST:,} are listed")
    return lines + [f"note: {remark}" for remark in described["remarks"]]


def _text_lines(described: Described) -> list[str]:
    from playground.spec.data.text_units import UNIT_NAMES

    count, encoding = described["characters"], described["encoding"]
    lines = [f"{count:,} characters, {len(described['alphabet']):,} different ones; encoding {encoding}"]
    lines += [f"  {file['file']}: encoding {file['encoding']}" for file in described.get("files", ())]
    if "units" in described:
        unknown = f"; {described['unknown']:,} are unknown" if described["unknown"] else ""
        units, known = UNIT_NAMES[described["units"]], f"a vocabulary of {described['vocabulary']:,}"
        lines.append(f"{described['count']:,} {units}, {known}{unknown}")
    lines.append(f"first line: {printable(described['first_line'])}")
    return lines + [f"left out: {printable(item['item'])}: {item['reason']}" for item in described["left_out"]]


def _picture_lines(described: Described) -> list[str]:
    classes = described["classes"]
    smallest, largest = ("{} × {}".format(*described["sizes"][name]) for name in ("smallest", "largest"))
    sizes = f"of {largest} pixels" if smallest == largest else f"from {smallest} to {largest} pixels"
    width = max(len(printable(name)) for name in classes)
    lines = [f"{described['pictures']:,} pictures in {len(classes):,} classes, {sizes}"]
    lines += [f"  {printable(name):{width}}  {count:,}" for name, count in classes.items()]
    prepared = described["prepared"]
    cut = prepared["cut_off_at_most"]
    lines.append(
        f"prepared: {prepared['words']}{f' At most {percent_text(cut, BRIEF)} of a picture is cut off.' if cut else ''}"
    )
    return lines + [f"left out: {printable(item['item'])}: {item['reason']}" for item in described["left_out"]]


def _labelled_lines(described: Described) -> list[str]:
    lines = [f"{described['texts']:,} labelled texts; text “{described['text']}”, label “{described['label']}”"]
    lines += [f"  {printable(name)}: {count:,}" for name, count in described["classes"].items()]
    return lines + [f"left out: {printable(item['item'])}: {item['reason']}" for item in described["left_out"]]


def _table_lines(described: Described) -> list[str]:
    layout = f"sheet “{described['sheet']}”" if "sheet" in described else described["format"]
    if described["format"] == "text":
        signs = f"separator {described['separator']!r}, decimal sign {described['decimal']!r}"
        layout = f"{signs}, encoding {described['encoding']}"
    head = f"{described['rows']:,} rows; {layout}, {'with' if described['header'] else 'without'} names of columns"
    names = [printable(column["name"]) for column in described["columns"]]
    width = max(map(len, names))
    lines = [head]
    for name, column in zip(names, described["columns"], strict=True):
        facts = [f"{column['missing']:,} missing" if column["missing"] else "", column.get("reason", "")]
        unit = f" ({column['unit']})" if "unit" in column else ""
        detail = "; ".join(fact for fact in facts if fact)
        lines.append(f"  {name:{width}}  {column['kind']}{unit}, {column['role']}{': ' if detail else ''}{detail}")
    return lines + _left_out(described["left_out"])


def _left_out(rows: Sequence[Described]) -> list[str]:
    """The left-out rows, those with the same reason on one line."""
    by_reason: dict[str, list[int]] = {}
    lines = [f"left out: {printable(item['item'])}: {item['reason']}" for item in rows if "item" in item]
    for item in rows:
        if "row" in item:
            by_reason.setdefault(item["reason"], []).append(item["row"])
    for reason, numbers in by_reason.items():
        named = ", ".join(f"{number:,}" for number in numbers[:_NAMED]) + (", …" if len(numbers) > _NAMED else "")
        one, several = f"left out: row {named}: {reason}", f"left out: {len(numbers):,} rows: {reason} ({named})"
        lines.append(several if numbers[1:] else one)
    return lines


_IN_WORDS: dict[str, Callable[[Described], list[str]]] = {  # by kind
    "table": _table_lines,
    "text": _text_lines,
    "pictures": _picture_lines,
    "labelled texts": _labelled_lines,
}
