"""The units that a text can be made of; the command line names them before it needs pydantic."""

from __future__ import annotations

from typing import Literal

UnitKind = Literal["characters", "words", "pairs"]
