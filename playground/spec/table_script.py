"""How an exported program reads a table, standardises it and divides its rows, as the engine does."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

from playground.spec.call import printed
from playground.spec.dataset import Loading
from playground.spec.resources import resource
from playground.spec.script_statement import laid_out

if TYPE_CHECKING:
    from playground.spec.datasets.table import Table

_WIDTH = 100  # characters of a line of a list


def loading(data: Table) -> Loading:
    """The code, and the functions of ours that it uses."""
    used = ("split.split", "vectors.vectors", "vectors.scale")
    numbers = ("playground.engine.formats.numbers.number", "playground.engine.formats.numbers.MISSING")
    return Loading(
        "\n".join((*_constants(data), "", "", *_cells(data), "", "", *_code(data))),
        (*(f"playground.engine.sources.{name}" for name in used), *numbers),
        needs=("numpy",),
    )


def _constants(data: Table) -> Iterator[str]:
    columns = (*data.inputs, data.target_column)
    yield f"# The columns that go in, and last the one that is asked for: {printed(data.target_column.name)}."
    yield from laid_out("COLUMNS = ", [data.source.place(item) for item in columns], "")
    categories = [list(item.categories) if item.kind == "category" else [] for item in columns]
    yield from laid_out("CATEGORIES = ", categories, "")
    yield "# Cells that must not be empty; the rows in which one is are passed over."
    yield from laid_out("NEEDED = ", [data.source.place(item) for item in data.source.usable], "")
    texts = _texts(data)
    yield from laid_out("TEXTS = ", texts, "  # these hold texts") if texts else []
    if data.classifies:
        yield from laid_out("CLASSES = ", list(data.class_names), "")


def _cells(data: Table) -> Iterator[str]:
    """`cells(folder)`: rows of texts, out of the file, or out of the program itself where the table is bundled."""
    source = data.source
    if source.bundled:
        lines = resource("iris", source.path).read_text(encoding="utf-8").splitlines()[source.header :]
        yield "def cells(folder):"
        yield '    """The rows of the table as lists of texts."""'
        yield '    table = """'
        yield from (f"    {line}" for line in textwrap.wrap(" ".join(lines), _WIDTH))
        yield '    """'
        yield '    return [row.split(",") for row in table.split()]'
        return
    yield "def cells(folder):"
    yield '    """The rows of the file as lists of texts; a path that is not absolute lies in the folder."""'
    yield f"    path = Path(folder) / {printed(source.path)}"
    yield f'    with open(path, encoding={printed(source.encoding)}, errors="replace", newline="") as file:'
    yield f"        reader = csv.reader(file, delimiter={printed(source.separator)}, skipinitialspace=True)"
    yield "        rows = [[cell.strip() for cell in row] for row in reader]"
    yield f"    return [row for row in rows if len(row) == {len(source.columns)}][{source.header}:]"


def _code(data: Table) -> Iterator[str]:
    yield "def load_data(folder, device):"
    yield f'    """The rows as tensors: inputs (N, {data.sample_shape[0]}), standardised, and targets."""'
    yield "    values = []"
    yield "    for row in cells(folder):"
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
        yield f"    train, validation, test = split(targets, {divided})"
    else:
        yield f"    train, validation, test = split(np.zeros(len(values), int), {divided})"
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
