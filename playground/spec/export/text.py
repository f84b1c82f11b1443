"""Code with which an exported program reads a text and cuts it into windows, as the engine does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from playground.spec.call import printed
from playground.spec.data.dataset import Loading
from playground.spec.data.task import Task
from playground.spec.data.text_facts import MARKS, TESTED
from playground.spec.data.text_summary import BETWEEN_FILES, TextFile
from playground.spec.export.data_files import find_file, find_own_file
from playground.spec.export.text_units import UNIT_LINES, needed, unit_constants, unit_function
from playground.spec.layer import Tokens


class Text(Protocol):
    """The parts of the code that depend on a data set of text, whose file needs this one."""

    @property
    def asked(self) -> str: ...

    @property
    def context(self) -> int: ...

    @property
    def file(self) -> str: ...

    @property
    def validation_share(self) -> float: ...

    @property
    def validation_count(self) -> int: ...

    @property
    def sample_shape(self) -> Tokens: ...

    @property
    def task(self) -> Task: ...


def loading(data: Text, own: TextFile | None) -> Loading:
    """The code; `own`: what is known of the user's own text, None for a bundled one."""
    file = own.name if own else data.file
    data_help = (
        "folder that holds the files of the text" if own and own.parts else f"the text, or the folder that holds {file}"
    )
    count, needs = "len(train_inputs) // CONTEXT - 1", needed(own.units) if own else ()
    return Loading(_loading(data, own), needs=needs, data_help=data_help, batches=True, count=count)


def _loading(data: Text, given: TextFile | None) -> str:
    restoring = data.asked == "restore"
    own = given or TextFile()
    replacing = own.encoding == "cp1252" or "\N{REPLACEMENT CHARACTER}" in own.alphabet
    reading = f"encoding={printed(own.encoding)}" + (', errors="replace"' if replacing else "")
    constants = [f"CONTEXT = {data.context}  # characters in a window"]
    constants += [f"MARKS = {printed(MARKS)}"] if restoring else []
    constants += unit_constants(own.units) if own.units else []
    constants += [] if own.complete else [f"ALPHABET = {printed(own.alphabet)}"]
    file = printed(given.path if given else data.file)
    answers = "its case and mark" if restoring else "the code of the next one"
    if own.parts:
        constants += [f"FOLDER = {printed(own.path)}", "FILES = {  # in order, with their encodings"]
        constants += [f"    {printed(part.name)}: {printed(part.encoding)}," for part in own.parts] + ["}"]
    lines = [
        "def load_data(source, device):",
        f'    """Codes of characters and, for each, {answers}; (N, CONTEXT) to test with."""',
        *(_JOINED if own.parts else [f"    path = find_file({file}, source)", *_read(reading)]),
        *([] if own.complete else ['    text = "".join(character for character in text if character in ALPHABET)']),
        *(UNIT_LINES if own.units else (*(_LABELLED if restoring else _SHIFTED), *_known(data))),
        "",
        "    def windows(start, count):",
        "        span = slice(start, start + CONTEXT * count)",
        "        return codes[span].view(count, CONTEXT), answers[span].view(count, CONTEXT)",
        "",
        *_divided(data, units=bool(own.units)),
    ]
    finding = _FIND_FOLDER if own.parts else find_own_file() if given else find_file("texts")
    cutting = (unit_function(own.units),) if own.units else ()
    return "\n\n\n".join(("\n".join(constants), finding, *cutting, "\n".join(lines), _BATCHES))


def _read(reading: str) -> Iterator[str]:
    """The lines that read the text."""
    if "errors" in reading:
        yield f"    text = path.read_text({reading})"
        return
    yield "    try:"
    yield f"        text = path.read_text({reading})"
    yield "    except UnicodeError as error:"
    yield '        sys.exit(f"{path} is written in another encoding: {error}.")'


def _known(data: Text) -> Iterator[str]:
    """The lines that reject a text with more characters, or other marks, than the network supports."""
    most = data.sample_shape.vocabulary
    yield f"    if len(code_of) > {most}:"
    yield f'        sys.exit(f"{{path}} has {{len(code_of):,}} different characters, but the network {most}.")'
    if data.asked == "restore":
        yield f"    if len(labels) and max(labels) >= {data.task.output[-1]}:"
        yield '        sys.exit(f"{path} has capitals or marks that the network does not know.")'


def _divided(data: Text, *, units: bool) -> Iterator[str]:
    """The lines that divide a text of any length, as `tested_from`, `validated_from` and the counts do."""
    last = "min(len(before), len(codes))" if units else f"len(codes) - round({TESTED} * len(codes))"
    yield f"    tested = {last}  # where the test begins"
    yield "    count = tested // CONTEXT - 1  # windows before it, which may be shifted by one"
    if data.validation_count:
        yield f"    held_out = round(count * {data.validation_share!r})"
        yield "    count -= held_out"
    shares = "count, held_out" if data.validation_count else "count"
    yield f"    if min({shares}, (len(codes) - tested) // CONTEXT) < 1:"
    yield '        sys.exit(f"{path} is too short: it has {len(codes):,} characters of use.")'
    yield "    end = (count + 1) * CONTEXT"
    if data.validation_count:
        yield "    validation = windows(end, held_out)"
    yield "    test = windows(tested, (len(codes) - tested) // CONTEXT)"
    yield f"    return (codes[:end], answers[:end]), {'validation, ' if data.validation_count else ''}test"


_BATCHES = '''def batches(codes, answers):
    """Adjacent windows in random order, which begin at another character in every epoch."""
    first = torch.randint(CONTEXT, ())
    starts = first + CONTEXT * torch.randperm(len(codes) // CONTEXT - 1)
    for some in starts.to(codes.device).split(BATCH_SIZE):
        positions = some[:, None] + torch.arange(CONTEXT, device=codes.device)
        yield codes[positions], answers[positions]'''
_FIND_FOLDER = '''def find_folder(source):
    """Path of the folder with all files: `source`, where it was, or that of this program."""
    for folder in [Path(source)] if source else [Path(FOLDER), Path(sys.argv[0]).parent, Path()]:
        if all(Path(folder, name).is_file() for name in FILES):
            return folder
    sys.exit(f"There is no folder with {', '.join(FILES)}: pass its path with --data.")'''
_JOINED = (
    "    path = find_folder(source)",
    '    texts = (Path(path, name).read_text(encoding, errors="replace") for name, encoding in FILES.items())',
    f"    text = {BETWEEN_FILES!r}.join(texts)",
)
_SHIFTED = (
    "    code_of = {character: code for code, character in enumerate(sorted(set(text)))}",
    "    codes = torch.tensor([code_of[character] for character in text], device=device)",
    "    codes, answers = codes[:-1], codes[1:]",
)
_LABELLED = (
    "    marks = [mark for mark in MARKS if mark in text]",
    "    letters, labels, behind_mark = [], [], True",
    "    for character in text:",
    "        if character not in marks:",
    "            lower = character.lower() if len(character.lower()) == 1 else character",
    "            letters.append(lower)",
    "            labels.append((lower != character) * (1 + len(marks)))",
    "        elif not behind_mark:",
    "            labels[-1] += 1 + marks.index(character)",
    "        behind_mark = character in marks",
    "    code_of = {character: code for code, character in enumerate(sorted(set(letters)))}",
    "    codes = torch.tensor([code_of[character] for character in letters], device=device)",
    "    answers = torch.tensor(labels, device=device)",
)
