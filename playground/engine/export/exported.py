"""The result of an export: the bytes of a file, the verification, and remarks."""

from __future__ import annotations

from typing import NamedTuple

from playground.engine.export.verification import Verification
from playground.spec.messages import Message


class Exported(NamedTuple):
    """A network in another format, not yet written. `data` are the contents of its file."""

    data: bytes
    verification: Verification | None  # None where the file holds no network, but tells of it
    remarks: tuple[Message, ...] = ()  # on what it takes and gives, and how to use it
    beside: tuple[tuple[str, bytes], ...] = ()  # further files of the same name: ending and contents
