"""Texts: predict the next character, or restore capitals and punctuation marks."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from playground.spec.call import Call, call, printed
from playground.spec.component import choice, integer, proportion
from playground.spec.data.dataset import Dataset, Loading, Objection, Samples
from playground.spec.data.source_choice import SourceChoice
from playground.spec.data.task import Score, Task
from playground.spec.data.text_encoding import encoding_name
from playground.spec.data.text_facts import Facts
from playground.spec.data.text_summary import BETWEEN_FILES, TextFile
from playground.spec.export.data_files import find_file, find_own_file
from playground.spec.layer import Tokens
from playground.spec.messages import Message, message, plural, tr_noop

MARKS = "!,.:;?、。！，：；？"  # the punctuation marks that are removed from a text and restored
_FEWEST = 31  # characters that have windows in all parts, whatever the validation share
_TESTED = 0.1  # share of a text, at its end, that is kept for the test

Asked = Literal["next", "restore"]


class Text(Dataset):
    """Base of data sets of text, cut into windows of `context` characters. The last tenth is the test set.

    Validation data come right before it. Every window is a sample of its own: no state is carried from one to the next,
    neither in training nor in the test.
    """

    samples: ClassVar[str] = tr_noop("windows")
    file: ClassVar[str] = ""  # in the folder of bundled texts, for a bundled one
    prompt: ClassVar[str] = ""  # the initial prompt for text generation
    line: ClassVar[str] = ""  # the initial text to restore

    asked: Asked = choice(
        "next",
        tr_noop("Task"),
        tr_noop("Which character comes next, or which capitals and marks the text had before they were taken out?"),
        labels={"next": tr_noop("next character"), "restore": tr_noop("case and punctuation")},
    )
    context: int = integer(
        64,
        tr_noop("Context"),
        tr_noop("Characters in a window: what the network sees at once, and all it remembers."),
        ge=1,
        le=1024,
        unit=tr_noop("characters"),
    )
    validation_share: float = proportion(
        0.0,
        tr_noop("Validation"),
        tr_noop("Share of the text before its last tenth, which is the test set, that is never trained on."),
        le=0.5,
    )

    @property
    @abstractmethod
    def facts(self) -> Facts:
        """Facts about the text, known without reading it."""

    @property
    def panel(self) -> str:  # type: ignore[override]  # depends on the task
        return "writing" if self.asked == "next" else "punctuation"

    @property
    def asked_with(self) -> Samples | None:  # type: ignore[override]  # depends on the task
        return Samples.LINES if self.asked == "restore" else None

    @property
    def units(self) -> tuple[str, int]:
        return tr_noop("characters"), self.context

    @property
    def sample_shape(self) -> Tokens:
        return Tokens(self.context, self.facts.alphabet if self.asked == "next" else self.facts.letters)

    @property
    def task(self) -> Task:
        if self.asked == "next":
            return Task((self.context, self.facts.alphabet), "classes", Score.ACCURACY, language=True)
        classes = (1 + self.facts.cased) * (1 + self.facts.marks)
        return Task((self.context, classes), "classes", Score.F1)

    @property
    def tested_from(self) -> int:
        """Index of the first character of the test set."""
        return self._positions - round(self._positions * _TESTED)

    @property
    def validated_from(self) -> int:
        """Index of the first validation character; a window fits between training and validation data."""
        return (self.train_count + 1) * self.context

    @property
    def available(self) -> int:
        """Windows for training and validation: one less than fit, so that they can begin at any character."""
        return max(0, self.tested_from // self.context - 1)

    @property
    def test_count(self) -> int:
        return (self._positions - self.tested_from) // self.context

    @property
    def _positions(self) -> int:
        """Characters with a target: the last one of a text has no next character."""
        return max(0, self.facts.characters - 1) if self.asked == "next" else self.facts.kept

    def call(self) -> Call:
        return call("playground.engine.data.sources.text.read", self)

    def loading(self) -> Loading:
        own = self.source if isinstance(self, OwnText) else TextFile()
        data_help = f"the text, or the folder that holds {own.name or self.file}"
        data_help = "folder that holds the files of the text" if own.parts else data_help
        return Loading(_loading(self), data_help=data_help, batches=True, count="len(train_inputs) // CONTEXT - 1")

    def objections(self) -> Iterator[Objection]:
        if self.train_count and self.test_count:
            return
        length = plural("{count:,} characters", "1 character", self.facts.characters)
        what = message("A text of {length} has no windows of {context:,}.", length=length, context=self.context)
        most = self._positions // 30  # some windows to train on, one at least to test with
        if most:
            yield Objection(what, message("a context of at most {most:,}", most=most), "context", most)
        else:
            yield Objection(what, message("a text of at least {fewest} characters", fewest=_FEWEST), "source")


class Shakespeare(Text):
    """Shakespeare's plays, 1.1 MB: the usual benchmark for character language models."""

    id: ClassVar[str] = "shakespeare"
    label: ClassVar[str] = tr_noop("Shakespeare")
    help: ClassVar[str] = tr_noop("1.1 million characters of Shakespeare’s plays. Which character comes next?")
    file: ClassVar[str] = "shakespeare.txt"
    prompt: ClassVar[str] = "ROMEO:"
    line: ClassVar[str] = (
        "romeo\nwhat light is this that breaks from yonder window\nspeak friend and tell me is it morning"
    )

    @property
    def facts(self) -> Facts:
        return Facts(characters=1_115_394, alphabet=65, kept=1_069_085, letters=33, marks=6, cased=True)


class TangPoems(Text):
    """313 poems of the Tang dynasty: 28,000 characters, 2,578 of them distinct."""

    id: ClassVar[str] = "tang_poems"
    label: ClassVar[str] = tr_noop("Tang poems")
    help: ClassVar[str] = tr_noop(
        "313 Chinese poems of the Tang dynasty, title, author and verses. Which character is next?"
    )
    keywords: ClassVar[str] = tr_noop("chinese 唐诗")
    file: ClassVar[str] = "tang-poems.txt"
    prompt: ClassVar[str] = "床前明月光，"
    line: ClassVar[str] = "床前明月光疑是地上霜"

    @property
    def facts(self) -> Facts:
        return Facts(characters=28_002, alphabet=2_578, kept=24_731, letters=2_569, marks=9, cased=False)


class OwnText(Text):
    """The user's text: a file, or several, joined by a line feed in the order of their names. They are only read."""

    id: ClassVar[str] = "text_file"
    label: ClassVar[str] = tr_noop("Text file")
    help: ClassVar[str] = tr_noop("Your own text, up to 100 MB. Which character comes next?")
    keywords: ClassVar[str] = tr_noop("own data txt")
    source_choice: ClassVar[SourceChoice | None] = SourceChoice(
        tr_noop("Choose a text"),
        call("playground.engine.data.sources.text.inspect"),
        tr_noop("Texts (*.txt *.md);;All files (*)"),
        suffixes=(".txt", ".md"),
        several=True,
        prompt=tr_noop("Choose a text file to learn from."),
    )

    source: TextFile = Field(TextFile())  # chosen with a button, not in the form

    @property
    def title(self) -> Message:
        return message("{name}", name=self.source.name) if self.source.path else super().title

    @property
    def facts(self) -> Facts:
        found = self.source
        marks = len(found.marks)
        return Facts(found.count, len(found.alphabet) or 2, found.kept, len(found.letters) or 2, marks, found.cased)

    @property
    def known(self) -> bool:
        return bool(self.source.path)

    @property
    def own_path(self) -> str:
        return self.source.path

    @property
    def summary(self) -> Message:
        source = self.source
        if not source.path:
            return message("No text has been chosen.")
        length = plural("{count:,} characters", "1 character", source.count)
        names = {"name": source.name, "length": length, "different": len(source.alphabet)}
        if len(source.parts) > 1:
            files = len(source.parts)
            return message("{name}: {files:,} files, {length}, {different:,} different ones", **names, files=files)
        encoding = message(encoding_name(source.encoding))
        return message("{name}: {length}, {different:,} different ones, {encoding}", **names, encoding=encoding)

    @classmethod
    def of_source(cls, source: TextFile, before: Dataset) -> OwnText:
        asked = {"asked": before.asked, "context": before.context} if isinstance(before, Text) else {}
        return (before if isinstance(before, OwnText) else cls(**asked)).with_(source=source)

    def objections(self) -> Iterator[Objection]:
        if not self.known:
            yield Objection(message("No text has been chosen."), message("a text file: see Data"), "source")
        elif not self.source.count:
            words = message("“{name}” is empty.", name=self.source.name)
            yield Objection(words, message("a text of at least {fewest} characters", fewest=_FEWEST), "source")
        elif self.asked == "restore" and self.task.classes == 1:
            yield Objection(
                message("This text has neither capitals nor marks."), message("a text that has"), "asked", "next"
            )
        else:
            yield from super().objections()


def _loading(data: Text) -> str:
    restoring = data.asked == "restore"
    own = data.source if isinstance(data, OwnText) else TextFile()
    replacing = own.encoding == "cp1252" or "\N{REPLACEMENT CHARACTER}" in own.alphabet
    reading = f"encoding={printed(own.encoding)}" + (', errors="replace"' if replacing else "")
    constants = [f"CONTEXT = {data.context}  # characters in a window"]
    constants += [f"MARKS = {printed(MARKS)}"] if restoring else []
    constants += [] if own.complete else [f"ALPHABET = {printed(own.alphabet)}"]
    file = printed(own.path if isinstance(data, OwnText) else data.file)
    answers = "its case and mark" if restoring else "the code of the next one"
    if own.parts:
        constants += [f"FOLDER = {printed(own.path)}", "FILES = {  # in order, with their encodings"]
        constants += [f"    {printed(part.name)}: {printed(part.encoding)}," for part in own.parts] + ["}"]
    lines = [
        "def load_data(source, device):",
        f'    """Codes of characters and, for each, {answers}; (N, CONTEXT) to test with."""',
        *(_JOINED if own.parts else [f"    path = find_file({file}, source)", *_read(reading)]),
        *([] if own.complete else ['    text = "".join(character for character in text if character in ALPHABET)']),
        *(_LABELLED if restoring else _SHIFTED),
        *_known(data),
        "",
        "    def windows(start, count):",
        "        span = slice(start, start + CONTEXT * count)",
        "        return codes[span].view(count, CONTEXT), answers[span].view(count, CONTEXT)",
        "",
        *_divided(data),
    ]
    finding = _FIND_FOLDER if own.parts else find_own_file() if isinstance(data, OwnText) else find_file("texts")
    return "\n\n\n".join(("\n".join(constants), finding, "\n".join(lines), _BATCHES))


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


def _divided(data: Text) -> Iterator[str]:
    """The lines that divide a text of any length, as `tested_from`, `validated_from` and the counts do."""
    yield f"    tested = len(codes) - round({_TESTED} * len(codes))  # where the test begins"
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
