"""Cells of the strip, and what they open."""

from __future__ import annotations

from playground.gui.recipe.cells import PartCell
from playground.gui.recipe.popover import Popover
from playground.gui.recipe.strip import RecipeStrip


def popover_of(strip: RecipeStrip) -> Popover:
    (popover,) = (found for found in strip.findChildren(Popover) if found.isVisible())
    return popover


def part(strip: RecipeStrip, name: str) -> PartCell:
    cell = strip.cell(name)
    assert isinstance(cell, PartCell)
    return cell


def choose(cell: PartCell, member: type) -> None:
    index = next(i for i in range(cell.choices.count()) if cell.choices.value_at(i) is member)
    cell.choices.activated.emit(index)
