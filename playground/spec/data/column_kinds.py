"""The kinds and roles of a table's columns: what is stored, and the word for each."""

from __future__ import annotations

from typing import Literal

from playground.spec.messages import tr_noop

ChosenKind = Literal["number", "category", "date", "text"]  # that a user can decide on
ColumnKind = Literal[ChosenKind, "identifier", "left out"]  # the last one only in files of earlier versions
ColumnRole = Literal["input", "target", "left out"]

KINDS: dict[ColumnKind, str] = {
    "number": tr_noop("number"),
    "category": tr_noop("category"),
    "date": tr_noop("date"),
    "text": tr_noop("text"),
    "identifier": tr_noop("identifier"),
    "left out": tr_noop("left out"),
}
CHOSEN_KINDS: dict[ChosenKind, str] = {  # offered to the user, who learns what becomes of a column of texts
    "number": KINDS["number"],
    "category": KINDS["category"],
    "date": KINDS["date"],
    "text": tr_noop("text, to classify"),
}
ROLES: dict[ColumnRole, str] = {
    "input": tr_noop("input"),
    "target": tr_noop("target"),
    "left out": KINDS["left out"],
}
