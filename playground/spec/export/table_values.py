"""Code with which an exported program turns the cells of a table into numbers."""

from __future__ import annotations

from collections.abc import Iterator

from playground.spec.call import printed
from playground.spec.data.number_notation import NumberNotation
from playground.spec.data.table_summary import FEWEST_ROWS, LONGEST_NAME, MISSING, MOST_WORDS, Column
from playground.spec.export.annotations import WIDTH
from playground.spec.export.divided_table import DividedTable
from playground.spec.export.statement import laid_out
from playground.spec.export.table_cells import cell_lines, named_lines


def _arguments(numbers: list[Column]) -> str:
    """The notation that all columns share, as further arguments of `number`."""
    usual = NumberNotation().values()
    given = numbers[0].notation.values() if numbers else usual
    return "".join(f", {name}={printed(value)}" for name, value in given.items() if value != usual[name])


def constants(data: DividedTable) -> Iterator[str]:
    """The names and kinds of the columns."""
    columns = data.columns
    yield "# The input columns, followed by the target column."
    yield from laid_out("COLUMNS = ", [item.name for item in columns], "")
    texts = data.texts
    if data.classifies:
        classes, alone = data.classes
        yield from laid_out("CLASSES = ", classes, "")
        yield from laid_out("ALONE = ", alone, "  # classes of one row, which is left out") if alone else []
    if texts or data.asks_for_texts:
        yield "TEXTS = {  # what the columns hold that do not hold numbers"
        for item in texts:
            yield from laid_out(f"    {printed(item.name)}: ", list(item.categories), ",")
        if data.asks_for_texts:
            yield f"    {printed(columns[-1].name)}: {data.every_class},"
        yield "}"
    yield f"MISSING = {printed(MISSING)}  # in small letters"
    if data.differ:
        yield "NOTATIONS = {  # of numbers: decimal sign, thousands signs, currency or %, other signs of negative ones"
        for item in data.numbers:
            yield from laid_out(f"    {printed(item.name)}: ", tuple(item.notation.values().values()), ",")
        yield "}"
    standing = [item for item in data.numbers if item.missing_value is not None]
    if standing:
        pairs = ", ".join(f"{printed(item.name)}: {item.missing_value!r}" for item in standing)
        yield f"STANDING_FOR_MISSING = {{{pairs}}}"
    if data.dates:
        orders = ", ".join(f"{printed(item.name)}: {printed(item.order)}" for item in data.dates)
        yield f"DATES = {{{orders}}}  # the order of year, month and day"
    if data.grouped and data.source.grouping:
        yield f"GROUPS = {printed(data.source.grouping.column)}  # the column that groups the rows"
    if data.split_by == "named" and data.source.grouping:
        yield "PARTS = {  # 0: to train with, 1: for validation, 2: to test with"
        for name, part in zip(data.source.grouping.names, data.parts, strict=True):
            yield f"    {printed(name)}: {part},"
        yield "}"
    if not data.plain:
        yield from _inputs(data)


def _inputs(data: DividedTable) -> Iterator[str]:
    """How each column becomes inputs, in the form that the copied functions take."""
    yield 'Column = namedtuple("Column", ("kind", "categories", "parts", "own_missing", "scaling"))'
    yield "INPUTS = ["
    for item in data.inputs:
        categories = f"TEXTS[{printed(item.name)}]" if item.kind == "category" else "[]"
        rest = f"{printed(item.parts)}, {item.own_missing}, {printed(item.scaling)}"
        yield f"    Column({printed(item.kind)}, {categories}, {rest}),"
    yield "]"


def values_of(data: DividedTable) -> Iterator[str]:
    """`values_of(name, cells, path)`, for columns of texts, of numbers and of dates."""
    notation = ", *NOTATIONS.get(name, ())" if data.differ else _arguments(data.numbers)
    texts = bool(data.texts) or data.asks_for_texts
    yield f"def values_of(name, cells, path{', tested' if data.tested else ''}):"
    what = "numbers of a column"
    if texts:
        what += ", the indices of its texts in TEXTS" if data.dates else ", or the indices of its texts in TEXTS"
    what += ", or the seconds of its dates" if data.dates else ""
    yield f'    """The {what}; None where one is missing."""'
    if texts:
        yield "    known = {text: index for index, text in enumerate(TEXTS.get(name, []))}"
    read, wrong = (f"number(cell{notation})", "no number") if data.numbers else ("", "")
    if data.dates:
        dated, no_date = "moment(cell, DATES[name])", "no date"
        read = f"{dated} if name in DATES else {read}" if read else dated
        wrong = f"{{'no date' if name in DATES else '{wrong}'}}" if wrong else no_date
    if texts:
        inner = wrong.strip("{}") if wrong.startswith("{") else f"'{wrong}'"
        wrong = f"{{'unknown' if known else {inner}}}" if read else "unknown"
        read = f"known.get(cell) if known else {read}" if read else "known.get(cell)"
    line = f"    found = [{read} for cell in cells]"
    yield from (
        [line] if len(line) <= WIDTH else ["    found = [", f"        {read}", "        for cell in cells", "    ]"]
    )
    if not any(data.source.choice.column(item.name).kind for item in data.columns):
        most = f"len(cells) / (2 if len(set(wrong)) <= {MOST_WORDS} else 10)"
        most = f"(0 if known else {most})" if texts else most
        yield "    pairs = zip(cells, found, strict=True)"
        yield "    wrong = [cell for cell, value in pairs if value is None and cell.lower() not in MISSING]"
        yield f"    if {'not tested and ' if data.tested else ''}len(wrong) > {most}:"
        yield f'        sys.exit(f"{{path}}, column {{name}}: {{wrong[0]!r}} is {wrong}.")'
    if any(item.missing_value is not None for item in data.numbers):
        yield "    return [None if value == STANDING_FOR_MISSING.get(name) else value for value in found]"
    else:
        yield "    return found"


def read_table(data: DividedTable) -> Iterator[str]:
    """`read_table(path)`, by column names, or by column numbers if there are none."""
    reading = data.source.reading
    yield f"def read_table(path{', tested=False' if data.tested else ''}):"
    lacking = "the last one" if data.fills else "one"
    groups = ", and the groups" if data.grouped else ""
    groups += ", and the contents of each row" if data.changed else ""
    out = f"rows that lack {lacking}, or are longer or shorter, are left out"
    what = f"The values of COLUMNS (N, C){groups}; {out}"
    if data.tested:
        yield f'    """{what}.'
        yield ""
        yield "    Of rows to test with, texts that are not in TEXTS are missing."
        yield '    """'
    else:
        yield f'    """{what}."""'
    yield from cell_lines(reading)
    yield from named_lines(reading, data.names)
    yield "    if absent := [name for name in COLUMNS if name not in names]:"
    yield "        sys.exit(f\"{path} has no column {', '.join(map(repr, absent))}.\")"
    yield "    columns = {name: [row[index] for row in cells] for index, name in enumerate(names)}"
    arguments = "name, columns[name], path" + (", tested" if data.tested else "")
    yield f"    values = np.array([values_of({arguments}) for name in COLUMNS], float).T"
    used = "np.isfinite(values[:, -1])" if data.fills else "np.isfinite(values).all(1)"
    if data.grouped or data.changed:
        yield f"    used = {used}"
    if data.grouped:
        yield "    if GROUPS not in columns:"
        yield '        sys.exit(f"{path} has no column {GROUPS!r}, which groups the rows.")'
        yield f"    groups = [cell[:{LONGEST_NAME}] for cell, kept in zip(columns[GROUPS], used, strict=True) if kept]"
    if data.changed:
        yield "    contents = np.array([row_contents(row) for row in cells], object)[used]"
    used = "used" if data.grouped or data.changed else used
    yield f"    values = values[{used}]"
    if data.tested:
        yield f"    fewest = 1 if tested else {FEWEST_ROWS}"
    fewest = "fewest" if data.tested else str(FEWEST_ROWS)
    yield f"    if len(values) < {fewest}:"
    needed = "{fewest}" if data.tested else str(FEWEST_ROWS)
    yield f'        sys.exit(f"{{path}} has {{len(values)}} rows that lack no value; {needed} are needed.")'
    yield f"    return {', '.join(data.read)}"
