"""Texts: predict the next character, or restore capitals and punctuation marks."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from math import ceil, floor
from typing import ClassVar, Literal

from pydantic import Field

from playground.spec.attribution_methods import ExampleKind
from playground.spec.call import Call, call
from playground.spec.component import choice, integer, proportion
from playground.spec.data.dataset import Dataset, Loading, Objection, Samples
from playground.spec.data.source_choice import SourceChoice
from playground.spec.data.task import Score, Task
from playground.spec.data.text_encoding import encoding_name
from playground.spec.data.text_facts import Facts, tested_after
from playground.spec.data.text_summary import TextFile
from playground.spec.data.text_units import ONE_UNIT, UNIT_NAMES
from playground.spec.data.unit_kind import UnitKind
from playground.spec.export.text import loading
from playground.spec.layer import Tokens
from playground.spec.messages import Message, message, plural, tr_noop

_FEWEST = 31  # characters that have windows in all parts, whatever the validation share

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
    def example_kind(self) -> ExampleKind:
        return ExampleKind.TEXT

    @property
    def panel(self) -> str:  # type: ignore[override]  # depends on the task
        return "writing" if self.asked == "next" else "punctuation"

    @property
    def asked_with(self) -> Samples | None:  # type: ignore[override]  # depends on the task
        return Samples.LINES if self.asked == "restore" else None

    @property
    def unit_kind(self) -> UnitKind:
        """The units of which the codes are."""
        return "characters"

    @property
    def units(self) -> tuple[str, int]:
        return UNIT_NAMES[self.unit_kind], self.context

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
        return tested_after(self._positions)

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
        return loading(self, None)

    def objections(self) -> Iterator[Objection]:
        if self.train_count and self.test_count:
            return
        names = {"count": self.facts.characters, "units": message(self.units[0]), "context": self.context}
        length = plural("{count:,} characters", "1 character", self.facts.characters)
        what = message("A text of {length} has no windows of {context:,}.", length=length, context=self.context)
        if self.unit_kind != "characters":
            what = message("A text of {count:,} {units} has no windows of {context:,}.", **names)
        most = self._positions // 30  # some windows to train on, one at least to test with
        most = min(most, self._positions - self.tested_from)
        if most and (fitting := self.with_(context=most)).train_count and fitting.test_count:
            yield Objection(what, message("a context of at most {most:,}", most=most), "context", most)
        else:
            yield Objection(what, self._longer, "source")

    @property
    def _longer(self) -> Message:
        """The requirement that a text that is too short does not meet, whatever the context."""
        fewest, units = max(_FEWEST, self.facts.characters + 1), message(self.units[0])
        if self.unit_kind == "characters":
            return message("a text of at least {fewest} characters", fewest=_FEWEST)
        words = tr_noop("a text of at least {fewest:,} {units}, or one that is read in characters")
        return message(words, fewest=fewest, units=units)


class Shakespeare(Text):
    """Shakespeare's plays, 1.1 MB: the usual benchmark for character language models."""

    id: ClassVar[str] = "shakespeare"
    licence: ClassVar[str] = "public domain"
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
    licence: ClassVar[str] = "public domain"
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
        found, units = self.source, self.source.units
        count, different = (units.total, len(units)) if units else (found.count, len(found.alphabet))
        return Facts(count, different or 2, found.kept, len(found.letters) or 2, len(found.marks), found.cased)

    @property
    def unit_kind(self) -> UnitKind:
        return self.source.units.kind

    @property
    def tested_from(self) -> int:
        units = self.source.units
        read = units and self.asked == "next"
        return min(units.before, self._positions) if read else super().tested_from

    @property
    def signature(self) -> tuple[object, ...]:
        """Includes the vocabulary: a code of one has no meaning in another."""
        units = self.source.units
        return (*super().signature, units.words, units.single, units.merges) if units else super().signature

    def units_per_character(self, *, tested: bool = False) -> float:
        units, before = self.source.units, tested_after(self.source.count)
        if not units or not 0 < before < self.source.count:
            return 1.0
        if tested:
            return (units.total - units.before) / (self.source.count - before)
        return units.before / before

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
        names: dict[str, object] = {"name": source.name, "length": length, "different": len(source.alphabet)}
        if len(source.parts) > 1:
            files = len(source.parts)
            return message("{name}: {files:,} files, {length}, {different:,} different ones", **names, files=files)
        encoding = message(encoding_name(source.encoding))
        if source.units:
            names |= {"different": len(source.units), "count": source.units.total, "units": message(self.units[0])}
            words = tr_noop("{name}: {length}, {encoding}; {count:,} {units}, {different:,} different ones")
            return message(words, **names, encoding=encoding)
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
        elif self.asked == "restore" and self.source.units:
            what = message(
                "Case and punctuation are restored for each character, but this text is read in {units}.",
                units=message(self.units[0]),
            )
            yield Objection(
                what,
                message("the next {unit}, or a text read in characters", unit=message(ONE_UNIT[self.unit_kind])),
                "asked",
                "next",
            )
        elif self.validation_count and self.validated_from < self.source.units.learned:
            yield self._held_out_too_early()
        elif self.asked == "restore" and self.task.classes == 1:
            yield Objection(
                message("This text has neither capitals nor marks."), message("a text that has"), "asked", "next"
            )
        else:
            yield from super().objections()

    def loading(self) -> Loading:
        return loading(self, self.source)

    def _held_out_too_early(self) -> Objection:
        """That the vocabulary was learned from text that is held out now."""
        needed = ceil(self.source.units.learned / self.context) - 1  # windows to train on
        share = floor(max(0.0, 1 - needed / self.available) * 100) / 100
        what = message("The vocabulary was learned from a part of the text that is held out for validation.")
        return Objection(what, message("a validation share of at most {share}", share=share), "validation_share", share)
