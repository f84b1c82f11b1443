"""Code with which an exported program reads a table, standardises it and splits its rows, as the engine does."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap
from typing import NamedTuple

from playground.spec.call import printed
from playground.spec.data.dataset import Loading
from playground.spec.data.iris import IRIS
from playground.spec.data.number_notation import NumberNotation
from playground.spec.data.split import split
from playground.spec.data.table_summary import FEWEST_ROWS, MISSING, Column, TableFile
from playground.spec.export.annotations import WIDTH
from playground.spec.export.data_files import find_file, find_own_file
from playground.spec.export.statement import laid_out
from playground.spec.export.table_cells import cell_functions, cell_lines, finds_names, libraries, named_lines
from playground.spec.files.resources import resource

_FILLED = "  # fmt: skip"  # a formatter would give each number a line of its own


class DividedTable(NamedTuple):
    """Facts about a table that an exported program needs: the columns that it reads, and the split of the rows."""

    source: TableFile
    inputs: tuple[Column, ...]
    target_column: Column
    classifies: bool  # whether the target is a class instead of a number
    width: int  # number of inputs
    test_share: float
    validation_share: float  # of the rows outside the test set
    test_count: int
    validation_count: int
    split_seed: int


def loading(data: DividedTable) -> Loading:
    """The code, and the engine functions that it uses."""
    data_help = f"the table, or the folder that holds {data.source.name}"
    if data.source.bundled and data.source.sha256 == IRIS.sha256 and data.target_column.name == "species":
        return Loading("\n".join(_iris(data)), data_help=data_help)
    finding = find_file("iris") if data.source.bundled else find_own_file()
    parts = [_constants(data), [finding], _values_of(data), _read_table(data)]
    parts += [_SCALED] if _scales(data) else []
    return Loading(
        "\n\n\n".join("\n".join(part) for part in (*parts, _load_data(data))),
        _functions(data),
        needs=("numpy", *libraries(data.source.reading)),
        data_help=data_help,
    )


def _functions(data: DividedTable) -> tuple[str, ...]:
    """The functions of the engine that the program needs."""
    names = (
        ("playground.spec.data.column_names.column_names",) if finds_names(data.source.reading, _names(data)) else ()
    )
    numbers = ("playground.spec.data.number_notation.number",) if _numbers(data) else ()
    return (*names, *cell_functions(data.source.reading), *numbers, "playground.spec.data.split.split")


def _names(data: DividedTable) -> list[str]:
    """The names of all columns of the file."""
    return [item.name for item in data.source.columns]


def _numbers(data: DividedTable) -> list[Column]:
    """The columns of numbers that the program reads."""
    return [item for item in (*data.inputs, data.target_column) if item.kind == "number"]


def _iris(data: DividedTable) -> Iterator[str]:
    """A short program for the bundled table, whose cells are all known."""
    rows = resource("iris", data.source.path).read_text(encoding="utf-8").splitlines()[data.source.reading.header :]
    classes = list(data.target_column.classes)
    _, validation, test = split(
        [classes.index(row.rpartition(",")[2]) for row in rows], data.validation_count, data.test_count, data.split_seed
    )
    yield from laid_out("COLUMNS = ", [item.name for item in data.inputs], "")
    yield from laid_out("CLASSES = ", classes, "")
    yield from _row_numbers("VALIDATION = [", validation) if validation else []
    yield from _row_numbers("TEST = [", test)
    yield from ("", "", find_file("iris"), "", "")
    yield "def load_data(source, device):"
    yield '    """Measurements (N, 4), standardised, and classes (N,), to train and to test with."""'
    finding = f"find_file({printed(data.source.path)}, source)"
    yield f"    rows = list(csv.DictReader((path := {finding}).read_text().splitlines()))"
    yield "    try:"
    yield "        inputs = torch.tensor([[float(row[name]) for name in COLUMNS] for row in rows]).to(device)"
    yield '        targets = torch.tensor([CLASSES.index(row["species"]) for row in rows or [{}]]).to(device)'
    kept = "VALIDATION + TEST" if validation else "TEST"
    yield f"        train = sorted(set(range(len(rows))) - set({kept}))"
    yield "        inputs = (inputs - inputs[train].mean(0)) / inputs[train].std(0, correction=0)"
    parts = ("train", *(["VALIDATION"] if validation else []), "TEST")
    yield _divided(parts, " " * 8)
    yield "    except (IndexError, KeyError, TypeError, ValueError) as error:"
    yield '        sys.exit(f"{path} is no table of {COLUMNS} and species {CLASSES}: {error}.")'


def _row_numbers(before: str, numbers: list[int]) -> Iterator[str]:
    """A list of numbers on few lines."""
    lines = wrap(f"{', '.join(map(str, numbers))}]", WIDTH - len(before))
    yield from (f"{before if not at else ' ' * len(before)}{line}" for at, line in enumerate(lines[:-1]))
    yield f"{before if len(lines) == 1 else ' ' * len(before)}{lines[-1]}{_FILLED}"


def _divided(parts: tuple[str, ...], indent: str) -> str:
    """The statement that returns inputs and targets of each part."""
    pairs = ", ".join(f"(inputs[{part}], targets[{part}])" for part in parts)
    line = f"{indent}return {pairs}"
    if len(line) <= WIDTH:
        return line
    return f"{indent}return tuple((inputs[part], targets[part]) for part in ({', '.join(parts)}))"


def _texts(data: DividedTable) -> list[Column]:
    """The input columns that contain text."""
    return [item for item in data.inputs if item.kind == "category"]


def _scales(data: DividedTable) -> bool:
    """Whether some numbers are standardised."""
    return len(_texts(data)) < len(data.inputs) or not data.classifies


def _asks_for_texts(data: DividedTable) -> bool:
    return data.target_column.kind == "category"


def _classes(data: DividedTable) -> tuple[list[str] | list[int], list[str] | list[int]]:
    """The classes as written in the table, and those with a single row, from which nothing can be learned."""
    column = data.target_column
    alone = [name for name in column.categories if name not in column.classes]
    if _asks_for_texts(data):
        return list(column.classes), alone
    return list(map(int, column.classes)), list(map(int, alone))


def _differ(data: DividedTable) -> bool:
    """Whether the columns of numbers are in several notations."""
    return len({item.notation for item in _numbers(data)}) > 1


def _arguments(numbers: list[Column]) -> str:
    """The notation that all columns share, as further arguments of `number`."""
    usual = NumberNotation().values()
    given = numbers[0].notation.values() if numbers else usual
    return "".join(f", {name}={printed(value)}" for name, value in given.items() if value != usual[name])


def _constants(data: DividedTable) -> Iterator[str]:
    columns = (*data.inputs, data.target_column)
    yield "# The input columns, followed by the target column."
    yield from laid_out("COLUMNS = ", [item.name for item in columns], "")
    texts = _texts(data)
    if data.classifies:
        classes, alone = _classes(data)
        yield from laid_out("CLASSES = ", classes, "")
        yield from laid_out("ALONE = ", alone, "  # classes of one row, which is left out") if alone else []
    if texts or _asks_for_texts(data):
        yield "TEXTS = {  # what the columns hold that do not hold numbers"
        for item in texts:
            yield from laid_out(f"    {printed(item.name)}: ", list(item.categories), ",")
        if _asks_for_texts(data):
            yield f"    {printed(columns[-1].name)}: {_every_class(data)},"
        yield "}"
    yield f"MISSING = {printed(MISSING)}  # in small letters"
    if _differ(data):
        yield "NOTATIONS = {  # of numbers: decimal sign, thousands signs, currency or %, other signs of negative ones"
        for item in _numbers(data):
            yield from laid_out(f"    {printed(item.name)}: ", tuple(item.notation.values().values()), ",")
        yield "}"
    standing = [item for item in _numbers(data) if item.missing_value is not None]
    if standing:
        pairs = ", ".join(f"{printed(item.name)}: {item.missing_value!r}" for item in standing)
        yield f"STANDING_FOR_MISSING = {{{pairs}}}"


def _every_class(data: DividedTable) -> str:
    return "CLASSES + ALONE" if _classes(data)[1] else "CLASSES"


def _values_of(data: DividedTable) -> Iterator[str]:
    """`values_of(name, cells, path)`, for columns of texts, of numbers, or of both."""
    numbers = _numbers(data)
    notation = ", *NOTATIONS.get(name, ())" if _differ(data) else _arguments(numbers)
    yield "def values_of(name, cells, path):"
    if len(numbers) == len(data.inputs) + 1:
        yield '    """The numbers of a column; None where one is missing."""'
        most, what = "len(cells) / 10", "no number"
    else:
        yield '    """The numbers of a column, or the indices of its texts in TEXTS; None where one is missing."""'
        yield "    known = {text: index for index, text in enumerate(TEXTS.get(name, []))}"
        most, what = "(0 if known else len(cells) / 10)", "{'unknown' if known else 'no number'}"
    read = f"number(cell{notation})"
    if len(numbers) <= len(data.inputs):
        read = f"known.get(cell) if known else {read}" if numbers else "known.get(cell)"
    yield f"    found = [{read} for cell in cells]"
    yield "    pairs = zip(cells, found, strict=True)"
    yield "    wrong = [cell for cell, value in pairs if value is None and cell.lower() not in MISSING]"
    yield f"    if len(wrong) > {most}:"
    yield f'        sys.exit(f"{{path}}, column {{name}}: {{wrong[0]!r}} is {what}.")'
    if any(item.missing_value is not None for item in numbers):
        yield "    return [None if value == STANDING_FOR_MISSING.get(name) else value for value in found]"
    else:
        yield "    return found"


def _read_table(data: DividedTable) -> Iterator[str]:
    """`read_table(path)`, by column names, or by column numbers if there are none."""
    reading = data.source.reading
    yield "def read_table(path):"
    yield '    """The values of COLUMNS (N, C); rows that lack one, or are longer or shorter, are left out."""'
    yield from cell_lines(reading)
    yield from named_lines(reading, _names(data))
    yield "    if absent := [name for name in COLUMNS if name not in names]:"
    yield "        sys.exit(f\"{path} has no column {', '.join(map(repr, absent))}.\")"
    yield "    columns = {name: [row[index] for row in cells] for index, name in enumerate(names)}"
    yield "    values = np.array([values_of(name, columns[name], path) for name in COLUMNS], float).T"
    yield "    values = values[np.isfinite(values).all(1)]"
    yield f"    if len(values) < {FEWEST_ROWS}:"
    yield f'        sys.exit(f"{{path}} has {{len(values)}} rows that lack no value; {FEWEST_ROWS} are needed.")'
    yield "    return values"


_SCALED = (
    "def scaled(column, train):",
    '    """Numbers as (N, 1), with mean 0 and deviation 1 in the rows to train with."""',
    "    return ((column - column[train].mean()) / (column[train].std() or 1.0))[:, None]",
)


def _load_data(data: DividedTable) -> Iterator[str]:
    wanted = "classes (N,)" if data.classifies else "numbers (N, 1), standardised"
    yield "def load_data(source, device):"
    yield f'    """Inputs (N, {data.width}), standardised, and {wanted}, for each part."""'
    finding = f"find_file({printed(data.source.path)}, source)"
    named = data.classifies and not _asks_for_texts(data)
    yield from [f"    path = {finding}"] if named else []
    yield f"    values = read_table({'path' if named else finding})"
    yield from _targets(data)
    yield f"    tested = max(1, round({data.test_share!r} * len(values)))"
    held_out = "0"
    if data.validation_count:
        held_out = "held_out"
        yield f"    held_out = round({data.validation_share!r} * (len(values) - tested))"
    divided = "targets.tolist()" if data.classifies else "[0] * len(values)"
    parts = ("train", "validation" if data.validation_count else "_", "test")
    yield f"    {', '.join(parts)} = split({divided}, {held_out}, tested, {data.split_seed})"
    yield from _inputs(data)
    yield "    inputs = torch.tensor(np.hstack(parts), dtype=torch.float32, device=device)"
    target = "targets" if data.classifies else "scaled(values[:, -1], train)"
    kind = "torch.int64" if data.classifies else "torch.float32"
    yield f"    targets = torch.tensor({target}, dtype={kind}, device=device)"
    yield _divided(("train", *(["validation"] if data.validation_count else []), "test"), " " * 4)


def _targets(data: DividedTable) -> Iterator[str]:
    """The lines that turn classes into indices, and drop rows whose class has no other row."""
    if not data.classifies:
        return
    alone = bool(_classes(data)[1])
    if _asks_for_texts(data):
        yield from ["    values = values[values[:, -1] < len(CLASSES)]"] if alone else []
        yield "    targets = values[:, -1].astype(int)"
        return
    yield f"    if unknown := set(values[:, -1]) - set({_every_class(data)}):"
    yield '        sys.exit(f"{path} has {min(unknown):g} in the column {COLUMNS[-1]!r}, which is no class.")'
    yield from ["    values = values[np.isin(values[:, -1], CLASSES)]"] if alone else []
    yield "    targets = np.searchsorted(CLASSES, values[:, -1])"


def _inputs(data: DividedTable) -> Iterator[str]:
    """The lines that join the input columns: numbers are standardised, texts one-hot encoded."""
    coded, plain = "np.eye(len(TEXTS[name]))[column.astype(int)]", "scaled(column, train)"
    texts = _texts(data)
    if not texts:
        yield f"    parts = [{plain} for column in values.T[:-1]]"
        return
    yield "    parts = ["
    yield f"        {coded}{f' if name in TEXTS else {plain}' if len(texts) < len(data.inputs) else ''}"
    yield "        for name, column in zip(COLUMNS[:-1], values.T[:-1], strict=True)"
    yield "    ]"
