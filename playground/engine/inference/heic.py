"""Has Pillow read HEIC pictures, as telephones take them, with a library that is not installed for all."""

from __future__ import annotations

from playground.spec.files.file_kind import is_heic
from playground.spec.messages import Message, message, tr_noop


def missing_heic_reader(data: bytes) -> Message | None:
    """Why Pillow cannot read a HEIC picture, with the command that helps; None for other pictures, or if it can."""
    return heic_reader_missing() if is_heic(data) else None


def heic_reader_missing() -> Message | None:
    """Load the library that reads HEIC; where it is missing, the sentence that says so."""
    try:
        from pillow_heif import register_heif_opener  # 0.1 s, and few need it
    except ImportError:
        words = tr_noop("pillow-heif is missing, which reads HEIC: run “{command}”, or save the pictures as JPEG.")
        return message(words, command="pip install playground[pictures]")
    register_heif_opener()
    return None
