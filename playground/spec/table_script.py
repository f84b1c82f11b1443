"""How an exported program reads a table, standardises it and divides its rows, as the engine does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from playground.spec.call import printed
from playground.spec.dataset import Loading
from playground.spec.iris import IRIS
from playground.spec.resources import resource
from playground.spec.script_files import find_file, find_own_file
from playground.spec.script_statement import laid_out
from playground.spec.split import split

if TYPE_CHECKING:
    from playground.spec.datasets.table import Table


_FILLED = "  # fmt: skip"  # a formatter would put each number on a line of its own


def loading(data: Table) -> Loading:
    """The code, and the functions of ours that it uses."""
    place = f"the table, or the folder that holds {data.source.name}"
    if data.source == IRIS and data.target == "species":
        return Loading("\n".join(_iris(data)), place=place)
    used = ("vectors.vectors", "vectors.scale")
    numbers = ("playground.engine.formats.numbers.number", "playground.engine.formats.numbers.MISSING")
    finding = find_file("iris") if data.source.bundled else find_own_file()
    return Loading(
        "\n".join((*_constants(data), "", "", finding, "", "", *_cells(data), "", "", *_code(data))),
        ("playground.spec.split.split", *(f"playground.engine.sources.{name}" for name in used), *numbers),
        needs=("numpy",),
        place=place,
    )


def _iris(data: Table) -> Iterator[str]:
    """For the table that is bundled, whose every cell is known, a short program."""
    rows = resource("iris", data.source.path).read_text(encoding="utf-8").splitlines()[data.source.header :]
    classes = list(data.class_names)
    _, validation, test = split(
        [classes.index(row.rpartition(",")[2]) for row in rows], data.validation_count, data.test_count, data.division
    )
    yield from laid_out("CLASSES = ", classes, "")
    yield from laid_out("VALIDATION = ", validation, _FILLED) if validation else []
    yield from laid_out("TEST = ", test, _FILLED)
    yield from ("", "", find_file("iris"), "", "")
    yield "def load_data(place, device):"
    yield '    """Measurements (N, 4), standardised, and classes (N,), to train and to test with."""'
    yield f"    with find_file({printed(data.source.path)}, place).open() as file:"
    yield "        rows = list(csv.reader(file))[1:]"
    yield "    inputs = torch.tensor([[float(cell) for cell in row[:4]] for row in rows], device=device)"
    yield "    targets = torch.tensor([CLASSES.index(row[4]) for row in rows], device=device)"
    kept = "VALIDATION + TEST" if validation else "TEST"
    yield f"    train = sorted(set(range(len(rows))) - set({kept}))"
    yield "    inputs = (inputs - inputs[train].mean(0)) / inputs[train].std(0, correction=0)"
    parts = ("train", *(["VALIDATION"] if validation else []), "TEST")
    pairs = [f"(inputs[{part}], targets[{part}])" for part in parts]
    yield (
        f"    return {', '.join(pairs)}"
        if not validation
        else "    return (\n        " + ",\n        ".join(pairs) + ",\n    )"
    )


def _constants(data: Table) -> Iterator[str]:
    columns = (*data.inputs, data.target_column)
    yield "# Numbers of the input columns, and last of the target; of each, the texts that it holds."
    yield from laid_out("COLUMNS = ", [data.source.place(item) for item in columns], "")
    categories = [list(item.categories) if item.kind == "category" else [] for item in columns]
    yield from laid_out("CATEGORIES = ", categories, "")
    yield "# Columns without which a row is left out."
    yield from laid_out("NEEDED = ", [data.source.place(item) for item in data.source.usable], "")
    texts = _texts(data)
    yield from laid_out("TEXTS = ", texts, "  # these hold texts") if texts else []
    if data.classifies:
        yield from laid_out("CLASSES = ", list(data.class_names), "")


def _cells(data: Table) -> Iterator[str]:
    """`read_rows(path)`: rows of texts, without those that have another number of cells."""
    source = data.source
    yield "def read_rows(path):"
    yield '    """The rows of a table as lists of texts; rows with cells too many or too few are left out."""'
    yield f'    with open(path, encoding={printed(source.encoding)}, errors="replace", newline="") as file:'
    yield f"        reader = csv.reader(file, delimiter={printed(source.separator)}, skipinitialspace=True)"
    yield "        rows = [[cell.strip() for cell in row] for row in reader]"
    yield f"    return [row for row in rows if len(row) == {len(source.columns)}][{source.header}:]"


def _code(data: Table) -> Iterator[str]:
    yield "def load_data(place, device):"
    yield f'    """The rows as tensors: inputs (N, {data.sample_shape[0]}), standardised, and targets."""'
    yield "    values = []"
    yield f"    for row in read_rows(find_file({printed(data.source.path)}, place)):"
    yield f"        said = [number(cell, {printed(data.source.separator)}) for cell in row]"
    yield "        for column, known in zip(COLUMNS, CATEGORIES, strict=True):"
    yield "            if known:"
    yield "                said[column] = known.index(row[column]) if row[column] in known else None"
    yield from _passed_over(data)
    yield "        values.append([float(said[column]) for column in COLUMNS])"
    yield "    values = np.array(values)"
    yield "    counts = [len(known) for known in CATEGORIES[:-1]]"
    yield "    inputs = vectors(values[:, :-1], counts)"
    divided = f"{data.validation_count}, {data.test_count}, {data.division}"
    if data.classifies:
        yield '    names = CATEGORIES[-1] or [format(value, ".0f") for value in np.unique(values[:, -1])]'
        yield "    places = values[:, -1] if CATEGORIES[-1] else np.unique(values[:, -1], return_inverse=True)[1]"
        yield "    numbers = np.array([CLASSES.index(name) if name in CLASSES else -1 for name in names])"
        yield "    targets = numbers[places.astype(int)]"
        yield "    inputs, targets = inputs[targets >= 0], targets[targets >= 0]"
        yield f"    train, validation, test = split(targets.tolist(), {divided})"
    else:
        yield f"    train, validation, test = split([0] * len(values), {divided})"
        yield "    targets = values[:, -1:]"
        yield "    targets = (targets - targets[train].mean()) / (targets[train].std() or 1.0)"
    yield "    mean, deviation = scale(inputs[train], counts)"
    yield "    inputs = torch.tensor((inputs - mean) / deviation, dtype=torch.float32, device=device)"
    kind = "torch.int64" if data.classifies else "torch.float32"
    yield f"    targets = torch.tensor(targets, dtype={kind}, device=device)"
    parts = ("train", "validation", "test") if data.validation_count else ("train", "test")
    yield f"    return {', '.join(f'(inputs[{part}], targets[{part}])' for part in parts)}"


def _passed_over(data: Table) -> Iterator[str]:
    """A cell of any column that could be used must say something: a number, or one of its texts."""
    missing = "row[i].lower() in MISSING if i in TEXTS else said[i] is None" if _texts(data) else "said[i] is None"
    yield f"        if any({missing} for i in NEEDED):"
    yield "            continue"


def _texts(data: Table) -> list[int]:
    """Which cells of a row hold texts."""
    return [data.source.place(item) for item in data.source.usable if item.kind == "category"]
