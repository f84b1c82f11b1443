"""Code with which an exported program reads a table, scales it and splits its rows, as the engine does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath
from textwrap import wrap

from playground.spec.call import printed
from playground.spec.data.dataset import Loading
from playground.spec.data.iris import IRIS
from playground.spec.data.split import split
from playground.spec.export.annotations import WIDTH
from playground.spec.export.changed_examples import change_lines
from playground.spec.export.data_files import find_file, find_own_file
from playground.spec.export.divided_table import DividedTable
from playground.spec.export.statement import laid_out
from playground.spec.export.table_cells import cell_functions, finds_names, libraries
from playground.spec.export.table_values import constants, read_table, values_of
from playground.spec.files.resources import resource

_SPLIT = "playground.spec.data.split"
_VECTORS = "playground.engine.data.sources.vectors"
_FILLED = "  # fmt: skip"  # a formatter would give each number a line of its own


def loading(data: DividedTable) -> Loading:
    """The code, and the engine functions that it uses."""
    data_help = f"the table, or the folder that holds {data.source.name}"
    data_help += f"; {PurePath(data.tested).name} lies beside it" if data.tested else ""
    plain = not data.changed and data.split_by == "stratified"
    if plain and data.source == IRIS and data.target_column.name == "species":
        return Loading("\n".join(_iris(data)), data_help=data_help)
    finding = find_file("iris") if data.source.bundled else find_own_file()
    parts = [constants(data), [finding], values_of(data), read_table(data)]
    parts += [_SCALED] if _scales(data) else []
    return Loading(
        "\n\n\n".join("\n".join(part) for part in (*parts, _load_data(data))),
        _functions(data),
        needs=("numpy", *libraries(data.source.reading)),
        data_help=data_help,
    )


def _functions(data: DividedTable) -> tuple[str, ...]:
    """The functions of the engine that the program needs."""
    finds = finds_names(data.source.reading, data.names)
    names = ("playground.spec.data.column_names.column_names",) if finds else ()
    numbers = ("playground.spec.data.number_notation.number",) if data.numbers else ()
    dates = ("playground.spec.data.dates.moment",) if data.dates else ()
    scaled = () if data.plain else tuple(f"{_VECTORS}.{name}" for name in ("fills_of", "vectors", "scale"))
    splits = {"order": ("split_in_order",), "groups": ("divided_groups",), "named": ()}.get(data.split_by, ("split",))
    splits += ("split",) if _holds_out_of_named(data) else ()
    contents = ("playground.spec.data.example_changes.row_contents",) if data.changed else ()
    return (
        *names,
        *contents,
        *cell_functions(data.source.reading),
        *numbers,
        *dates,
        *scaled,
        *(f"{_SPLIT}.{name}" for name in splits),
    )


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


def _scales(data: DividedTable) -> bool:
    """Whether some numbers are standardised one by one."""
    return not data.classifies or (data.plain and len(data.texts) < len(data.inputs))


def _holds_out_of_named(data: DividedTable) -> bool:
    """Whether rows for validation are taken by chance from those that are named for training."""
    return data.split_by == "named" and 1 not in data.parts and data.validation_count > 0


_SCALED = (
    "def scaled(column, train):",
    '    """Numbers as (N, 1), with mean 0 and deviation 1 in the rows to train with."""',
    "    return ((column - column[train].mean()) / (column[train].std() or 1.0))[:, None]",
)


_CONTENTS = 'contents[number] if number < len(contents) else b""'


def _load_data(data: DividedTable) -> Iterator[str]:
    wanted = "classes (N,)" if data.classifies else "numbers (N, 1), standardised"
    yield "def load_data(source, device):"
    yield f'    """Inputs (N, {data.width}), scaled, and {wanted}, for each part."""'
    finding = f"find_file({printed(data.source.path)}, source)"
    named = bool(data.tested) or (data.classifies and not data.asks_for_texts)
    yield from [f"    path = {finding}"] if named else []
    yield f"    {', '.join(data.read)} = read_table({'path' if named else finding})"
    if data.tested:
        finding = f'find_file({printed(data.tested)}, str(path.parent) if source else "")'
        yield f"    {'tested, _' if data.changed else 'tested'} = read_table({finding}, tested=True)"
    yield from _targets(data)
    yield from _parts(data)
    if data.changed:
        classes = "targets" if data.classifies else "[0] * len(values)"
        held_out = "validation" if data.validation_count else "()"
        yield from change_lines(classes, held_out, "test", _CONTENTS)
    yield from _inputs(data)
    target = "targets" if data.classifies else "scaled(values[:, -1], train)"
    kind = "torch.int64" if data.classifies else "torch.float32"
    yield f"    targets = torch.tensor({target}, dtype={kind}, device=device)"
    yield _divided(("train", *(["validation"] if data.validation_count else []), "test"), " " * 4)


def _parts(data: DividedTable) -> Iterator[str]:
    """The lines that split the rows."""
    parts = ", ".join(("train", "validation" if data.validation_count else "_", "test"))
    if data.split_by == "groups":
        shares = f"{data.validation_share!r}, {data.test_share!r}, {data.split_seed}"
        yield "    sizes = Counter(groups)"
        yield f"    by_group = divided_groups(list(sizes.values()), {shares})"
        yield "    part_of = dict(zip(sizes, by_group, strict=True))"
    if data.grouped:
        yield "    try:"
        yield (
            "        part = [part_of[group] for group in groups]"
            if data.split_by == "groups"
            else ("        part = [PARTS[group] for group in groups]")
        )
        yield "    except KeyError as error:"
        yield '        sys.exit(f"{error} names no part: train, validation or test.")'
        yield f"    {parts} = ([row for row, number in enumerate(part) if number == at] for at in range(3))"
        if _holds_out_of_named(data):
            divided = "[int(targets[row]) for row in train]" if data.classifies else "[0] * len(train)"
            yield f"    held_out = round({data.validation_share!r} * len(train))"
            yield f"    kept, chosen, _ = split({divided}, held_out, 0, {data.split_seed})"
            yield "    train, validation = [train[at] for at in kept], [train[at] for at in chosen]"
        return
    if data.tested:
        yield from _parts_with_test_file(data)
        return
    yield f"    tested = max(1, round({data.test_share!r} * len(values)))"
    held_out = "0"
    if data.validation_count:
        held_out = "held_out"
        yield f"    held_out = round({data.validation_share!r} * (len(values) - tested))"
    if data.split_by == "order":
        yield f"    {parts} = split_in_order(len(values), {held_out}, tested)"
        return
    divided = "targets.tolist()" if data.classifies and data.split_by == "stratified" else "[0] * len(values)"
    yield f"    {parts} = split({divided}, {held_out}, tested, {data.split_seed})"


def _parts_with_test_file(data: DividedTable) -> Iterator[str]:
    """The lines that hold rows out for validation, and append the rows of the second file, to test with."""
    divided = "targets.tolist()" if data.classifies else "[0] * len(values)"
    held_out = f"round({data.validation_share!r} * len(values))" if data.validation_count else "0"
    yield f"    train, {'validation' if data.validation_count else '_'}, _ = split("
    yield f"        {divided}, {held_out}, 0, {data.split_seed}"
    yield "    )"
    if data.classifies:
        known = "tested[:, -1] < len(CLASSES)" if data.asks_for_texts else "np.isin(tested[:, -1], CLASSES)"
        found = "tested[:, -1].astype(int)" if data.asks_for_texts else "np.searchsorted(CLASSES, tested[:, -1])"
        yield f"    tested = tested[{known}]"
        yield f"    targets = np.concatenate([targets, {found}])"
    yield "    values = np.concatenate([values, tested])"
    yield "    test = list(range(len(values) - len(tested), len(values)))"


def _targets(data: DividedTable) -> Iterator[str]:
    """The lines that turn classes into indices, and drop rows whose class has no other row."""
    if not data.classifies:
        return
    alone = bool(data.classes[1])
    if data.asks_for_texts:
        yield from _kept("values[:, -1] < len(CLASSES)", data) if alone else ()
        yield "    targets = values[:, -1].astype(int)"
        return
    yield f"    if unknown := set(values[:, -1]) - set({data.every_class}):"
    yield '        sys.exit(f"{path} has {min(unknown):g} in the column {COLUMNS[-1]!r}, which is no class.")'
    yield from _kept("np.isin(values[:, -1], CLASSES)", data) if alone else ()
    yield "    targets = np.searchsorted(CLASSES, values[:, -1])"


def _kept(condition: str, data: DividedTable) -> Iterator[str]:
    """The lines that keep the rows for which a condition holds."""
    if data.changed:
        yield f"    kept = {condition}"
        yield "    values, contents = values[kept], contents[kept]"
    else:
        yield f"    values = values[{condition}]"


def _inputs(data: DividedTable) -> Iterator[str]:
    """The lines that make the inputs of the columns: numbers are scaled, texts one-hot encoded."""
    if not data.plain:
        yield "    fills = fills_of(values[train, :-1], INPUTS)"
        yield "    given = vectors(values[:, :-1], INPUTS, fills)"
        yield "    offsets, widths = scale(given[train], INPUTS)"
        yield "    inputs = torch.tensor((given - offsets) / widths, dtype=torch.float32, device=device)"
        return
    coded, plain = "np.eye(len(TEXTS[name]))[column.astype(int)]", "scaled(column, train)"
    if not data.texts:
        yield f"    parts = [{plain} for column in values.T[:-1]]"
    else:
        yield "    parts = ["
        yield f"        {coded}{f' if name in TEXTS else {plain}' if len(data.texts) < len(data.inputs) else ''}"
        yield "        for name, column in zip(COLUMNS[:-1], values.T[:-1], strict=True)"
        yield "    ]"
    yield "    inputs = torch.tensor(np.hstack(parts), dtype=torch.float32, device=device)"
