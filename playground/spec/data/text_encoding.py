"""The encoding of a text file as a record stores it: one that Python knows, by Python's canonical name."""

from __future__ import annotations

import codecs
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from playground.spec.messages import tr_noop

# The encodings that are recognised and offered. Each stands for its subsets, which it reads in the same way.
ENCODINGS = {
    "utf-8": tr_noop("UTF-8"),
    "utf-8-sig": tr_noop("UTF-8 with a mark"),
    "utf-16": tr_noop("UTF-16 with a mark"),
    "utf-16-le": tr_noop("UTF-16 LE"),
    "utf-16-be": tr_noop("UTF-16 BE"),
    "utf-32": tr_noop("UTF-32 with a mark"),
    "utf-32-le": tr_noop("UTF-32 LE"),
    "utf-32-be": tr_noop("UTF-32 BE"),
    "cp1252": tr_noop("Windows-1252 (Western European)"),
    "iso8859-15": tr_noop("ISO-8859-15 (Western European)"),
    "cp1250": tr_noop("Windows-1250 (Central European)"),
    "iso8859-2": tr_noop("ISO-8859-2 (Central European)"),
    "cp1251": tr_noop("Windows-1251 (Cyrillic)"),
    "koi8-r": tr_noop("KOI8-R (Cyrillic)"),
    "cp866": tr_noop("DOS 866 (Cyrillic)"),
    "cp850": tr_noop("DOS 850 (Western European)"),
    "cp437": tr_noop("DOS 437 (United States)"),
    "cp852": tr_noop("DOS 852 (Central European)"),
    "cp1253": tr_noop("Windows-1253 (Greek)"),
    "iso8859-7": tr_noop("ISO-8859-7 (Greek)"),
    "cp1254": tr_noop("Windows-1254 (Turkish)"),
    "cp1257": tr_noop("Windows-1257 (Baltic)"),
    "cp1255": tr_noop("Windows-1255 (Hebrew)"),
    "cp1256": tr_noop("Windows-1256 (Arabic)"),
    "iso8859-6": tr_noop("ISO-8859-6 (Arabic)"),
    "cp874": tr_noop("Windows-874, TIS-620 (Thai)"),
    "gb18030": tr_noop("GBK, GB18030 (Chinese, simplified)"),
    "cp950": tr_noop("Big5 (Chinese, traditional)"),
    "cp932": tr_noop("Shift-JIS (Japanese)"),
    "euc_jp": tr_noop("EUC-JP (Japanese)"),
    "cp949": tr_noop("EUC-KR (Korean)"),
}


def encoding_name(name: str) -> str:
    """The usual name of an encoding; Python's name for one that is not in `ENCODINGS`."""
    return ENCODINGS.get(name, name)


def _known(name: str) -> str:
    try:
        "".encode(name)  # rejects codecs that do not encode text, which `lookup` also finds
        return codecs.lookup(name).name
    except (LookupError, ValueError) as error:
        raise PydanticCustomError("no_encoding", tr_noop("is not a text encoding that Python knows")) from error


Encoding = Annotated[str, AfterValidator(_known)]
