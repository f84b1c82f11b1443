"""The page “Fit to deploy” in each of its states, for tests of all that can be seen."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtWidgets import QWidget

from playground.engine.fitness.item import Item, Status
from playground.engine.fitness.remedy import DivideLogits, RefuseBelow, TrainWith
from playground.gui.fitness.dialog import FitnessDialog
from playground.spec.data.task import Score
from playground.spec.files.presets import preset
from playground.spec.messages import message
from playground.spec.recipe.augmentations import Shift


def fitness_pages(window: QWidget) -> Iterator[QWidget]:
    """The page without an item, then with one of each status and with each remedy."""
    dialog = FitnessDialog(window)
    dialog.show()
    dialog.begin(preset("lenet-5").experiment, 1)
    yield dialog
    shifted = TrainWith(Shift(), message("{sign}{number} {unit}", sign="±", number="2", unit=message("px")))
    for remedy in (DivideLogits(1.5), shifted, RefuseBelow(0.93), RefuseBelow(0.0)):
        dialog.show_item(Item("score", Score.ACCURACY.value, Status.RED, remedy.label, None, {}, (remedy,)))
    for status in (Status.GREEN, Status.MEASURED, Status.NOT_APPLICABLE):
        dialog.show_item(Item("score", Score.ACCURACY.value, status, shifted.label))
    dialog.show_end(None)
    yield dialog
    dialog.close()
