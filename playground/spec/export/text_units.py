"""Code with which an exported program turns a text into words or byte pairs, as the engine does."""

from __future__ import annotations

from collections.abc import Iterator

from playground.spec.call import printed
from playground.spec.data.text_facts import TESTED
from playground.spec.data.text_units import WORD_PATTERN, TextUnits
from playground.spec.export.statement import laid_out


def unit_constants(units: TextUnits) -> Iterator[str]:
    """The vocabulary."""
    if units.kind == "words":
        yield f"WORD = {printed(WORD_PATTERN)}"
        yield from laid_out("WORDS = ", list(units.words), "")
        return
    yield from laid_out("SINGLE = ", list(units.single), "")
    yield "# Each merge joins two units, known by their codes: bytes come first, then merges."
    yield from laid_out("MERGES = ", [code for merge in units.merges for code in merge], "")


def unit_function(units: TextUnits) -> str:
    """The function `unit_codes(text)`."""
    return _WORD_CODES if units.kind == "words" else _PAIR_CODES


def needed(units: TextUnits) -> tuple[str, ...]:
    """The packages to install."""
    return ("tokenizers",) if units.kind == "pairs" else ()


UNIT_LINES = (
    f"    tested = len(text) - round({TESTED} * len(text))  # characters before the test",
    "    before, after = unit_codes(text[:tested]), unit_codes(text[tested:])",
    "    row = torch.tensor(before + after, device=device)",
    "    codes, answers = row[:-1], row[1:]",
)
_WORD_CODES = '''def unit_codes(text):
    """The codes of words from 1 on; 0 for those that are not in WORDS."""
    code_of = {word: code for code, word in enumerate(WORDS, 1)}
    return [code_of.get(word, 0) for word in re.findall(WORD, text)]'''
_PAIR_CODES = '''def unit_codes(text):
    """The codes of the byte pairs of a text; bytes without a code are left out."""
    visible = {*range(33, 127), *range(161, 173), *range(174, 256)}
    hidden = [one for one in range(256) if one not in visible]
    names = [chr(one if one in visible else 256 + hidden.index(one)) for one in SINGLE]
    merges, codes = [], {name: code for code, name in enumerate(names)}
    for first, second in zip(MERGES[::2], MERGES[1::2], strict=True):
        merges.append((names[first], names[second]))
        if names[first] + names[second] not in codes:
            names.append(names[first] + names[second])
            codes[names[-1]] = len(codes)
    known = set(SINGLE)
    text = "".join(character for character in text if known.issuperset(character.encode()))
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE(codes, merges))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    return tokenizer.encode(text).ids'''
