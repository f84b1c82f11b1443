"""Names of folders for labels: any text becomes a name that every system stores, and the name gives the text back."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal
from urllib.parse import unquote_to_bytes

_SAFE = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_+=")
_EMPTY = "%"  # the name of the empty text
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.ASCII)  # devices on Windows
_FORMS: tuple[Literal["NFC", "NFD", "NFKC", "NFKD"], ...] = ("NFC", "NFD", "NFKC", "NFKD")


def folder_name(label: str) -> str:
    """The name of a label's folder: other signs than small letters and digits are percent-encoded in small letters.

    Names of two labels differ in more than the case of letters and the composition of accents, because some systems
    ignore both. Signs of scripts without case stay as they are.
    """
    if _RESERVED.fullmatch(label):
        return _encoded(label[0]) + label[1:]
    return "".join(sign if _kept(sign) else _encoded(sign) for sign in label) or _EMPTY


def label_of(name: str) -> str | None:
    """The label with that folder name; None where `folder_name` gives no label that name."""
    if name == _EMPTY:
        return ""
    try:
        label = unquote_to_bytes(name.encode(errors="surrogateescape")).decode(errors="surrogatepass")
    except UnicodeDecodeError:
        return None
    return label if label and folder_name(label) == name else None


def _kept(sign: str) -> bool:
    if sign.isascii():
        return sign in _SAFE
    forms = (sign.lower(), sign.upper(), sign.casefold(), *(unicodedata.normalize(form, sign) for form in _FORMS))
    return sign.isalpha() and all(form == sign for form in forms)


def _encoded(sign: str) -> str:
    """Every byte of a sign as `%` and two small hexadecimal digits."""
    return "".join(f"%{byte:02x}" for byte in sign.encode(errors="surrogatepass"))
