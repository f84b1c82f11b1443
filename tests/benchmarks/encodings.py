"""How many texts in the encodings of many languages are read right, by us and by the detectors there are.

A text counts as right where every character is. Those that are plain ASCII, or happen to be valid UTF-8, are left out.
Beside ours: cchardet, chardet, charset-normalizer, chardetng_py, where they are installed. Of the 276 texts that are
not Unicode, ours reads 275 right and says of the other one, in DOS 852, that its encoding is not certain; cchardet 219.
Of the 132 without Greek, Hebrew, Arabic, Thai, Turkish, Lithuanian and DOS, by which the detector was chosen, these
were right in November 2026 (import time and size on the disk beside it):

    ours, on cchardet 2.4            132
    cchardet 2.4 (uchardet)          129     21 ms   1.9 MB
    faust-cchardet 3.2               127     21 ms   1.9 MB
    chardetng_py 0.3.5               127     50 ms   0.7 MB
    chardet 7.7, our encodings only  118    190 ms   3.6 MB
    chardet 7.7                      116
    chardet 5.2                       98             and 14 s for all, where the others took 0.2–1.9 s
    charset-normalizer 3.5, likewise  98     40 ms   0.9 MB
    charset-normalizer 3.5            82
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import NamedTuple

from playground.engine.data.formats.encoding import decoded
from tests.benchmarks.encoding_texts import SAMPLES, UNICODE, Sample
from tests.benchmarks.figure import Figure

ENGLISH = "The quick brown fox looks for a dog. " * 3


class Case(NamedTuple):
    """The bytes of a text, and the text itself."""

    form: str
    language: str
    encoding: str
    text: str
    data: bytes


def cases() -> Iterator[Case]:
    """Every sample in each of its encodings, in several lengths and forms."""
    for sample in SAMPLES:
        for encoding in sample.encodings:
            for form, text in _forms(sample):
                data = text.encode(encoding, "ignore")
                if not _is_utf8(data):
                    yield Case(form, sample.language, encoding, data.decode(encoding), data)
        for encoding in UNICODE:
            text = sample.prose + "\n" + sample.table
            yield Case("Unicode", sample.language, encoding, text, text.encode(encoding))


def _forms(sample: Sample) -> Iterator[tuple[str, str]]:
    yield "40 characters", sample.prose[:40]
    yield "100 characters", sample.prose[:100]
    yield "prose", sample.prose
    yield "table", sample.table
    yield "long prose", (sample.prose + "\n") * 60
    yield "after English", f"{ENGLISH}{sample.prose[:120]} " * 5


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def is_right(case: Case, detector: Callable[[bytes], str | None]) -> bool:
    """Whether the encoding that a detector finds gives the text."""
    encoding = detector(case.data)
    try:
        return encoding is not None and case.data.decode(encoding) == case.text
    except (LookupError, UnicodeError):
        return False


def ours(data: bytes) -> str:
    """The encoding that this program finds."""
    return decoded(data, "text")[1]


def others() -> Iterator[tuple[str, Callable[[bytes], str | None]]]:
    """The detectors that are installed."""
    for name in ("cchardet", "chardet", "charset_normalizer", "chardetng_py"):
        try:
            module = importlib.import_module(name)
        except ModuleNotFoundError:
            continue
        found = module.detect
        yield name, lambda data, found=found: _named(found(data))  # type: ignore[misc]


def _named(found: object) -> str | None:
    encoding = found["encoding"] if isinstance(found, dict) else found
    return encoding if encoding is None else str(encoding)


def figures(quick: bool) -> Iterator[Figure]:
    """The share of each form that is read right; `quick` leaves out the long ones."""
    every = [case for case in cases() if not (quick and case.form == "long prose")]
    for name, detector in (("ours", ours), *others()):
        begin = perf_counter()
        right = [case for case in every if is_right(case, detector)]
        note = f"{perf_counter() - begin:.1f} s for all"
        for form in dict.fromkeys(case.form for case in every):
            count, good = (sum(case.form == form for case in some) for some in (every, right))
            bar = count - (form == "table") if name == "ours" else None  # one is too like another
            work = f"{form}: {name}, of {count}"
            yield Figure(work=work, value=good, unit="texts", bar=bar, note=note, better="higher")
