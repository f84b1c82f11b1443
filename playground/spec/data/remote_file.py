"""A file that is offered in the network: where, how long it is, and how its bytes are known to be right."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Remote:
    """A file to be downloaded. What arrives is used only if it has exactly this length and this SHA-256."""

    name: str  # of the file that it becomes: no folder in it
    urls: tuple[str, ...]  # HTTPS; tried in this order
    size: int  # bytes
    sha256: str  # of the bytes as they are sent, in hexadecimal
    content: tuple[int, str] | None = None  # gzip: length and SHA-256 once uncompressed; others compress it otherwise
