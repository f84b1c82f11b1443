"""Code with which an exported program reads labelled texts and splits them, as the engine does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from playground.spec.call import printed
from playground.spec.data.dataset import Loading
from playground.spec.data.labelled_summary import LabelledFiles, TextColumn
from playground.spec.data.table_summary import MISSING
from playground.spec.export.changed_examples import change_lines
from playground.spec.export.data_files import find_own_file
from playground.spec.export.statement import laid_out
from playground.spec.export.table_cells import cell_functions, cell_lines, finds_names, libraries, named_lines


class LabelledRows(NamedTuple):
    """Facts about labelled texts that an exported program needs."""

    source: LabelledFiles
    text: TextColumn
    label: TextColumn
    length: int
    test_share: float
    validation_share: float  # of the texts outside the test set; 0 where none are held out
    split_seed: int
    changed: bool  # whether examples are changed


def loading(data: LabelledRows) -> Loading:
    """The code, and the functions of this package that it uses."""
    source = data.source
    names = [item.name for item in source.columns]
    functions = ["playground.spec.data.split.split"]
    if source.is_folder:
        parts = [_constants(data), _FOLDER_TEXTS]
        data_help = "folder that holds a folder of text files for each class"
    else:
        parts = [_constants(data), (find_own_file(),), _read_texts(data)]
        data_help = f"the table, or the folder that holds {source.name}"
        if finds_names(source.reading, names):
            functions.insert(0, "playground.spec.data.column_names.column_names")
        functions = [*cell_functions(source.reading), *functions]
    code = "\n\n\n".join("\n".join(part) for part in (*parts, _ENCODED, _load_data(data)))
    needs = () if source.is_folder else libraries(source.reading)
    return Loading(code, tuple(functions), needs=needs, data_help=data_help)


def _constants(data: LabelledRows) -> Iterator[str]:
    source = data.source
    yield f"LENGTH = {data.length}  # characters that are read of a text"
    yield f"ALPHABET = {printed(data.text.alphabet)}  # the codes are 2, 3, …; 0 fills up, 1 is any other character"
    yield from laid_out("CLASSES = ", list(data.label.classes), "")
    if source.is_folder:
        yield f"ENCODING = {printed(source.reading.encoding)}  # of all files but these"
        yield "ENCODINGS = {"
        yield from (f"    {printed(item.name)}: {printed(item.encoding)}," for item in source.others)
        yield "}"
        return
    yield "# A row without a value in one of these columns is left out."
    yield from laid_out("COLUMNS = ", [item.name for item in source.columns], "")
    yield f"MISSING = {printed(MISSING)}  # in small letters"


def _read_texts(data: LabelledRows) -> Iterator[str]:
    """`labelled_texts(path)`, for a table."""
    reading = data.source.reading
    yield "def labelled_texts(path):"
    yield '    """Each text with its label."""'
    yield from cell_lines(reading)
    yield from named_lines(reading, [item.name for item in data.source.columns])
    yield "    if absent := [name for name in COLUMNS if name not in names]:"
    yield "        sys.exit(f\"{path} has no column {', '.join(map(repr, absent))}.\")"
    yield "    found = [dict(zip(names, row, strict=True)) for row in cells]"
    yield "    whole = [row for row in found if not any(row[name].lower() in MISSING for name in COLUMNS)]"
    yield f"    return [(row[{printed(data.text.name)}], row[{printed(data.label.name)}]) for row in whole]"


_FOLDER_TEXTS = (
    "def labelled_texts(folder):",
    '    """Each text that is not blank, with the name of its folder."""',
    "    if absent := [name for name in CLASSES if not (folder / name).is_dir()]:",
    "        sys.exit(f\"{folder} lacks the folders {', '.join(absent)}: see --data.\")",
    "    found = []",
    "    for name in CLASSES:",
    "        own = [path for path in (folder / name).iterdir() if not path.is_symlink()]",
    '        files = [path for path in own if path.suffix.lower() == ".txt"]',
    '        for path in sorted(path for path in files if path.is_file() and path.name[0] != "."):',
    '            encoding = ENCODINGS.get(f"{name}/{path.name}", ENCODING)',
    '            text = path.read_text(encoding, errors="replace").strip()',
    "            found += [(text, name)] if text else []",
    "    return found",
)
_ENCODED = (
    "def encoded(text):",
    '    """The codes of the first LENGTH characters, filled up with 0."""',
    "    codes = [ALPHABET.find(character) + 2 for character in text[:LENGTH]]",
    "    return codes + [0] * (LENGTH - len(codes))",
)


def _load_data(data: LabelledRows) -> Iterator[str]:
    held_out = data.validation_share > 0
    path = printed(data.source.path)
    yield "def load_data(source, device):"
    yield '    """Codes (N, LENGTH) and classes (N,), for each part."""'
    yield f"    path = Path(source or {path})" if data.source.is_folder else f"    path = find_file({path}, source)"
    yield "    found = [(text, label) for text, label in labelled_texts(path) if label in CLASSES]"
    yield "    if len(found) < 4:"
    yield '        sys.exit(f"{path} has {len(found)} texts of the classes {CLASSES}; 4 are needed.")'
    yield "    numbers = [CLASSES.index(label) for _, label in found]"
    yield f"    tested = max(1, round({data.test_share!r} * len(found)))"
    if held_out:
        yield f"    held_out = round({data.validation_share!r} * (len(found) - tested))"
    names = f"train, {'validation' if held_out else '_'}, test"
    yield f"    {names} = split(numbers, {'held_out' if held_out else 0}, tested, {data.split_seed})"
    if data.changed:
        contents = 'found[number][0].encode("utf-8", "surrogatepass")'
        yield from change_lines("numbers", "validation" if held_out else "()", "test", contents)
    yield "    codes = torch.tensor([encoded(text) for text, _ in found], device=device)"
    yield "    targets = torch.tensor(numbers, device=device)"
    parts = "train, validation, test" if held_out else "train, test"
    yield f"    return tuple((codes[part], targets[part]) for part in ({parts}))"
