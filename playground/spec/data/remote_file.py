"""A file to download: its addresses, length and checksum."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Remote:
    """A file to download. The bytes received are used only if they have exactly this length and SHA-256."""

    name: str  # of the local file, without a folder
    urls: tuple[str, ...]  # HTTPS; tried in this order
    size: int  # bytes
    sha256: str  # of the bytes as they are sent, in hexadecimal
    content: tuple[int, str] | None = None  # gzip: those of the uncompressed bytes, as mirrors compress differently
