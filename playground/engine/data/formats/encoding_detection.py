"""Finds the encoding of a text: by rule where that is certain, else by uchardet's statistics of letters.

Of the detectors that `tests/benchmarks/encodings.py` compares, cchardet, the binding of uchardet, read the most right.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_HEAD = 2**16  # bytes, a multiple of four, by which UTF-16 and UTF-32 without a mark are recognised
_SAMPLE = 2**16  # bytes that the detector sees
_LOOKED_AT = 2**14  # characters of it that are looked at one by one in each encoding
_LEAD = 2**12  # bytes of a line, before its first one beyond ASCII, that belong to the sample
_FEWEST = 8  # bytes beyond ASCII that are evidence enough to tell apart encodings of similar languages
_DAMAGED = 0.01  # share of characters beyond ASCII that may be damaged
_SURE = 0.6  # confidence from which the detector is trusted

_MARKS = (  # the mark of UTF-16 LE begins that of UTF-32 LE, which therefore comes first
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
_SUPERSETS = {  # as browsers read them: files said to be in the first are mostly in the second
    "iso8859-1": "cp1252",
    "iso8859-15": "cp1252",
    "iso8859-8": "cp1255",
    "iso8859-9": "cp1254",
    "iso8859-13": "cp1257",
    "tis-620": "cp874",
    "iso8859-11": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "cp950",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
_WIDE = ("gb18030", "cp950", "cp932", "euc_jp", "cp949")  # with characters of several bytes
_NARROW = (
    *("cp1252", "cp1250", "iso8859-2", "cp1251", "koi8-r", "cp866", "cp1253", "iso8859-7", "cp1254", "cp1257"),
    *("cp1255", "cp1256", "iso8859-6", "cp874", "cp852"),
)
_LATIN = ("cp1252", "cp1250", "iso8859-2")  # with much in common; the likelier first
_DOS = ("cp850", "cp437", "cp852")  # the same letters, written by programs for DOS
_CENTRAL = ("cp1250", "iso8859-2", "cp852")
_TYPICAL = {  # of each language: its own letters, and their least share among those beyond ASCII
    "cp949": (re.compile("[가-힣]"), 0.9),
    "euc_jp": (re.compile("[\u3041-\u30fe]"), 0.1),
    "cp932": (re.compile("[\u3041-\u30fe]"), 0.1),
}
_CAPITALS = "".join(filter(str.isupper, map(chr, range(0xC0, 0x250))))
_APART = "’‘–—\N{SOFT HYPHEN}·"  # may stand between two letters
_MISPLACED = re.compile(
    f"(?<=[^\\W\\d_])(?:[^\\w\\x00-\\x7f{_APART}]|[¹²³])(?=[^\\W\\d_])"  # a sign between two letters
    f"|(?<=[a-z])[{_CAPITALS}](?![A-Z{_CAPITALS}])"  # a capital behind a small letter
    "|(?<=[a-z])[‚„¿¡]|[‚„][ ,.;\t\n]|[\u2500-\u259f]"  # an opening sign behind a letter; pieces of frames
)
_IMPOSSIBLE = re.compile("[\x80-\x9f\ufffd]")  # control characters, and bytes without a meaning


@dataclass(frozen=True, slots=True)
class Detected:
    """The encoding of a text by Python's name, and whether another one is about as likely."""

    encoding: str
    doubtful: bool = False


def detected(data: bytes) -> Detected | None:
    """The encoding of a text; None if it is not text.

    In this order: a byte order mark; UTF-16 or UTF-32 by where its NUL bytes stand; UTF-8 if at least 99 of 100
    characters are valid. Then the detector is asked. Where it names an encoding for Western or Central Europe, or none,
    that of Windows-1252, Windows-1250, ISO-8859-2 and of DOS is taken in which the fewest signs and capitals stand
    where they do in no text, its own before the others; of equal readings the first of these. So it is where it names
    another encoding of one byte a character with twice as many of them. Windows-1252 with “¤” and none of the
    characters that Windows adds is ISO-8859-15 with “€”. Where it names several encodings for East Asia, Korean is
    taken if nine tenths are Hangul, and Japanese if a tenth is Kana.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return Detected(encoding)
    if b"\0" in data:
        found = _by_nul(data)
        return Detected(found) if found else None
    sample = _sample(data)
    if not sample:
        return Detected("utf-8")  # its subset ASCII
    return Detected("utf-8") if _damage(sample, "utf-8") <= _DAMAGED else _by_statistics(sample)


def _by_nul(data: bytes) -> str | None:
    """The encoding of a text with NUL bytes and without a mark, by the places of these bytes."""
    head = data[:_HEAD]
    narrow = "utf-16-le" if len(set(head[1::2])) < len(set(head[::2])) else "utf-16-be"  # the high bytes vary less
    half_empty = head.count(0) >= len(head) / 2  # as in UTF-32, but for emoji and rare scripts
    wide = ("utf-32-le", "utf-32-be") if half_empty and len(data) % 4 == 0 else ()
    encodings: tuple[str, ...] = (*wide, narrow) if len(data) % 2 == 0 else ()
    for encoding in encodings:
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(head)
        except UnicodeDecodeError:
            continue
        if not re.search("[\0-\x08\x0e-\x19\x1b-\x1f]", text):
            return encoding
    return None


def _sample(data: bytes) -> bytes:
    """The first lines that are not ASCII; they begin with a whole character in every encoding that is left."""
    lines, size, after = [], 0, 0
    while size < _SAMPLE and (found := _BEYOND_ASCII.search(data, after)):
        first = 0 if not after and found.start() <= _LEAD else max(after, found.start())  # all before it is ASCII
        begin = data.rfind(b"\n", max(after, found.start() - _LEAD), found.start()) + 1 or first
        end = data.find(b"\n", begin, begin + _SAMPLE)
        after = end if end >= 0 else min(len(data), begin + _SAMPLE)
        lines.append(data[begin:after])
        size += after - begin
    return b"\n".join(lines)


def _read(sample: bytes, encoding: str) -> str:
    """The sample in an encoding; a character that its end cuts off is left out."""
    return codecs.getincrementaldecoder(encoding)("replace").decode(sample)


def _damage(sample: bytes, encoding: str) -> float:
    """The share of characters beyond ASCII that have no meaning in an encoding, 0–1."""
    text = _read(sample, encoding)
    beyond = len(text) - len(re.sub("[^\0-\x7f]", "", text))
    return text.count("\ufffd") / beyond if beyond else 0.0


def _by_statistics(sample: bytes) -> Detected:
    """The encoding that the detector names, or a rule, see `detected`."""
    import cchardet  # 20 ms, and few texts need it

    listed: dict[str, float] = {}  # in the order of confidence
    for found in cchardet.detect_all(sample):
        name = _codec(found["encoding"] or "")
        encoding = _SUPERSETS.get(name, name)
        if encoding in (*_WIDE, *_NARROW) and _damage(sample, encoding) <= _DAMAGED:
            listed.setdefault(encoding, found["confidence"] or 0.0)
    guess = next(iter(listed), _LATIN[0])
    unsure = listed.get(guess, 0.0) < _SURE or len(_BEYOND_ASCII.findall(sample)) < _FEWEST
    narrow = guess in _NARROW and guess not in (*_LATIN, *_DOS)
    if not narrow and guess not in _WIDE:
        return _latin(sample, guess, unsure)
    if narrow and (count := _faults(_read(sample, guess))):  # there may be few letters of DOS
        latin = _latin(sample, _LATIN[0], unsure)
        return latin if 2 * _faults(_read(sample, latin.encoding)) < count else Detected(guess, unsure)
    typical = next((item for item in _TYPICAL if guess in _WIDE and item in listed and _is_typical(sample, item)), None)
    return Detected(typical) if typical else Detected(guess, unsure)


def _codec(name: str) -> str:
    """Python's name for an encoding; empty if Python does not know it."""
    try:
        return codecs.lookup(name).name
    except LookupError:
        return ""


def _is_typical(sample: bytes, encoding: str) -> bool:
    """Whether enough of the characters beyond ASCII are those of the language itself."""
    letters, least = _TYPICAL[encoding]
    beyond = re.sub("[\0-\x7f、。，．・「」！？　]", "", _read(sample, encoding))
    return len(letters.findall(beyond)) >= least * len(beyond) > 0


def _latin(sample: bytes, guess: str, unsure: bool) -> Detected:
    """The encoding of a text of Western or Central Europe, see `detected`; `unsure`: the detector's guess."""
    dos = sorted(_DOS, key=lambda item: item not in _CENTRAL) if guess in _CENTRAL and not unsure else _DOS
    likely = sorted((*_LATIN, *dos), key=lambda item: item != guess)
    texts = {encoding: _read(sample, encoding) for encoding in likely}
    faults = {encoding: _faults(text) for encoding, text in texts.items()}
    best = min(faults, key=lambda encoding: faults[encoding])
    best = next(item for item in (*_LATIN, *_DOS) if texts[item] == texts[best])
    rivals = likely if best in _DOS else _LATIN
    others = [item for item in rivals if faults[item] == faults[best] and texts[item] != texts[best]]
    doubtful = (unsure or best in _DOS) and bool(others)
    if best == _LATIN[0] and "¤" in texts[best] and not re.search(rb"[\x80-\x9f]", sample):
        best = "iso8859-15"
    return Detected(best, doubtful)


def _faults(text: str) -> int:
    """How often a sign or a capital stands where it does in no text, or something that no text has."""
    text = text[:_LOOKED_AT]
    return len(_MISPLACED.findall(text)) + len(_IMPOSSIBLE.findall(text))
