"""The popup of a range of the structure: what is refused in it, and that a removed range does not come back."""

from __future__ import annotations

from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from playground.gui.forms.range_editors import BoundsEditor
from playground.gui.forms.range_popup import RangePopup
from playground.gui.start.program import Program
from playground.spec.search.ranges import Repeats, optional
from playground.spec.search.space import SearchSpace
from playground.spec.search.structure import Structure, proposed_structure
from tests.gui.stack.test_structure_ranges import FEW, KEY, popup_of, ranges, shown

__all__ = ["shown"]  # a fixture

FULL = SearchSpace(ranges=tuple(optional((number,)) for number in range(10, 210)))
REASON = "That would be too many: a search space holds at most 200 ranges."


def test_a_range_that_is_removed_while_a_bound_is_typed_stays_away(shown: Program, qtbot: QtBot) -> None:
    popup = popup_of(shown, qtbot, 3, KEY.Key_N)
    assert isinstance(popup.editor, BoundsEditor)
    popup.editor.low.selectAll()
    QTest.keyClicks(popup.editor.low, "5")
    with qtbot.waitSignal(popup.destroyed):
        popup.remove.click()
    assert ranges(shown) == ()


def test_a_range_for_which_there_is_no_room_is_refused_until_there_is(shown: Program, qtbot: QtBot) -> None:
    shown.document.load(FEW.with_(search=FULL), None)
    popup = popup_of(shown, qtbot, 3, KEY.Key_N)
    assert popup.reason.text() == REASON
    assert isinstance(popup.editor, BoundsEditor)
    shown.document.load(FEW.with_(search=SearchSpace(ranges=FULL.ranges[1:])), None)
    popup.editor.high.setValue(7)
    assert popup.reason.text() == ""
    assert ranges(shown)[-1] == Repeats(path=(2,), low=0, high=7)


def test_each_popup_is_an_undo_step_of_its_own(shown: Program, qtbot: QtBot) -> None:
    for high in range(4, 16):  # popups that come and go, whose places in memory are used again
        item = proposed_structure(shown.document.experiment, Structure.REPEATED, (2,))
        popup = RangePopup(shown.document, item, shown.window)
        assert isinstance(popup.editor, BoundsEditor)
        popup.editor.high.setValue(high)
        with qtbot.waitSignal(popup.destroyed):
            popup.deleteLater()
        del popup
    assert shown.document.undo_stack.count() == 12
